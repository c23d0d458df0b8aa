"""What the tests of pictures share: every lifecycle, language and way to draw it."""

from __future__ import annotations

import pytest

from poec_workflow.machines import LIFECYCLES

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
LANG = pytest.mark.parametrize("lang", ["fr", "en"])
GROUPED = pytest.mark.parametrize("grouped", [False, True], ids=["flat", "grouped"])
SHOWS = ((), ("conditions",), ("conditions", "codes", "actors"))
SHOW = pytest.mark.parametrize("show", SHOWS, ids=["bare", "conditions", "everything"])

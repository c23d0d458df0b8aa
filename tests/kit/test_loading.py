"""What the kit loads, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest

from poec_workflow import testing


def test_the_kit_is_loaded_piece_by_piece() -> None:
    """Importing it loads neither Hypothesis nor pytest; asking for what needs them does."""
    program = """
import sys
from poec_workflow import testing
assert not {"hypothesis", "pytest"} & set(sys.modules)
assert testing.play and testing.RecordingNotifier
testing.strategies.journals, testing.LifecycleMachine, testing.PromiseBroken
assert "hypothesis" in sys.modules and "pytest" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_everything_that_is_named_is_there() -> None:
    """And nothing else is."""
    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = testing.nothing  # type: ignore[attr-defined]

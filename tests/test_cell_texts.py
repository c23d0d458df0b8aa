"""How an application ended is said by what belongs to its state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from poec_workflow.catalogue import Catalogue
from poec_workflow.model import ApplicationState
from poec_workflow.presentation.cell_texts import ending_text
from world import application

EVERYTHING = {
    "entry": date(2022, 1, 10),
    "exit": date(2022, 3, 4),
    "weekly_hours": Decimal("35.00"),
    "motive": "absence",
    "reason": "absent-without-notice",
}


@pytest.mark.parametrize("state", ApplicationState)
def test_an_ending_is_that_of_the_state(state: ApplicationState) -> None:
    """A service's own rows may leave both in one application; whoever waits, expired or was cancelled has neither."""
    expected = {
        "retained": "du 10/01/2022 au 04/03/2022, 35\u00a0h par semaine",
        "rejected": "Absence\u00a0: Absent sans avoir prévenu",
    }
    assert ending_text(application(state, **EVERYTHING), Catalogue.default(), "fr") == expected.get(state, "")


def test_what_is_not_known_is_left_out() -> None:
    """An advice without its days, as no row of ours leaves one."""
    for state in (ApplicationState.RETAINED, ApplicationState.REJECTED):
        assert ending_text(application(state), Catalogue.default(), "en") == ""

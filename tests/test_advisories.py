"""What is said beside an acceptance: at its bounds, for every row that advises."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import Accepted, Application, ApplicationState, Settings, commands, decide
from poec_workflow.model import ActorKind, Subject
from world import SAMPLES, SESSION, application, facts, related

LATE = SESSION.late_entry_deadline
LATER = LATE.replace(day=LATE.day + 1)
CONVOCATIONS = [(LATE, []), (LATER, ["convocation-after-late-entry"])]
HOURS = [
    ("7.99", ["unusual-weekly-hours"]),
    ("8", []),
    ("35", []),
    ("35.01", ["unusual-weekly-hours"]),
]


def accepted(subject: Subject, command: Any, **more: Any) -> Accepted:
    answer = decide(subject, command, facts(related(ActorKind.ORGANIZATION), subject=subject, **more))
    assert isinstance(answer, Accepted), answer
    return answer


def advised(subject: Application, command: str, **changes: Any) -> list[str]:
    sample: Any = SAMPLES[command]
    return [each.code for each in accepted(subject, evolve(sample, **changes)).advisories]


@pytest.mark.parametrize(("day", "codes"), CONVOCATIONS)
def test_a_convocation_after_the_late_entry_deadline(day: date, codes: list[str]) -> None:
    """A first convocation, a later one and a moved one: accepted, and advised against from the day after."""
    assert advised(application(), "convoke", on=day) == codes
    assert advised(application(ApplicationState.ABSENT), "convoke", on=day) == codes
    assert advised(application(ApplicationState.CONVOKED), "move-convocation", on=day) == codes


@pytest.mark.parametrize(("hours", "codes"), HOURS)
def test_unusual_hours(hours: str, codes: list[str]) -> None:
    """Below 8 or above 35 hours a week: accepted, and advised against."""
    assert advised(application(ApplicationState.PRESENT), "retain", weekly_hours=Decimal(hours)) == codes


def test_an_advisory_carries_plain_details() -> None:
    """Its details are what the policy gives, as JSON has it."""
    answer = accepted(application(), commands.Convoke("C-1", on=LATER))
    assert [each.details for each in answer.advisories] == [
        {"on": LATER.isoformat(), "late_entry_deadline": LATE.isoformat()}
    ]
    present = application(ApplicationState.PRESENT)
    more = {"settings": Settings(usual_weekly_hours=(Decimal(20), Decimal(30)))}
    (advisory,) = accepted(present, SAMPLES["retain"], **more).advisories
    assert advisory.details == {"weekly_hours": "35", "least": "20", "most": "30"}

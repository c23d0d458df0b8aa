"""What is said beside an acceptance: at its bounds, for every row that advises."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from meeting import DAYS
from poec_workflow import Accepted, Application, ApplicationState, Request, Settings, commands, decide
from poec_workflow.model import ActorKind, Subject, Tally
from poec_workflow.policies.advice import retained_elsewhere
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.fixtures import (
    PLATFORM,
    TRAINER,
    opening,
    registering,
    retaining,
    workflow_with_session,
)
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


@pytest.mark.parametrize(
    ("retained", "overbooking", "told"), [(1, 0, False), (2, 0, True), (2, 1, False), (3, 1, True)]
)
def test_every_seat_is_given(retained: int, overbooking: int, *, told: bool) -> None:
    """Whoever registers somebody hears that no seat of the two is left, and registers them."""
    known = facts(
        related(ActorKind.PLATFORM),
        tally=Tally(registered=retained, retained=retained),
        settings=Settings(overbooking=overbooking, quota_counts="live"),
    )
    answer = decide(None, SAMPLES["preregister"], known)
    assert isinstance(answer, Accepted)
    seats = SESSION.capacity + overbooking
    expected = [("every-seat-given", {"retained": retained, "seats": seats})] if told else []
    assert [(each.code, each.details) for each in answer.advisories] == expected


@given(
    capacity=st.integers(1, 4),
    coefficient=st.integers(2, 5),
    registered=st.integers(0, 12),
    ended=st.integers(0, 12),
    counts=st.sampled_from(["registered", "live"]),
)
def test_a_quota_below_what_is_registered(
    capacity: int, coefficient: int, registered: int, ended: int, counts: Any
) -> None:
    """By a new capacity or coefficient alike, strictly below, of what the quota counts; it refuses nothing."""
    ended = min(ended, registered)
    tally = Tally(registered=registered, rejected=ended, pending=registered - ended)
    counted = registered if counts == "registered" else registered - ended
    for kind, command in (
        (ActorKind.PLATFORM, commands.SetCapacity("S-1", capacity=capacity)),
        (ActorKind.ORGANIZATION, commands.SetCoefficient("S-1", coefficient=coefficient)),
    ):
        session = evolve(SESSION, capacity=capacity, coefficient=coefficient)
        known = facts(related(kind), session=session, tally=tally, settings=Settings(quota_counts=counts))
        answer = decide(session, command, known)
        assert isinstance(answer, Accepted)
        quota = capacity * coefficient
        expected = [("quota-below-registered", {"counted": counted, "quota": quota})] if quota < counted else []
        assert [(each.code, each.details) for each in answer.advisories] == expected


@given(own=st.tuples(DAYS, DAYS).map(sorted), other=st.tuples(DAYS, DAYS).map(sorted))
def test_days_that_overlap(own: list[date], other: list[date]) -> None:
    """From entry to exit, both days included; the details name the first such application by reference."""
    (entry, out), (first, last) = own, other
    later, apart = (
        application(ApplicationState.RETAINED, reference=reference, session=session, entry=day, exit=until)
        for reference, session, day, until in (
            ("C-8", "S-8", first, last),
            ("C-7", "S-7", date(2023, 1, 1), date(2023, 1, 2)),
        )
    )
    undated = application(ApplicationState.RETAINED, reference="C-6", session="S-6")
    known = facts(related(ActorKind.ORGANIZATION), retained_elsewhere=(undated, apart, later))
    command = commands.Retain("C-1", entry=entry, exit=out, weekly_hours=Decimal(35))
    days = {first + timedelta(days=number) for number in range((last - first).days + 1)}
    meets = any(entry <= day <= out for day in days)
    told = retained_elsewhere(application(ApplicationState.PRESENT), known, command)
    assert told == ({"application": "C-8", "session": "S-8"} if meets else None)


def _retaining(number: int, session: str) -> list[Request]:
    """What leads candidate P-1 to a seat on a session."""
    return [
        Request(evolve(registering(number, session), candidate=PERSON), PLATFORM),
        *(Request(step, TRAINER) for step in retaining(number)),
    ]


PERSON = registering(1).candidate


@pytest.mark.parametrize("batch", [1, 50])
def test_retained_elsewhere(storage: Storage, batch: int) -> None:
    """Said when the second is retained, in the answer, a preview, the history and a replay, in batches too."""
    workflow = workflow_with_session(storage)
    workflow.execute(opening("S-2"), PLATFORM)
    workflow.execute(opening("S-3"), PLATFORM)
    first, second = _retaining(1, "S-1"), _retaining(2, "S-2")
    *before, last = (*first, *second)
    answers = workflow.execute_many(before, batch=batch)
    assert all(isinstance(each, Accepted) and not each.advisories for each in answers)
    told = [("retained-elsewhere", {"application": "C-1", "session": "S-1"})]

    def said(answer: Any) -> list[Any]:
        return [(each.code, each.details) for each in answer.advisories]

    assert said(workflow.preview(last.command, last.actor)) == told
    [answer] = workflow.execute_many([evolve(last, key="k")], batch=batch)
    assert said(answer) == told
    [replayed] = workflow.execute_many([evolve(last, key="k")], batch=batch)
    assert said(replayed) == told
    assert said(workflow.history("application", "C-2")[-1]) == told
    # The third names the first of the two; another candidate's is nobody's business.
    [*_, third] = workflow.execute_many(_retaining(3, "S-3"), batch=batch)
    assert said(third) == told
    stranger = [
        evolve(each, command=evolve(each.command, candidate=registering(4).candidate))
        if isinstance(each.command, commands.Preregister)
        else each
        for each in _retaining(4, "S-3")
    ]
    [*_, fourth] = workflow.execute_many(stranger, batch=batch)
    assert said(fourth) == []


def test_retained_elsewhere_within_one_batch(storage: Storage) -> None:
    """Two sessions' applications of one candidate, retained in one transaction: the second is told of the first."""
    workflow = workflow_with_session(storage)
    workflow.execute(opening("S-2"), PLATFORM)
    requests = [*_retaining(1, "S-1"), *_retaining(2, "S-2")]
    lasts = [each for each in requests if isinstance(each.command, commands.Retain)]
    workflow.execute_many([each for each in requests if each not in lasts])
    one, other = workflow.execute_many(lasts, batch=2)
    assert isinstance(one, Accepted)
    assert isinstance(other, Accepted)
    assert [each.code for each in one.advisories] == []
    assert [each.code for each in other.advisories] == ["retained-elsewhere"]

"""The policies of an application, on days and numbers that meet: when each refuses, and what it says then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from meeting import DAYS, FEW, TODAY, known, only_if
from poec_workflow import (
    ActionState,
    ApplicationState,
    Convocation,
    Enrolment,
    SessionState,
    Settings,
    commands,
)
from poec_workflow.model import Tally
from poec_workflow.policies.action_content import action_not_available
from poec_workflow.policies.advice import (
    entry_outside_window,
    exit_outside_window,
    reserved_motive,
    unknown_motive,
    unknown_reason,
    unusual_weekly_hours,
    weekly_hours_out_of_range,
)
from poec_workflow.policies.attendance import convocation_left, convocation_not_due
from poec_workflow.policies.closure import session_not_cancelled, session_not_complete
from poec_workflow.policies.convocation import (
    convocation_after_advice_deadline,
    convocation_after_late_entry,
    convocation_already_passed,
    convocation_before_registration,
    convocation_limit_reached,
    convocation_not_after_previous,
)
from poec_workflow.policies.registration import (
    action_not_published,
    already_applied,
    quota_reached,
    registration_deadline_passed,
    session_cancelled,
    session_complete,
)
from world import ACTION, SAMPLES, SESSION, application

HOURS = st.sampled_from(
    [Decimal(each) for each in ("-1", "0", "0.01", "7.99", "8", "8.01", "35", "35.01", "48", "48.01")]
)
WAITING = application(ApplicationState.CONVOKED)


def noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T12:00:00+01:00")


def convoked(*days: date, entered: date = TODAY, registered: date = TODAY) -> Any:
    dates = tuple(Convocation(on=day, entered_at=noon(entered)) for day in days)
    return evolve(WAITING, convocations=dates, registered_at=noon(registered))


def retain(**changes: Any) -> commands.Retain:
    plain = commands.Retain("C-1", entry=TODAY, exit=TODAY, weekly_hours=Decimal(35))
    return evolve(plain, **changes)


# Registration


@pytest.mark.parametrize("state", ActionState)
def test_an_actions_state_stands_in_the_way(state: ActionState) -> None:
    """Registering needs a published action, a new session one that is not put away; no action refuses nothing."""
    around = known(action=evolve(ACTION, state=state))
    details = {"action": "A-1", "state": state}
    assert action_not_published(None, around) == only_if(state != "published", **details)
    assert action_not_available(None, around) == only_if(state in {"archived", "deleted"}, **details)
    nowhere = evolve(around, action=None)
    assert action_not_published(None, nowhere) is action_not_available(None, nowhere) is None


@pytest.mark.parametrize("state", SessionState)
def test_a_sessions_state_stands_in_the_way(state: SessionState) -> None:
    """Complete and cancelled sessions register nobody; an ending needs the session's own."""
    around = known(evolve(SESSION, state=state))
    assert session_complete(None, around) == only_if(state == "complete", session="S-1")
    assert session_cancelled(None, around) == only_if(state == "cancelled", session="S-1")
    assert session_not_complete(WAITING, around) == only_if(state != "complete", session="S-1", state=state)
    assert session_not_cancelled(WAITING, around) == only_if(state != "cancelled", session="S-1", state=state)


@given(DAYS)
def test_the_registration_deadline(deadline: date) -> None:
    """Today > the deadline."""
    answer = registration_deadline_passed(None, known(evolve(SESSION, registration_deadline=deadline)))
    assert answer == only_if(deadline < TODAY, deadline=deadline, today=TODAY)


@given(FEW, st.integers(2, 3), FEW, FEW, FEW)
def test_the_quota(capacity: int, coefficient: int, waiting: int, retained: int, ended: int) -> None:
    """Applications ever registered ≥ capacity × coefficient; live ones alone where the setting says so."""
    session = evolve(SESSION, capacity=capacity, coefficient=coefficient)
    tally = Tally(registered=waiting + retained + ended, absent=waiting, retained=retained, rejected=ended)
    for settings, counted in (
        (Settings(), waiting + retained + ended),
        (Settings(quota_counts="live"), waiting + retained),
    ):
        quota = capacity * coefficient
        details = {"counted": counted, "quota": quota, "capacity": capacity, "coefficient": coefficient}
        answer = quota_reached(None, known(session, settings, tally=tally))
        assert answer == only_if(counted >= quota, **details)


def test_who_has_already_applied() -> None:
    """As the facts say."""
    assert already_applied(None, known(candidate_live=True)) == {"session": "S-1"}
    assert already_applied(None, known()) is None


# Convocation and attendance


@given(st.integers(0, 4), st.integers(1, 3))
def test_how_many_convocations(used: int, limit: int) -> None:
    """Used ≥ the limit, which may have been lowered meanwhile; the contrary is a convocation left."""
    subject, around = convoked(*[TODAY] * used), known(settings=Settings(max_convocations=limit))
    assert convocation_limit_reached(subject, around) == only_if(used >= limit, used=used, limit=limit)
    assert convocation_left.holds(subject, around, SAMPLES["record-absence"]) is (used < limit)
    assert (~convocation_left).holds(subject, around, SAMPLES["record-absence"]) is (used >= limit)


@given(DAYS, DAYS)
def test_a_convocation_that_has_passed(on: date, entered: date) -> None:
    """Today is after its date, and is not the day that it was entered on: of the last one."""
    answer = convocation_already_passed(convoked(date(2000, 1, 1), on, entered=entered), known())
    assert answer == only_if(on < TODAY and entered != TODAY, on=on, entered_on=entered, today=TODAY)


@given(DAYS, DAYS, DAYS)
def test_convocations_follow_one_another(first: date, second: date, on: date) -> None:
    """A new one is after the last; a moved one after the one before it; a first one after nothing."""
    new, moved = commands.Convoke("C-1", on=on), commands.MoveConvocation("C-1", on=on)
    both, one, none = convoked(first, second), convoked(first), convoked()
    assert convocation_not_after_previous(both, known(), new) == only_if(on <= second, on=on, previous=second)
    assert convocation_not_after_previous(both, known(), moved) == only_if(on <= first, on=on, previous=first)
    assert convocation_not_after_previous(one, known(), new) == only_if(on <= first, on=on, previous=first)
    assert convocation_not_after_previous(one, known(), moved) is None
    assert convocation_not_after_previous(none, known(), new) is None


@given(DAYS, DAYS, DAYS, FEW)
def test_a_convocation_in_its_time(on: date, registered: date, end: date, grace: int) -> None:
    """Not before the day of pre-registration, not after the advice deadline; after the late entry deadline advised."""
    session, settings = evolve(SESSION, end=end, late_entry_deadline=end), Settings(grace_days=grace)
    subject, around, command = convoked(registered=registered), known(session, settings), commands.Convoke("C-1", on=on)
    before = convocation_before_registration(subject, around, command)
    assert before == only_if(on < registered, on=on, registered_on=registered)
    deadline = end + timedelta(days=grace)
    assert convocation_after_advice_deadline(subject, around, command) == only_if(
        on > deadline, on=on, deadline=deadline
    )
    late = convocation_after_late_entry(subject, around, command)
    assert late == only_if(on > end, on=on, late_entry_deadline=end)


@given(DAYS)
def test_a_convocation_that_is_not_due(on: date) -> None:
    """Today < its day: of the last one."""
    assert convocation_not_due(convoked(date(2000, 1, 1), on), known()) == only_if(on > TODAY, on=on, today=TODAY)


# Advice


@given(DAYS, DAYS, DAYS, DAYS, DAYS)
def test_entry_and_exit(start: date, latest: date, end: date, entry: date, out: date) -> None:
    """Start ≤ entry ≤ late entry deadline, and entry ≤ exit ≤ end."""
    around = known(evolve(SESSION, start=start, late_entry_deadline=latest, end=end))
    command = retain(entry=entry, exit=out)
    entering, leaving = start <= entry <= latest, entry <= out <= end
    window = {"entry": entry, "earliest": start, "latest": latest}
    assert entry_outside_window(WAITING, around, command) == only_if(not entering, **window)
    window = {"exit": out, "earliest": entry, "latest": end}
    assert exit_outside_window(WAITING, around, command) == only_if(not leaving, **window)


@given(HOURS, HOURS.filter(lambda most: most > 0), st.tuples(HOURS, HOURS).map(sorted))
def test_weekly_hours(hours: Decimal, most: Decimal, usual: list[Decimal]) -> None:
    """0 < hours ≤ the most; and what is usual."""
    low, high = usual
    around = known(settings=Settings(weekly_hours_max=most, usual_weekly_hours=(low, high)))
    command = retain(weekly_hours=Decimal(str(hours)))
    out_of_range = weekly_hours_out_of_range(WAITING, around, command)
    assert out_of_range == only_if(hours <= 0 or hours > most, weekly_hours=hours, most=most)
    unusual = unusual_weekly_hours(WAITING, around, command)
    assert unusual == only_if(hours < low or hours > high, weekly_hours=hours, least=low, most=high)


@pytest.mark.parametrize(
    ("motive", "reason", "code"),
    [
        ("absence", "absent-without-notice", "reserved-motive"),
        ("absence", "nothing", "reserved-motive"),
        ("nothing", "nothing", "unknown-motive"),
        ("profile", "nothing", "unknown-reason"),
        ("profile", "found-employment", "unknown-reason"),
        ("profile", "prerequisites-not-met", None),
    ],
)
def test_motive_and_reason(motive: str, reason: str, code: str | None) -> None:
    """Of the three faults one is said: reserved, else motive, else reason."""
    command = commands.Reject("C-1", motive=motive, reason=reason)
    policies = {"reserved-motive": reserved_motive, "unknown-motive": unknown_motive, "unknown-reason": unknown_reason}
    said = {name: policy(WAITING, known(), command) for name, policy in policies.items()}
    details = {"motive": motive, **({"reason": reason} if code == "unknown-reason" else {})}
    assert said == {name: details if name == code else None for name in policies}


def test_the_reason_of_a_withdrawal() -> None:
    """One of the motive `withdrawal`."""
    assert unknown_reason(WAITING, known(), commands.Withdraw("C-1", reason="found-employment")) is None
    wrong = unknown_reason(WAITING, known(), commands.Withdraw("C-1", reason="prerequisites-not-met"))
    assert wrong == {"motive": "withdrawal", "reason": "prerequisites-not-met"}


def test_an_enrolment_has_a_hash_whatever_holds_its_applications() -> None:
    """They may be loaded late, or stand in a list: the session and its counts make the hash."""
    whole = Enrolment(session=SESSION, open_applications=[application()])
    assert hash(whole) == hash(Enrolment(session=SESSION))

"""The policies of sessions and actions, and rights: when each refuses, and what it says then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from meeting import DAYS, FEW, TODAY, known, only_if
from poec_workflow import (
    ApplicationState,
    Enrolment,
    Prescriber,
    Settings,
    commands,
)
from poec_workflow.model import ActorKind, Origin, Tally
from poec_workflow.policies.access import PERMISSIONS, Grant, permitted
from poec_workflow.policies.action_content import (
    field_not_editable,
    no_pending_certification,
    title_without_poec_prefix,
)
from poec_workflow.policies.capacity import (
    capacity_below_retained,
    capacity_out_of_range,
    coefficient_out_of_range,
    minimum_headcount_out_of_range,
    no_seat_left,
    seats_remain,
)
from poec_workflow.policies.closure import open_applications_remain
from poec_workflow.policies.policy import condition
from poec_workflow.policies.session_dates import (
    late_entry_must_change,
    session_dates_out_of_order,
    too_many_information_dates,
)
from world import ACTION, CANDIDATE, SAMPLES, SESSION, application, facts, related

WAITING = application(ApplicationState.CONVOKED)


def created(**changes: Any) -> commands.CreateSession:
    sample: Any = SAMPLES["create-session"]
    made: commands.CreateSession = evolve(sample, **changes)
    return made


# Capacity


@given(st.integers(1, 4), FEW, st.integers(0, 8))
def test_seats(capacity: int, overbooking: int, retained: int) -> None:
    """Retained ≥ capacity + overbooking: no seat is left; else seats remain."""
    around = known(
        evolve(SESSION, capacity=capacity), Settings(overbooking=overbooking), tally=Tally(retained=retained)
    )
    seats = capacity + overbooking
    details = {"retained": retained, "seats": seats}
    assert no_seat_left(WAITING, around) == only_if(retained >= seats, **details)
    assert seats_remain(SESSION, around) == only_if(retained < seats, **details)
    smaller = commands.SetCapacity("S-1", capacity=capacity)
    other = known(SESSION, Settings(overbooking=overbooking), tally=Tally(retained=retained))
    assert capacity_below_retained(SESSION, other, smaller) == only_if(seats < retained, **details)


@given(st.integers(-1, 3), st.integers(-1, 3))
def test_capacity_and_headcount(capacity: int, headcount: int) -> None:
    """One seat at least; 0 ≤ minimum headcount ≤ capacity."""
    command = created(capacity=capacity, minimum_headcount=headcount)
    assert capacity_out_of_range(None, known(), command) == only_if(capacity < 1, capacity=capacity, least=1)
    answer = minimum_headcount_out_of_range(None, known(), command)
    assert answer == only_if(headcount < 0 or headcount > capacity, minimum_headcount=headcount, capacity=capacity)


@given(st.integers(1, 4), st.integers(0, 3), st.integers(-1, 9))
def test_the_coefficient(least: int, more: int, coefficient: int) -> None:
    """Within what the settings allow."""
    most = least + more
    settings = Settings(coefficient_min=least, coefficient_max=most)
    answer = coefficient_out_of_range(
        SESSION, known(settings=settings), commands.SetCoefficient("S-1", coefficient=coefficient)
    )
    assert answer == only_if(coefficient < least or coefficient > most, coefficient=coefficient, least=least, most=most)


# Editing


@given(DAYS, DAYS, DAYS, DAYS)
def test_a_sessions_dates(start: date, end: date, registration: date, late: date) -> None:
    """Registration deadline ≤ late entry deadline, and start ≤ late entry deadline ≤ end: made or moved."""
    dates = {"start": start, "end": end, "registration_deadline": registration, "late_entry_deadline": late}
    refused = not (registration <= late and start <= late <= end)
    moved = commands.RescheduleSession("S-1", **dates)
    for command in (moved, created(**dates)):
        assert session_dates_out_of_order(SESSION, known(), command) == only_if(refused, **dates)


@given(DAYS, DAYS, DAYS, DAYS, st.none() | DAYS)
def test_the_pop_up(start: date, end: date, late: date, on: date, new: date | None) -> None:
    """A deadline after the late entry deadline wants a new one of that too; only the end binds until it is given."""
    session = evolve(SESSION, start=start, end=end, late_entry_deadline=late)
    command = commands.SetRegistrationDeadline("S-1", on=on, late_entry_deadline=new)
    asked = late_entry_must_change(session, known(session), command)
    earliest = max(on, start)
    assert asked == only_if(new is None and on > late, on=on, late_entry_deadline=late, earliest=earliest)
    then = new or (max(on, late))
    refused = not (on <= then and start <= then <= end)
    dates = {"start": start, "end": end, "registration_deadline": on, "late_entry_deadline": then}
    assert session_dates_out_of_order(session, known(session), command) == only_if(refused, **dates)


@pytest.mark.parametrize("count", range(6))
def test_information_dates(count: int) -> None:
    """Three at most, and a day may stand twice."""
    dates = (TODAY,) * count
    for command in (commands.SetInformationDates("S-1", dates=dates), created(information_dates=dates)):
        assert too_many_information_dates(SESSION, known(), command) == only_if(count > 3, count=count, most=3)


@pytest.mark.parametrize("title", ["[POEC] Soudeur", "[POEC]", "POEC Soudeur", " [POEC] Soudeur", "[poec] Soudeur", ""])
def test_an_actions_title(title: str) -> None:
    """It starts with [POEC], to the letter."""
    command = commands.CreateAction("A-2", title=title, funder="OPCO", responsible="RESP")
    answer = title_without_poec_prefix(None, known(), command)
    assert answer == only_if(not title.startswith("[POEC]"), title=title, prefix="[POEC]")


@given(st.lists(st.sampled_from(["title", "funder", "objective", "durations", "certification"]), unique=True))
def test_what_may_be_edited(names: list[str]) -> None:
    """Of the fields those that are not, in order."""
    others = tuple(sorted({"title", "funder"}.intersection(names)))
    answer = field_not_editable(ACTION, known(), commands.EnrichAction("A-1", changes=dict.fromkeys(names, "x")))
    assert answer == only_if(bool(others), fields=others)


@pytest.mark.parametrize("pending", [None, "", "CléA"])
def test_a_pending_certification(pending: str | None) -> None:
    """None is nothing to answer; an empty one is."""
    action = evolve(ACTION, certification="Titre", pending_certification=pending)
    assert no_pending_certification(action, known()) == only_if(pending is None, certification="Titre")


@given(st.lists(st.tuples(FEW, DAYS), max_size=3), FEW)
def test_who_still_waits_in_an_action(sessions: list[tuple[int, date]], grace: int) -> None:
    """Open applications of its sessions that are not overdue: how many, and where."""
    enrolments = [
        Enrolment(session=evolve(SESSION, reference=f"S-{9 - n}", end=end), tally=Tally(present=waiting, rejected=1))
        for n, (waiting, end) in enumerate(sessions)
    ]
    around = evolve(known(settings=Settings(grace_days=grace)), enrolments=enrolments)
    left = {
        f"S-{9 - n}": waiting
        for n, (waiting, end) in enumerate(sessions)
        if waiting and end + timedelta(days=grace) >= TODAY
    }
    details = {"count": sum(left.values()), "sessions": tuple(sorted(left))}
    assert open_applications_remain(ACTION, around) == only_if(bool(left), **details)


# Rights, and the shape of it all


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("candidate", ["P-1", "P-2"])
def test_who_registers_themself(origin: Origin, candidate: str) -> None:
    """The candidate, when nobody sent them; a command whose payload is not known yet is not held against them."""
    command = commands.Preregister(
        "C-2", session="S-1", candidate=CANDIDATE, prescriber=Prescriber(origin=origin, organization="FT")
    )
    actor = evolve(related(ActorKind.CANDIDATE), candidate=candidate)
    allowed = permitted(PERMISSIONS[commands.Preregister], None, facts(actor), command)
    assert allowed is (origin == "self" and candidate == "P-1")
    assert permitted(PERMISSIONS[commands.Preregister], None, facts(actor), None) is True


def on_mondays(_subject: object, _facts: object) -> bool:
    """A service's own relation."""
    return False


@pytest.mark.parametrize("module", ["absences.rights", "poec_workflow.policies", "zoo"])
def test_a_services_relation_is_named_with_its_module(module: str) -> None:
    """Whichever module that is."""

    def on_sundays(_subject: object, _facts: object) -> bool:
        return False

    on_sundays.__module__ = module
    assert str(Grant(ActorKind.PLATFORM, on_sundays)) == f"platform:{module}.on-sundays"


def test_a_grant_is_named_after_its_relation() -> None:
    """Ours by their names alone, a service's by their module too; by default it is anyone's."""
    names = {str(grant) for grants in PERMISSIONS.values() for grant in grants}
    assert {"platform:anyone", "organization:trainer", "candidate:registering-themself"} <= names
    assert str(Grant(ActorKind.PLATFORM, on_mondays)) == f"platform:{__name__}.on-mondays"
    assert str(Grant(ActorKind.SYSTEM)) == "system:anyone"


def test_a_condition_is_its_name_and_what_is_expected() -> None:
    """Made twice of the same function it is the same; its contrary is another, and the contrary of that the first."""

    def is_monday(_subject: object, _facts: object) -> bool:
        return True

    one, other = condition(is_monday), condition(is_monday)
    assert one == other != ~one
    assert ~~one == one
    assert (str(one), str(~one)) == ("is-monday", "not is-monday")
    assert one.payload_free
    assert one.holds(WAITING, known(), SAMPLES["retain"]) is True
    assert (~one).holds(WAITING, known(), SAMPLES["retain"]) is False

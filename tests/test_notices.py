"""The table of notices: what is wrong with one, how it is changed, and who is told by whichever is in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, retaining, workflow_with_session
from poec_workflow import Accepted, CommandRefused, Message, Settings, Workflow, commands, events
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.machines.lifecycle import WrongTable
from poec_workflow.messages import AddresseeKind
from poec_workflow.model import LIVE_STATES, ApplicationState, Origin, Role
from poec_workflow.notices import (
    CANDIDATE,
    KAIROS,
    NONE,
    NOTICES,
    POSITIONER,
    PRESCRIBER,
    Notice,
    Notices,
    holder_of,
    system,
)
from poec_workflow.notices import (
    TRAINER as TOLD_TRAINER,
)
from poec_workflow.testing import SettableClock

QUIET = {
    "imported",
    "session-imported",
    "presence-recorded",
    "absence-notified",
    "attendance-corrected",
    "session-created",
    "registration-deadline-set",
    "coefficient-set",
    "capacity-set",
    "information-dates-set",
    "session-reassigned",
    "session-declared-full",
    "session-reopened",
    "session-corrected",
}
"""The events of applications and sessions of which the domain page tells nobody."""
RETAINED = frozenset({ApplicationState.RETAINED})


def test_every_event_is_told_or_known_to_be_quiet() -> None:
    """Nothing new is forgotten."""
    told = {event.type for event in NOTICES.by_event}
    every = {name for name, each in events.EVENTS.items() if each.subject_kind != "action"}
    assert told | QUIET == every
    assert not told & QUIET


WRONG: dict[str, tuple[Notice, ...]] = {
    "the id X stands twice": (
        Notice("X", events.Retained, tell=(CANDIDATE,)),
        Notice("X", events.Rejected, tell=(KAIROS,)),
    ),
    "the event retained stands twice": (
        Notice("X", events.Retained, tell=(CANDIDATE,)),
        Notice("Y", events.Retained, tell=(KAIROS,)),
    ),
    "the digest once a day stands twice": (Notice("X", tell=(POSITIONER,)), Notice("Y", tell=(TOLD_TRAINER,))),
    "an id has 1 to 16 characters": (Notice("", events.Retained, tell=(CANDIDATE,)),),
    "tells nobody": (Notice("X", events.Retained, tell=()),),
    "action-published happens to an action": (Notice("X", events.ActionPublished, tell=(POSITIONER,)),),
    "happens to one application alone": (
        Notice("X", events.Retained, tell=(CANDIDATE,), applications={LIVE_STATES: (KAIROS,)}),
    ),
    "not rejected": (
        Notice(
            "X",
            events.SessionCancelled,
            tell=(POSITIONER,),
            applications={frozenset({ApplicationState.REJECTED}): (CANDIDATE,)},
        ),
    ),
    "the candidate is told of an application, not of a session": (
        Notice("X", events.SessionCancelled, tell=(CANDIDATE,)),
    ),
    "retained has no motive to tell the candidate": (Notice("X", events.Retained, tell=(CANDIDATE.told("motive"),)),),
    "retained makes no appointment": (Notice("X", events.Retained, tell=(CANDIDATE.with_invitation(),)),),
    "a digest tells of no application": (Notice("X", tell=(POSITIONER,), applications={RETAINED: (CANDIDATE,)}),),
    "a digest tells holders of roles, not the prescriber": (Notice("X", tell=(PRESCRIBER,)),),
}


@pytest.mark.parametrize("said", WRONG)
def test_a_wrong_table_is_said_when_it_is_built(said: str) -> None:
    """Each fault with its row."""
    with pytest.raises(WrongTable) as raised:
        Notices(WRONG[said])
    assert said in str(raised.value)
    assert {"X"} & {row for each in raised.value.faults for row in each.rows} or said.startswith(("the", "an id"))


def test_all_faults_are_said_at_once() -> None:
    """Not the first alone."""
    with pytest.raises(WrongTable) as raised:
        Notices(WRONG["tells nobody"] + WRONG["an id has 1 to 16 characters"])
    assert len(raised.value.faults) >= 3


def test_rows_are_replaced_added_and_taken_out() -> None:
    """By their ids; what is not there can't be taken out."""
    changed = NOTICES.with_rows(
        Notice("N1", events.Preregistered, tell=(CANDIDATE,)), Notice("X1", events.SessionReopened, tell=(POSITIONER,))
    )
    assert [each.id for each in changed.rows] == [*(each.id for each in NOTICES.rows), "X1"]
    assert changed.rows[0].tell == (CANDIDATE,)
    assert changed.rows[1:-1] == NOTICES.rows[1:]
    assert [each.id for each in NOTICES.without("N2", "N10").rows] == ["N1", *(f"N{number}" for number in range(3, 10))]
    with pytest.raises(WrongTable, match="no row X9"):
        NOTICES.without("X9")
    assert NONE.rows == ()
    assert NONE.of_digest("A", 1) is None


def told(workflow: Workflow, *asked: tuple[commands.Command, Any]) -> list[Message]:
    """Who is told of the last of some commands."""
    answer: Accepted | None = None
    for command, actor in asked:
        answer = workflow.execute(command, actor)
    assert answer is not None
    return [*answer.notices]


@pytest.fixture
def workflow() -> Workflow:
    return workflow_with_session(MemoryStorage(), seats=5)


def test_nobody_is_told_under_none(workflow: Workflow) -> None:
    """Nothing is named, nothing is stored."""
    quiet = evolve(workflow, notices=NONE)
    assert told(quiet, (registering(1), ADVISER)) == []
    assert quiet.storage.outbox.queued() == []


def test_own_audiences_are_told(workflow: Workflow) -> None:
    """Another system for other origins, a role that the package's table leaves out."""
    own = NOTICES.with_rows(
        Notice(
            "N1", events.Preregistered, tell=(holder_of(Role.RESPONSIBLE), system("I-MILO", {Origin.FRANCE_TRAVAIL}))
        )
    )
    found = told(evolve(workflow, notices=own), (registering(1), ADVISER))
    assert [(each.to.kind, each.to.reference) for each in found] == [
        (AddresseeKind.ORGANIZATION, "RESP"),
        (AddresseeKind.SYSTEM, "I-MILO"),
    ]


@given(
    st.tuples(*[st.sampled_from(["A", "B", "FT"])] * 3),
    st.sampled_from([None, "A", "B", "FT"]),
    st.sampled_from(Origin),
)
def test_nobody_is_told_twice(roles: tuple[str, str, str], prescriber: str | None, origin: Origin) -> None:
    """Whoever holds whichever roles, for each event, and for each application of a session's."""
    storage = MemoryStorage()
    workflow = workflow_with_session(storage, seats=5)
    responsible, positioner, trainer = roles
    workflow.execute(
        commands.ReassignSession("S-1", responsible=responsible, positioner=positioner, trainer=trainer), PLATFORM
    )
    messages: list[Message] = []
    for number in (1, 2):
        registered = registering(number)
        given_ = evolve(registered.prescriber, organization=prescriber, origin=origin)
        messages += workflow.execute(evolve(registered, prescriber=given_), PLATFORM).notices
    desk = evolve(TRAINER, organization=trainer)
    for command in retaining(2):
        messages += workflow.execute(command, desk).notices
    messages += workflow.execute(commands.CancelSession("S-1", reason="…"), PLATFORM).notices
    assert messages == [each.message for each in storage.outbox.queued()]
    keys = [(each.about, each.stream_kind, each.stream, each.to) for each in messages]
    assert len(keys) == len(set(keys)) == len({each.id for each in messages})
    assert all(each.to.reference for each in messages)
    kairos = {each.to.reference for each in messages if each.to.kind is AddresseeKind.SYSTEM}
    assert kairos == ({"KAIROS"} if origin is Origin.FRANCE_TRAVAIL else set())


def test_a_preview_tells_what_the_execution_does(workflow: Workflow) -> None:
    """The same messages with the same ids; nothing is stored by it."""
    for command, actor in _story():
        previewed = workflow.preview(command, actor)
        waiting = workflow.storage.outbox.queued()
        answer = workflow.execute(command, actor)
        assert isinstance(previewed, Accepted)
        assert previewed.notices == answer.notices
        assert [each.message for each in workflow.storage.outbox.queued()] == [
            *(each.message for each in waiting),
            *answer.notices,
        ]


def _story() -> Iterator[tuple[commands.Command, Any]]:
    yield registering(1), ADVISER
    for command in retaining(1):
        yield command, TRAINER
    yield registering(2), ADVISER
    yield commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM


def test_refused_and_replayed_commands_tell_nobody(workflow: Workflow) -> None:
    """However often they are sent."""
    workflow.execute(registering(1), ADVISER, key="k")
    waiting = workflow.storage.outbox.queued()
    again = workflow.execute(registering(1), ADVISER, key="k")
    assert (again.replayed, again.notices) == (True, ())
    with pytest.raises(CommandRefused):
        workflow.execute(commands.RecordPresence("C-1"), TRAINER)
    assert workflow.storage.outbox.queued() == waiting


def test_addressees_are_of_the_moment(workflow: Workflow) -> None:
    """A session that is reassigned afterwards changes nothing of what waits."""
    before = told(workflow, (registering(1), ADVISER))
    workflow.execute(commands.ReassignSession("S-1", positioner="NEW"), PLATFORM)
    after = told(workflow, (registering(2), ADVISER))
    assert {each.to.reference for each in before} == {"POS", "FT"}
    assert {each.to.reference for each in after} == {"NEW", "FT"}
    assert [each.message for each in workflow.storage.outbox.queued()] == [*before, *after]


def test_a_session_that_is_rescheduled_late_tells_the_expired_first_and_alone_of_that() -> None:
    """N6 for who was overdue, N9 for the retained and the open."""
    storage, clock = MemoryStorage(), SettableClock(NOW)
    workflow_with_session(storage, seats=5)
    workflow = Workflow(storage, clock=clock)
    workflow.execute(registering(1), ADVISER)
    workflow.execute(registering(2), ADVISER)
    for command in retaining(2):
        workflow.execute(command, TRAINER)
    session = workflow.session("S-1")
    clock.set(NOW + (session.end - NOW.date()) + timedelta(days=30))
    moved = commands.RescheduleSession(
        "S-1",
        start=session.start,
        end=session.end + timedelta(days=60),
        registration_deadline=session.registration_deadline,
        late_entry_deadline=session.late_entry_deadline,
    )
    found = told(workflow, (moved, PLATFORM))
    assert {(each.notice, each.application) for each in found} == {("N6", "C-1"), ("N9", "C-2"), ("N9", None)}


def test_automatic_closing_tells_who_is_refused(workflow: Workflow) -> None:
    """The retained by N3, the others by N6; of the closing itself nobody."""
    closing = evolve(workflow, settings=Settings(close_when_full="automatic"))
    for number in (1, 2):
        closing.execute(registering(number), ADVISER)
    closing.execute(commands.SetCapacity("S-1", capacity=1), PLATFORM)
    found = told(closing, *((command, TRAINER) for command in retaining(1)))
    assert {(each.notice, each.stream) for each in found} == {("N3", "C-1"), ("N6", "C-2")}


def test_an_application_and_a_session_of_one_reference_are_apart() -> None:
    """Their streams, and the ids of their messages."""
    storage = MemoryStorage()
    workflow = workflow_with_session(storage, seats=5)
    workflow.execute(evolve(registering(1), application="S-1"), ADVISER)
    for command in retaining(1):
        workflow.execute(evolve(cast("Any", command), application="S-1"), TRAINER)
    reassigned = commands.ReassignSession("S-1", responsible="FT")
    workflow.execute(reassigned, PLATFORM)
    found = told(workflow, (commands.CancelSession("S-1", reason="…"), PLATFORM))
    ids = [each.id for each in found]
    assert len(ids) == len(set(ids)) == 6
    assert {(each.stream_kind, each.stream) for each in found} == {("session", "S-1"), ("application", "S-1")}

"""Every (state, command, kind of actor) of the three lifecycles, against a reading of the domain page by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import (
    Accepted,
    ActionState,
    Actor,
    ActorKind,
    ApplicationState,
    Facts,
    Origin,
    SessionState,
    SubjectKind,
    commands,
    decide,
)
from poec_workflow.model import State, Subject, Tally
from world import ACTION, SAMPLES, SESSION, application, facts, related, stranger

OPEN = "pending convoked present absent"
RUNNING = "active complete"
CURRENT = "awaiting-publication published"
ORGANIZATION = "organization"

# command ▸ the states that accept it (empty: it creates), and the kinds of actor who may.
READING: dict[str, tuple[str, str]] = {
    "preregister": ("", "adviser candidate platform"),
    "convoke": ("pending absent", ORGANIZATION),
    "move-convocation": ("convoked", ORGANIZATION),
    "record-presence": ("convoked", ORGANIZATION),
    "record-absence": ("convoked", ORGANIZATION),
    "correct-attendance": ("present absent", ORGANIZATION),
    "retain": ("present", ORGANIZATION),
    "reject": ("present", ORGANIZATION),
    "withdraw": (OPEN, "organization adviser candidate platform"),
    "expire": (OPEN, "system"),
    "refuse-session-full": (OPEN, "system"),
    "cancel": (OPEN, "system"),
    "create-session": ("", "funder platform"),
    "set-registration-deadline": (RUNNING, ORGANIZATION),
    "set-coefficient": (RUNNING, ORGANIZATION),
    "set-capacity": (RUNNING, "funder platform"),
    "set-information-dates": (RUNNING, ORGANIZATION),
    "reschedule-session": (RUNNING, "funder platform"),
    "reassign-session": (RUNNING, "funder platform"),
    "declare-session-full": ("active", "organization platform system"),
    "reopen-session": ("complete", "organization platform"),
    "cancel-session": (RUNNING, "funder platform"),
    "correct-session": (RUNNING, "funder platform"),
    "create-action": ("", "platform"),
    "enrich-action": (CURRENT, "organization platform"),
    "approve-certification": (CURRENT, "platform"),
    "decline-certification": (CURRENT, "platform"),
    "publish-action": ("awaiting-publication", "platform"),
    "archive-action": ("published", "platform"),
    "restore-action": ("archived", "platform"),
    "delete-action": ("awaiting-publication published archived", "platform"),
    "correct-action": ("awaiting-publication published archived", "platform"),
    "import-application": ("", "platform"),
    "import-session": ("", "platform"),
    "import-action": ("", "platform"),
}
STATES: dict[SubjectKind, tuple[State, ...]] = {
    SubjectKind.APPLICATION: tuple(ApplicationState),
    SubjectKind.SESSION: tuple(SessionState),
    SubjectKind.ACTION: tuple(ActionState),
}
# Who may write on a session: any of its three organisations, or the trainer alone.
TRAINER_ONLY = {"set-registration-deadline", "set-coefficient", "set-information-dates"}


def cells() -> Iterator[tuple[State | None, str, ActorKind]]:
    for name, sample in SAMPLES.items():
        for state in (None, *STATES[sample.subject_kind]):
            for kind in ActorKind:
                yield state, name, kind


def situation(state: State | None, command: str, actor: Actor) -> tuple[Subject | None, Facts]:
    """A subject in a state, and facts under which no policy stands against the command."""
    kind = SAMPLES[command].subject_kind
    late: dict[str, Any] = {"now": facts(actor).now.replace(year=2022, month=4)} if command == "expire" else {}
    session = {"refuse-session-full": SessionState.COMPLETE, "cancel": SessionState.CANCELLED}.get(command)
    now: Any = state
    around = evolve(SESSION, state=session) if session else SESSION
    if state is None:
        return None, facts(actor, **late)
    subject: Subject
    if kind is SubjectKind.APPLICATION:
        subject = application(ApplicationState(state))
        return subject, facts(actor, session=around, subject=subject, **late)
    if kind is SubjectKind.SESSION:
        subject = evolve(SESSION, state=now)
        full = Tally(registered=2, retained=2 if command == "declare-session-full" else 0)
        return subject, facts(actor, session=subject, tally=full)
    subject = evolve(ACTION, state=now)
    return subject, facts(actor, action=subject, subject=subject)


def verdict(state: State | None, command: str, actor: Actor) -> str:
    subject, known = situation(state, command, actor)
    answer = decide(subject, SAMPLES[command], known)
    return "accepted" if isinstance(answer, Accepted) else ",".join(sorted(answer.codes))


def expected(state: State | None, command: str, kind: ActorKind) -> str:
    states, kinds = (each.split() for each in READING[command])
    creating = not states
    if state is None and not creating:
        return f"unknown-{SAMPLES[command].subject_kind}"
    if kind not in kinds:
        return "not-permitted"
    if creating:
        return "accepted" if state is None else "duplicate-reference"
    return "accepted" if state in states else "no-transition"


def test_every_cell() -> None:
    """Each state, command and kind of actor with a right to it is answered as the domain page says."""
    found = {cell: verdict(cell[0], cell[1], related(cell[2])) for cell in cells()}
    assert found == {cell: expected(*cell) for cell in cells()}
    assert len(found) == (13 * 10 + 12 * 4 + 10 * 5) * 6


def test_strangers_may_nothing() -> None:
    """Kinds whose right comes from a relation have none without it; the others never needed one."""
    unconditional = {ActorKind.PLATFORM, ActorKind.SYSTEM}
    for state, command, kind in cells():
        answer = verdict(state, command, stranger(kind))
        if kind in unconditional:
            assert answer == expected(state, command, kind)
        else:
            assert answer in {"not-permitted", f"unknown-{SAMPLES[command].subject_kind}"}


@pytest.mark.parametrize("organization", ["RESP", "POS", "TRAIN"])
def test_which_of_a_sessions_organizations(organization: str) -> None:
    """Dates and coefficient are the trainer's alone; the rest is any of the three organisations'."""
    for command, (states, kinds) in READING.items():
        kind = SAMPLES[command].subject_kind
        if ORGANIZATION not in kinds.split() or kind is SubjectKind.ACTION:
            continue
        state = next(each for each in STATES[kind] if each in states.split())
        permitted = verdict(state, command, related(ActorKind.ORGANIZATION, organization)) == "accepted"
        assert permitted is (organization == "TRAIN" or command not in TRAINER_ONLY), command


def test_who_enriches_an_action() -> None:
    """The action's responsible organisation and the trainer of one of its sessions may; its positioner may not."""
    found = {
        each: verdict(ActionState.PUBLISHED, "enrich-action", related(ActorKind.ORGANIZATION, each))
        for each in ("RESP", "TRAIN", "POS")
    }
    assert found == {"RESP": "accepted", "TRAIN": "accepted", "POS": "not-permitted"}


@pytest.mark.parametrize(
    ("origin", "candidate", "allowed"),
    [("self", "P-1", True), ("self", "P-2", False), ("other", "P-1", False)],
)
def test_a_candidate_registers_themself_only(origin: str, candidate: str, *, allowed: bool) -> None:
    """With the origin `self`, and their own reference."""
    sample = SAMPLES["preregister"]
    assert isinstance(sample, commands.Preregister)
    command = evolve(sample, prescriber=evolve(sample.prescriber, origin=Origin(origin)))
    actor = Actor(kind=ActorKind.CANDIDATE, candidate=candidate)
    assert isinstance(decide(None, command, facts(actor)), Accepted) is allowed

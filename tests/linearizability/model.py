"""The sequential model: one session as a value, moved by the package's own pure `decide`."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from attrs import evolve, frozen

from poec_workflow import Accepted, Settings, decide
from poec_workflow.commands import Command, Preregister
from poec_workflow.model import LIVE_STATES, OPEN_STATES, SYSTEM, Actor, Application, Subject, Tally, TrainingSession
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.testing.contracts.world import ACTION


@frozen(cache_hash=True)
class Room:
    """A session and its applications, by reference."""

    session: TrainingSession
    applications: tuple[Application, ...] = ()


@frozen
class Asked:
    """A command at an instant, or a sweep where there is none."""

    command: Command | None
    actor: Actor
    at: datetime


def step(room: Room, asked: Asked, answer: Hashable) -> Room | None:
    """The room afterwards, when it would have answered so."""
    if asked.command is None:
        return _swept(room, answer)
    found = decide(_subject(room, asked.command), asked.command, _facts(room, asked))
    if said(found) != answer:
        return None
    return _moved(room, found) if isinstance(found, Accepted) else room


def said(found: object) -> Hashable:
    """An answer as it is compared: the codes, or the version reached and all that was moved."""
    if isinstance(found, Accepted):
        return ("accepted", *((each.subject.reference, each.subject.version) for each in found.changes))
    return tuple(sorted(found.codes))  # type: ignore[attr-defined]


def _swept(room: Room, answer: Hashable) -> Room | None:
    """A sweep may leave what others hold, so it expired any of the open ones; each of them once."""
    expired = set(answer)  # type: ignore[call-overload]
    waiting = {each.reference for each in room.applications if each.state in OPEN_STATES}
    if not expired <= waiting:
        return None
    return evolve(
        room,
        applications=tuple(
            evolve(each, state=type(each.state)("no-advice"), version=each.version + 1)
            if each.reference in expired
            else each
            for each in room.applications
        ),
    )


def _subject(room: Room, command: Command) -> Subject | None:
    if command.reference == room.session.reference:
        return room.session
    return next((each for each in room.applications if each.reference == command.reference), None)


def _facts(room: Room, asked: Asked) -> Facts:
    tally, command = Tally(), asked.command
    for each in room.applications:
        tally = tally.moved(None, each.state)
    waiting = tuple(each for each in room.applications if each.state in OPEN_STATES)
    live = {each.candidate for each in room.applications if each.state in LIVE_STATES}
    return Facts(
        now=asked.at,
        actor=asked.actor,
        settings=SETTINGS,
        action=ACTION,
        enrolment=Enrolment(session=room.session, tally=tally, open_applications=waiting),
        candidate_live=isinstance(command, Preregister) and command.candidate.reference in live,
    )


def _moved(room: Room, accepted: Accepted) -> Room:
    session, applications = room.session, {each.reference: each for each in room.applications}
    for change in accepted.changes:
        if isinstance(change.subject, TrainingSession):
            session = change.subject
        elif isinstance(change.subject, Application):
            applications[change.subject.reference] = change.subject
    return Room(session, tuple(each for _, each in sorted(applications.items())))


SETTINGS = Settings()
__all__ = ["SYSTEM", "Asked", "Room", "said", "step"]

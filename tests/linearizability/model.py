"""The sequential model: one session as a value, moved by the package's own pure `decide`.

What is promised of a sweep, and what is not. It is a loop of batches, a transaction each, until one finds nothing; so
it is **not** one operation, on no storage: what is registered between two of its batches the next one expires, and
others see the first expiry before there was anything of the second to expire. What holds:

- A batch is atomic. What it expires in one session it expires at one moment, and each of them was open then.
- A batch may leave some out: more than fit into it, and what was registered while it waited or was held by others.
- The last batch, which finds nothing, is a promise: whatever was open and overdue at some moment after it began
  (`LooksRound`) has ended at a later moment before it returns (`HasLooked`), by this sweep or by somebody else.

So whatever was overdue when a sweep began has ended when it returns; and where nobody writes meanwhile, nothing is
left that is overdue.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from attrs import evolve, frozen

from poec_workflow import Accepted, Settings, decide
from poec_workflow.commands import Command, Expire, Preregister
from poec_workflow.model import LIVE_STATES, OPEN_STATES, SYSTEM, Actor, Application, Subject, Tally, TrainingSession
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.testing.contracts.sample_subjects import ACTION


@frozen(cache_hash=True)
class Room:
    """A session and its applications, by reference.

    Attributes:
        seen: what was open when a sweep, by its number, looked round for the last time.
    """

    session: TrainingSession
    applications: tuple[Application, ...] = ()
    seen: frozenset[tuple[int, frozenset[str]]] = frozenset()

    @property
    def waiting(self) -> frozenset[str]:
        """The references of the open ones."""
        return frozenset(each.reference for each in self.applications if each.state in OPEN_STATES)


@frozen
class Asked:
    """A command at an instant."""

    command: Command
    actor: Actor
    at: datetime


@frozen
class Batch:
    """A sweep's batch at an instant, as far as it concerns the session; its answer is what it expired there."""

    at: datetime


@frozen
class LooksRound:
    """The last batch of a sweep begins."""

    sweep: int


@frozen
class HasLooked:
    """The last batch of a sweep ends."""

    sweep: int


Question = Asked | Batch | LooksRound | HasLooked


def step(room: Room, asked: Question, answer: Hashable) -> Room | None:
    """The room afterwards, when it would have answered so."""
    match asked:
        case Asked():
            found = _decided(room, asked)
            if said(found) != answer:
                return None
            return _moved(room, found) if isinstance(found, Accepted) else room
        case Batch(at=at):
            return _swept(room, at, answer)
        case LooksRound(sweep=number):
            return evolve(room, seen=room.seen | {(number, room.waiting)})
        case HasLooked(sweep=number):
            return _looked(room, number)


def said(found: object) -> Hashable:
    """An answer as it is compared: the codes, or the version reached and all that was moved."""
    if isinstance(found, Accepted):
        return ("accepted", *((each.subject.reference, each.subject.version) for each in found.changes))
    return tuple(sorted(found.codes))  # type: ignore[attr-defined]


def _swept(room: Room, at: datetime, answer: Hashable) -> Room | None:
    """The room after one expiry and then the next, each of which `decide` has to accept."""
    for reference in answer:  # type: ignore[attr-defined]
        expired = _decided(room, Asked(Expire(reference), SYSTEM, at))
        if not isinstance(expired, Accepted):
            return None
        room = _moved(room, expired)
    return room


def _looked(room: Room, number: int) -> Room | None:
    """Nothing of what was open then is open still; the look has to come first."""
    found = next((each for each in room.seen if each[0] == number), None)
    if found is None or found[1] & room.waiting:
        return None
    return evolve(room, seen=room.seen - {found})


def _decided(room: Room, asked: Asked) -> object:
    return decide(_subject(room, asked.command), asked.command, _facts(room, asked))


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
    return evolve(room, session=session, applications=tuple(each for _, each in sorted(applications.items())))


SETTINGS = Settings()

"""What is tried in a state: each command that the tables have there, once for applications that stand alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.machines import Lifecycles
from poec_workflow.model import SYSTEM, Actor, ActorKind, Application, State, Subject, SubjectKind
from poec_workflow.policies.access import Grant, anyone
from poec_workflow.testing.exploration.bounds import after
from poec_workflow.testing.exploration.invalid_commands import invalid_commands
from poec_workflow.testing.exploration.sample_commands import BODY, FUNDER, SampleCommands
from poec_workflow.testing.exploration.state_space import ACTION, SESSION, Node, progress

STRANGER = Actor(kind=ActorKind.ORGANIZATION, organization="NOBODY")
_ACTORS = (
    Actor(kind=ActorKind.PLATFORM, organization="CAP"),
    Actor(kind=ActorKind.ORGANIZATION, organization=BODY),
    SYSTEM,
    Actor(kind=ActorKind.FUNDER, organization=FUNDER),
    Actor(kind=ActorKind.ADVISER, organization="FT"),
)


class Purpose(Enum):
    """Why a command is tried."""

    ENABLED = "the table has a row for it: the search goes on where it leads"
    DISABLED = "the table has none: it must be refused"
    INVALID = "something is wrong with it: it must be refused"


class Attempt(NamedTuple):  # made for every state and command: a frozen class takes three times as long
    """A command, the day on which it is given, and who may give it.

    Attributes:
        by_stranger: whether a stranger tries it too, who must be refused.
    """

    command: Command
    day: date
    actors: tuple[Actor, ...]
    purpose: Purpose
    by_stranger: bool = False


class EnabledCommands:
    """The commands of a state, from samples and the tables; of applications that stand alike, to one or to `every`."""

    def __init__(self, samples: SampleCommands, lifecycles: Lifecycles, *, every: bool = False) -> None:
        self._samples = samples
        self._every = every
        self._disabled: set[tuple[type[Command], State]] = set()
        settings = samples.settings
        self._grants = settings.permissions
        self._permits = {
            (state, command): tuple(grant for row in rows for grant in row.permit or settings.permissions[command])
            for lifecycle in lifecycles.values()
            if lifecycle.permits
            for state in lifecycle.states
            for command in lifecycle.commands(state)
            if (rows := lifecycle.rows(state, command))
        }
        self._final = lifecycles[SubjectKind.APPLICATION].final
        self._rows = {
            (kind, state): frozenset(lifecycle.commands(state))
            for kind, lifecycle in lifecycles.items()
            for state in (None, *lifecycle.states)
        }

    def of(self, node: Node) -> Iterator[Attempt]:
        """Yield all that is tried in a state; what the table has no row for once for each command and state."""
        today, small = self._samples.calendar.days[node.day], _is_small(node)
        for command in self._commands(node, today):
            kind, subject = type(command), node.subject(command.reference)
            if kind in self._rows[command.subject_kind, subject.state if subject else None]:
                grants = self._granted(command, subject)
                yield Attempt(command, today, _actors_of(grants), Purpose.ENABLED, small and _bars_strangers(grants))
            elif subject and (kind, subject.state) not in self._disabled:
                self._disabled.add((kind, subject.state))
                yield Attempt(command, today, _actors_of(self._grants[kind]), Purpose.DISABLED)
        if small:
            for command, day in self._invalid(node, today):
                grants = self._granted(command, node.subject(command.reference))
                yield Attempt(command, day, _actors_of(grants), Purpose.INVALID)

    def _granted(self, command: Command, subject: Subject | None) -> Sequence[Grant]:
        """Return who may give a command to a subject, by the settings or by the rows that it meets."""
        own = self._permits.get((subject.state, type(command))) if subject else None
        return own or self._grants[type(command)]

    def _commands(self, node: Node, today: date) -> Iterator[Command]:
        yield from self._to_action(node)
        if node.action is not None:
            yield from self._to_session(node)
        if node.session is not None:
            yield from self._samples.preregister(node)
            alike = set()
            for each in node.applications:
                stands = (progress(each, today, self._final), node.is_live(each.candidate))
                if self._every or stands not in alike:
                    alike.add(stands)
                    yield from self._to_application(each, today)

    def _to_action(self, node: Node) -> Iterator[Command]:
        if node.action is None:
            yield self._samples.create_action()
            return
        if _is_small(node):
            yield commands.EnrichAction(ACTION, changes={"programme": "Gestes et postures"})
            yield commands.CorrectAction(ACTION, kind="SUPRA")
        if node.session is None:
            # Before the first session only: afterwards it would double every state, and touch none.
            yield commands.EnrichAction(ACTION, changes={"certification": "CléA"})
        if node.action.pending_certification is not None:
            yield commands.ApproveCertification(ACTION)
            yield commands.DeclineCertification(ACTION)
        for kind in (commands.PublishAction, commands.ArchiveAction, commands.RestoreAction, commands.DeleteAction):
            yield kind(ACTION)

    def _to_session(self, node: Node) -> Iterator[Command]:
        samples = self._samples
        capacities, coefficients = samples.bounds.capacities, samples.bounds.coefficients or ()
        if node.session is None:
            if node.action and node.action.pending_certification is None:
                for capacity in capacities:
                    yield from (samples.create_session(capacity=capacity, coefficient=each) for each in coefficients)
            return
        now, small = node.session, _is_small(node)
        if small:
            yield commands.SetRegistrationDeadline(SESSION, on=samples.calendar.registration)
            yield commands.SetInformationDates(SESSION, dates=(samples.calendar.days[0],))
            yield commands.ReassignSession(SESSION, trainer=BODY)
            yield commands.CorrectSession(SESSION, place="Pau")
        for coefficient in coefficients:
            if small or coefficient != now.coefficient:
                yield commands.SetCoefficient(SESSION, coefficient=coefficient)
        for capacity in capacities:
            if small or capacity != now.capacity:
                yield commands.SetCapacity(SESSION, capacity=capacity)
        yield samples.reschedule()
        yield commands.DeclareSessionFull(SESSION)
        yield commands.ReopenSession(SESSION)
        yield commands.CancelSession(SESSION, reason="Trop peu d'inscrits")

    def _to_application(self, application: Application, today: date) -> Iterator[Command]:
        reference, used = application.reference, application.convocations
        if len(used) <= (self._samples.bounds.attempts or 0):
            yield commands.Convoke(reference, on=max(after(today), after(used[-1].on) if used else today))
        if used:
            yield commands.MoveConvocation(reference, on=used[-1].on)
        yield commands.RecordPresence(reference)
        yield commands.RecordAbsence(reference, notified=True)
        yield commands.RecordAbsence(reference, notified=False)
        yield commands.CorrectAttendance(reference)
        yield self._samples.retain(reference)
        yield self._samples.reject(reference)
        yield self._samples.withdraw(reference)
        for kind in (commands.Expire, commands.RefuseSessionFull, commands.Cancel):
            yield kind(reference)

    def _invalid(self, node: Node, today: date) -> Iterator[tuple[Command, date]]:
        for command in invalid_commands(node, self._samples):
            subject = node.subject(command.reference)
            if type(command) in self._rows[command.subject_kind, subject.state if subject else None]:
                yield command, today
        if node.session is not None and today == self._samples.calendar.registration:
            for command in self._samples.preregister(node):
                yield command, after(today)


def _is_small(node: Node) -> bool:
    """Say whether there is one application at most: what applications have nothing to do with is tried there alone."""
    return len(node.applications) <= 1


def _actors_of(grants: Sequence[Grant]) -> tuple[Actor, ...]:
    kinds = {grant.kind for grant in grants}
    return tuple(each for each in _ACTORS if each.kind in kinds) or _ACTORS[:1]


def _bars_strangers(grants: Sequence[Grant]) -> bool:
    """Say whether an organisation that has to do with nothing may not give a command, by the permissions themselves."""
    return not any(each.kind is ActorKind.ORGANIZATION and each.relation is anyone for each in grants)

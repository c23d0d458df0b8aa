"""What is asked of a world: each command that its states accept, once for applications that stand alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum

from attrs import frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.decider import Lifecycles
from poec_workflow.model import SYSTEM, Actor, ActorKind, Application
from poec_workflow.policies.access import anyone
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import after
from poec_workflow.testing.exploration.invalid_commands import wrong_commands
from poec_workflow.testing.exploration.sample_commands import BODY, Script
from poec_workflow.testing.exploration.small_world import ACTION, SESSION, World, place

STRANGER = Actor(kind=ActorKind.ORGANIZATION, organization="NOBODY")
_CAST = (
    Actor(kind=ActorKind.PLATFORM, organization="CAP"),
    Actor(kind=ActorKind.ORGANIZATION, organization=BODY),
    SYSTEM,
    Actor(kind=ActorKind.FUNDER, organization="OPCO"),
    Actor(kind=ActorKind.ADVISER, organization="FT"),
)


class Asked(Enum):
    """Why a command is asked."""

    OF_A_ROW = "the table has a row for it"
    OF_NO_ROW = "the table has none: it must be refused"
    IN_VAIN = "something is wrong with it: it must be refused"


@frozen
class Ask:
    """A command, the day on which it is given, and who may give it.

    Attributes:
        why: what is expected of the answer.
    """

    command: Command
    day: date
    actors: tuple[Actor, ...]
    why: Asked


class Menu:
    """The commands of a world, from a script and the tables; of applications that stand alike, to one or to `every`."""

    def __init__(self, script: Script, lifecycles: Lifecycles, *, every: bool = False) -> None:
        self._script = script
        self._every = every
        self._actors = {command: _cast(command, script.settings) for command in commands.COMMANDS.values()}
        self._cells = {
            (kind, state): frozenset(lifecycle.commands(state))
            for kind, lifecycle in lifecycles.items()
            for state in (None, *lifecycle.states)
        }

    def of(self, world: World) -> Iterator[Ask]:
        """All that is asked of a world."""
        today = self._script.calendar.days[world.day]
        for command in self._commands(world, today):
            row = self._has_row(command, world)
            if row or world.subject(command.kind, command.reference):
                yield Ask(command, today, self._actors[type(command)], Asked.OF_A_ROW if row else Asked.OF_NO_ROW)
        if _is_small(world):
            for command, day in self._probes(world, today):
                yield Ask(command, day, self._actors[type(command)], Asked.IN_VAIN)

    def _has_row(self, command: Command, world: World) -> bool:
        subject = world.subject(command.kind, command.reference)
        return type(command) in self._cells[command.kind, subject.state if subject else None]

    def _commands(self, world: World, today: date) -> Iterator[Command]:
        yield from self._to_action(world)
        if world.action is not None:
            yield from self._to_session(world)
        if world.session is not None:
            yield from self._script.registrations(world)
            alike = set()
            for each in world.applications:
                stands = (place(each, today), world.is_live(each.candidate))
                if self._every or stands not in alike:
                    alike.add(stands)
                    yield from self._to_application(each, today)

    def _to_action(self, world: World) -> Iterator[Command]:
        if world.action is None:
            yield self._script.creation()
            return
        if _is_small(world):
            yield commands.EnrichAction(ACTION, changes={"programme": "Gestes et postures"})
        if world.session is None:
            # Before the first session only: afterwards it would double every world, and touch none.
            yield commands.EnrichAction(ACTION, changes={"certification": "CléA"})
        if world.action.pending_certification is not None:
            yield commands.ApproveCertification(ACTION)
            yield commands.DeclineCertification(ACTION)
        for kind in (commands.PublishAction, commands.ArchiveAction, commands.RestoreAction, commands.DeleteAction):
            yield kind(ACTION)

    def _to_session(self, world: World) -> Iterator[Command]:
        script = self._script
        capacities, coefficients = script.bounds.capacities, script.bounds.coefficients or ()
        if world.session is None:
            if world.action and world.action.pending_certification is None:
                for capacity in capacities:
                    yield from (script.opening(capacity=capacity, coefficient=each) for each in coefficients)
            return
        now, small = world.session, _is_small(world)
        if small:
            yield commands.SetRegistrationDeadline(SESSION, on=script.calendar.registration)
            yield commands.SetInformationDates(SESSION, dates=(script.calendar.days[0],))
            yield commands.ReassignSession(SESSION, trainer=BODY)
        for coefficient in coefficients:
            if small or coefficient != now.coefficient:
                yield commands.SetCoefficient(SESSION, coefficient=coefficient)
        for capacity in capacities:
            if small or capacity != now.capacity:
                yield commands.SetCapacity(SESSION, capacity=capacity)
        yield script.rescheduling()
        yield commands.DeclareSessionFull(SESSION)
        yield commands.ReopenSession(SESSION)
        yield commands.CancelSession(SESSION, reason="Trop peu d'inscrits")

    def _to_application(self, application: Application, today: date) -> Iterator[Command]:
        reference, used = application.reference, application.convocations
        if len(used) <= (self._script.bounds.attempts or 0):
            yield commands.Convoke(reference, on=max(after(today), after(used[-1].on) if used else today))
        if used:
            yield commands.MoveConvocation(reference, on=used[-1].on)
        yield commands.RecordPresence(reference)
        yield commands.RecordAbsence(reference, notified=True)
        yield commands.RecordAbsence(reference, notified=False)
        yield commands.CorrectAttendance(reference)
        yield self._script.advice_for(reference)
        yield self._script.advice_against(reference)
        yield commands.Withdraw(reference, reason=self._script.reason_of(commands.Withdraw.motive))
        for kind in (commands.Expire, commands.RefuseSessionFull, commands.Cancel):
            yield kind(reference)

    def _probes(self, world: World, today: date) -> Iterator[tuple[Command, date]]:
        script = self._script
        for command in wrong_commands(world, script):
            if self._has_row(command, world):
                yield command, today
        if world.session is not None and today == script.calendar.registration:
            for command in script.registrations(world):
                yield command, after(today)


def _is_small(world: World) -> bool:
    """Whether it has one application at most: there is asked, too, what applications have nothing to do with."""
    return len(world.applications) <= 1


def _cast(command: type[Command], settings: Settings) -> tuple[Actor, ...]:
    kinds = {grant.kind for grant in settings.permissions[command]}
    return tuple(each for each in _CAST if each.kind in kinds) or _CAST[:1]


def strangers(settings: Settings) -> Mapping[type[Command], bool]:
    """Whether an organisation that has to do with nothing may not give a command, by the permissions' own words."""
    return {
        command: not any(each.kind is ActorKind.ORGANIZATION and each.relation is anyone for each in grants)
        for command, grants in settings.permissions.items()
    }

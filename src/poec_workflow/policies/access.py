"""Permissions: one table from commands to grants, replaceable as a whole or entry by entry.

No kind of actor inherits the rights of another: `platform` and `system` have rows like every other kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.enum_values import member, not_a_member
from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import (
    Actor,
    ActorKind,
    ActorKindName,
    Application,
    Origin,
    Subject,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.check import code_of, faults_of_function, needs_command


class EnrolledSession(Protocol):
    """A session of an action."""

    @property
    def session(self) -> TrainingSession:
        """The session itself."""
        ...


class AccessFacts(Protocol):
    """The facts that a relation may read; `Facts` provides them."""

    @property
    def actor(self) -> Actor:
        """Who gives the command."""
        ...

    @property
    def session(self) -> TrainingSession:
        """The command's session, or the application's."""
        ...

    @property
    def action(self) -> TrainingAction | None:
        """The command's action, or the session's."""
        ...

    @property
    def enrolments(self) -> Sequence[EnrolledSession]:
        """The sessions of the action, where the subject is an action."""
        ...


Relation = Callable[..., bool]
"""What ties an actor to a subject: `(subject, facts)` or `(subject, facts, command)` ▸ bool."""


def anyone(_subject: Subject | None, _facts: AccessFacts) -> bool:
    """Every actor of the kind."""
    return True


def positioner(_subject: Subject, facts: AccessFacts) -> bool:
    """The actor's organisation is the session's positioner."""
    return facts.actor.organization == facts.session.positioner


def trainer(_subject: Subject, facts: AccessFacts) -> bool:
    """The actor's organisation is the session's trainer."""
    return facts.actor.organization == facts.session.trainer


def responsible(_subject: Subject, facts: AccessFacts) -> bool:
    """The actor's organisation is the session's responsible one."""
    return facts.actor.organization == facts.session.responsible


def action_responsible(action: TrainingAction, facts: AccessFacts) -> bool:
    """The actor's organisation is responsible for the action."""
    return facts.actor.organization == action.responsible


def trainer_of_a_session(_action: TrainingAction, facts: AccessFacts) -> bool:
    """The actor's organisation is the trainer of one of the action's sessions."""
    return any(facts.actor.organization == each.session.trainer for each in facts.enrolments)


def action_funder(_subject: Subject | None, facts: AccessFacts) -> bool:
    """The actor's organisation funds the action, to the letter."""
    return facts.action is not None and facts.actor.organization == facts.action.funder


def prescriber(application: Application, facts: AccessFacts) -> bool:
    """The actor works for the organisation that sent the candidate."""
    return facts.actor.organization == application.prescriber.organization


def themself(application: Application, facts: AccessFacts) -> bool:
    """The actor is the candidate."""
    return facts.actor.candidate == application.candidate


def registering_prescriber(_nothing: object, facts: AccessFacts, command: commands.Preregister) -> bool:
    """The actor works for the organisation that sends the candidate."""
    return facts.actor.organization == command.prescriber.organization


def registering_themself(_nothing: object, facts: AccessFacts, command: commands.Preregister) -> bool:
    """The actor is the candidate, and says that nobody sent them."""
    return command.prescriber.origin == Origin.SELF and facts.actor.candidate == command.candidate.reference


def _actor_kind(value: ActorKind | ActorKindName) -> ActorKind:
    return member(ActorKind, value)


@frozen
class Grant:
    """Permit a command to a kind of actor, where a relation between actor and subject holds.

    Raises:
        Malformed: the kind does not exist, or the relation is not a named function of `(subject, facts)` or
            `(subject, facts, command)`; both faults are listed.
    """

    kind: ActorKind = field(converter=_actor_kind)
    relation: Relation = field(default=anyone)
    _needs_command: bool = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = list(not_a_member(ActorKind, self.kind, "$.kind"))
        faults.extend(Fault("$.relation", each) for each in faults_of_function(self.relation))
        if faults:
            raise Malformed(faults)
        # Read once: what a function takes is slow to find out, and every command asks.
        object.__setattr__(self, "_needs_command", needs_command(self.relation))

    def __str__(self) -> str:
        own = self.relation.__module__ == __name__
        return f"{self.kind}:{'' if own else self.relation.__module__ + '.'}{code_of(self.relation)}"

    def covers(self, subject: Subject | None, facts: AccessFacts, command: Command | None) -> bool:
        """Whether it permits the actor of these facts; None as the command ignores relations that need the payload.

        Raises:
            TypeError: the relation says neither True nor False: a service's own error, which permits nobody.
        """
        if facts.actor.kind is not self.kind:
            return False
        if self._needs_command:
            holds: object = command is None or self.relation(subject, facts, command)
        else:
            holds = self.relation(subject, facts)
        if holds is True:
            return True
        if holds is not False and holds is not None:
            raise TypeError(f"the relation {code_of(self.relation)} must say True or False; it said {holds!r:.80}")
        return False


Permissions = Mapping[type[Command], Sequence[Grant]]

PLATFORM = Grant(ActorKind.PLATFORM)
FUNDER = Grant(ActorKind.FUNDER, action_funder)
THE_SYSTEM = Grant(ActorKind.SYSTEM)
TRAINER = Grant(ActorKind.ORGANIZATION, trainer)
SESSION_ORGANIZATIONS = (
    Grant(ActorKind.ORGANIZATION, positioner),
    TRAINER,
    Grant(ActorKind.ORGANIZATION, responsible),
)

PERMISSIONS: Permissions = FrozenMap(
    {
        # Applications
        commands.Preregister: (
            Grant(ActorKind.ADVISER, registering_prescriber),
            Grant(ActorKind.CANDIDATE, registering_themself),
            PLATFORM,
        ),
        commands.Convoke: SESSION_ORGANIZATIONS,
        commands.MoveConvocation: SESSION_ORGANIZATIONS,
        commands.RecordPresence: SESSION_ORGANIZATIONS,
        commands.RecordAbsence: SESSION_ORGANIZATIONS,
        commands.CorrectAttendance: SESSION_ORGANIZATIONS,
        commands.Retain: SESSION_ORGANIZATIONS,
        commands.Reject: SESSION_ORGANIZATIONS,
        commands.Withdraw: (
            *SESSION_ORGANIZATIONS,
            Grant(ActorKind.ADVISER, prescriber),
            Grant(ActorKind.CANDIDATE, themself),
            PLATFORM,
        ),
        commands.Expire: (THE_SYSTEM,),
        commands.RefuseSessionFull: (THE_SYSTEM,),
        commands.Cancel: (THE_SYSTEM,),
        # Sessions
        commands.CreateSession: (FUNDER, PLATFORM),
        commands.SetRegistrationDeadline: (TRAINER,),
        commands.SetCoefficient: (TRAINER,),
        commands.SetCapacity: (FUNDER, PLATFORM),
        commands.SetInformationDates: (TRAINER,),
        commands.RescheduleSession: (FUNDER, PLATFORM),
        commands.ReassignSession: (FUNDER, PLATFORM),
        commands.DeclareSessionFull: (*SESSION_ORGANIZATIONS, PLATFORM, THE_SYSTEM),
        commands.ReopenSession: (*SESSION_ORGANIZATIONS, PLATFORM),
        commands.CancelSession: (FUNDER, PLATFORM),
        commands.CorrectSession: (FUNDER, PLATFORM),
        # Training actions
        commands.CreateAction: (PLATFORM,),
        commands.EnrichAction: (
            Grant(ActorKind.ORGANIZATION, action_responsible),
            Grant(ActorKind.ORGANIZATION, trainer_of_a_session),
            PLATFORM,
        ),
        commands.ApproveCertification: (PLATFORM,),
        commands.DeclineCertification: (PLATFORM,),
        commands.PublishAction: (PLATFORM,),
        commands.ArchiveAction: (PLATFORM,),
        commands.RestoreAction: (PLATFORM,),
        commands.DeleteAction: (PLATFORM,),
        commands.CorrectAction: (PLATFORM,),
        # What another system had
        commands.ImportApplication: (PLATFORM,),
        commands.ImportSession: (PLATFORM,),
        commands.ImportAction: (PLATFORM,),
    }
)


def permitted(grants: Iterable[Grant], subject: Subject | None, facts: AccessFacts, command: Command | None) -> bool:
    """Whether one of a command's grants covers the actor (answer 2 of the domain page).

    Args:
        grants: those of the command's type.
        subject: the one that the command names.
        facts: the actor, and the session or sessions.
        command: None ignores relations that need the payload.
    """
    for grant in grants:  # noqa: SIM110 - every decision comes here, and a generator costs more
        if grant.covers(subject, facts, command):
            return True
    return False

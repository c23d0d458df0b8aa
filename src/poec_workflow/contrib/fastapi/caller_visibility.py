"""Who calls, and what they may look at: the host says both, and what it does not say is not shown.

Commands ask the actor; reads do not. What a caller may not see is answered as what does not exist.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeVar

from attrs import evolve, field, frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from starlette.exceptions import HTTPException

from poec_workflow.decider import unknown
from poec_workflow.errors import CommandRefused, Fault, Malformed
from poec_workflow.model import (
    Actor,
    ActorKind,
    Application,
    Reference,
    Subject,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.serialization import from_dict
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter
from poec_workflow.workflow import Workflow

F = TypeVar("F", ApplicationFilter, SessionFilter, ActionFilter)


class Everything(Enum):
    """What a platform's people see."""

    EVERYTHING = "everything"


EVERYTHING: Final = Everything.EVERYTHING
"""Every organisation's applications, sessions and actions."""


def _organization(given: str | Literal[Everything.EVERYTHING]) -> str | Literal[Everything.EVERYTHING]:
    if given is EVERYTHING:
        return given
    try:
        organization: str = from_dict(given, Reference)
    except Malformed as error:
        raise Malformed(Fault("$.sees", each.problem) for each in error.faults) from None
    return organization


@frozen
class Caller:
    """Who calls.

    Attributes:
        actor: gives the commands.
        sees: the organisation whose lists, dashboard and queue they may read, or `EVERYTHING`. An application is
            visible to those that hold a role on its session and to its prescriber, a session to those that hold a
            role on it, an action to its responsible and to those that hold a role on one of its sessions.

    Raises:
        Malformed: `sees` is nothing of the kind, as None is, which could be a forgotten one.
    """

    actor: Actor
    sees: str | Literal[Everything.EVERYTHING] = field(converter=_organization)


def must_see_organization(caller: Caller, organization: str) -> None:
    """Refuse to show another organisation's dashboard and queue.

    Raises:
        HTTPException: 403.
    """
    if caller.sees not in (EVERYTHING, organization):
        raise HTTPException(403)


def must_be_candidate(caller: Caller, reference: str) -> None:
    """Refuse to show what is stored of a person to others than themself and who sees everything.

    Raises:
        HTTPException: 403.
    """
    themself = caller.actor.kind is ActorKind.CANDIDATE and caller.actor.candidate == reference
    if caller.sees is not EVERYTHING and not themself:
        raise HTTPException(403)


def restricted(caller: Caller, asked: F) -> F:
    """A filter that lets through what the caller may see alone.

    Raises:
        HTTPException: 403, it asks for another organisation's.
    """
    if caller.sees is EVERYTHING:
        return asked
    if asked.organization is not None:
        must_see_organization(caller, asked.organization)
    return evolve(asked, organization=caller.sees)


def visible_subject(workflow: Workflow, caller: Caller, kind: SubjectKind, reference: str) -> Subject:
    """A subject that the caller may see.

    Raises:
        CommandRefused: it does not exist, as far as they are concerned.
    """
    subject = workflow.subject(kind, reference)
    if caller.sees is EVERYTHING or _concerns(workflow, subject, caller.sees):
        return subject
    raise CommandRefused([unknown(kind, reference)])


def _concerns(workflow: Workflow, subject: Subject, organization: str) -> bool:
    if isinstance(subject, Application):
        prescribed = subject.prescriber.organization == organization
        return prescribed or bool(workflow.session(subject.session).roles_of(organization))
    if isinstance(subject, TrainingSession):
        return bool(subject.roles_of(organization))
    return subject.responsible == organization or _holds_a_session(workflow, subject, organization)


def _holds_a_session(workflow: Workflow, action: TrainingAction, organization: str) -> bool:
    asked = SessionFilter(action=action.reference, organization=organization)
    return bool(workflow.sessions(asked, PageRequest(limit=1)).items)

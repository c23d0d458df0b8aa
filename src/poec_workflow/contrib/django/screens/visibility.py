"""Who sees what [R]: which rows of the lists, and which subjects, a kind of actor is shown.

The workflow's reads are not filtered: the host decides who may look, and these two tables decide it for the screens:
a list has the rows whose pages are shown. What nobody is shown is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from poec_workflow.decider import not_permitted, unknown
from poec_workflow.errors import CommandRefused
from poec_workflow.model import (
    Actor,
    ActorKind,
    Application,
    Subject,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.views import PageRequest, SessionFilter
from poec_workflow.workflow import Workflow

_Sees = Callable[[Actor, Any, Workflow], bool]


def _always(_actor: Actor, _subject: Subject, _workflow: Workflow) -> bool:
    return True


def _role_on_its_session(actor: Actor, application: Application, workflow: Workflow) -> bool:
    return _role_on_session(actor, workflow.session(application.session), workflow)


def _prescribed(actor: Actor, application: Application, _workflow: Workflow) -> bool:
    return application.prescriber.organization == actor.organization


def _own(actor: Actor, application: Application, _workflow: Workflow) -> bool:
    return application.candidate == actor.candidate


def _funds_its_action(actor: Actor, application: Application, workflow: Workflow) -> bool:
    return workflow.action(workflow.session(application.session).action).funder == actor.organization


def _role_on_session(actor: Actor, session: TrainingSession, _workflow: Workflow) -> bool:
    return bool(session.roles_of(actor.organization or ""))


def _of_published_action(_actor: Actor, session: TrainingSession, workflow: Workflow) -> bool:
    return workflow.action(session.action).state == "published"


def _funds_session(actor: Actor, session: TrainingSession, workflow: Workflow) -> bool:
    return workflow.action(session.action).funder == actor.organization


def _concerned_by_action(actor: Actor, action: TrainingAction, workflow: Workflow) -> bool:
    if action.responsible == actor.organization:
        return True
    held = SessionFilter(action=action.reference, organization=actor.organization)
    return bool(workflow.sessions(held, PageRequest(limit=1)).items)


def _published(_actor: Actor, action: TrainingAction, _workflow: Workflow) -> bool:
    return action.state == "published"


def _funds(actor: Actor, action: TrainingAction, _workflow: Workflow) -> bool:
    return action.funder == actor.organization


SEES: Mapping[tuple[ActorKind, SubjectKind], _Sees] = {
    (ActorKind.PLATFORM, SubjectKind.APPLICATION): _always,
    (ActorKind.PLATFORM, SubjectKind.SESSION): _always,
    (ActorKind.PLATFORM, SubjectKind.ACTION): _always,
    (ActorKind.ORGANIZATION, SubjectKind.APPLICATION): _role_on_its_session,
    (ActorKind.ORGANIZATION, SubjectKind.SESSION): _role_on_session,
    (ActorKind.ORGANIZATION, SubjectKind.ACTION): _concerned_by_action,
    (ActorKind.ADVISER, SubjectKind.APPLICATION): _prescribed,
    (ActorKind.ADVISER, SubjectKind.SESSION): _of_published_action,
    (ActorKind.ADVISER, SubjectKind.ACTION): _published,
    (ActorKind.CANDIDATE, SubjectKind.APPLICATION): _own,
    (ActorKind.CANDIDATE, SubjectKind.SESSION): _of_published_action,
    (ActorKind.CANDIDATE, SubjectKind.ACTION): _published,
    (ActorKind.FUNDER, SubjectKind.APPLICATION): _funds_its_action,
    (ActorKind.FUNDER, SubjectKind.SESSION): _funds_session,
    (ActorKind.FUNDER, SubjectKind.ACTION): _funds,
}
"""Whom a subject is shown to; a pair that does not stand here is shown nothing."""


_Rows = Callable[[Actor], Mapping[str, Any]]


def _every(_actor: Actor) -> Mapping[str, Any]:
    return {}


def _of_organization(actor: Actor) -> Mapping[str, Any]:
    return {"organization": actor.organization}


def _of_funder(actor: Actor) -> Mapping[str, Any]:
    return {"funder": actor.organization}


def _of_published_actions(_actor: Actor) -> Mapping[str, Any]:
    return {"published": True}


def _published_ones(_actor: Actor) -> Mapping[str, Any]:
    return {"tab": "published"}


ROWS: Mapping[tuple[ActorKind, SubjectKind], _Rows] = {
    (ActorKind.PLATFORM, SubjectKind.APPLICATION): _every,
    (ActorKind.PLATFORM, SubjectKind.SESSION): _every,
    (ActorKind.PLATFORM, SubjectKind.ACTION): _every,
    (ActorKind.ORGANIZATION, SubjectKind.APPLICATION): _of_organization,
    (ActorKind.ORGANIZATION, SubjectKind.SESSION): _of_organization,
    (ActorKind.ORGANIZATION, SubjectKind.ACTION): _of_organization,
    (ActorKind.ADVISER, SubjectKind.APPLICATION): lambda actor: {"prescriber": actor.organization},
    (ActorKind.ADVISER, SubjectKind.SESSION): _of_published_actions,
    (ActorKind.ADVISER, SubjectKind.ACTION): _published_ones,
    (ActorKind.CANDIDATE, SubjectKind.APPLICATION): lambda actor: {"candidate": actor.candidate},
    (ActorKind.CANDIDATE, SubjectKind.SESSION): _of_published_actions,
    (ActorKind.CANDIDATE, SubjectKind.ACTION): _published_ones,
    (ActorKind.FUNDER, SubjectKind.APPLICATION): _of_funder,
    (ActorKind.FUNDER, SubjectKind.SESSION): _of_funder,
    (ActorKind.FUNDER, SubjectKind.ACTION): _of_funder,
}
"""The fields of a filter that a list is read within: the same rows as `SEES` shows one by one."""


def rows_shown(kind: SubjectKind, actor: Actor) -> Mapping[str, Any]:
    """The fields of a filter that let through what an actor is shown.

    Raises:
        CommandRefused: `not-permitted`: no list of this kind is for them.
    """
    found = ROWS.get((actor.kind, kind))
    if found is None:
        raise CommandRefused([not_permitted(kind, actor)])
    return found(actor)


def visible(workflow: Workflow, kind: SubjectKind, reference: str, actor: Actor) -> Any:  # noqa: ANN401 - of the kind
    """A subject, if the actor is shown it.

    Raises:
        CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`: there is none, or not for them.
    """
    subject = workflow.subject(kind, reference)
    shown = SEES.get((actor.kind, kind))
    if shown is None or not shown(actor, subject, workflow):
        raise CommandRefused([unknown(kind, reference)])
    return subject


def sees(workflow: Workflow, kind: SubjectKind, reference: str, actor: Actor) -> bool:
    """Whether an actor is shown a subject: whether it is a link, where another page names it."""
    try:
        visible(workflow, kind, reference, actor)
    except CommandRefused:
        return False
    return True

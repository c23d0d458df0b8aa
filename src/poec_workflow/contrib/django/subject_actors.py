"""Who has to do with a subject: the actors for whom an operator looks up what they may do."""

from __future__ import annotations

from collections.abc import Iterator

from poec_workflow import locales
from poec_workflow.model import SYSTEM, Actor, ActorKind, Application, Role, Subject, TrainingAction, TrainingSession
from poec_workflow.workflow import Workflow


def actors_around(workflow: Workflow, subject: Subject) -> tuple[Actor, ...]:
    """The organisations, the prescriber, the candidate and the funder of a subject, the platform and the system."""
    return tuple(dict.fromkeys((*_own(workflow, subject), Actor(kind=ActorKind.PLATFORM), SYSTEM)))


def _own(workflow: Workflow, subject: Subject) -> Iterator[Actor]:
    match subject:
        case Application():
            session = workflow.session(subject.session)
            yield from _of_session(session)
            if subject.prescriber.organization:
                yield Actor(kind=ActorKind.ADVISER, organization=subject.prescriber.organization)
            yield Actor(kind=ActorKind.CANDIDATE, candidate=subject.candidate)
            yield _funder(workflow.action(session.action))
        case TrainingSession():
            yield from _of_session(subject)
            yield _funder(workflow.action(subject.action))
        case TrainingAction():
            yield Actor(kind=ActorKind.ORGANIZATION, organization=subject.responsible)
            yield _funder(subject)


def _of_session(session: TrainingSession) -> Iterator[Actor]:
    return (Actor(kind=ActorKind.ORGANIZATION, organization=getattr(session, each)) for each in Role)


def _funder(action: TrainingAction) -> Actor:
    return Actor(kind=ActorKind.FUNDER, organization=action.funder)


def called(actor: Actor, lang: str) -> str:
    """An actor in words: the kind, and which one."""
    kind = locales.label("actors", actor.kind, lang)
    which = actor.organization or actor.candidate
    return f"{kind} {which}" if which else kind

"""Answers to commands as JSON: on the command line, and for a service to answer over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from poec_workflow.decider import Accepted, Change, Refused
from poec_workflow.errors import Advisory
from poec_workflow.events import AnyEvent
from poec_workflow.messages import Message
from poec_workflow.model import State, Subject, SubjectKind
from poec_workflow.remedies import RemediedRefusalDocument, Remedy, with_remedy
from poec_workflow.serialization import to_dict
from poec_workflow.serialization.written_as import WrittenAs


class AdvisoryMessageDocument(TypedDict):
    """An advisory as JSON."""

    code: str
    details: dict[str, Any]
    message: str


class ConsequenceDocument(TypedDict):
    """What happened to another subject in the same transaction."""

    subject_kind: Annotated[str, WrittenAs(SubjectKind)]
    reference: str
    state: Annotated[str, WrittenAs(State)]
    event: Annotated[dict[str, Any], WrittenAs(AnyEvent)]


class AcceptedDocument(TypedDict):
    """The answer to an accepted command."""

    accepted: Literal[True]
    replayed: bool
    final: bool
    subject: Annotated[dict[str, Any], WrittenAs(Subject)]
    events: list[Annotated[dict[str, Any], WrittenAs(AnyEvent)]]
    advisories: list[AdvisoryMessageDocument]
    consequences: list[ConsequenceDocument]
    notices: list[Annotated[dict[str, Any], WrittenAs(Message)]]


class RefusedDocument(TypedDict):
    """The answer to a refused command."""

    accepted: Literal[False]
    refusals: list[RemediedRefusalDocument]


def accepted_document(answer: Accepted, lang: str) -> AcceptedDocument:
    """The answer to an accepted command; of its messages those of advisories are in a language."""
    return {
        "accepted": True,
        "replayed": answer.replayed,
        "final": answer.final,
        "subject": {"subject_kind": answer.subject.subject_kind.value, **to_dict(answer.subject)},
        "events": [_event(each) for each in answer.events],
        "advisories": [_advisory(each, lang) for each in answer.advisories],
        "consequences": [_consequence(each) for each in answer.consequences],
        "notices": [to_dict(each) for each in answer.notices],
    }


def refused_document(answer: Refused, lang: str, remedy: Remedy | None = None) -> RefusedDocument:
    """The answer to a refused command, with the remedy of its refusals."""
    return {"accepted": False, "refusals": [with_remedy(each, remedy, lang) for each in answer.refusals]}


def _advisory(advisory: Advisory, lang: str) -> AdvisoryMessageDocument:
    return {"code": advisory.code, "details": to_dict(advisory)["details"], "message": advisory.message(lang)}


def _event(event: AnyEvent) -> dict[str, Any]:
    return {"type": event.type, **to_dict(event)}


def _consequence(change: Change) -> ConsequenceDocument:
    return {
        "subject_kind": change.subject.subject_kind.value,
        "reference": change.subject.reference,
        "state": change.subject.state.value,
        "event": _event(change.event),
    }

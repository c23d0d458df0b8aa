"""Which applications an actor's lists have: those whose page they are shown, by the filter's own restriction [R]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404

from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.model import Actor, ActorKind
from poec_workflow.serialization import from_dict
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest
from poec_workflow.workflow import Workflow

RESTRICTED_BY: Mapping[ActorKind, str | None] = {
    ActorKind.PLATFORM: None,
    ActorKind.ORGANIZATION: "organization",
    ActorKind.ADVISER: "prescriber",
    ActorKind.CANDIDATE: "candidate",
    ActorKind.FUNDER: "funder",
}
"""The field of the filter that names the actor; None restricts nothing. A kind that does not stand here sees none."""

SEES_THE_PERSON = frozenset({ActorKind.PLATFORM, ActorKind.ORGANIZATION, ActorKind.ADVISER, ActorKind.CANDIDATE})
"""Who is shown all that a candidate applied to, once they are shown one application of theirs [S].

« L'historique des candidatures du candidat »: of those that they may not open, what it was and how it ended, without
the reference and without who decided [R]. A funder accompanies nobody, and sees its own alone [R].
"""


def own(actor: Actor) -> Mapping[str, str]:
    """What restricts a filter to the actor's applications.

    Raises:
        Http404: nobody of this kind is shown any.
    """
    if actor.kind not in RESTRICTED_BY:
        raise Http404
    name = RESTRICTED_BY[actor.kind]
    who = actor.candidate if actor.kind is ActorKind.CANDIDATE else actor.organization
    return {} if name is None else {name: who or ""}


def filtered(actor: Actor, **asked: Any) -> ApplicationFilter:  # noqa: ANN401 - the fields of a filter
    """A filter of an actor's applications; what the actor may not choose is overruled.

    Raises:
        Malformed: what is asked is no filter.
    """
    data: dict[str, Any] = {**asked, **own(actor)}
    return from_dict(data, ApplicationFilter)


def of_candidate(workflow: Workflow, visitor: Visitor, candidate: str) -> tuple[ApplicationRow, ...]:
    """A candidate's applications that the visitor may open."""
    asked = filtered(visitor.actor, candidate=candidate)
    # Of a candidate the filter names themself: another's reference finds nothing.
    return workflow.applications(asked, PageRequest(limit=0)).items if asked.candidate == candidate else ()

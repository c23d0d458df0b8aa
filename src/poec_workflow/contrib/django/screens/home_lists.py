"""What the first screen shows of each kind of actor's own: what waits, the first of it, and where the rest is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from poec_workflow.contrib.django.screens.session_facts import registration_now
from poec_workflow.contrib.django.screens.visibility import rows_shown
from poec_workflow.contrib.django.screens.work_queue import waiting
from poec_workflow.model import Actor, ActorKind, SubjectKind
from poec_workflow.serialization import from_dict
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    Column,
    PageRequest,
    SessionFilter,
    SessionRow,
    Sort,
    Tab,
)
from poec_workflow.workflow import Workflow

_FEW = 5
_SOME = 10
_LOOKED_AT = 30


@frozen(kw_only=True)
class FirstOf:
    """The first of some rows, and how many there are in all."""

    rows: Sequence[Any]
    total: int


def _actions(workflow: Workflow, actor: Actor, tab: ActionTab) -> FirstOf:
    asked = from_dict({**rows_shown(SubjectKind.ACTION, actor), "tab": tab}, ActionFilter)
    rows: Sequence[ActionRow] = workflow.actions(asked, PageRequest(limit=_FEW)).items
    return FirstOf(rows=rows, total=workflow.action_count(asked))


def alerts(workflow: Workflow, actor: Actor) -> FirstOf:
    """The actions in alert."""
    return _actions(workflow, actor, ActionTab.ALERT)


def to_validate(workflow: Workflow, actor: Actor) -> FirstOf:
    """The actions whose certification waits for the platform."""
    return _actions(workflow, actor, ActionTab.PENDING_VALIDATION)


def to_publish(workflow: Workflow, actor: Actor) -> FirstOf:
    """The actions that wait to be published."""
    return _actions(workflow, actor, ActionTab.AWAITING_PUBLICATION)


def expiring(workflow: Workflow, actor: Actor) -> FirstOf:
    """The applications that expire soon, the most urgent first."""
    asked = from_dict({**rows_shown(SubjectKind.APPLICATION, actor), "column": Column.EXPIRING}, ApplicationFilter)
    found = workflow.applications(asked, PageRequest(limit=_SOME, sort=Sort.SESSION_END)).items
    return FirstOf(rows=waiting(workflow, found), total=workflow.application_count(asked))


def own_applications(workflow: Workflow, actor: Actor) -> FirstOf:
    """The visitor's applications, the latest first."""
    asked = from_dict({**rows_shown(SubjectKind.APPLICATION, actor)}, ApplicationFilter)
    page = PageRequest(limit=_SOME, sort=Sort.REGISTRATION, descending=True)
    return FirstOf(rows=workflow.applications(asked, page).items, total=workflow.application_count(asked))


def open_sessions(workflow: Workflow, actor: Actor) -> FirstOf:
    """The next sessions that take registrations today, the earliest first."""
    own = {**rows_shown(SubjectKind.SESSION, actor), "tab": Tab.CURRENT, "states": ["active"]}
    asked = from_dict({**own, "session_from": workflow.today().isoformat()}, SessionFilter)
    found = workflow.sessions(asked, PageRequest(limit=_LOOKED_AT, sort=Sort.SESSION_START)).items
    rows: list[SessionRow] = []
    for row in found:
        if len(rows) == _FEW:
            break
        answer = registration_now(workflow, row.reference)
        if answer is None or answer.open:
            rows.append(row)
    return FirstOf(rows=rows, total=len(rows))


Read = Callable[[Workflow, Actor], FirstOf]

HOME_LISTS: Mapping[ActorKind, Mapping[str, Read]] = {
    ActorKind.ORGANIZATION: {"expiring": expiring, "alerts": alerts},
    ActorKind.FUNDER: {"alerts": alerts, "expiring": expiring},
    ActorKind.PLATFORM: {"to_validate": to_validate, "to_publish": to_publish, "alerts": alerts},
    ActorKind.ADVISER: {"own_applications": own_applications, "open_sessions": open_sessions},
    ActorKind.CANDIDATE: {"own_applications": own_applications, "open_sessions": open_sessions},
}
"""What each kind of actor finds on the first screen, by the name that its template knows."""

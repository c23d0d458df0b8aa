"""Build the rows of the applications, sessions and actions lists: where each column of a list comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from attrs import fields

from poec_workflow.construction import constructor
from poec_workflow.model import Application, Tally, TrainingAction, TrainingSession
from poec_workflow.policies.alerts import awaits_validation
from poec_workflow.policies.capacity import quota_of
from poec_workflow.views import ActionRow, ActionSession, AlertReason, ApplicationRow, SessionRow

_COLUMNS = {
    "reference": "application.reference",
    "state": "application.state",
    "version": "application.version",
    "session": "session.reference",
    "session_start": "session.start",
    "session_end": "session.end",
    "action": "action.reference",
    "action_title": "action.title",
    "candidate": "application.candidate",
    "candidate_name": "name",
    "responsible": "session.responsible",
    "positioner": "session.positioner",
    "trainer": "session.trainer",
    "prescriber": "application.prescriber",
    "registered_at": "application.registered_at",
    "convocations": "application.convocations",
    "entry": "application.entry",
    "exit": "application.exit",
    "weekly_hours": "application.weekly_hours",
    "motive": "application.motive",
    "reason": "application.reason",
}
_OTHERS = ("session", "action", "name")

application_row: Callable[[Application, TrainingSession, TrainingAction, str | None], ApplicationRow] = constructor(
    ApplicationRow, ("application", *_OTHERS), _COLUMNS
)
"""Build a row of the applications list; `name` is the candidate's, None once erased."""

_FIELDS = [each.name for each in fields(Application)]
_PLACES = {f"application.{name}": f"values[{place}]" for place, name in enumerate(_FIELDS)}

row_of_values: Callable[[Sequence[Any], TrainingSession, TrainingAction, str | None], ApplicationRow] = constructor(
    ApplicationRow,
    ("values", *_OTHERS),
    {column: _PLACES.get(source, source) for column, source in _COLUMNS.items()},
)
"""The same from the values of an application's fields, in their order: no application is made for it."""


def session_row(session: TrainingSession, action: TrainingAction, tally: Tally) -> SessionRow:
    """Build a row of the sessions list."""
    return SessionRow(
        reference=session.reference,
        state=session.state,
        version=session.version,
        action=action.reference,
        action_title=action.title,
        responsible=session.responsible,
        positioner=session.positioner,
        trainer=session.trainer,
        place=session.place,
        start=session.start,
        end=session.end,
        retained=tally.retained,
        capacity=session.capacity,
        minimum_headcount=session.minimum_headcount,
        registered=tally.registered,
        quota=quota_of(session),
        open=tally.open,
        funder=action.funder,
        session_type=session.session_type,
        market=session.market,
        measure=session.measure,
    )


def action_row(
    action: TrainingAction, sessions: Iterable[TrainingSession], alerts: tuple[AlertReason, ...]
) -> ActionRow:
    """Build a row of the actions list; give its sessions ordered by reference."""
    return ActionRow(
        reference=action.reference,
        state=action.state,
        version=action.version,
        title=action.title,
        funder=action.funder,
        responsible=action.responsible,
        pending_validation=awaits_validation(action),
        alert=bool(alerts),
        kind=action.kind,
        alerts=alerts,
        sessions=tuple(
            ActionSession(reference=each.reference, state=each.state, start=each.start, end=each.end)
            for each in sessions
        ),
    )

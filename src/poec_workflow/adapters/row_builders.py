"""Build the rows of the applications, sessions and actions lists: where each column of a list comes from."""

from __future__ import annotations

from collections.abc import Iterable

from poec_workflow.construction import constructor
from poec_workflow.model import Application, Tally, TrainingAction, TrainingSession
from poec_workflow.policies.alerts import awaits_validation
from poec_workflow.views import ActionRow, ActionSession, ApplicationRow, SessionRow

_make_application_row = constructor(ApplicationRow)


def application_row(
    application: Application, session: TrainingSession, action: TrainingAction, name: str | None
) -> ApplicationRow:
    """Build a row of the applications list; `name` is the candidate's, None once erased."""
    return _make_application_row(
        reference=application.reference,
        state=application.state,
        version=application.version,
        session=session.reference,
        session_start=session.start,
        session_end=session.end,
        action=action.reference,
        action_title=action.title,
        candidate=application.candidate,
        candidate_name=name,
        responsible=session.responsible,
        positioner=session.positioner,
        trainer=session.trainer,
        prescriber=application.prescriber,
        registered_at=application.registered_at,
        convocations=application.convocations,
    )


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
        open=tally.open,
    )


def action_row(action: TrainingAction, sessions: Iterable[TrainingSession], *, alert: bool) -> ActionRow:
    """Build a row of the actions list; give its sessions ordered by reference."""
    return ActionRow(
        reference=action.reference,
        state=action.state,
        version=action.version,
        title=action.title,
        funder=action.funder,
        responsible=action.responsible,
        pending_validation=awaits_validation(action),
        alert=alert,
        sessions=tuple(
            ActionSession(reference=each.reference, state=each.state, start=each.start, end=each.end)
            for each in sessions
        ),
    )

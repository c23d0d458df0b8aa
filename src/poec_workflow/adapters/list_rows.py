"""Values ▸ the lines of lists: which column comes from where, the same for every adapter."""

from __future__ import annotations

from collections.abc import Iterable

from poec_workflow.model import Application, Tally, TrainingAction, TrainingSession
from poec_workflow.policies.alerts import awaits_validation
from poec_workflow.views import ActionRow, ActionSession, ApplicationRow, SessionRow


def application_line(
    application: Application, session: TrainingSession, action: TrainingAction, name: str | None
) -> ApplicationRow:
    """A line of the applications list; `name` is the candidate's."""
    return ApplicationRow(
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


def session_line(session: TrainingSession, action: TrainingAction, tally: Tally) -> SessionRow:
    """A line of the sessions list."""
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


def action_line(action: TrainingAction, sessions: Iterable[TrainingSession], *, alert: bool) -> ActionRow:
    """A line of the actions list; its sessions come by reference."""
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

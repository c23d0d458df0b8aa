"""A small world to decide in: one action, one session, one application in any state, and who is who."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from poec_workflow import (
    Actor,
    ActorKind,
    Application,
    Enrolment,
    Facts,
    Origin,
    Prescriber,
    TrainingAction,
    TrainingSession,
    commands,
)
from poec_workflow.commands import Command
from poec_workflow.model import OPEN_STATES, ActionState, ApplicationState, SessionState, Subject, Tally
from poec_workflow.testing.contracts.sample_subjects import ACTION, CANDIDATE, NOW, PRESCRIBER, SESSION, application

__all__ = [
    "ACTION",
    "CANDIDATE",
    "NOW",
    "PRESCRIBER",
    "SAMPLES",
    "SESSION",
    "application",
    "facts",
    "related",
    "stranger",
]


def facts(
    actor: Actor,
    *,
    session: TrainingSession = SESSION,
    action: TrainingAction = ACTION,
    subject: Subject | None = None,
    **more: Any,
) -> Facts:
    """What is known around the application, the session or the action."""
    tally = more.pop("tally", None)
    waiting = (subject,) if isinstance(subject, Application) and subject.state in OPEN_STATES else ()
    if tally is None:
        tally = Tally().moved(None, subject.state) if isinstance(subject, Application) else Tally()
    enrolment = Enrolment(session=session, tally=tally, open_applications=more.pop("waiting", waiting))
    return Facts(
        actor=actor,
        now=more.pop("now", NOW),
        action=action,
        enrolment=enrolment,
        enrolments=(enrolment,) if isinstance(subject, TrainingAction) else (),
        **more,
    )


def related(kind: ActorKind, organization: str = "TRAIN") -> Actor:
    """An actor of a kind who has to do with the application: its trainer, its prescriber, its candidate."""
    who: dict[ActorKind, dict[str, str]] = {
        ActorKind.ORGANIZATION: {"organization": organization},
        ActorKind.ADVISER: {"organization": "FT"},
        ActorKind.CANDIDATE: {"candidate": "P-1"},
        ActorKind.FUNDER: {"organization": "OPCO"},
        ActorKind.PLATFORM: {"organization": "CAP"},
        ActorKind.SYSTEM: {},
    }
    return Actor(kind=kind, **who[kind])


def stranger(kind: ActorKind) -> Actor:
    """An actor of a kind who has nothing to do with the application."""
    if kind is ActorKind.CANDIDATE:
        return Actor(kind=kind, candidate="P-9")
    return Actor(kind=kind, organization="NOBODY")


_PARTICULARS: dict[str, Any] = {
    "action": "A-1",
    "start": SESSION.start,
    "end": SESSION.end,
    "place": "Pau",
    "responsible": "RESP",
    "positioner": "POS",
    "trainer": "TRAIN",
    "capacity": 12,
    "coefficient": 3,
    "registration_deadline": SESSION.registration_deadline,
    "late_entry_deadline": SESSION.late_entry_deadline,
}
"""Of a session that could be created."""

SAMPLES: dict[str, Command] = {
    each.type: each
    for each in (
        commands.Preregister(
            "C-2", session="S-1", candidate=CANDIDATE, prescriber=Prescriber(origin=Origin.SELF, organization="FT")
        ),
        commands.Convoke("C-1", on=date(2021, 11, 25)),
        commands.MoveConvocation("C-1", on=date(2021, 11, 25)),
        commands.RecordPresence("C-1"),
        commands.RecordAbsence("C-1", notified=True),
        commands.CorrectAttendance("C-1"),
        commands.Retain("C-1", entry=date(2021, 12, 9), exit=date(2022, 3, 4), weekly_hours=Decimal(35)),
        commands.Reject("C-1", motive="profile", reason="prerequisites-not-met"),
        commands.Withdraw("C-1", reason="found-employment"),
        commands.Expire("C-1"),
        commands.RefuseSessionFull("C-1"),
        commands.Cancel("C-1"),
        commands.CreateSession("S-2", **_PARTICULARS),
        commands.SetRegistrationDeadline("S-1", on=date(2021, 12, 1)),
        commands.SetCoefficient("S-1", coefficient=4),
        commands.SetCapacity("S-1", capacity=20),
        commands.SetInformationDates("S-1", dates=(date(2021, 11, 1),)),
        commands.RescheduleSession(
            "S-1",
            start=date(2022, 1, 3),
            end=date(2022, 4, 1),
            registration_deadline=date(2022, 1, 3),
            late_entry_deadline=date(2022, 1, 7),
        ),
        commands.ReassignSession("S-1", trainer="OTHER"),
        commands.DeclareSessionFull("S-1"),
        commands.ReopenSession("S-1"),
        commands.CancelSession("S-1", reason="Trop peu d'inscrits"),
        commands.CorrectSession("S-1", place="Pau", minimum_headcount=2),
        commands.CreateAction("A-2", title="[POEC] Soudeur", funder="OPCO", responsible="RESP"),
        commands.EnrichAction("A-1", changes={"programme": "Gestes et postures"}),
        commands.ApproveCertification("A-1"),
        commands.DeclineCertification("A-1"),
        commands.PublishAction("A-1"),
        commands.ArchiveAction("A-1"),
        commands.RestoreAction("A-1"),
        commands.DeleteAction("A-1"),
        commands.CorrectAction("A-1", title="[POEC] Soudeuse", responsible="OTHER"),
        commands.ImportApplication(
            "C-3",
            session="S-1",
            candidate=CANDIDATE,
            prescriber=Prescriber(origin=Origin.OTHER),
            state=ApplicationState.REJECTED,
            registered_at=NOW,
            motive="withdrawal",
            reason="found-employment",
        ),
        commands.ImportSession("S-3", **_PARTICULARS, state=SessionState.COMPLETE),
        commands.ImportAction(
            "A-3", title="[POEC] Soudeur", funder="OPCO", responsible="RESP", state=ActionState.ARCHIVED
        ),
    )
}
"""One command of each type, which the world accepts in the right state."""

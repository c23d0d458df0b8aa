"""What is decided where a decision is measured: four commands that are accepted, one refused, one without a row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from attrs import evolve, frozen

from poec_workflow import (
    Actor,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Enrolment,
    Facts,
    Prescriber,
    Settings,
    TrainingAction,
    TrainingSession,
    commands,
)
from poec_workflow.commands import ApplicationCommand
from poec_workflow.model import ActionState, Origin, SessionState, Tally

NOW = datetime(2021, 11, 15, 9, tzinfo=timezone(timedelta(hours=1)))
SETTINGS = Settings()
ACTION = TrainingAction(
    reference="A-1", version=2, state=ActionState.PUBLISHED, title="[POEC] Soudeur", funder="OPCO", responsible="RESP"
)
SESSION = TrainingSession(
    reference="S-1",
    version=1,
    state=SessionState.ACTIVE,
    action="A-1",
    start=date(2022, 1, 10),
    end=date(2022, 3, 4),
    place="47 - AGEN",
    responsible="RESP",
    positioner="POS",
    trainer="TRAIN",
    capacity=10,
    coefficient=2,
    minimum_headcount=1,
    registration_deadline=date(2022, 1, 7),
    late_entry_deadline=date(2022, 1, 14),
    information_dates=(),
)
PRESCRIBER = Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT-AGEN", name="Léa Roy")
PENDING = Application(
    reference="C-1",
    version=1,
    state=ApplicationState.PENDING,
    session="S-1",
    candidate="P-1",
    prescriber=PRESCRIBER,
    registered_at=NOW,
)
CONVOKED = evolve(
    PENDING,
    version=2,
    state=ApplicationState.CONVOKED,
    convocations=(Convocation(on=date(2021, 11, 22), time=time(9, 30), place="Agen", entered_at=NOW),),
)
PRESENT = evolve(CONVOKED, version=3, state=ApplicationState.PRESENT)
ENROLMENT = Enrolment(session=SESSION, tally=Tally(pending=3, convoked=2, present=1, registered=6))
DESK = Actor(kind="organization", organization="POS")
ADVISER = Actor(kind="adviser", organization="FT-AGEN", name="Léa Roy")
LATER = NOW + timedelta(days=8)

REGISTER = commands.Preregister(
    "C-9", session="S-1", candidate=Candidate(reference="P-9", name="Zoé Nabil"), prescriber=PRESCRIBER
)
CONVOKE = commands.Convoke("C-1", on=date(2021, 11, 22), time=time(9, 30), place="Agen")
PRESENCE = commands.RecordPresence("C-1")
RETAIN = commands.Retain("C-1", entry=date(2022, 1, 10), exit=date(2022, 3, 4), weekly_hours=Decimal(35))


@frozen
class Case:
    """One decision: the application before it (None where it is created), the command, its instant and its actor."""

    application: Application | None
    command: ApplicationCommand
    now: datetime
    actor: Actor

    def facts(self) -> Facts:
        """All else that matters."""
        return Facts(now=self.now, actor=self.actor, settings=SETTINGS, action=ACTION, enrolment=ENROLMENT)


ACCEPTED = (
    Case(None, REGISTER, NOW, ADVISER),
    Case(PENDING, CONVOKE, NOW, DESK),
    Case(CONVOKED, PRESENCE, LATER, DESK),
    Case(PRESENT, RETAIN, LATER, DESK),
)
REFUSED = (Case(PENDING, evolve(CONVOKE, on=date(2021, 11, 1)), NOW, DESK),)
"""By one policy, with one code."""
NO_ROW = (Case(PENDING, RETAIN, NOW, DESK),)
"""The table has no row for the state and the command."""

"""A small world to store: one action, one session, one application in any state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from attrs import evolve

from poec_workflow.model import (
    ActionState,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Origin,
    Outcome,
    Prescriber,
    SessionState,
    TrainingAction,
    TrainingSession,
)

NOW = datetime.fromisoformat("2021-11-20T10:00:00+01:00")
PRESCRIBER = Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT")
CANDIDATE = Candidate(reference="P-1", name="Zoé Nabil", email="zoe@example.org")

ACTION = TrainingAction(
    reference="A-1",
    version=1,
    state=ActionState.PUBLISHED,
    title="[POEC] Employé de rayon",
    funder="OPCO",
    responsible="RESP",
    pending_certification="CléA",
)
SESSION = TrainingSession(
    reference="S-1",
    version=1,
    state=SessionState.ACTIVE,
    action="A-1",
    start=date(2021, 12, 9),
    end=date(2022, 3, 4),
    place="47 - AGEN",
    responsible="RESP",
    positioner="POS",
    trainer="TRAIN",
    capacity=2,
    coefficient=3,
    minimum_headcount=1,
    registration_deadline=date(2021, 12, 10),
    late_entry_deadline=date(2021, 12, 17),
    information_dates=(),
)

_CAME_OF_IT = {
    ApplicationState.PRESENT: Outcome.PRESENT,
    ApplicationState.ABSENT: Outcome.ABSENT_WITH_NOTICE,
    ApplicationState.RETAINED: Outcome.PRESENT,
}


def application(state: ApplicationState = ApplicationState.PENDING, **changes: Any) -> Application:  # noqa: ANN401 - any field
    """An application in a state; one that was convoked has one convocation, of today, and what came of it."""
    convoked = state is not ApplicationState.PENDING
    today = Convocation(
        on=date(2021, 11, 20),
        entered_at=datetime.fromisoformat("2021-11-18T09:00:00+01:00"),
        outcome=_CAME_OF_IT.get(state),
    )
    plain = Application(
        reference="C-1",
        version=3,
        state=state,
        session="S-1",
        candidate="P-1",
        prescriber=PRESCRIBER,
        registered_at=datetime.fromisoformat("2021-11-15T09:00:00+01:00"),
        convocations=(today,) if convoked else (),
    )
    return evolve(plain, **changes)

"""What a decision costs, beside one bare trigger of a stock `transitions` machine, which decides and makes nothing.

uv run python -m benchmarks.decision
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from attrs import evolve
from transitions import Machine

from benchmarks.ratios import Work, seconds
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
    decide,
)
from poec_workflow.model import ActionState, Origin, SessionState, Tally

TIMES, ROUNDS = 400, 41
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


def facts(now: datetime, actor: Actor) -> Facts:
    """The facts of an application's command."""
    return Facts(now=now, actor=actor, settings=SETTINGS, action=ACTION, enrolment=ENROLMENT)


ACCEPTED = (
    (None, REGISTER, NOW, ADVISER),
    (PENDING, CONVOKE, NOW, DESK),
    (CONVOKED, PRESENCE, LATER, DESK),
    (PRESENT, RETAIN, LATER, DESK),
)
REFUSED = ((PENDING, evolve(CONVOKE, on=date(2021, 11, 1)), NOW, DESK),)
NO_ROW = ((PENDING, RETAIN, NOW, DESK),)


def bare() -> Work:
    """One trigger of a machine that has no conditions, callbacks or products."""

    class Model:
        state = "pending"

    model = Model()
    machine = Machine(model, states=["pending", "convoked"], initial="pending", auto_transitions=False)
    machine.add_transition("convoke", "pending", "convoked")
    machine.add_transition("again", "convoked", "pending")

    def work() -> None:
        for _ in range(TIMES // 2):
            model.convoke()  # type: ignore[attr-defined]
            model.again()  # type: ignore[attr-defined]

    return work


def deciding(cases: tuple, *, with_facts: bool = False) -> Work:  # type: ignore[type-arg]
    """`decide`, in turn for each of some cases."""
    known = [(subject, command, facts(now, actor), now, actor) for subject, command, now, actor in cases]
    for subject, command, around, *_ in known:
        print(type(command).__name__, type(decide(subject, command, around)).__name__)

    def work() -> None:
        for _ in range(TIMES // len(known)):
            for subject, command, around, _now, _actor in known:
                decide(subject, command, around)

    def work_with_facts() -> None:
        for _ in range(TIMES // len(known)):
            for subject, command, _around, now, actor in known:
                decide(subject, command, facts(now, actor))

    return work_with_facts if with_facts else work


def main() -> None:
    """Print the ratios."""
    works = {
        "bare": bare(),
        "accepted": deciding(ACCEPTED),
        "facts and accepted": deciding(ACCEPTED, with_facts=True),
        "refused": deciding(REFUSED),
        "no row": deciding(NO_ROW),
    }
    found = seconds(works, ROUNDS)
    for name, each in found.items():
        print(f"{name:20} {each / TIMES * 1e6:8.2f} µs  {each / found['bare']:6.2f} x")


if __name__ == "__main__":
    main()

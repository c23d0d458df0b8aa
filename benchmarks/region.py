"""A region's two years around today: sessions of some twenty applications, shared by ten organisations of each kind.

Sessions start one after the other; three in four have ended, one in forty within the last three weeks, with open
applications that are expiring. Applications are numbered as they come in, so those of sessions of one time lie among
each other. An organisation is the positioner and trainer of every tenth session, a prescriber sent every tenth person,
a funder pays every tenth action. Rows are written as the adapter would, without histories: lists read none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from attrs import asdict, evolve
from sqlalchemy import Connection, create_engine

from benchmarks.filling import NOW
from poec_workflow import (
    ActionState,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Origin,
    Prescriber,
    SessionState,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.row_mapping import person_row, row_of
from poec_workflow.adapters.sql.schema import actions, applications, people, sessions
from poec_workflow.model import Tally

SHARES = 10
"""Of how many organisations of a kind each has as much as every other."""
PER_SESSION, PER_ACTION = 20, 5
TODAY, ZONE = NOW.date(), ZoneInfo("Europe/Paris")
PEOPLE = 60_000
SPAN = 730
"""Days from the first session's start to the last one's."""
ENDED = (*[ApplicationState.RETAINED] * 8, *[ApplicationState.REJECTED] * 8, *[ApplicationState.NO_ADVICE] * 3)
OPEN = (
    *[ApplicationState.PENDING] * 8,
    *[ApplicationState.CONVOKED] * 4,
    *[ApplicationState.PRESENT] * 2,
    ApplicationState.ABSENT,
    *[ApplicationState.RETAINED] * 4,
)
NAMES = ("Zoé Nabil", "Émile Dupont", "Łukasz D'Angelo", "Anne-Marie Lefèvre", "Özge Şahin", "Jean Martin")


class Rows(NamedTuple):
    """What is written of an action's sessions."""

    action: TrainingAction
    sessions: Sequence[TrainingSession]
    applications: Sequence[Application]
    people: Sequence[Candidate]


def organization(number: int) -> str:
    """An organisation by its number, which is the positioner and trainer of every tenth session."""
    return f"ORG-{number % SHARES}"


def prescriber(number: int) -> str:
    """A prescriber's organisation by its number."""
    return f"FT-{number % SHARES}"


def funder(number: int) -> str:
    """A funder by its number."""
    return f"OPCO {number % SHARES}"


def fill(url: str, many: int) -> None:
    """Make a store of so many applications."""
    with SqlStorage.open(url) as storage:
        storage.create()
    engine = create_engine(url)
    with engine.begin() as connection:
        for each in _everything(many):
            _write(connection, each)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _everything(many: int) -> Iterator[Rows]:
    random, in_all = Random(11), many // PER_SESSION  # noqa: S311 - no secret
    known: set[str] = set()
    numbers = sorted(range(many), key=lambda each: each + random.randrange(40 * PER_SESSION))
    for number in range(in_all // PER_ACTION):
        own = [_session(each, in_all) for each in range(number * PER_ACTION, (number + 1) * PER_ACTION)]
        registered = [
            _application(numbers[each * PER_SESSION + place], session, random)
            for each, session in enumerate(own, number * PER_ACTION)
            for place in range(PER_SESSION)
        ]
        new = {each.candidate for each in registered} - known
        known |= new
        yield Rows(_action(number), own, registered, [_person(each) for each in sorted(new)])


def _action(number: int) -> TrainingAction:
    return TrainingAction(
        reference=f"A-{number:05}",
        version=2,
        state=ActionState.PUBLISHED,
        title=f"[POEC] Métier {number % 97}",
        funder=funder(number),
        responsible="REGION",
        objective="Emploi" if number % 20 else "",
        programme="Programme",
        prerequisites="Aucun",
    )


def _session(number: int, in_all: int) -> TrainingSession:
    start = TODAY + timedelta(days=number * SPAN // in_all - SPAN * 4 // 5)
    end = start + timedelta(days=60)
    return TrainingSession(
        reference=f"S-{number:06}",
        version=1,
        state=SessionState.ACTIVE,
        action=f"A-{number // PER_ACTION:05}",
        start=start,
        end=end,
        place=f"{number % 12} - AGEN",
        responsible="REGION",
        positioner=organization(number),
        trainer=organization(number),
        capacity=12,
        minimum_headcount=6,
        information_dates=(),
        coefficient=2,
        registration_deadline=start,
        late_entry_deadline=start + timedelta(days=7),
    )


def _application(number: int, session: TrainingSession, random: Random) -> Application:
    at = datetime.combine(session.start - timedelta(days=30), time(9), ZONE) + timedelta(seconds=number)
    left = TODAY - session.end
    state = random.choice(OPEN if left < timedelta(days=21) else ENDED)
    on = TODAY + timedelta(days=random.randrange(-5, 10))
    application = Application(
        reference=f"C-{number:07}",
        version=1,
        state=state,
        session=session.reference,
        candidate=f"P-{number % PEOPLE:06}",
        prescriber=Prescriber(
            origin=Origin.FRANCE_TRAVAIL, organization=prescriber(random.randrange(10)), name="A. M."
        ),
        registered_at=at,
        convocations=() if state is ApplicationState.PENDING else (Convocation(on=on, entered_at=at),),
    )
    if state is ApplicationState.RETAINED:
        return evolve(application, entry=session.start, exit=session.end, weekly_hours=Decimal(35))
    return application


def _person(reference: str) -> Candidate:
    number = int(reference[2:])
    # In no order that the applications are in.
    name = f"{NAMES[number % len(NAMES)]} n{number * 7_919 % PEOPLE:05}"
    return Candidate(reference=reference, name=name, email=f"p{number}@example.org")


def _write(connection: Connection, rows: Rows) -> None:
    tallies = {each.reference: Tally() for each in rows.sessions}
    for each in rows.applications:
        tallies[each.session] = tallies[each.session].moved(None, each.state)
    connection.execute(actions.insert(), [row_of(rows.action)])
    connection.execute(
        sessions.insert(), [{**row_of(each), **asdict(tallies[each.reference])} for each in rows.sessions]
    )
    connection.execute(applications.insert(), [row_of(each) for each in rows.applications])
    if rows.people:
        connection.execute(people.insert(), [person_row(each) for each in rows.people])

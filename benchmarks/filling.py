"""A store filled fast: three sessions made by commands, then their rows again and again under other names.

Every row is what the adapter wrote for a real command; only references, names and keys differ from one copy to the
next. Each session has five hundred applications. References go by time: the first half of the sessions have ended,
then some are overdue, and the last three in ten are current. Ten sessions in a row share an action and their
candidates, as people apply again; an organisation is positioner and trainer of ten, one in each tenth of the time, and
`REGION` is responsible for all.
No message waits: what was stored long ago was sent. Who is measured tells nobody, unless a line says so.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from attrs import field, frozen
from sqlalchemy import Table, create_engine
from sqlalchemy.engine import URL, make_url

from poec_workflow import Actor, ActorKind, Candidate, Origin, Prescriber, Request, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.schema import actions, applications, history, people, receipts, sessions
from poec_workflow.commands import Command
from poec_workflow.notices import NONE, Notices
from poec_workflow.testing import SettableClock

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from postgres import Cluster, NoPostgreSQL, find, raw_url, str_of

__all__ = ["NoPostgreSQL"]  # raised when a store is made on a PostgreSQL that is not to be had

DATABASES = ("sqlite", "postgresql")
DURABLE = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on"}
"""PostgreSQL's settings as they come, where those of the tests are another's."""
NOW = datetime.fromisoformat("2022-03-28T09:00:00+02:00")
PER_SESSION, PER_ACTION, SEATS = 500, 10, 500
SESSION, ACTION, ORGANIZATION = "@session", "@action", "@organization"
"""What stands in the rows in place of a number."""
PRESENT, CONVOKED, PENDING = range(100), range(100, 200), range(200, 400)
"""Which applications of a current session are in which state; the rest are retained."""
LARGE = 100_000
"""From so many applications on, PostgreSQL copies files faster than rows."""
PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
TABLES: Sequence[Table] = (actions, sessions, applications, people, history, receipts)

Rows = Mapping[str, list[list[Any]]]


@frozen(kw_only=True)
class Kind:
    """One kind of session: its dates, and what became of its applications."""

    start: date
    end: date
    registered: datetime
    ended: bool = False

    def commands(self) -> Iterator[tuple[datetime, Command]]:
        """What happens on it until now, in order."""
        yield self.registered, session_of(SESSION, self.start, self.end)
        for number in range(PER_SESSION):
            yield self.registered, registration(SESSION, f"{number:03}", f"P-{ACTION}-{number:03}")
        for number in range(PER_SESSION):
            yield from self._story(number)

    def _story(self, number: int) -> Iterator[tuple[datetime, Command]]:
        application, at = application_of(SESSION, number), self.registered + timedelta(days=20)
        if number in PENDING:
            return
        yield at - timedelta(days=3), commands.Convoke(application, on=at.date())
        if number in CONVOKED:
            return
        yield at, commands.RecordPresence(application)
        if number in PRESENT and self.ended:
            yield at, commands.Reject(application, motive="profile", reason="prerequisites-not-met")
        elif number not in PRESENT:
            yield at, retention(application, self.start, self.end)


ENDED = Kind(
    start=date(2021, 6, 7),
    end=date(2021, 9, 24),
    registered=datetime.fromisoformat("2021-05-03T09:00+02:00"),
    ended=True,
)
OVERDUE = Kind(
    start=date(2021, 11, 8), end=date(2022, 2, 25), registered=datetime.fromisoformat("2021-10-04T09:00+02:00")
)
CURRENT = Kind(
    start=date(2022, 4, 4), end=date(2022, 7, 29), registered=datetime.fromisoformat("2022-02-07T09:00+01:00")
)
KINDS = (*[ENDED] * 5, *[OVERDUE] * 2, *[CURRENT] * 3)
"""What kind the sessions of each tenth are."""


def session_of(number: str, start: date, end: date) -> commands.CreateSession:
    """A session's creation."""
    return commands.CreateSession(
        f"S-{number}",
        action=f"A-{ACTION}",
        start=start,
        end=end,
        place="47 - AGEN",
        responsible="REGION",
        positioner=f"ORG-{ORGANIZATION}",
        trainer=f"ORG-{ORGANIZATION}",
        capacity=SEATS,
        coefficient=2,
        registration_deadline=start,
        late_entry_deadline=start + timedelta(days=7),
    )


def registration(session: str, number: str, candidate: str) -> commands.Preregister:
    """A candidate's registration on a session."""
    return commands.Preregister(
        f"C-{session}-{number}",
        session=f"S-{session}",
        candidate=Candidate(reference=candidate, name=f"Zoé Nabil n{ACTION}x{number}", email="zoe@example.org"),
        prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT", name="A. Martin"),
    )


def retention(application: str, entry: date = CURRENT.start, leaving: date = CURRENT.end) -> commands.Retain:
    """An advice for a candidate."""
    return commands.Retain(application, entry=entry, exit=leaving, weekly_hours=Decimal(35))


def application_of(session: str, number: int) -> str:
    """The reference of a session's application."""
    return f"C-{session}-{number:03}"


def fill(url: str, many: int) -> None:
    """Make a store of so many applications."""
    with SqlStorage.open(url) as storage:
        storage.create()
    write = _into_sqlite if url.startswith("sqlite") else _into_postgresql
    sessions_in_all = many // PER_SESSION
    numbers = count(1)
    write(url, (_placed(_rows_of(number, sessions_in_all), numbers) for number in range(sessions_in_all)))


def _placed(rows: Rows, numbers: Iterator[int]) -> Rows:
    """The rows with places of their own in the feed."""
    names = [each.name for each in history.columns]
    place = names.index("feed_number")
    entries = [[*row[:place], next(numbers), *row[place + 1 :]] for row in rows["poec_history"]]
    return {**rows, "poec_history": entries}


def fill_partitioned(url: str, many: int, partitions: int) -> None:
    """Make a store of so many applications on PostgreSQL, its tables partitioned by session."""
    with SqlStorage.open(url) as storage:
        storage.create_partitioned(partitions)
    sessions_in_all = many // PER_SESSION
    _into_postgresql(url, (_with_sessions(_rows_of(number, sessions_in_all)) for number in range(sessions_in_all)))


def _with_sessions(rows: Rows) -> Rows:
    """The rows as a partitioned store has them: an entry of no session has an empty one, and there is a directory."""
    at = {each.name: [column.name for column in each.columns].index("session") for each in (applications, history)}
    place = at["poec_history"]
    entries = [[*row[:place], row[place] or "", *row[place + 1 :]] for row in rows["poec_history"]]
    places = [[row[0], row[at["poec_applications"]]] for row in rows["poec_applications"]]
    return {**rows, "poec_history": entries, "poec_application_sessions": places}


def kind_of(number: int, of: int) -> Kind:
    """What kind of session one of so many is; the last one is current, however few there are."""
    return KINDS[(number + 1) * len(KINDS) // of - 1]


def organization_of(number: int, of: int) -> str:
    """Whose session one of so many is."""
    return f"{number % max(1, of // PER_ACTION):04}"


def _rows_of(number: int, of: int) -> Rows:
    """A session's rows; those of its action and candidates come with the first of ten."""
    text = _text_of(kind_of(number, of))
    named = {
        SESSION: f"{number:05}",
        ACTION: f"{number // PER_ACTION:04}",
        ORGANIZATION: organization_of(number, of),
    }
    for mark, value in named.items():
        text = text.replace(mark, value)
    rows: dict[str, list[list[Any]]] = json.loads(text)
    if number % PER_ACTION:
        rows["poec_actions"], rows["poec_people"] = [], []
        rows["poec_history"] = [row for row in rows["poec_history"] if row[0] != "action"]
        rows["poec_receipts"] = [row for row in rows["poec_receipts"] if row[2] != "action"]
    return rows


@cache
def _text_of(kind: Kind) -> str:
    """The rows that a session of a kind leaves, as JSON."""
    with TemporaryDirectory() as folder, SqlStorage.open(f"sqlite:///{folder}/one.db") as storage:
        workflow = Workflow(storage, clock=SettableClock(NOW.isoformat()), notices=NONE)
        creation = commands.CreateAction(f"A-{ACTION}", title="[POEC] Soudeur", funder="OPCO", responsible="REGION")
        story = [
            (kind.registered, creation),
            (kind.registered, commands.PublishAction(f"A-{ACTION}")),
            *kind.commands(),
        ]
        workflow.execute_many(
            [
                Request(command=each, actor=_actor(each), key=f"{each.reference}/{each.type}", at=at)
                for at, each in story
            ],
            atomic=True,
        )
        if kind.ended:
            workflow.sweep()
        engine = create_engine(f"sqlite:///{folder}/one.db")
        with engine.connect() as connection:
            rows = {table.name: [list(row) for row in connection.execute(table.select())] for table in TABLES}
        engine.dispose()
    return json.dumps(rows)


def _actor(command: Command) -> Actor:
    if isinstance(command, commands.Convoke | commands.RecordPresence | commands.Reject | commands.Retain):
        return Actor(kind=ActorKind.ORGANIZATION, organization=f"ORG-{ORGANIZATION}")
    return PLATFORM


def _into_sqlite(url: str, everything: Iterator[Rows]) -> None:
    with closing(sqlite3.connect(_file(url))) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        for rows in everything:
            for name, some in rows.items():
                if some:
                    marks = ", ".join("?" * len(some[0]))
                    connection.executemany(f"INSERT INTO {name} VALUES ({marks})", some)


def _into_postgresql(url: str, everything: Iterator[Rows]) -> None:
    with psycopg.connect(raw_url(url), autocommit=True) as connection:
        for rows in everything:
            for name, some in rows.items():
                with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
                    for row in some:
                        copy.write_row(row)
        # What autovacuum does in time.
        connection.execute("VACUUM ANALYZE")


@frozen
class FilledStore:
    """A workflow on a filled store, and the names in it.

    Attributes:
        workflow: its clock stands at `NOW`.
        sessions: how many there are.
        random: draws where the next round looks.
    """

    workflow: Workflow
    sessions: int
    random: random.Random = field(factory=lambda: random.Random(7))  # noqa: S311 - no secret

    @classmethod
    def on(cls, storage: SqlStorage, many: int, notices: Notices = NONE) -> FilledStore:
        """On a store of so many applications."""
        return cls(Workflow(storage, clock=SettableClock(NOW.isoformat()), notices=notices), many // PER_SESSION)

    def any_session(self) -> str:
        """The number of any session."""
        return f"{self.random.randrange(self.sessions):05}"

    def any_current(self) -> str:
        """The number of any current session."""
        return self.random.choice(self.current())

    def current(self) -> list[str]:
        """The numbers of all current sessions."""
        return [f"{each:05}" for each in range(self.sessions) if kind_of(each, self.sessions) is CURRENT]

    def any_organization(self) -> str:
        """Any organisation of ten sessions."""
        return f"ORG-{self.random.randrange(max(1, self.sessions // PER_ACTION)):04}"

    def trainer(self, session: str) -> Actor:
        """Who convokes and retains on a session."""
        return Actor(kind=ActorKind.ORGANIZATION, organization=f"ORG-{organization_of(int(session), self.sessions)}")

    def any_person(self) -> str:
        """The candidate of ten applications."""
        return f"P-{self.any_action()}-{self.random.randrange(PER_SESSION):03}"

    def any_action(self) -> str:
        """The number of any action."""
        return f"{self.random.randrange(-(-self.sessions // PER_ACTION)):04}"


class Stores:
    """Where the benchmarks get their stores: each size is filled once, and copied for whoever changes it."""

    def __init__(self) -> None:
        self._kinds: Sequence[str] = ()
        self._folder = Path()
        self._server: Callable[[], URL] | None = None
        self._filled: dict[tuple[str, int], str] = {}
        self._numbers = count(1)

    @property
    def kinds(self) -> Sequence[str]:
        """The databases to measure on."""
        return self._kinds

    @contextmanager
    def opened(self, kinds: Sequence[str], server: str | None = None) -> Iterator[None]:
        """Make stores within: SQLite's in a temporary folder, PostgreSQL's on a server (by its URL, or of our own)."""
        self._kinds = kinds
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="poec-benchmarks-")))
            self._server = cache(lambda: _server(stack, server))
            try:
                yield
            finally:
                self._filled.clear()

    def filled(self, kind: str, many: int) -> str:
        """The URL of a store of so many applications, that is only to be read."""
        if (kind, many) not in self._filled:
            url = self._empty(kind)
            fill(url, many)
            self._filled[kind, many] = url
        return self._filled[kind, many]

    def made(self, kind: str, fill: Callable[[str], None]) -> str:
        """The URL of a store that is filled in another way."""
        url = self._empty(kind)
        fill(url)
        return url

    def copy(self, kind: str, many: int) -> str:
        """The URL of such a store that is the caller's own."""
        source = self.filled(kind, many)
        if kind == "sqlite":
            target = self._folder / f"{next(self._numbers)}.db"
            shutil.copyfile(_file(source), target)
            return f"sqlite:///{target}"
        template = f"TEMPLATE {make_url(source).database}"
        if many < LARGE:
            return self._empty(kind, template)
        copied = self._empty(kind, f"{template} STRATEGY file_copy")
        self._say("CHECKPOINT")  # the server would do it while something is measured
        return copied

    def drop(self, url: str) -> None:
        """Give a copy's place back, once nothing is connected to it."""
        if url.startswith("sqlite"):
            for each in self._folder.glob(f"{_file(url).name}*"):
                each.unlink()
        else:
            self._say(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _empty(self, kind: str, options: str = "") -> str:
        if kind == "sqlite":
            return f"sqlite:///{self._folder / f'{next(self._numbers)}.db'}"
        assert self._server is not None  # noqa: S101 - made before
        name = f"poec_benchmark_{os.getpid()}_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} {options}")
        return str_of(self._server().set(database=name))

    def _say(self, statement: str) -> None:
        assert self._server is not None  # noqa: S101 - made before
        with psycopg.connect(raw_url(str_of(self._server())), autocommit=True) as connection:
            connection.execute(statement)


STORES = Stores()
"""Those of this run."""


def _server(stack: ExitStack, url: str | None) -> URL:
    if url is not None:
        return make_url(url).set(drivername="postgresql+psycopg")
    return stack.enter_context(Cluster(find(), **DURABLE)).url


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))

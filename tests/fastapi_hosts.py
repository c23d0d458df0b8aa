"""A service on FastAPI for tests: its own table beside ours, on each kind of engine, asked over ASGI."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from poec_workflow import Actor, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.contrib.fastapi import install_problems
from poec_workflow.model import Candidate, Prescriber
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock

TOWN = Path(__file__).parent.parent / "examples" / "town.jsonl"
NOW = datetime(2039, 11, 20, 9, tzinfo=UTC)
AFEC = Actor(kind="organization", organization="AFEC")
ADVISER = Actor(kind="adviser", organization="FT-AGEN")
ABSENT = commands.RecordAbsence("C-1", notified=True)
TOO_EARLY = commands.RecordAbsence("C-1", notified=False)
"""Without notice, it can't be recorded before the day."""

KINDS: Mapping[str, str] = {
    "sqlite": "pysqlite",
    "sqlite, async": "aiosqlite",
    "postgresql": "psycopg",
    "postgresql, async": "psycopg_async",
}
"""Engines, by the driver that SQLAlchemy knows them by."""

metadata = MetaData()
visits = Table("visits", metadata, Column("id", Integer, primary_key=True), Column("who", String(64), unique=True))


@frozen
class Host:
    """A service's engine, and what another process sees of its database."""

    engine: Engine | AsyncEngine
    workflow: Workflow
    other: Engine

    def visits(self) -> list[str]:
        """The service's own rows, as another process sees them."""
        with self.other.connect() as connection:
            return list(connection.scalars(select(visits.c.who).order_by(visits.c.id)))

    def state(self, application: str = "C-1") -> str:
        """The state of an application, as another process sees it."""
        return self.workflow.application(application).state


@contextmanager
def host_on(url: str, kind: str, **options: Any) -> Iterator[Host]:
    """A service on a database in which two people applied; C-1 is convoked, C-2 is not yet."""
    plain = make_url(url)
    own = plain.set(drivername=f"{plain.get_backend_name()}+{KINDS[kind].removesuffix('_async')}")
    make: Any = create_async_engine if "async" in kind else create_engine
    other = create_engine(plain)
    with SqlStorage.open(url) as storage:
        workflow = Workflow(storage, clock=SettableClock(NOW))
        workflow.execute_many([journal_line(each) for each in TOWN.read_bytes().splitlines()])
        metadata.create_all(other)
        engine = make(own, **options)
        try:
            yield Host(engine, workflow, other)
        finally:
            other.dispose()
            if isinstance(engine, Engine):
                engine.dispose()


def service(host: Host) -> FastAPI:
    """An empty service that answers problems."""
    app = FastAPI()
    app.state.engine = host.engine
    install_problems(app, host.workflow)
    return app


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A client that gets the answer of what failed, too; no request of it leaves a connection in use."""
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://service") as client, left_idle(app.state.engine):
        yield client


@asynccontextmanager
async def left_idle(engine: Engine | AsyncEngine) -> AsyncIterator[None]:
    """See that no connection is in use at the end, and close those of the loop."""
    try:
        yield
    finally:
        pool: Any = engine.pool
        in_use = pool.checkedout()
        if isinstance(engine, AsyncEngine):
            await engine.dispose()
    assert in_use == 0


def registration(number: int) -> commands.Preregister:
    """One of many people applies to the session."""
    return commands.Preregister(
        f"D-{number}",
        session="00301234",
        candidate=Candidate(reference=f"Q-{number}", name="Ana Ruiz"),
        prescriber=Prescriber(origin="france-travail", organization="FT-AGEN"),
    )


Scope = MutableMapping[str, Any]


def scope_of(method: str, path: str) -> Scope:
    """A request, as a server hands it over."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

"""FastAPI's unit of work: one transaction a request, on each kind of engine, committed before the answer is seen."""

# FastAPI reads annotations of functions made inside of tests: they can't be texts.

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session

from fastapi_hosts import (
    ABSENT,
    ADVISER,
    AFEC,
    KINDS,
    TOO_EARLY,
    Host,
    client_of,
    host_on,
    left_idle,
    metadata,
    registration,
    scope_of,
    service,
    visits,
)
from poec_workflow import CommandRefused, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.contrib.fastapi import UnitOfWork, WorkflowDependency

View = Callable[..., Any]


@pytest.fixture(params=["sqlite", "sqlite, async"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A service on both kinds of engines."""
    with host_on(f"sqlite:///{tmp_path / 'a.db'}", request.param) as made:
        yield made


@pytest.fixture(params=sorted(KINDS))
def each_host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A service on both kinds of engines of both databases."""
    kind: str = request.param
    url = (
        request.getfixturevalue("postgresql_url") if kind.startswith("postgresql") else f"sqlite:///{tmp_path / 'a.db'}"
    )
    with host_on(url, kind) as made:
        yield made


async def visited(unit: UnitOfWork[Any], who: str = "Ana") -> None:
    """Write a row of the service's own."""
    statement = visits.insert().values(who=who)
    connection: Any = unit.connection
    if isinstance(connection, AsyncConnection):
        await connection.execute(statement)
    else:
        connection.execute(statement)


def app_of(host: Host, view: View, **options: Any) -> FastAPI:
    """A service of one view, on a unit of work."""
    app = service(host)
    needs = Annotated[UnitOfWork[Any], WorkflowDependency(host.engine, host.workflow, **options)]
    view.__annotations__["unit"] = needs
    app.post("/absence")(view)
    return app


async def absent(unit: UnitOfWork[Any]) -> dict[str, str]:
    """A row of the service's own, and a command."""
    await visited(unit)
    accepted = await unit.execute(ABSENT, AFEC)
    return {"state": str(accepted.subject.state)}


async def too_early(unit: UnitOfWork[Any]) -> None:
    """A command that is refused, after a row of the service's own."""
    await visited(unit)
    await unit.execute(TOO_EARLY, AFEC)


def asked(app: FastAPI, path: str = "/absence") -> Any:
    """The answer to one request."""

    async def ask() -> Any:
        async with client_of(app) as client:
            return await client.post(path)

    return asyncio.run(ask())


def seen_when_answered(app: FastAPI, see: Callable[[], Any]) -> tuple[int, Any]:
    """The status of an answer, and what another process sees at the moment when its first byte is sent."""
    seen: list[tuple[int, Any]] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append((message["status"], await asyncio.to_thread(see)))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def ask() -> None:
        async with left_idle(app.state.engine):
            await app(scope_of("POST", "/absence"), receive, send)

    asyncio.run(ask())
    return seen[0]


def test_own_rows_and_command_are_committed_before_the_answer(each_host: Host) -> None:
    """When its first byte is sent, another process sees both."""
    host = each_host
    app = app_of(host, absent)
    assert seen_when_answered(app, lambda: (host.visits(), host.state())) == (200, (["Ana"], "absent"))


def test_fastapis_default_scope_would_commit_after_the_answer(host: Host) -> None:
    """Why the dependency brings its scope along: the same generator without it answers first."""
    made = WorkflowDependency(host.engine, host.workflow)
    app = service(host)

    @app.post("/absence")
    async def view(unit: Annotated[UnitOfWork[Any], Depends(made.dependency)]) -> Any:
        return await absent(unit)

    assert seen_when_answered(app, host.visits) == (200, [])


def test_a_refusal_takes_the_own_rows_back(host: Host) -> None:
    """With its status and its codes."""
    answer = asked(app_of(host, too_early))
    assert (answer.status_code, [each["code"] for each in answer.json()["refusals"]]) == (422, ["convocation-not-due"])
    assert (host.visits(), host.state()) == ([], "convoked")


def test_a_service_may_keep_its_rows_beside_a_refusal(host: Host) -> None:
    """The refusal is answered as before."""
    assert asked(app_of(host, too_early, keep_refused=True)).status_code == 422
    assert (host.visits(), host.state()) == (["Ana"], "convoked")


def test_a_view_that_catches_a_refusal_keeps_its_rows(host: Host) -> None:
    """And may go on in the same transaction."""

    async def view(unit: UnitOfWork[Any]) -> str:
        await visited(unit)
        try:
            await unit.execute(TOO_EARLY, AFEC)
        except CommandRefused:
            await unit.execute(ABSENT, AFEC)
        return "second try"

    assert asked(app_of(host, view)).json() == "second try"
    assert (host.visits(), host.state()) == (["Ana"], "absent")


@pytest.mark.parametrize("error", [HTTPException(418), ValueError("a fault of the service's")])
@pytest.mark.parametrize("keep_refused", [False, True])
def test_whatever_else_a_view_raises_takes_all_back(host: Host, error: Exception, *, keep_refused: bool) -> None:
    """Kept are rows beside a refusal alone."""

    async def view(unit: UnitOfWork[Any]) -> None:
        await absent(unit)
        raise error

    answer = asked(app_of(host, view, keep_refused=keep_refused))
    assert answer.status_code == getattr(error, "status_code", 500)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (host.visits(), host.state()) == ([], "convoked")


def test_an_answer_that_can_not_be_written_takes_all_back(host: Host) -> None:
    """What the view returns is not what it promised."""

    async def view(unit: UnitOfWork[Any]) -> int:
        await absent(unit)
        return "not a number"  # type: ignore[return-value]

    assert asked(app_of(host, view)).status_code == 500
    assert (host.visits(), host.state()) == ([], "convoked")


def test_who_asks_for_it_again_in_a_request_gets_the_same_one(host: Host) -> None:
    """A dependency of the service's own writes in the view's transaction."""
    needs = Annotated[UnitOfWork[Any], WorkflowDependency(host.engine, host.workflow)]
    app = service(host)

    async def audit(unit: needs) -> None:
        await visited(unit, "audit")

    @app.post("/absence", dependencies=[Depends(audit)])
    async def view(unit: needs) -> Any:
        return await absent(unit)

    assert asked(app).status_code == 200
    assert host.visits() == ["audit", "Ana"]


def test_background_tasks_see_what_was_committed(host: Host) -> None:
    """They run after the answer, on connections of their own."""
    seen: list[Any] = []

    async def view(unit: UnitOfWork[Any], tasks: BackgroundTasks) -> Any:
        tasks.add_task(lambda: seen.append((host.visits(), host.state())))
        return await absent(unit)

    assert asked(app_of(host, view)).status_code == 200
    assert seen == [(["Ana"], "absent")]


def test_two_tasks_of_a_request_take_turns(host: Host) -> None:
    """A connection has one conversation at a time."""

    async def view(unit: UnitOfWork[Any]) -> list[str]:
        answers = await asyncio.gather(*(unit.preview(registration(each), ADVISER) for each in range(5)))
        return [type(each).__name__ for each in answers]

    assert asked(app_of(host, view)).json() == ["Accepted"] * 5


def test_many_at_once_get_right_answers(each_host: Host) -> None:
    """Of 20 who apply at once for the two places that are left, two get one; the rows of the others are gone."""
    host = each_host
    app = service(host)
    needs = Annotated[UnitOfWork[Any], WorkflowDependency(host.engine, host.workflow)]

    @app.post("/applications/{number}")
    async def apply(number: int, unit: needs) -> None:
        await visited(unit, f"D-{number}")
        await unit.execute(registration(number), ADVISER)

    async def all_of_them() -> list[Any]:
        async with client_of(app) as client:
            return await asyncio.gather(*(client.post(f"/applications/{each}") for each in range(20)))

    answers = asyncio.run(all_of_them())
    codes = [each["code"] for answer in answers if answer.status_code == 422 for each in answer.json()["refusals"]]
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [422] * 18
    assert set(codes) == {"quota-reached"}
    assert len(host.visits()) == 2
    assert {each.reference for each in host.workflow.applications().items} == {"C-1", "C-2", *host.visits()}


def test_who_goes_away_leaves_no_transaction_open(each_host: Host) -> None:
    """A request that is cancelled in the middle is rolled back, and its connection is free again."""
    host = each_host
    written = asyncio.Event()

    async def view(unit: UnitOfWork[Any]) -> None:
        await absent(unit)
        written.set()
        await asyncio.Event().wait()

    async def ask_and_leave() -> None:
        async with client_of(app_of(host, view)) as client:
            request = asyncio.create_task(client.post("/absence"))
            await written.wait()
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request

    asyncio.run(ask_and_leave())
    assert (host.visits(), host.state()) == ([], "convoked")
    host.workflow.execute(ABSENT, AFEC)  # nothing is locked any more


def test_a_view_in_a_thread_has_the_workflow_itself(host: Host) -> None:
    """On an `Engine`; that of an `AsyncEngine` is awaited."""

    def view(unit: UnitOfWork[Connection]) -> str:
        unit.connection.execute(visits.insert().values(who="Ana"))
        return str(unit.workflow.execute(ABSENT, AFEC).subject.state)

    if isinstance(host.engine, AsyncEngine):
        with pytest.raises(TypeError, match="await unit"):
            _ = UnitOfWork(AsyncConnection(host.engine), host.workflow, None).workflow  # type: ignore[arg-type]
    else:
        assert asked(app_of(host, view)).json() == "absent"
        assert host.visits() == ["Ana"]


def test_anything_else_of_the_workflow_runs_in_the_transaction(host: Host) -> None:
    """Reads see what was written before."""

    async def view(unit: UnitOfWork[Any]) -> list[str]:
        await unit.execute(ABSENT, AFEC)
        history = await unit.run(lambda workflow: workflow.history("application", "C-1"))
        return [each.event.type for each in history]

    assert asked(app_of(host, view)).json() == ["preregistered", "convoked", "absence-notified"]


def test_a_session_of_the_orm_joins_by_its_connection(host: Host) -> None:
    """What it flushes stands or falls with the command; its own commit is not the transaction's."""

    class Base(DeclarativeBase):
        metadata = metadata

    class Visit(Base):
        __table__ = visits

    async def view(unit: UnitOfWork[Any], *, refused: bool = False) -> None:
        if isinstance(unit.connection, AsyncConnection):
            async with AsyncSession(unit.connection) as session:
                session.add(Visit(who="Ana"))
                await session.commit()
        else:
            with Session(unit.connection) as plain:
                plain.add(Visit(who="Ana"))
                plain.commit()
        await unit.execute(TOO_EARLY if refused else ABSENT, AFEC)

    app = app_of(host, view)
    assert asked(app, "/absence?refused=true").status_code == 422
    assert host.visits() == []
    assert asked(app).status_code == 200
    assert (host.visits(), host.state()) == (["Ana"], "absent")


# What fails


def test_a_commit_that_fails_is_an_error_answer(each_host: Host) -> None:
    """A constraint that the database checks at the commit: nothing is stored, and the answer does not say 200."""
    host = each_host
    checked = "REFERENCES visits (id) DEFERRABLE INITIALLY DEFERRED"
    with host.other.begin() as connection:
        connection.execute(text(f"CREATE TABLE stamps (visit INTEGER {checked})"))

    async def view(unit: UnitOfWork[Any]) -> None:
        connection: Any = unit.connection
        statements = ["PRAGMA defer_foreign_keys = 1"] if connection.dialect.name == "sqlite" else []
        for each in (*statements, "INSERT INTO stamps VALUES (99)"):
            done = connection.execute(text(each))
            if asyncio.iscoroutine(done):
                await done
        await unit.execute(ABSENT, AFEC)

    enforce(host.engine)
    answer = asked(app_of(host, view))
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert host.state() == "convoked"


def enforce(engine: Engine | AsyncEngine) -> None:
    """Let SQLite check references, which it does not unless it is told to."""
    from sqlalchemy import event  # noqa: PLC0415

    plain = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    if plain.dialect.name == "sqlite":
        event.listen(plain, "connect", lambda raw, _: raw.cursor().execute("PRAGMA foreign_keys = ON"))


def test_a_database_that_is_being_written_is_busy(tmp_path: Path) -> None:
    """Who waits longer than its engine lets it is told to come again: 409, and when."""
    with host_on(f"sqlite:///{tmp_path / 'a.db'}", "sqlite, async", connect_args={"timeout": 0.01}) as host:
        with host.other.connect() as writing:
            writing.exec_driver_sql("BEGIN IMMEDIATE")
            answer = asked(app_of(host, absent))
            writing.rollback()
        assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
        assert answer.json()["type"] == "urn:poec-workflow:problem:busy"
        assert asked(app_of(host, absent)).status_code == 200


def test_a_reader_that_holds_up_the_commit_makes_it_busy(tmp_path: Path) -> None:
    """With a rollback journal SQLite's commit waits for readers: it fails after the view has returned."""
    with host_on(f"sqlite:///{tmp_path / 'a.db'}", "sqlite", connect_args={"timeout": 0.01}) as host:
        host.workflow.storage.close()  # type: ignore[attr-defined]  # the last one to leave a journal of the other kind
        with host.other.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        with host.other.connect() as reading:
            reading.exec_driver_sql("BEGIN")
            reading.exec_driver_sql("SELECT * FROM visits")
            answer = asked(app_of(host, absent))
            reading.rollback()
        assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
        assert (host.visits(), host.state()) == ([], "convoked")


def test_what_another_commit_of_the_host_could_not_store_is_not_stored_with_ours(tmp_path: Path) -> None:
    """SQLAlchemy gives a connection back to its pool with the transaction whose commit failed still open."""
    with host_on(f"sqlite:///{tmp_path / 'a.db'}", "sqlite", pool_size=1, connect_args={"timeout": 0.01}) as host:
        host.workflow.storage.close()  # type: ignore[attr-defined]  # as above
        with host.other.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        assert isinstance(host.engine, Engine)
        with host.other.connect() as reading:
            reading.exec_driver_sql("BEGIN")
            reading.exec_driver_sql("SELECT * FROM visits")
            with host.engine.connect() as own:
                own.execute(visits.insert().values(who="lost"))
                with pytest.raises(OperationalError):
                    own.commit()
            reading.rollback()
        assert asked(app_of(host, absent)).status_code == 200
        assert host.visits() == ["Ana"]


@pytest.mark.parametrize("kind", ["postgresql", "postgresql, async"])
def test_a_connection_that_is_lost_before_the_commit_is_unavailable(postgresql_url: str, kind: str) -> None:
    """503 and when to come again, without the driver's words, which may name hosts."""
    with host_on(postgresql_url, kind) as host:

        async def view(unit: UnitOfWork[Any]) -> None:
            await absent(unit)
            with host.other.connect() as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
                    )
                )

        answer = asked(app_of(host, view))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["detail"] == answer.json()["title"]
        assert (host.visits(), host.state()) == ([], "convoked")


def test_a_service_that_forgot_to_make_the_tables_is_told(tmp_path: Path) -> None:
    """503 to the caller; what to run stands in the log."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    with SqlStorage.open(f"sqlite:///{tmp_path / 'unused.db'}") as storage:
        workflow = Workflow(storage)
        app = service(Host(engine, workflow, create_engine("sqlite://")))

        @app.post("/absence")
        async def view(unit: Annotated[UnitOfWork[Any], WorkflowDependency(engine, workflow)]) -> None:
            await unit.execute(ABSENT, AFEC)

        answer = asked(app)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:poec-workflow:problem:outdated")


def test_an_engine_in_autocommit_is_refused(postgresql_url: str) -> None:
    """Nothing could be taken back: a fault of the service's."""
    with host_on(postgresql_url, "postgresql", isolation_level="AUTOCOMMIT") as host:
        assert asked(app_of(host, absent)).status_code == 500
        assert host.state() == "convoked"


def test_only_engines_are_taken(stored: SqlStorage) -> None:
    """Said when the service is made, and not at its first request."""
    with pytest.raises(TypeError, match="expected an Engine or an AsyncEngine of SQLAlchemy's, not str"):
        WorkflowDependency("sqlite://", Workflow(stored))  # type: ignore[arg-type]


# Waiting


def test_who_waits_for_the_database_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    """While a request waits for another's lock on a synchronous engine, the service answers others."""
    with host_on(f"sqlite:///{tmp_path / 'a.db'}", "sqlite", connect_args={"timeout": 30}) as host:
        app = app_of(host, absent)

        @app.post("/ping")
        async def ping() -> str:
            return "pong"

        async def ask() -> list[Any]:
            async with client_of(app) as client:
                with host.other.connect() as writing:
                    writing.exec_driver_sql("BEGIN IMMEDIATE")
                    waiting = asyncio.create_task(client.post("/absence"))
                    pong = await client.post("/ping")
                    await asyncio.sleep(0)
                    assert not waiting.done()
                    writing.rollback()
                return [pong.json(), (await waiting).status_code]

        assert asyncio.run(asyncio.wait_for(ask(), 60)) == ["pong", 200]


def test_more_requests_than_connections_and_threads_all_end(tmp_path: Path) -> None:
    """Views in threads, on an engine of two connections: those that wait for one take no thread from those that end."""
    options: dict[str, Any] = {"pool_size": 2, "max_overflow": 0, "pool_timeout": 60}
    with host_on(f"sqlite:///{tmp_path / 'a.db'}", "sqlite", **options) as host:
        names = set()

        def view(unit: UnitOfWork[Connection]) -> None:
            names.add(threading.current_thread().name)
            unit.workflow.preview(ABSENT, AFEC)

        async def ask() -> list[int]:
            async with client_of(app_of(host, view)) as client:
                answers = await asyncio.gather(*(client.post("/absence") for _ in range(120)))
            return [each.status_code for each in answers]

        assert asyncio.run(asyncio.wait_for(ask(), 30)) == [200] * 120
        assert threading.main_thread().name not in names

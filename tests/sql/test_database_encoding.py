"""A PostgreSQL database that can't keep every name is refused; the client's encoding is never left to chance."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from attrs import evolve

from guarantees import ADVISER, registering, workflow_on, workflow_with_session
from poec_workflow import StorageUnavailable
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.model import Candidate
from postgres import SERVER, raw_url


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def other(request: pytest.FixtureRequest, postgresql_server: None) -> Iterator[tuple[str, str]]:
    """The encoding of a database, and its URL."""
    del postgresql_server
    with SERVER.database(f"ENCODING '{request.param}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'") as url:
        yield request.param, url


def test_another_encoding_is_named_and_refused(other: tuple[str, str]) -> None:
    """By the first thing that is asked, whatever it is, and nothing is made."""
    encoding, url = other
    with SqlStorage.open(url) as storage:
        for asked in (
            storage.schema,
            storage.create,
            storage.queries.organizations,
            lambda: workflow_with_session(storage),
        ):
            with pytest.raises(StorageUnavailable, match=f"encoding {encoding}.*UTF8"):
                asked()
    with psycopg.connect(raw_url(url)) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'poec%'").fetchone() == (0,)


def test_a_host_on_such_a_database_is_refused_too(other: tuple[str, str]) -> None:
    """Its connection stays open, and its own."""
    encoding, url = other
    with psycopg.connect(raw_url(url)) as connection:
        with pytest.raises(StorageUnavailable, match=f"encoding {encoding}.*UTF8"):
            SqlStorage.joined(connection).create()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_clients_encoding_is_ours(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment, nor the URL, nor the database has a say: a name is kept as it is."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with psycopg.connect(raw_url(postgresql_url), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET client_encoding = 'LATIN1'")
    with SqlStorage.open(f"{postgresql_url}&client_encoding=LATIN1") as storage:
        workflow_with_session(storage)
        named = evolve(registering(1), candidate=Candidate(reference="P-1", name="Łukasz Đặng"))
        workflow_on(storage).execute(named, ADVISER)
        assert storage.queries.candidate("P-1") == named.candidate


def test_a_host_with_another_client_encoding_is_told(postgresql_url: str) -> None:
    """What it can't write would be an error in the midst of a command."""
    with psycopg.connect(raw_url(postgresql_url), client_encoding="LATIN1") as connection:
        with pytest.raises(RuntimeError, match="client_encoding is LATIN1"):
            SqlStorage.joined(connection).create()
        connection.execute("SET client_encoding = 'UTF8'")
        SqlStorage.joined(connection).create()

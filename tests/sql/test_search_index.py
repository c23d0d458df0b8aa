"""The index of texts holds what the tables hold, is made when it can be, and is not needed; texts are folded anew."""

from __future__ import annotations

import runpy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from attrs import evolve
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from databases import DATABASES
from guarantees import ADVISER, PLATFORM, registering, workflow_with_session
from poec_workflow import Candidate, Workflow, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage, search_index
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.cli.app import program
from poec_workflow.notices import NONE
from poec_workflow.ports import Storage
from poec_workflow.views import ApplicationFilter, PageRequest
from postgres import SERVER, raw_url, str_of
from stores import SEARCHED, as_before_revisions, engine_of, rows, say, unindex

NAMES = ("Łukasz D’Angelo", "Zoé 100%_sure", 'Ali "Bob" O\'Neil', "王芳", "Li", "back\\slash", "Jean‑Luc Nguyễn")
WORDS = (
    *("lukasz", "ŁUKASZ d'angelo", "100%_sure", "0%_", "%", "___", '"bob"', '"', "o’neil", "王芳", "li", "slash", "\\"),
    *("back\\s", "jean-luc", "jean luc", "nguyen", "s-1", "47", "agen", "agen lukasz", "train nguyen", "zzz", "a"),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server")
    with DATABASES[request.param]() as made:
        yield made


def filled(storage: Storage) -> Workflow:
    """Candidates with these names, on one session."""
    workflow = evolve(workflow_with_session(storage), notices=NONE)
    workflow.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM)
    for number, name in enumerate(NAMES):
        workflow.execute(evolve(registering(number), candidate=Candidate(reference=f"P-{number}", name=name)), ADVISER)
    return workflow


def found(workflow: Workflow, text: str, limit: int = 5) -> tuple[list[str], dict[str, int]]:
    """Which applications have a text, page by page, and how many each tab says that there are."""
    asked, page, references = ApplicationFilter(text=text), PageRequest(limit=limit), []
    while True:
        part = workflow.applications(asked, page)
        references += [each.reference for each in part.items]
        if part.next is None:
            return references, {tab.value: count for tab, count in workflow.application_tabs(asked).items()}
        page = PageRequest(limit=limit, after=part.next)


@contextmanager
def nothing_scanned() -> Iterator[None]:
    """Pages are found by the index alone."""
    with patch("poec_workflow.adapters.sql.paging.SCANNED", 1), patch("poec_workflow.adapters.sql.paging._FEW", 0):
        yield


@pytest.mark.parametrize("indexed", [True, False])
def test_a_text_is_found_as_in_memory(url: str, *, indexed: bool) -> None:
    """By the index and without it, whatever characters the words have."""
    expected = filled(MemoryStorage())
    with SqlStorage.open(url) as storage, nothing_scanned():
        workflow = filled(storage)
        if not indexed:
            unindex(url)
        assert storage.schema().text_index is indexed
        for word in WORDS:
            for limit in (0, 1, 5):
                assert found(workflow, word, limit) == found(expected, word, limit), word


@pytest.mark.parametrize("vacuum", [False, True])
def test_the_index_changes_with_the_rows(url: str, *, vacuum: bool) -> None:
    """A new name is found and the old one is not, nor is who was erased; also after VACUUM."""
    with SqlStorage.open(url) as storage, nothing_scanned():
        workflow = filled(storage)
        workflow.erase_candidate("P-1")
        say(url, "UPDATE poec_people SET search = 'orsted' WHERE reference = 'P-2'")
        if vacuum:
            storage.close()
            vacuumed(url)
        workflow.execute(registering(50), ADVISER)
        assert found(workflow, "100%_sure")[0] == []
        assert found(workflow, "orsted")[0] == ["C-2"]
        assert found(workflow, "lukasz")[0] == ["C-0"]
        assert found(workflow, "nguyen")[0] == ["C-6"]
        assert found(workflow, "nabil")[0] == ["C-50"]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            for name in SEARCHED:
                connection.execute(f"INSERT INTO {name}_text({name}_text, rank) VALUES ('integrity-check', 1)")  # noqa: S608


def vacuumed(url: str) -> None:
    """Have the database tidy up."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("VACUUM").close()
    else:
        with psycopg.connect(raw_url(url), autocommit=True) as connection:
            connection.execute("VACUUM FULL")


@pytest.fixture
def limited(postgresql_server: None) -> Iterator[str]:
    """A PostgreSQL database, by the URL of a user who may make tables, and no extension."""
    del postgresql_server
    with SERVER.database() as url:
        SERVER.say("CREATE ROLE poec_limited LOGIN PASSWORD 'x'")
        say(url, "GRANT ALL ON SCHEMA public TO poec_limited")
        yield str_of(make_url(url).set(username="poec_limited", password="x"))  # noqa: S106 - a test's
        say(url, "DROP OWNED BY poec_limited", "DROP ROLE poec_limited")


def test_without_the_right_to_an_extension_texts_are_found(limited: str) -> None:
    """The status says so; once an administrator has made the extension, an upgrade makes the index."""
    administrator = str_of(make_url(limited).set(username=SERVER.url.username))
    with SqlStorage.open(limited) as storage:
        works_without_index(storage, limited, lambda: say(administrator, "CREATE EXTENSION pg_trgm"))


def test_without_fts5_texts_are_found(tmp_path: Path) -> None:
    """As on PostgreSQL: with a SQLite that has no FTS5, and then with one that has."""
    url = f"sqlite:///{tmp_path}/poec.db"
    with SqlStorage.open(url) as storage:
        with patch.object(search_index, "_POSSIBLE", "SELECT 0"):
            storage.create()
        works_without_index(storage, url, lambda: None)


def works_without_index(storage: SqlStorage, url: str, mend: Callable[[], None]) -> None:
    """A store without an index, before and after it can have one."""
    workflow = filled(storage)
    assert found(workflow, "lukasz")[0] == ["C-0"]
    assert storage.schema().text_index is False
    for lang, said in (("en", "looked for row by row"), ("fr", "cherché ligne par ligne")):
        assert said in status(url, "--lang", lang)
    assert '"text_index": false' in status(url, "--format", "json")
    mend()
    assert storage.create().up_to_date
    assert storage.schema().text_index is True
    assert "row by row" not in status(url)
    assert '"text_index": true' in status(url, "--format", "json")
    with nothing_scanned():
        assert found(workflow, "lukasz")[0] == ["C-0"]


def status(url: str, *words: str) -> str:
    """What `store status` prints."""
    result = CliRunner().invoke(program, ["store", "status", "--store", url, *words])
    assert result.exit_code == 0
    return result.stdout


def test_the_revision_folds_every_text_anew(url: str) -> None:
    """Whatever was in the column; who was erased is not found again, and all else stays as it is."""
    with SqlStorage.open(url) as storage:
        filled(storage).erase_candidate("P-6")
    before = rows(url)
    as_before_revisions(url)
    say(url, *(f"UPDATE {name} SET search = 'łukasz ’ nguyễn'" for name in SEARCHED))  # noqa: S608 - names of ours
    assert rows(url) != before
    with SqlStorage.open(url) as storage, nothing_scanned():
        storage.create()
        assert rows(url) == before
        assert found(Workflow(storage), "lukasz d'angelo")[0] == ["C-0"]
        assert found(Workflow(storage), "nguyen")[0] == []


def test_texts_are_folded_batch_by_batch(tmp_path: Path) -> None:
    """No row is left out where one batch ends and the next begins."""
    url = f"sqlite:///{tmp_path}/poec.db"
    with SqlStorage.open(url) as storage:
        filled(storage)
    before = rows(url)
    unindex(url)
    say(url, *(f"UPDATE {name} SET search = ''" for name in SEARCHED))  # noqa: S608 - names of ours
    script = runpy.run_path(str(REVISIONS.scripts / "versions" / "0002_folded_texts.py"))
    engine = engine_of(url)
    fold = script["_fold"]
    fold.__globals__["BATCH"] = 2
    with engine.begin() as connection:
        for name, (columns, parts) in script["TEXTS"].items():
            fold(connection, name, columns, parts)
    engine.dispose()
    assert rows(url) == before


def test_sql_is_for_empty_databases() -> None:
    """Rows are folded in Python: a script of the revision would leave them as they are."""
    result = CliRunner().invoke(program, ["store", "upgrade", "--sql", "--dialect", "postgresql", "--from", "0001"])
    assert result.exit_code == 2
    assert "store upgrade" in result.stderr

"""A schema made at once, made step by step, or made long ago and upgraded, is the same; and what it holds stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hosts import HOSTS

from guarantees import all_positions, check, everything, workflow_with_session
from poec_workflow import SchemaOutdated, Workflow, to_dict
from poec_workflow.adapters.sql import SqlStorage, migrations
from poec_workflow.adapters.sql.dialects import BEGINNINGS
from poec_workflow.adapters.sql.revisions import REVISIONS, RevisionChain
from poec_workflow.adapters.sql.schema import HEAD, metadata
from poec_workflow.adapters.sql.search_index import is_apart
from poec_workflow.model import SubjectKind
from poec_workflow.notices import NONE
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from seasons import given_season
from stores import (
    GOLDEN,
    LATER,
    as_before_revisions,
    columns,
    engine_of,
    later,
    restore,
    rows,
    say,
    shape,
    stored_by,
    without_outcomes,
)


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def fresh(tmp_path: Path) -> str:
    """A store that this release made."""
    made = f"sqlite:///{tmp_path}/fresh.db"
    with SqlStorage.open(made) as storage:
        storage.create()
    return made


def upgraded(url: str, chain: RevisionChain = REVISIONS) -> None:
    with stored_by(chain, url) as storage:
        storage.create()


def step_by_step(url: str, end: str = HEAD, chain: RevisionChain = REVISIONS) -> None:
    """Make a schema with its scripts alone."""
    engine = engine_of(url)
    with engine.begin() as connection:
        migrations.run(connection, chain.scripts, None, end)
    engine.dispose()


def marks(url: str) -> list[object]:
    """The revision, and the number that older releases read."""
    engine = engine_of(url)
    with engine.connect() as connection:
        statements = ("SELECT version_num FROM poec_alembic_version", "SELECT version FROM poec_schema")
        found = [each for said in statements for each in connection.exec_driver_sql(said).scalars()]
    engine.dispose()
    return found


def test_the_scripts_are_the_revisions_that_are_known() -> None:
    """One line of them, numbered, with the head that the tables name."""
    scripts = list(ScriptDirectory(str(REVISIONS.scripts)).walk_revisions())
    assert tuple(each.revision for each in reversed(scripts)) == REVISIONS.known
    assert REVISIONS.head == HEAD


def test_all_scripts_in_turn_come_to_what_is_made_at_once(url: str, fresh: str) -> None:
    """So a fresh store may be made without them, and quickly."""
    step_by_step(url)
    assert shape(url) == shape(fresh)
    assert marks(url) == marks(fresh) == [HEAD, int(HEAD)]


def test_alembic_sees_no_difference(url: str) -> None:
    """Between the scripts and the tables that the adapter works on."""
    step_by_step(url)
    engine = engine_of(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "nobody", "include_name": is_apart})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS.known)
def test_every_earlier_revision_upgrades_to_a_fresh_one(url: str, fresh: str, revision: str) -> None:
    """Whichever release made it."""
    step_by_step(url, revision)
    upgraded(url)
    assert shape(url) == shape(fresh)
    assert marks(url) == marks(fresh)


@pytest.mark.parametrize("dump", sorted(GOLDEN.glob("*.db.sql")), ids=lambda each: each.name)
def test_a_file_of_each_release_is_read_and_upgraded(dump: Path, file: Path, url: str, fresh: str) -> None:
    """Every row stays, every history still folds to its subject, and the shape is a fresh one's."""
    restore(dump, file)
    known = columns(url)
    before = rows(url)
    upgraded(url)
    assert without_outcomes(rows(url, known)) == before
    assert shape(url) == shape(fresh)
    with SqlStorage.open(url) as storage:
        check(storage)
        assert dict(storage.queries.states(SubjectKind.APPLICATION)) == {
            "C-1": "rejected",
            "C-11": "absent",
            "C-12": "pending",
            "C-13": "rejected",
            "C-2": "retained",
            "C-3": "retained",
            "C-4": "no-advice",
        }
        assert len(all_positions(storage)) == len(before["poec_history"]) == 32
        assert storage.queries.candidate("P-11")
        action = Workflow(storage).action("20211110000")
        assert (action.pending_certification, action.objective) == ("CléA", "Embauche")


def test_an_unversioned_store_is_of_the_first_revision(file: Path, url: str) -> None:
    """It is stale until it is upgraded, and has its revision written down by that."""
    restore(GOLDEN / "0001.db.sql", file)
    with SqlStorage.open(url) as storage:
        assert storage.schema().revision == "0001"
        assert not storage.schema().versioned
        with pytest.raises(SchemaOutdated, match="store upgrade"):
            check(storage)
        assert storage.create().versioned is False
        assert storage.schema().versioned
        assert storage.schema().revision == HEAD
        check(storage)


def seen(storage: Storage) -> list[object]:
    """All that can be asked of a store."""
    workflow = Workflow(storage, clock=SettableClock("2022-05-01T09:00:00+02:00"))
    dashboards = [to_dict(workflow.dashboard(each)) for each in storage.queries.organizations()]
    states = [dict(storage.queries.states(kind)) for kind in SubjectKind]
    histories = [
        [to_dict(entry) for entry in storage.queries.history(kind, reference)]
        for kind in SubjectKind
        for reference in sorted(storage.queries.states(kind))
    ]
    return [dashboards, states, histories, everything(storage)]


def test_a_whole_season_from_before_revisions_is_kept(url: str, tmp_path: Path) -> None:
    """Every state, history, dashboard and row is the same after a later release upgraded it."""
    lines, expected = given_season()
    with SqlStorage.open(url) as storage:
        storage.create()
    with SqlStorage.open(url) as storage:
        workflow = Workflow(storage, clock=SettableClock(expected["sweep_at"]), notices=NONE)
        workflow.execute_many([journal_line(line) for line in lines])
        workflow.sweep()
        before, stored = seen(storage), rows(url)
    as_before_revisions(url)
    release = later(tmp_path)
    with stored_by(release, url) as storage:
        assert storage.schema().revision == "0001"
        storage.create()
        assert seen(storage) == before
        check(storage)
    assert [[row[:8] for row in some] for some in rows(url).values()] == [
        [row[:8] for row in some] for some in stored.values()
    ]
    later_one = f"sqlite:///{tmp_path}/later.db"
    upgraded(later_one, release)
    assert shape(url) == shape(later_one)
    assert marks(url) == marks(later_one) == [LATER, int(LATER)]


def test_a_stale_store_names_the_command(url: str, fresh: str, tmp_path: Path) -> None:
    """It is neither read nor written, and never upgraded by the way."""
    before = shape(fresh)
    with stored_by(later(tmp_path), fresh) as storage:
        assert not storage.schema().up_to_date
        for _ in range(2):
            with pytest.raises(SchemaOutdated, match=rf"{HEAD}.*{LATER}.*`poec-workflow store upgrade`"):
                workflow_with_session(storage)
        assert shape(fresh) == before
        storage.create()
        workflow_with_session(storage)
        check(storage)
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_a_newer_store_says_that_the_release_is_too_old(url: str, tmp_path: Path) -> None:
    """On use and on upgrade alike; nothing is changed."""
    upgraded(url, later(tmp_path))
    before = shape(url)
    with SqlStorage.open(url) as storage:
        assert storage.schema().revision == LATER
        for attempt in (storage.create, lambda: workflow_with_session(storage)):
            with pytest.raises(SchemaOutdated, match="too old"):
                attempt()
    assert shape(url) == before


def test_releases_from_before_revisions_refuse_what_they_can_not_know(url: str, fresh: str, tmp_path: Path) -> None:
    """They read one number: it is theirs as long as the tables are, and another after."""
    assert marks(fresh)[1] == int(HEAD)
    upgraded(url, later(tmp_path))
    assert marks(url)[1] == int(LATER)


def test_a_failing_upgrade_changes_nothing(fresh: str, tmp_path: Path) -> None:
    """The scripts are one transaction, revision and mark included."""
    release = later(tmp_path)
    script = release.scripts / "versions" / "9999_notes.py"
    with script.open("a", encoding="utf-8") as more:
        more.write('    op.execute("SELECT nonsense FROM nowhere")\n')
    before = shape(fresh)
    with stored_by(release, fresh) as storage, pytest.raises(SchemaOutdated):
        storage.create()
    assert (shape(fresh), marks(fresh)) == (before, [HEAD, int(HEAD)])


def test_looking_makes_no_file(file: Path, url: str) -> None:
    """An empty store is up to date: it is made on first use."""
    with SqlStorage.open(url) as storage:
        found = storage.schema()
        assert (found.revision, found.head, found.up_to_date) == (None, HEAD, True)
    assert not file.exists()


@pytest.mark.parametrize("dialect", sorted(BEGINNINGS))
def test_sql_is_one_transaction(dialect: str) -> None:
    """Whatever the database; it names the revision, and no placeholder is left."""
    script = migrations.sql(dialect, REVISIONS.scripts, None, HEAD)
    assert script.startswith(BEGINNINGS[dialect][0] + ";\n")
    assert script.rstrip().endswith("COMMIT;")
    assert f"SET version_num='{HEAD}'" in script
    assert ("fillfactor" in script) == (dialect == "postgresql")


def test_sql_by_hand_makes_the_same(file: Path, url: str, fresh: str, tmp_path: Path) -> None:
    """From nothing to the head, and from one revision to the next."""
    release = later(tmp_path)
    for start, end in ((None, HEAD), (HEAD, LATER)):
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(migrations.sql("sqlite", release.scripts, start, end)).close()
        if end == HEAD:
            assert shape(url) == shape(fresh)
            with SqlStorage.open(url) as storage:
                workflow_with_session(storage)
    with stored_by(release, url) as storage:
        assert storage.schema().up_to_date
        check(storage)


@pytest.mark.parametrize("name", sorted(HOSTS))
def test_hosts_upgrade_in_their_own_transaction(name: str, file: Path, url: str, tmp_path: Path) -> None:
    """Rolled back with the host's, committed with it; other tables of the host's are left alone."""
    release = later(tmp_path)
    restore(GOLDEN / "0001.db.sql", file)
    say(url, "CREATE TABLE notes (body TEXT)", "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    before = shape(url)

    def upgrade(_note: object, joined: SqlStorage) -> None:
        host = joined._connections._host  # type: ignore[attr-defined]  # noqa: SLF001
        SqlStorage(type(joined._connections)(host, release)).create()  # type: ignore[call-arg]  # noqa: SLF001

    def broken(note: object, joined: SqlStorage) -> None:
        upgrade(note, joined)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        HOSTS[name](file, broken)
    assert shape(url) == before
    HOSTS[name](file, upgrade)
    assert marks(url) == [LATER, int(LATER)]
    with stored_by(release, url) as storage:
        check(storage)
    assert "alembic_version" in shape(url)


def test_the_everyday_loads_no_alembic(file: Path) -> None:
    """A fresh store, and one that is up to date, are opened without it."""
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    said = (
        "import sys; from poec_workflow.adapters.sql import SqlStorage\n"
        f"for _ in range(2): SqlStorage.open('sqlite:///{file}').queries.organizations()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0

"""Several who change a schema at once, in processes of their own; and hosts whose own alembic calls ours."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from guarantees import check
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.revisions import REVISIONS, RevisionChain
from poec_workflow.adapters.sql.schema import HEAD
from stores import GOLDEN, LATER, columns, engine_of, later, restore, rows, shape, stored_by, without_outcomes

UPGRADERS = 4
_start: Barrier


def _ready(start: Barrier) -> None:
    global _start  # noqa: PLW0603 - a pool's worker is told once
    _start = start


def _upgrade(url: str, chain: RevisionChain) -> tuple[str | None, bool]:
    """One process upgrades, when all are ready; what it found."""
    _start.wait(60)
    with stored_by(chain, url) as storage:
        before = storage.create()
        return before.revision, before.versioned


def upgraded_at_once(url: str, chain: RevisionChain) -> Counter[tuple[str | None, bool]]:
    """What each of several processes found, all starting at the same moment."""
    context = get_context("spawn")
    with context.Pool(UPGRADERS, _ready, (context.Barrier(UPGRADERS),)) as pool:
        found = Counter(pool.starmap(_upgrade, [(url, chain)] * UPGRADERS, chunksize=1))
        pool.close()
        pool.join()
    return found


def test_several_upgraders_at_once(file: Path, tmp_path: Path) -> None:
    """One makes, adopts or upgrades, and the others find it done; nothing is lost."""
    url, release = f"sqlite:///{file}", later(tmp_path)
    restore(GOLDEN / "0001.db.sql", file)
    known, before = columns(url), rows(url)
    assert upgraded_at_once(url, REVISIONS) == {("0001", False): 1, (HEAD, True): UPGRADERS - 1}
    assert without_outcomes(rows(url, known)) == before
    assert upgraded_at_once(url, release) == {(HEAD, True): 1, (LATER, True): UPGRADERS - 1}
    with stored_by(release, url) as storage:
        check(storage)
    fresh = f"sqlite:///{tmp_path}/fresh.db"
    assert upgraded_at_once(fresh, release) == {(None, True): 1, (LATER, True): UPGRADERS - 1}
    assert shape(fresh) == shape(url)


def test_a_hosts_own_revision_may_make_our_tables(file: Path, tmp_path: Path) -> None:
    """Its alembic is in the middle of a revision, and goes on with it after ours upgraded."""
    restore(GOLDEN / "0001.db.sql", file)
    release = later(tmp_path)
    engine = engine_of(f"sqlite:///{file}")
    with engine.begin() as connection:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            op.execute("CREATE TABLE notes (body TEXT)")
            joined = SqlStorage.joined(op.get_bind())._connections  # noqa: SLF001
            SqlStorage(type(joined)(op.get_bind(), release)).create()  # type: ignore[call-arg]
            op.execute("INSERT INTO notes VALUES ('after')")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT body FROM notes").scalars().all() == ["after"]
        assert connection.exec_driver_sql("SELECT version_num FROM poec_alembic_version").scalar() == LATER
    engine.dispose()


def test_who_writes_a_script_has_alembic_draw_it(tmp_path: Path) -> None:
    """`alembic revision --autogenerate` finds `env.py` and the template through pyproject.toml alone."""
    url = f"sqlite:///{tmp_path}/before.db"
    with SqlStorage.open(url) as storage:
        storage.create()
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-m", "alembic", "-x", f"url={url}", "check"],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "No new upgrade operations detected" in said.stdout + said.stderr

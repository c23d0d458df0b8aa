"""Run schema migrations with alembic: on a connection, or as an SQL script for a database administrator.

Scripts take `op` as a parameter: alembic's own is a global of the process, which a host that upgrades our tables in a
revision of its own is using. For the same reason nothing here runs `env.py`, which is for writing scripts
(`alembic revision --autogenerate`).
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from poec_workflow.adapters.sql.dialects import BEGINNINGS
from poec_workflow.adapters.sql.schema import revision


def run(connection: Connection, scripts: Path, start: str | None, end: str) -> None:
    """Run the scripts after one revision up to another, in the connection's transaction, which stays open."""
    if not connection.in_transaction():
        connection.begin()
    _run(MigrationContext.configure(connection, opts=_options(scripts, start, end)))


def sql(dialect: str, scripts: Path, start: str | None, end: str) -> str:
    """The same as SQL, for a dialect of `BEGINNINGS`: one transaction, alone as an upgrade is."""
    written = StringIO()
    written.writelines(f"{each};\n\n" for each in BEGINNINGS[dialect])
    # The script begins its own transaction, which takes the schema's lock.
    offline = {"as_sql": True, "starting_rev": start, "output_buffer": written, "transactional_ddl": False}
    _run(MigrationContext.configure(dialect_name=dialect, opts={**_options(scripts, start, end), **offline}))
    written.write("COMMIT;\n")
    return written.getvalue()


def _options(scripts: Path, start: str | None, end: str) -> dict[str, object]:
    directory = ScriptDirectory(str(scripts))
    steps = directory._upgrade_revs(end, start or "base")  # noqa: SLF001 - what alembic's own command calls
    return {"version_table": revision.name, "fn": lambda _heads, _context: steps}


def _run(context: MigrationContext) -> None:
    context.run_migrations(op=Operations(context))

"""The index of free text: three characters in a row ▸ the rows whose `search` contains them.

PostgreSQL's extension `pg_trgm` has it as an index, SQLite's FTS5 as a virtual table beside each table, which triggers
keep in the same transaction. Where a database has neither, or its user may not create the extension, texts are looked
through one after the other; `create` tries again. SQLite's virtual tables refer to rows by `rowid`, which
VACUUM keeps, for the tables have other keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    case,
    literal_column,
    select,
    table,
    text,
)

from poec_workflow.adapters.sql.prepared import CoreConnection, Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import actions, applications, people, sessions

Condition = ColumnElement[bool]
Statement = Select[*tuple[Any, ...]]

TABLES = (actions, applications, people, sessions)
_INDEXED = re.compile(r"[^\W_]{3}")
_LENGTH = 3


def _on_postgresql() -> Iterator[str]:
    creations = "".join(
        f"CREATE INDEX IF NOT EXISTS ix_{each.name}_search ON {each.name} USING gin (search gin_trgm_ops); "
        for each in TABLES
    )
    # The errors of who may not, of a server that has not, and of an extension in a schema out of reach.
    yield (
        f"DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; {creations}"
        "EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file OR undefined_object THEN "
        "RAISE NOTICE USING MESSAGE = 'texts are searched without an index: ' || SQLERRM; END $$"
    )


def _on_sqlite() -> Iterator[str]:
    for each in TABLES:
        of = each.name
        name = f"{of}_text"
        add = f"INSERT INTO {name}(rowid, search) VALUES (new.rowid, new.search);"  # noqa: S608 - names of ours
        take = f"INSERT INTO {name}({name}, rowid, search) VALUES ('delete', old.rowid, old.search);"  # noqa: S608
        options = f"content = '{of}', content_rowid = 'rowid', tokenize = 'trigram case_sensitive 1', detail = 'none'"
        yield f"CREATE VIRTUAL TABLE {name} USING fts5(search, {options}, columnsize = 0)"
        yield f"INSERT INTO {name}({name}) VALUES ('rebuild')"  # noqa: S608
        yield f"CREATE TRIGGER {name}_insert AFTER INSERT ON {of} BEGIN {add} END"
        yield (
            f"CREATE TRIGGER {name}_update AFTER UPDATE OF search ON {of} "
            f"WHEN old.search IS NOT new.search BEGIN {take} {add} END"
        )
        yield f"CREATE TRIGGER {name}_delete AFTER DELETE ON {of} BEGIN {take} END"


STATEMENTS: Mapping[str, Sequence[str]] = {"postgresql": tuple(_on_postgresql()), "sqlite": tuple(_on_sqlite())}
"""What makes the index of filled tables, by dialect."""

_POSSIBLE = """SELECT EXISTS (SELECT 1 FROM pragma_module_list WHERE name = 'fts5')
AND (SELECT max(CAST(substr(sqlite_version(), 3) AS REAL)) >= 34)"""
_THERE = {
    "postgresql": f"SELECT to_regclass('ix_{people.name}_search') IS NOT NULL",
    "sqlite": f"SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '{people.name}_text')",  # noqa: S608
}


_is_there = Prepared(lambda dialect: text(_THERE[dialect.name]))


def create(connection: Connection) -> None:
    """Make the index, unless it is there or the database can't have it."""
    dialect = connection.dialect.name
    if is_there(CoreConnection(connection)) or (
        dialect == "sqlite" and not connection.exec_driver_sql(_POSSIBLE).scalar()
    ):
        return
    for each in STATEMENTS[dialect]:
        connection.exec_driver_sql(each).close()


def is_there(connection: StatementConnection) -> bool:
    """Whether texts are indexed."""
    return bool(connection.values(_is_there)[0])


def is_apart(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether a table or an index is none of this index: what alembic compares with `schema.metadata`."""
    return not any(name == f"ix_{of.name}_search" or (name or "").startswith(f"{of.name}_text") for of in TABLES)


ESCAPE = "/"
"""What stands before a character that means itself, in the patterns of `text_parameters`."""


@frozen
class TextIndex:
    """Finds the longest word of `text_parameters` in a dialect. Nothing is looked for unless a condition holds."""

    dialect: str

    def sessions(self, when: Condition) -> CompoundSelect[Any]:
        """The references of the sessions whose text, or whose action's text, may contain the word."""
        named = self._references(actions, when)
        return self._references(sessions, when).union(select(sessions.c.reference).where(sessions.c.action.in_(named)))

    def applications(self, when: Condition) -> CompoundSelect[Any]:
        """The references of the applications whose text, or whose person's text, may contain the word."""
        named = self._references(people, when)
        of_people = select(applications.c.reference).where(applications.c.candidate.in_(named))
        return self._references(applications, when).union(of_people)

    def _references(self, of: Table, when: Condition) -> Statement:
        if self.dialect == "postgresql":
            pattern: BindParameter[str] = bindparam("indexed_pattern")
            return select(of.c.reference).where(of.c.search.like(pattern, escape=ESCAPE), when)
        index = table(f"{of.name}_text")
        # SQLite would look up the rows, and then find that the condition does not hold: an empty text has no rows.
        asked = case((when, bindparam("indexed_parts", type_=Text)), else_='""')
        match = literal_column(index.name).op("MATCH")(asked)
        rows: Statement = select(literal_column("rowid")).select_from(index).where(match)
        return select(of.c.reference).where(literal_column(f"{of.name}.rowid").in_(rows))


def text_index(words: Sequence[str], connection: StatementConnection) -> TextIndex | None:
    """What finds one of some words; None where they are too short, or there is no index."""
    return TextIndex(connection.dialect.name) if _indexed(words) and is_there(connection) else None


def text_parameters(words: Sequence[str]) -> dict[str, str]:
    """The pattern of each word, and the one that the index finds as a pattern and as its parts."""
    patterns = {f"word_{place}": _pattern(word) for place, word in enumerate(words)}
    indexed = _indexed(words)
    if not indexed:
        return patterns
    parts = dict.fromkeys(indexed[at : at + _LENGTH] for at in range(len(indexed) - _LENGTH + 1))
    every = " AND ".join('"{}"'.format(each.replace('"', '""')) for each in parts)
    return {**patterns, "indexed_pattern": _pattern(indexed), "indexed_parts": every}


def _indexed(words: Sequence[str]) -> str:
    """The longest word that has three letters or digits in a row, as PostgreSQL's index needs; or none."""
    return max((each for each in words if _INDEXED.search(each)), key=len, default="")


def _pattern(word: str) -> str:
    escaped = re.sub(r"([/%_])", rf"{ESCAPE}\1", word)
    return f"%{escaped}%"

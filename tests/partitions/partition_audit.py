"""Which partitions a statement goes to, by the plan that PostgreSQL makes of it with its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from poec_workflow.adapters.sql.partitioned_schema import BY_OWN_KEY, BY_SESSION, DISTRIBUTED
from statements import Said, noting

_PARTITION = re.compile(r"(poec_\w+)_p([0-9]{3})")
_TABLE = re.compile(r"\bpoec_[a-z_]+\b")
_INSERT = re.compile(r"INSERT INTO (poec_[a-z_]+) \(([^)]*)\)")
_TEXTS = re.compile(r'"((?:[^"\\]|\\.)*)"|(NULL)')


@frozen
class Step:
    """A statement on distributed tables.

    Attributes:
        words: of the statement.
        tables: the distributed tables that it names.
        read: table ▸ the partitions that are read.
        named: the sessions that its parameters name.
        written: the sessions of the rows that it inserts.
    """

    words: str
    tables: frozenset[str]
    read: Mapping[str, frozenset[int]]
    named: frozenset[str]
    written: frozenset[str]

    @property
    def is_of_one_session(self) -> bool:
        """Whether all of it is in the partitions of one session, which it names."""
        rows = frozenset().union(*(self.read.get(each, frozenset()) for each in BY_SESSION))
        return len(rows) <= 1 and len(self.written) <= 1 and bool(self.named | self.written)

    @property
    def is_by_own_key(self) -> bool:
        """Whether it goes to a directory alone, and there to the partition of one key."""
        return self.tables <= {*BY_OWN_KEY} and all(len(each) <= 1 for each in self.read.values())


@contextmanager
def audited(known: Sequence[str]) -> Iterator[list[Step]]:
    """All statements on distributed tables meanwhile; `known` are the references of the sessions that there are."""
    found: list[Step] = []

    def note(said: Said) -> None:
        tables = frozenset(_TABLE.findall(said.words)) & DISTRIBUTED.keys()
        if not tables:
            return
        for given, parameters in zip(said.given, said.parameters, strict=True):
            planner = said.cursor.connection.cursor()
            planner.execute(f"EXPLAIN (FORMAT JSON) {said.words}", parameters, prepare=False)
            plan = planner.fetchone()[0][0]["Plan"]
            named = frozenset(each for each in _texts(given.values()) if each in known)
            found.append(Step(said.words, tables, _read(plan), named, _written(said.words, given)))

    with noting(note):
        yield found


def _read(plan: Mapping[str, Any]) -> Mapping[str, frozenset[int]]:
    """Table ▸ the partitions that steps of the plan read or change."""
    found: dict[str, set[int]] = {}
    steps = [plan]
    while steps:
        step = steps.pop()
        if partition := _PARTITION.fullmatch(step.get("Relation Name", "")):
            found.setdefault(partition[1], set()).add(int(partition[2]))
        steps.extend(step.get("Plans", ()))
    return {table: frozenset(partitions) for table, partitions in found.items()}


def _texts(values: Any) -> Iterator[str]:
    """Every text, of arrays each of theirs."""
    for value in values:
        if isinstance(value, str):
            yield value
            if value.startswith("{"):
                yield from (text for text, _ in _TEXTS.findall(value))


def _written(words: str, given: Mapping[str, Any]) -> frozenset[str]:
    """The sessions that inserted rows are of, each by its own column."""
    found: set[str] = set()
    for table, columns in _INSERT.findall(words):
        column = BY_SESSION.get(table)
        if column is not None:
            assert column in re.split(r",\s*", columns), f"{table} is written without its session"
            value = given.get(f"{table}_{column}", given.get(column))
            found.update(_TEXTS.sub(r"\1", each) for each in _elements(value))
    return frozenset(found)


def _elements(value: Any) -> Sequence[str]:
    if isinstance(value, str) and value.startswith("{"):
        return [text for text, _ in _TEXTS.findall(value)]
    return [str(value)]

"""What is said to the database, noted where SQLAlchemy hands it to the driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from sqlalchemy import Engine, event

_TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@frozen
class Said:
    """A statement and what was given for its parameters, once for each time that the driver carries it out."""

    words: str
    given: Sequence[Mapping[str, Any]]


@contextmanager
def listening() -> Iterator[list[Said]]:
    """All that is said in this process meanwhile, but for beginnings and ends of transactions."""
    found: list[Said] = []

    def note(_connection: object, _cursor: object, statement: str, _given: Any, context: Any, _many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's
        if not statement.startswith(_TRANSACTIONS):
            found.append(Said(statement.rstrip(), tuple(context.compiled_parameters) if context.compiled else ({},)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)

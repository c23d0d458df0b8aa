"""What is said to the database, noted where it is handed to the driver: by SQLAlchemy, or by the package itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from attrs import frozen
from sqlalchemy import Engine, event

from poec_workflow.adapters.sql.prepared import Compiled, DriverConnection

_TRANSACTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@frozen
class Said:
    """A statement and what was given for its parameters, once for each time that the driver carries it out.

    Attributes:
        words: the statement.
        given: the parameters by their names.
        parameters: the same, as the driver takes them.
        cursor: the driver's, which is about to carry it out.
    """

    words: str
    given: Sequence[Mapping[str, Any]]
    parameters: Sequence[Any] = ()
    cursor: Any = None


@contextmanager
def noting(note: Callable[[Said], None]) -> Iterator[None]:
    """Call with every statement in this process meanwhile, but for beginnings and ends of transactions."""

    def by_core(_connection: object, cursor: object, statement: str, given: Any, context: Any, _many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's
        if not statement.startswith(_TRANSACTIONS):
            named = tuple(context.compiled_parameters) if context.compiled else ({},)
            note(Said(statement.rstrip(), named, given if isinstance(given, list) else [given], cursor))

    carry_out = DriverConnection._carry_out  # noqa: SLF001

    def by_driver(self: DriverConnection, compiled: Compiled, rows: Sequence[Mapping[str, Any]]) -> None:
        note(
            Said(
                compiled.text.rstrip(),
                list(map(compiled.named, rows)),
                list(map(compiled.parameters, rows)),
                self._cursor,
            )
        )
        carry_out(self, compiled, rows)

    event.listen(Engine, "before_cursor_execute", by_core)
    try:
        with patch.object(DriverConnection, "_carry_out", by_driver):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", by_core)


@contextmanager
def listening() -> Iterator[list[Said]]:
    """All that is said in this process meanwhile, but for beginnings and ends of transactions."""
    found: list[Said] = []
    with noting(found.append):
        yield found

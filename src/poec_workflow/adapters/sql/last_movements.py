"""When candidates last moved, in the order of their references.

A last movement is the entry at the application's own version: found by its key, so that no history is gone over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Dialect, Select, bindparam, select

from poec_workflow.adapters.sql import locked_candidates
from poec_workflow.adapters.sql.bulk import any_of, list_parameter
from poec_workflow.adapters.sql.compiled_readers import INSTANT
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import applications, history
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.history import HistoryEntry
from poec_workflow.model import OPEN_STATES, SubjectKind
from poec_workflow.ports.keeping import LastMovement

_RECORDED = re.compile(rf'"recorded": "({INSTANT})"')
Statement = Select[*tuple[Any, ...]]
Made = Callable[[Dialect], Any]

_next_ones = (
    select(applications.c.candidate)
    .where(applications.c.candidate > bindparam("after"))
    .distinct()
    .order_by(applications.c.candidate)
    .limit(bindparam("limit"))
    .cte("next_ones")
)
_moves = select(applications.c.candidate, applications.c.state, history.c.data).join(
    history,
    (history.c.kind == SubjectKind.APPLICATION.value)
    & (history.c.reference == applications.c.reference)
    & (history.c.version == applications.c.version),
)
_NEXT_MOVES = Prepared(
    _moves.join(_next_ones, _next_ones.c.candidate == applications.c.candidate).order_by(applications.c.candidate)
)


def _of_candidates(statement: Statement) -> Made:
    return lambda dialect: statement.where(any_of(applications.c.candidate, "candidates", dialect)).order_by(
        applications.c.candidate
    )


_MOVES_OF = Prepared(_of_candidates(_moves))
_APPLICATIONS = locked_candidates.applications_of(applications.c.reference)


def following(connection: StatementConnection, after: str, limit: int) -> Sequence[LastMovement]:
    """The candidates whose references come after one."""
    return _movements(connection.rows(_NEXT_MOVES, {"after": after, "limit": limit}))


def of(connection: StatementConnection, candidates: Sequence[str], *, lock: bool) -> Sequence[LastMovement]:
    """The same of some, read once they are locked."""
    parameters = {"candidates": list_parameter(candidates, connection.dialect)}
    if lock:
        connection.values(locked_candidates.PEOPLE, parameters)
        connection.values(_APPLICATIONS, parameters)
    return _movements(connection.rows(_MOVES_OF, parameters))


def _movements(rows: Iterable[Any]) -> Sequence[LastMovement]:
    return [
        LastMovement(
            candidate=candidate,
            at=max(_recorded_at(each.data) for each in moves),
            is_open=any(each.state in OPEN_STATES for each in moves),
        )
        for candidate, moves in ((key, list(some)) for key, some in groupby(rows, attrgetter("candidate")))
    ]


def _recorded_at(text: str) -> datetime:
    """When an entry was recorded: the first instant of that name, for an event has none."""
    found = _RECORDED.search(text)
    return read(text, HistoryEntry).recorded_at if found is None else datetime.fromisoformat(found.group(1))

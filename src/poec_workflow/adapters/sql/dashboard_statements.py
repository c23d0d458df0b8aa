"""SQL of the dashboard: summed from the sessions' counters, or, since a day, counted from the applications."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, literal, select, union_all

from poec_workflow.adapters.sql.context_loading import is_open, open_count
from poec_workflow.adapters.sql.schema import actions, applications, sessions
from poec_workflow.model import OPEN_STATES, ActionState, ApplicationState, Role

_FINAL = tuple(each for each in ApplicationState if each not in OPEN_STATES)
_FINAL_COUNTS = tuple(each.name.lower() for each in _FINAL)
_published = actions.c.state == ActionState.PUBLISHED.value
_expiring = sessions.c.end_on.between(bindparam("first"), bindparam("last"))


def _total(value: ColumnElement[int], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = conditions[0]
    for each in conditions[1:]:
        counted &= each
    return func.coalesce(func.sum(case((counted, value), else_=0)), 0)


def _row_from_counters(role: Role) -> Select[*tuple[Any, ...]]:
    own = sessions.c[role.value] == bindparam("organization")
    # Sessions of other actions are left out, not counted as nothing: who holds thousands waits a quarter less.
    return (
        select(
            literal(role.value).label("role"),
            select(exists().where(own)).scalar_subquery().label("held"),
            func.coalesce(func.sum(open_count), 0).label("pending"),
            _total(open_count, _expiring).label("expiring"),
            *(func.coalesce(func.sum(sessions.c[name]), 0).label(name) for name in _FINAL_COUNTS),
        )
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(own, _published)
    )


def _row_from_applications(role: Role) -> Select[*tuple[Any, ...]]:
    one = literal(1)
    return (
        select(
            literal(role.value).label("role"),
            func.count().label("held"),
            _total(one, _published, is_open).label("pending"),
            _total(one, _published, is_open, _expiring).label("expiring"),
            *(
                _total(one, _published, applications.c.state == state.value).label(state.name.lower())
                for state in _FINAL
            ),
        )
        .select_from(
            sessions.join(actions, actions.c.reference == sessions.c.action).outerjoin(
                applications,
                (applications.c.session == sessions.c.reference) & (applications.c.registered_at >= bindparam("since")),
            )
        )
        .where(sessions.c[role.value] == bindparam("organization"))
    )


from_counters = union_all(*map(_row_from_counters, Role))
from_applications = union_all(*map(_row_from_applications, Role))

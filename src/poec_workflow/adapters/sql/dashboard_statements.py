"""SQL of the dashboard: summed from the sessions' counters, or, since a day, counted from the applications."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select, union_all

from poec_workflow.adapters.sql.list_conditions import ENDS_EXPIRING, IS_PUBLISHED, ORGANIZATION, REGISTERED_SINCE
from poec_workflow.adapters.sql.schema import actions, applications, count_of, sessions
from poec_workflow.model import Role
from poec_workflow.views import COLUMN_STATES, Column

_FIGURES = tuple(each for each in Column if each is not Column.EXPIRING)


def _total(value: ColumnElement[int], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    counted = conditions[0]
    for each in conditions[1:]:
        counted &= each
    return func.coalesce(func.sum(case((counted, value), else_=0)), 0)


def _row_from_counters(role: Role) -> Select[*tuple[Any, ...]]:
    own = sessions.c[role.value] == ORGANIZATION
    # Sessions of other actions are left out, not counted as nothing: who holds thousands waits a quarter less.
    return (
        select(
            literal(role.value).label("role"),
            select(exists().where(own)).scalar_subquery().label("held"),
            _total(count_of(COLUMN_STATES[Column.EXPIRING]), ENDS_EXPIRING).label(Column.EXPIRING.value),
            *(func.coalesce(func.sum(count_of(COLUMN_STATES[each])), 0).label(each.value) for each in _FIGURES),
        )
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(own, IS_PUBLISHED)
    )


def _row_from_applications(role: Role) -> Select[*tuple[Any, ...]]:
    one = literal(1)
    return (
        select(
            literal(role.value).label("role"),
            func.count().label("held"),
            _total(one, IS_PUBLISHED, _stands_in(Column.EXPIRING), ENDS_EXPIRING).label(Column.EXPIRING.value),
            *(_total(one, IS_PUBLISHED, _stands_in(each)).label(each.value) for each in _FIGURES),
        )
        .select_from(
            sessions.join(actions, actions.c.reference == sessions.c.action).outerjoin(
                applications, (applications.c.session == sessions.c.reference) & REGISTERED_SINCE
            )
        )
        .where(sessions.c[role.value] == ORGANIZATION)
    )


def _stands_in(column: Column) -> ColumnElement[bool]:
    return applications.c.state.in_(sorted(COLUMN_STATES[column]))


from_counters = union_all(*map(_row_from_counters, Role))
from_applications = union_all(*map(_row_from_applications, Role))

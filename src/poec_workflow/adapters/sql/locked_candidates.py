"""What locks some candidates: their own rows, and then their applications, each in the order of their references.

In this order everywhere: who registers somebody anew has the person's row last, and waits for it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from poec_workflow.adapters.sql.bulk import any_of
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import applications, people

PEOPLE = Prepared(
    lambda dialect: (
        select(people.c.reference)
        .where(any_of(people.c.reference, "candidates", dialect))
        .order_by(people.c.reference)
        .with_for_update()
    )
)
"""The people among the `candidates`, by reference."""


def applications_of(*columns: ColumnElement[Any]) -> Prepared:
    """Some columns of the applications of the `candidates`."""
    return Prepared(
        lambda dialect: (
            select(*columns)
            .where(any_of(applications.c.candidate, "candidates", dialect))
            .order_by(applications.c.reference)
            .with_for_update()
        )
    )

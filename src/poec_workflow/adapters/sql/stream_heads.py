"""The digest of the last entry of each stream, as a transaction has read and written it."""

from __future__ import annotations

from sqlalchemy import Table, select

from poec_workflow.adapters.sql.bulk import any_of
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import SUBJECTS
from poec_workflow.model import SubjectKind

StreamHeads = dict[tuple[SubjectKind, str], str]
"""What the next entry of each stream has to carry, of subjects whose rows the transaction holds locked.

A dict, and no class: it is filled where rows are read, and used where they are written, for each command.
"""


def _heads_of(table: Table) -> Prepared:
    return Prepared(
        lambda dialect: select(table.c.reference, table.c.head).where(any_of(table.c.reference, "listed", dialect))
    )


HEADS = {kind: _heads_of(table) for kind, table in SUBJECTS.items()}
"""What reads the heads of listed subjects."""

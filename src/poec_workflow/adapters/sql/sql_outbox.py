"""SQL outbox: claim positions with a lease, settle them; rows in the order in which they were stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, or_, select

from poec_workflow.adapters.sql.connections import Connections
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.row_mapping import microseconds, position_of, position_row
from poec_workflow.adapters.sql.schema import outbox
from poec_workflow.history import Position
from poec_workflow.ports import Delivery

_earlier = outbox.alias("earlier")
_claimable = Prepared(
    select(outbox)
    .where(
        or_(outbox.c.held_until.is_(None), outbox.c.held_until <= bindparam("now")),
        ~exists().where(
            _earlier.c.kind == outbox.c.kind,
            _earlier.c.reference == outbox.c.reference,
            _earlier.c.version < outbox.c.version,
        ),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=outbox, skip_locked=True)
)
_extend_lease = Prepared(outbox.update().where(outbox.c.id == bindparam("row")).values(held_until=bindparam("until")))
_key = (
    outbox.c.kind == bindparam("known_kind"),
    outbox.c.reference == bindparam("known_reference"),
    outbox.c.version == bindparam("known_version"),
)
_settle = {
    Delivery.SENT: Prepared(outbox.delete().where(*_key)),
    Delivery.FAILED: Prepared(outbox.update().where(*_key).values(held_until=None)),
}


class SqlOutbox:
    """The `Outbox` port on the table `poec_outbox`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """Claim the oldest position of each subject, unless it is leased, at most `limit`."""

        def work(connection: StatementConnection) -> Sequence[Position]:
            rows = connection.rows(_claimable, {"now": microseconds(now), "limit": limit})
            until = microseconds(now + lease)
            if rows:
                connection.write(_extend_lease, [{"row": row.id, "until": until} for row in rows])
            return [position_of(row) for row in rows]

        return self._connections.run(work, write=True)

    def settle(self, position: Position, outcome: Delivery) -> None:
        """Delete a sent position; release a failed one."""

        def work(connection: StatementConnection) -> None:
            known = {f"known_{name}": value for name, value in position_row(position).items()}
            connection.write(_settle[outcome], [known])

        self._connections.run(work, write=True)

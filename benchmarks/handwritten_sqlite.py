"""The hand-written commands on `sqlite3`: full durability, a write-ahead log, `BEGIN IMMEDIATE`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from benchmarks.handwritten import FINGERPRINT, GRACE, OPEN, Handwritten, Row, Values, insert_history

PARIS = ZoneInfo("Europe/Paris")
DUE = (
    "WITH due AS MATERIALIZED (SELECT reference, first_instant_after(end_on) AS at FROM poec_sessions"
    " WHERE end_on < :before AND pending + convoked + present + absent > 0 ORDER BY reference)"
)
SWEEP = (
    f"""INSERT INTO poec_history {DUE}
    SELECT 'application', a.reference, a.version + 1, 'application', a.reference, a.version + 1, 0, NULL,
      '{{"kind": "application", "reference": "' || a.reference || '", "version": ' || (a.version + 1)
      || ', "type": "expired", "effective": "' || due.at || '", "recorded": "' || :now
      || '", "actor": {{"kind": "system", "organization": null, "candidate": null, "reference": null, "name": null}}'
      || ', "from": "' || a.state || '", "to": "no-advice", "rule": "L12", "command": "expire"'
      || ', "decision": {{"kind": "application", "reference": "' || a.reference || '", "version": ' || (a.version + 1)
      || '}}, "fingerprint": "{FINGERPRINT}", "advisories": [], "data": {{}}}}', a.session, 0,
      (SELECT max(feed_number) FROM poec_history WHERE feed_transaction = 0)
      + row_number() OVER (ORDER BY a.reference), ''
    FROM due JOIN poec_applications a ON a.session = due.reference WHERE a.state IN {OPEN}""",
    f"""{DUE} UPDATE poec_applications SET version = version + 1, state = 'no-advice',
      data = replace(data, '"version": ' || version || ', "state": "' || state || '"',
                     '"version": ' || (version + 1) || ', "state": "no-advice"')
    WHERE session IN (SELECT reference FROM due) AND state IN {OPEN}""",
    """UPDATE poec_sessions SET no_advice = no_advice + pending + convoked + present + absent,
      pending = 0, convoked = 0, present = 0, absent = 0
    WHERE end_on < :before AND pending + convoked + present + absent > 0""",
)


class HandwrittenSqlite(Handwritten):
    """On a file, for one thread."""

    insert_history = insert_history("0")

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        super().__init__(url, now)
        self._connection = sqlite3.connect(
            url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=200, timeout=10
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.create_function("first_instant_after", 1, _first_instant_after, deterministic=True)

    def one(self, statement: str, values: Values) -> Row | None:
        row: Row | None = self._connection.execute(statement, values).fetchone()
        return row

    def all(self, statement: str, values: Values) -> Sequence[Row]:
        return self._connection.execute(statement, values).fetchall()

    def write(self, statement: str, values: Values) -> int:
        return self._connection.execute(statement, values).rowcount

    def write_many(self, statement: str, rows: Sequence[Values]) -> int:
        return self._connection.executemany(statement, rows).rowcount

    def transaction(self, work: Callable[[], object]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            work()
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def sweep(self) -> None:
        now = self._now()
        values = {"before": (now.date() - GRACE).isoformat(), "now": now.isoformat()}

        def work() -> None:
            for statement in SWEEP:
                self._connection.execute(statement, values)

        self.transaction(work)

    def close(self) -> None:
        self._connection.close()


def _first_instant_after(end: str) -> str:
    """When an application of a session that ended on a day expires."""
    day = date.fromisoformat(end) + GRACE + timedelta(days=1)
    return datetime.combine(day, time(), PARIS).isoformat()

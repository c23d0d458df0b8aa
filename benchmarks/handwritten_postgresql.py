"""The hand-written commands on psycopg: prepared statements, row locks in the package's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import LiteralString

import psycopg

from benchmarks.handwritten import (
    COUNT_CONVOKED,
    FINGERPRINT,
    GRACE,
    OPEN,
    UPDATE_APPLICATION,
    Convoked,
    Handwritten,
    Refusal,
    Row,
    Values,
    history_of,
    insert_history,
)

_INSERT_HISTORY = insert_history("pg_current_xact_id()::text::bigint")
WRITE_CONVOCATION: Mapping[str, str] = {
    before: f"WITH changed AS ({UPDATE_APPLICATION} RETURNING 1), counted AS ({count}), noted AS ({_INSERT_HISTORY})"
    " SELECT count(*) FROM changed"
    for before, count in COUNT_CONVOKED.items()
}
"""All three writes of a convocation in one statement; how many applications had the version that was read."""

SWEEP = f"""WITH due AS MATERIALIZED (
    SELECT reference, to_char((end_on::date + %(days)s::int)::timestamp AT TIME ZONE 'Europe/Paris',
                              'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') AS at
    FROM poec_sessions WHERE end_on < %(before)s AND pending + convoked + present + absent > 0
    ORDER BY reference FOR UPDATE
), open AS MATERIALIZED (
    SELECT a.reference, a.version, a.version + 1 AS next, a.state, a.session, due.at
    FROM due JOIN poec_applications a ON a.session = due.reference WHERE a.state IN {OPEN}
    ORDER BY a.reference FOR UPDATE OF a
), expired AS (
    UPDATE poec_applications a SET version = open.next, state = 'no-advice',
      data = replace(a.data, '"version": ' || open.version || ', "state": "' || open.state || '"',
                     '"version": ' || open.next || ', "state": "no-advice"')
    FROM open WHERE a.reference = open.reference
), counted AS (
    UPDATE poec_sessions s SET no_advice = no_advice + pending + convoked + present + absent,
      pending = 0, convoked = 0, present = 0, absent = 0 FROM due WHERE s.reference = due.reference
)
INSERT INTO poec_history
    SELECT 'application', reference, next, 'application', reference, next, 0, NULL,
      '{{"kind": "application", "reference": "' || reference || '", "version": ' || next
      || ', "type": "expired", "effective": "' || at || '", "recorded": "' || %(now)s::text
      || '", "actor": {{"kind": "system", "organization": null, "candidate": null, "reference": null, "name": null}}'
      || ', "from": "' || state || '", "to": "no-advice", "rule": "L12", "command": "expire"'
      || ', "decision": {{"kind": "application", "reference": "' || reference || '", "version": ' || next
      || '}}, "fingerprint": "{FINGERPRINT}", "advisories": [], "data": {{}}}}',
      session, pg_current_xact_id()::text::bigint, row_number() OVER (ORDER BY reference), ''
    FROM open ORDER BY reference
"""


class HandwrittenPostgresql(Handwritten):
    """On a connection of its own, for one thread."""

    insert_history = _INSERT_HISTORY
    lock_applications = " FOR UPDATE OF s, a"
    lock_session = " FOR SHARE OF t FOR UPDATE OF s"

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        super().__init__(url, now)
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._connection.prepare_threshold = 0
        self._connection.prepared_max = None
        self._cursor = self._connection.cursor()

    def one(self, statement: str, values: Values) -> Row | None:
        return self._cursor.execute(_of_psycopg(statement), values).fetchone()

    def all(self, statement: str, values: Values) -> Sequence[Row]:
        return self._cursor.execute(_of_psycopg(statement), values).fetchall()

    def write(self, statement: str, values: Values) -> int:
        return self._cursor.execute(_of_psycopg(statement), values).rowcount

    def write_many(self, statement: str, rows: Sequence[Values]) -> int:
        self._cursor.executemany(_of_psycopg(statement), rows)
        return self._cursor.rowcount

    def transaction(self, work: Callable[[], object]) -> None:
        self._cursor.execute("BEGIN")
        try:
            work()
        except BaseException:
            self._connection.rollback()
            raise
        self._cursor.execute("COMMIT")

    def sweep(self) -> None:
        now = self._now()
        values = {"before": (now.date() - GRACE).isoformat(), "now": now.isoformat(), "days": GRACE.days + 1}

        def work() -> None:
            self._cursor.execute("SET LOCAL TIME ZONE 'Europe/Paris'")
            self._cursor.execute(SWEEP, values)

        self.transaction(work)

    def close(self) -> None:
        self._connection.close()


class HandwrittenInOne(HandwrittenPostgresql):
    """The same, but a convocation writes in one data-modifying statement."""

    def write_convocation(self, made: Convoked) -> None:
        row = self.one(
            WRITE_CONVOCATION[made.before],
            (
                *(made.version, "convoked", made.data, made.reference, made.version - 1),
                *(1, 1, made.session),
                *history_of(made),
            ),
        )
        if row is None or row[0] != 1:
            raise Refusal("changed by somebody else")


@cache
def _of_psycopg(statement: str) -> LiteralString:
    return statement.replace("?", "%s")

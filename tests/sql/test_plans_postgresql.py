"""How PostgreSQL goes about each query on filled, analysed tables, with the settings that it comes with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from test_paging import PAGES, WALKED, named
from test_plans import EVERY_READ, GROWING

from guarantees import ADVISER, registering, workflow_on, workflow_with_session
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.views import PageRequest, Sort
from postgres import SERVER, raw_url
from statements import Said, noting

FILL = (
    """INSERT INTO poec_sessions (SELECT (json_populate_record(s, json_build_object(
        'reference', 'T-' || n, 'action', 'B-' || n, 'trainer', 'O-' || n, 'positioner', 'O-' || n,
        'responsible', 'O-' || n, 'search', 'o-' || n,
        'start_on', CASE WHEN n <= 1500 THEN '2021-10-01' ELSE s.start_on END,
        'registered', 20, 'pending', CASE WHEN n > 1900 THEN 0 ELSE 20 END,
        'rejected', CASE WHEN n > 1900 THEN 20 ELSE 0 END))).*
        FROM poec_sessions s, generate_series(1, 2000) n WHERE s.reference = 'S-1')""",
    """INSERT INTO poec_actions (SELECT (json_populate_record(a, json_build_object('reference', 'B-' || n))).*
        FROM poec_actions a, generate_series(1, 2000) n WHERE a.reference = 'A-1')""",
    """INSERT INTO poec_applications (SELECT (json_populate_record(a, json_build_object('reference', 'D-' || n,
        'session', 'T-' || ((n - 1) / 20 + 1), 'candidate', 'Q-' || n,
        'registration_key', left(registration_key, 12) || lpad(n::text, 5, '0') || 'D-' || n,
        'prescriber', CASE WHEN n % 9 = 0 THEN 'FT-1' ELSE 'FT' END,
        'state', CASE WHEN n > 38000 THEN 'rejected' ELSE 'pending' END))).*
        FROM poec_applications a, generate_series(1, 40000) n WHERE a.reference = 'C-1')""",
    """INSERT INTO poec_history (SELECT (json_populate_record(h, json_build_object('reference', 'D-' || n,
        'decision_reference', 'D-' || n))).* FROM poec_history h, generate_series(1, 40000) n
        WHERE h.kind = 'application')""",
    """INSERT INTO poec_people SELECT 'Q-' || n, 'x', NULL, 'x', '0' || (n * 7919 % 40000)
        FROM generate_series(1, 40000) n""",
    """INSERT INTO poec_receipts SELECT 'k' || n, 'd', 'application', 'D-' || n, 1 FROM generate_series(1, 40000) n""",
    "VACUUM (ANALYZE)",
)


ONE_STATEMENT = [(name, order) for name, order in WALKED if order.sort is not Sort.STATE]
"""What one statement reads."""


@pytest.fixture(scope="module")
def filled(postgresql_server: None) -> Iterator[SqlStorage]:
    """Two thousand sessions of twenty applications each, one after the other; the last ones start later."""
    del postgresql_server
    with SERVER.database() as url, SqlStorage.open(url) as storage:
        workflow_with_session(storage).execute(registering(1), ADVISER, key="k")
        with psycopg.connect(raw_url(url), autocommit=True) as connection:
            for each in FILL:
                connection.execute(each)
        yield storage


@pytest.mark.parametrize("name", [each for each in EVERY_READ if each != "sweep"])
def test_no_growing_table_is_read_whole(name: str, filled: SqlStorage) -> None:
    """No statement has a sequential scan of what grows."""
    found: list[str] = []

    def explain(said: Said) -> None:
        if said.words.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and "pg_catalog" not in said.words:
            for each in said.parameters:
                said.cursor.execute(f"EXPLAIN {said.words}", each)
                found.extend(line for (line,) in said.cursor.fetchall())

    with noting(explain):
        EVERY_READ[name](workflow_on(filled))
    assert found
    whole = [line for line in found if any(f"Seq Scan on {table}" in line for table in GROWING)]
    assert whole == []


def rows_read(plan: dict[str, Any]) -> int:
    """The rows of applications that a plan's steps took in hand, those that they dropped included."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if plan.get("Relation Name") in GROWING else 0
    return int(own * plan["Actual Loops"]) + sum(rows_read(each) for each in plan.get("Plans", ()))


@pytest.mark.parametrize(("name", "order"), ONE_STATEMENT, ids=named)
def test_a_page_reads_a_small_part(name: str, order: PageRequest, filled: SqlStorage) -> None:
    """However far away what it shows lies: of forty thousand applications, a tenth at most."""
    found: list[int] = []

    def explain(said: Said) -> None:
        if "poec_applications" in said.words:
            said.cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {said.words}", said.parameters[0])
            found.append(rows_read(said.cursor.fetchone()[0][0]["Plan"]))

    with noting(explain):
        page = workflow_on(filled).applications(PAGES[name], order)
    assert page.items
    assert len(found) == 1
    assert found[0] < 4_000

"""Revision 0007: entries of earlier releases are numbered as they happened, whatever the clocks said."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from sqlalchemy import text

from guarantees import PLATFORM, check, workflow_on
from poec_workflow import SchemaOutdated, commands
from poec_workflow.adapters.sql import SqlStorage, migrations
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.history import HistoryEntry
from poec_workflow.serialization import journal_line
from poec_workflow.testing.contracts.feed_contract import filled
from seasons import given_season
from stores import WITHOUT_CHAIN, WITHOUT_FEED, engine_of, say, shape


def taken_back(url: str) -> None:
    """Make a store one of the revision before."""
    say(
        url,
        *WITHOUT_CHAIN,
        *WITHOUT_FEED,
        "UPDATE poec_schema SET version = 6",
        "UPDATE poec_alembic_version SET version_num = '0006'",
    )


def wrongly_clocked(url: str) -> None:
    """Let every entry have been recorded at some instant of a few, under some offset."""
    chance, engine = random.Random(7), engine_of(url)  # noqa: S311
    key = "kind = :kind AND reference = :reference AND version = :version"
    rewrite = text(f"UPDATE poec_history SET data = :data WHERE {key}")  # noqa: S608 - of names
    with engine.begin() as connection:
        for row in connection.execute(text("SELECT kind, reference, version, data FROM poec_history")).all():
            entry = json.loads(row.data)
            fraction = chance.choice(["", ".000001", ".999999"])
            entry["recorded"] = f"2021-11-0{chance.randint(1, 3)}T12:00:00{fraction}+0{chance.randint(0, 2)}:00"
            data = json.dumps(entry, ensure_ascii=False)
            connection.execute(rewrite, {**row._asdict(), "data": data})
    engine.dispose()


def must_be_in_order(entries: list[HistoryEntry]) -> None:
    """Versions by turns, and causes before what they caused."""
    versions: Counter[tuple[str, str]] = Counter()
    seen = set()
    for entry in entries:
        seen.add(entry.position)
        versions[entry.position.kind, entry.position.reference] += 1
        assert entry.position.version == versions[entry.position.kind, entry.position.reference]
        assert entry.decision in seen


def test_a_season_is_numbered_by_its_instants(database_url: str) -> None:
    """To the microsecond, under any offset; what is written then follows, and the shape is a fresh one's."""
    with SqlStorage.open(database_url) as storage:
        workflow_on(storage).execute_many([journal_line(line) for line in given_season()[0]], batch=64)
        before = list(workflow_on(storage).feed(limit=0).items)
    made = shape(database_url)
    taken_back(database_url)
    with SqlStorage.open(database_url) as storage:
        with pytest.raises(SchemaOutdated, match="store upgrade"):
            storage.queries.feed(None, limit=1)
        storage.create()
        check(storage)
        workflow = workflow_on(storage)
        after = workflow.feed(limit=0)
        assert shape(database_url) == made
        assert len(before) == len(after.items)
        must_be_in_order(list(after.items))
        instants = [each.recorded_at for each in after.items]
        assert instants == sorted(instants)
        assert len(set(instants)) > 100
        workflow.execute(commands.CreateAction("A-L", title="[POEC] X", funder="F", responsible="R"), PLATFORM)
        assert [each.event.reference for each in workflow.feed(after.next).items] == ["A-L"]


def test_clocks_contradict_neither_versions_nor_causes(database_url: str) -> None:
    """Where one went back, entries are put later than it said, and no earlier."""
    with SqlStorage.open(database_url) as storage:
        filled(storage)
    wrongly_clocked(database_url)
    taken_back(database_url)
    with SqlStorage.open(database_url) as storage:
        storage.create()
        entries = list(workflow_on(storage).feed(limit=0).items)
        must_be_in_order(entries)
        first = {each.position: each.recorded_at for each in entries if each.position.version == 1}
        own = [each for each in entries if each.decision == each.position and each.position in first]
        assert [each.recorded_at for each in own] == sorted(each.recorded_at for each in own)
        assert len({each.recorded_at for each in own}) > 2


def test_sql_is_for_empty_databases() -> None:
    """What is there is put in order step by step, until no step moves anything."""
    with pytest.raises(SchemaOutdated, match="store upgrade"):
        migrations.sql("postgresql", REVISIONS.scripts, "0006", "0007")

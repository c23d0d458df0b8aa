"""PostgreSQL: transactions end in another order than they began, and the feed waits for the oldest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from guarantees import ADVISER, PLATFORM, TRAINER, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import Conflict, Malformed, Page, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage, feed_reading
from poec_workflow.history import HistoryEntry
from poec_workflow.ports import reads_feed
from poec_workflow.testing.contracts.fixtures import opening


@pytest.fixture
def storage(postgresql_url: str) -> Iterator[SqlStorage]:
    """A store with two sessions."""
    with SqlStorage.open(postgresql_url) as made:
        workflow_with_session(made)
        workflow_on(made).execute(opening("S-2"), PLATFORM)
        yield made


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A host's connection."""
    known = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(known) as connection:
        yield connection


def joined(connection: object) -> Workflow:
    """A workflow in a host's transaction."""
    return workflow_on(SqlStorage.joined(connection))


def shown(page: Page[HistoryEntry]) -> list[str]:
    """Whose entries a page has."""
    return [each.event.reference for each in page.items]


def held(storage: SqlStorage) -> int:
    """How many entries are held back."""
    queries = storage.queries
    assert reads_feed(queries)
    return queries.held_back()


def test_what_ends_first_waits_for_what_began_first(storage: SqlStorage, postgresql_url: str) -> None:
    """Whoever read the second transaction's entries at once would never see those of the first."""
    workflow = workflow_on(storage)
    before = workflow.feed().next
    with connected(postgresql_url) as host:
        joined(host).execute(registering(1, "S-1"), ADVISER)
        workflow.execute(registering(2, "S-2"), ADVISER)
        waiting = workflow.feed(before)
        assert (waiting.items, waiting.next, held(storage)) == ((), before, 1)
        host.commit()
    assert (shown(workflow.feed(before)), held(storage)) == (["C-1", "C-2"], 0)


def test_without_a_horizon_it_is_missed(
    storage: SqlStorage, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail."""
    monkeypatch.setattr(feed_reading, "horizon", lambda _: 2**62)
    workflow = workflow_on(storage)
    before = workflow.feed().next
    with connected(postgresql_url) as host:
        joined(host).execute(registering(1, "S-1"), ADVISER)
        workflow.execute(registering(2, "S-2"), ADVISER)
        page = workflow.feed(before)
        assert shown(page) == ["C-2"]
        host.commit()
    assert shown(workflow.feed(page.next)) == []


def test_a_transaction_that_is_none_of_ours_holds_back_too(storage: SqlStorage, postgresql_url: str) -> None:
    """It can't be told from one of ours; one that has written nothing holds back nothing."""
    workflow = workflow_on(storage)
    before = workflow.feed().next
    with connected(postgresql_url) as other:
        other.execute("SELECT count(*) FROM poec_history")
        workflow.execute(registering(1), ADVISER)
        assert shown(workflow.feed(before)) == ["C-1"]
        other.execute("CREATE TABLE theirs (number integer)")
        workflow.execute(registering(2), ADVISER)
        assert (shown(workflow.feed(before)), held(storage)) == (["C-1"], 1)
        other.rollback()
    assert shown(workflow.feed(before)) == ["C-1", "C-2"]


def test_a_host_reads_its_own_entries_once_it_has_committed(storage: SqlStorage, postgresql_url: str) -> None:
    """In its transaction they may yet be undone. Savepoints share the transaction's place."""
    workflow = workflow_on(storage)
    before = workflow.feed().next
    with connected(postgresql_url) as host:
        own = joined(host)
        own.execute(registering(1), ADVISER)
        with host.transaction():
            for command in retaining(1):
                own.execute(command, TRAINER)
        with host.transaction(force_rollback=True):
            own.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM)
        own.execute(registering(3), ADVISER)
        assert own.feed(before).items == ()
        host.commit()
        versions = [(each.event.reference, each.event.version) for each in own.feed(before).items]
    assert versions == [("C-1", 1), ("C-1", 2), ("C-1", 3), ("C-1", 4), ("C-3", 1)]
    assert workflow.feed(before).items == workflow.feed(before, limit=0).items


def test_a_replica_that_is_behind_is_waited_for(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does not have yet is not taken for what the store never had."""
    workflow = workflow_on(storage)
    workflow.execute(registering(1), ADVISER)
    ahead = workflow.feed().next
    monkeypatch.setattr(feed_reading, "horizon", lambda _: 0)
    with pytest.raises(Malformed, match="does not have"):
        workflow.feed(ahead)
    monkeypatch.setattr(feed_reading, "_is_replica", lambda _: True)
    with pytest.raises(Conflict, match="replica"):
        workflow_on(storage).feed(ahead)


def test_serializable_hosts_do_not_disturb_each_other(storage: SqlStorage, postgresql_url: str) -> None:
    """Two of them, in two sessions: nothing of the feed is in the way of either; what each stored is in order."""
    workflow = workflow_on(storage)
    before = workflow.feed().next
    with connected(postgresql_url) as one, connected(postgresql_url) as other:
        for each in (one, other):
            each.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        own, others = joined(one), joined(other)
        own.execute(registering(1, "S-1"), ADVISER)
        others.execute(registering(2, "S-2"), ADVISER)
        for command in retaining(1):
            own.execute(command, TRAINER)
        one.commit()
        other.commit()
    found = [(each.event.reference, each.event.version) for each in workflow.feed(before).items]
    assert sorted(found) == [("C-1", 1), ("C-1", 2), ("C-1", 3), ("C-1", 4), ("C-2", 1)]
    assert [each for each in found if each[0] == "C-1"] == sorted(found)[:4]

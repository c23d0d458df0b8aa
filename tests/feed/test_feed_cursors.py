"""A cursor is of its store, whose copies may go another way; a storage may have no feed; hosts join."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from guarantees import ADVISER, PLATFORM, registering, workflow_on, workflow_with_session
from poec_workflow import Malformed, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import reads_feed


def test_a_store_that_was_set_back_is_noticed(file: Path, tmp_path: Path) -> None:
    """Whether it is shorter than what was read, or has gone another way since."""
    url, copy = f"sqlite:///{file}", tmp_path / "copy.db"
    with SqlStorage.open(url) as storage:
        workflow = workflow_with_session(storage)
        kept = workflow.feed().next
    shutil.copy(file, copy)
    with SqlStorage.open(url) as storage:
        workflow = workflow_on(storage)
        workflow.execute(registering(1), ADVISER)
        read = workflow.feed(kept).next
    with SqlStorage.open(f"sqlite:///{copy}") as storage:
        workflow = workflow_on(storage)
        for turn in range(2):
            with pytest.raises(Malformed, match="does not have the entry") as refused:
                workflow.feed(read)
            assert [each.place for each in refused.value.faults] == ["$.after"]
            # The same place, and another entry.
            workflow.execute(commands.SetCapacity("S-1", capacity=9 + turn), PLATFORM)
        assert [each.command for each in workflow.feed(kept).items] == ["set-capacity"] * 2


def test_a_storage_without_a_feed_works_for_all_else() -> None:
    """It says so to who asks for one."""

    class Queries:
        def __init__(self, inner: object) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    class Storage:
        def __init__(self) -> None:
            self._inner = MemoryStorage()
            self.run, self.outbox = self._inner.run, self._inner.outbox

        @property
        def queries(self) -> Any:
            return Queries(self._inner.queries)

    storage = Storage()
    workflow = workflow_with_session(storage)
    assert workflow.session("S-1").version == 1
    assert not reads_feed(storage.queries)
    with pytest.raises(NotImplementedError, match="no feed"):
        workflow.feed()


def test_a_host_on_sqlite_numbers_after_what_is_there(file: Path) -> None:
    """Its own transaction, undone and committed."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow = workflow_with_session(storage)
        before = workflow.feed().next
        with closing(sqlite3.connect(file, isolation_level="IMMEDIATE")) as host:
            own = workflow_on(SqlStorage.joined(host))
            for number, end in ((1, host.rollback), (2, host.commit)):
                host.execute("BEGIN IMMEDIATE")
                own.execute(registering(number), ADVISER)
                own.execute(registering(number + 10), ADVISER)
                end()
        assert [each.event.reference for each in workflow.feed(before).items] == ["C-2", "C-12"]

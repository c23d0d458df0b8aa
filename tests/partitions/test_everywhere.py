"""What goes to every partition of a partitioned store, and that it is just this."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sql"))

from partition_audit import audited
from partitioned_stores import partitioned_storage
from test_plans import EVERY_READ

from guarantees import ADVISER, PLATFORM, TRAINER, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.messages import StreamKind
from poec_workflow.testing.contracts.fixtures import opening

ONE = {"application", "history", "explain", "around", "a session's history", "an action's history"}
"""What is about one subject."""
NONE = {"candidate"}
"""What is of no session."""
MORE: Mapping[str, Callable[[Workflow], object]] = {
    "a session's history": lambda w: w.history("session", "S-1"),
    "an action's history": lambda w: w.history("action", "A-1"),
    "feed": lambda w: w.feed(),
    "archiving an action": lambda w: w.execute(commands.ArchiveAction("A-2"), PLATFORM),
    "delivered": lambda w: w.storage.outbox.delivered(StreamKind.APPLICATION, "C-1"),
    "what waits": lambda w: w.storage.outbox.queued(),
}
LAST = ("archiving an action", "erasing", "sweep")
"""What changes the store."""
LISTS = ("candidate applications", "dashboard", "queue", "everybody", "sessions", "actions", "tabs", "overdue")
_FIRST = ("application", "history", "explain", "around", "candidate", "outbox", *LISTS)
READS = {name: {**EVERY_READ, **MORE}[name] for name in (*_FIRST, *(each for each in MORE if each not in LAST), *LAST)}


@pytest.fixture(scope="module")
def store() -> Iterator[SqlStorage]:
    """A store with sessions in several partitions, and a retained application."""
    with partitioned_storage() as storage:
        workflow = workflow_with_session(storage)
        for each in ("S-2", "S-3", "S-4"):
            workflow.execute(opening(each), PLATFORM)
        workflow.execute(commands.CreateAction("A-2", title="[POEC] B", funder="OPCO", responsible="R"), PLATFORM)
        workflow.execute(commands.PublishAction("A-2"), PLATFORM)
        workflow.execute(registering(1), ADVISER)
        for command in retaining(1):
            workflow.execute(command, TRAINER)
        yield storage


@pytest.mark.parametrize("name", READS)
def test_who_looks_everywhere(name: str, store: SqlStorage) -> None:
    """Lists, dashboards, queues, sweeps, the feed, erasure, the relay, an action's commands: not what is about one."""
    with audited([f"S-{number}" for number in range(1, 5)]) as steps:
        READS[name](workflow_on(store))
    read = [partitions for step in steps for partitions in step.read.values()]
    assert bool(steps) is (name not in NONE)
    assert any(len(partitions) > 1 for partitions in read) is (name not in ONE | NONE)

"""A key that was used: found by the index of receipts, with a look only where the rules refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guarantees import PLATFORM, TRAINER, check, workflow_with_session
from poec_workflow import Accepted, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Request
from poec_workflow.testing.contracts.storage_wrappers import Pausing
from statements import listening

SEATS = commands.SetCapacity("S-1", capacity=9)
FEWER = commands.SetCapacity("S-1", capacity=8)


def looks(work: Callable[[], object]) -> int:
    """How often receipts are looked at meanwhile."""
    with listening() as said:
        work()
    return sum("FROM poec_receipts" in each.words for each in said)


def test_a_new_key_is_not_looked_up_unless_the_rules_refuse(database_url: str) -> None:
    """One round trip less for each command; a refusal asks, for the first answer may have been another."""
    with SqlStorage.open(database_url, attempts=1) as storage:
        workflow = workflow_with_session(storage)
        assert looks(lambda: workflow.execute(SEATS, PLATFORM, key="k")) == 0
        assert looks(lambda: workflow.submit(Request(command=SEATS, actor=TRAINER, key="new"))) == 1
        assert looks(lambda: workflow.submit(Request(command=SEATS, actor=TRAINER))) == 0
        check(storage)


@pytest.mark.parametrize("key", ["k", "k" * 65], ids=["short", "stored as a digest"])
def test_what_would_be_accepted_again_is_undone(database_url: str, key: str) -> None:
    """And answered as the first time, whatever the number of attempts; another command is refused."""
    with SqlStorage.open(database_url, attempts=1) as storage:
        workflow = workflow_with_session(storage)
        first = workflow.execute(SEATS, PLATFORM, key=key)
        again = workflow.execute(SEATS, PLATFORM, key=key)
        assert again.replayed
        assert again.subject == first.subject == workflow.session("S-1")
        other = workflow.submit(Request(command=FEWER, actor=PLATFORM, key=key))
        assert not isinstance(other, Accepted)
        assert other.codes == {"key-reused"}
        check(storage)


def test_a_storage_around_it_looks_keys_up_as_it_did(database_url: str) -> None:
    """It has a `load` of its own and no option, though it passes every other name on."""
    with SqlStorage.open(database_url, attempts=1) as storage:
        workflow = workflow_with_session(storage).using(Pausing(storage, lambda: None))
        assert looks(lambda: workflow.execute(SEATS, PLATFORM, key="k")) == 1
        assert looks(lambda: workflow.execute(SEATS, PLATFORM, key="k")) == 1
        refused = workflow.submit(Request(command=FEWER, actor=PLATFORM, key="k"))
        assert not isinstance(refused, Accepted)
        assert refused.codes == {"key-reused"}

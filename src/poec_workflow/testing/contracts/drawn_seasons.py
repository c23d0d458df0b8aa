"""Drawn seasons: whatever commands come, a storage answers as the one in memory does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Request
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import NOW, check, emptied_outbox, everything
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.testing.strategies import journals
from poec_workflow.workflow import Workflow

SEASONS, LINES = 5, 100
BATCHES = (1, 5, LINES)


class SeasonContract(Contract):
    """The same commands, the same answers."""

    def test_a_season_comes_out_as_in_memory(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Answers, subjects, histories, counters, people, outbox, dashboards and sweep; counts and folds hold.

        However many requests share a transaction.
        """

        @settings(
            deadline=None,
            max_examples=min(self.examples or SEASONS, SEASONS),
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(journals(longest=LINES, shortest=LINES // 2), st.sampled_from(BATCHES))
        def hold(journal: list[Request], batch: int) -> None:
            with self.empty_storage(tmp_path_factory.mktemp("season")) as storage:
                assert _outcome(storage, journal, batch) == _outcome(MemoryStorage(), journal)
                check(storage)

        hold()


def _outcome(storage: Storage, journal: list[Request], batch: int = 1) -> list[object]:
    """Play a season, and return its answers and what can be read afterwards."""
    answers = Workflow(storage, clock=SettableClock(NOW)).execute_many(journal, batch=batch)
    last = max(each.at or NOW for each in journal)
    late = Workflow(storage, clock=SettableClock(last + timedelta(days=200)))
    dashboards = [late.dashboard(each) for each in ("TRAIN", "RESP")]
    swept = late.sweep().expired
    after = [late.dashboard(each) for each in ("TRAIN", "RESP")]
    # In order for each stream: in which order a sweep takes the sessions is the storage's own matter.
    sent = sorted(emptied_outbox(storage), key=lambda each: (each.stream_kind, each.stream))
    return [answers, dashboards, swept, after, everything(storage), sent]

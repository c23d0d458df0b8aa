"""Our rules on our storage, by whatever commands come; and our storage by the published contract."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from own_rules.rules import OURS
from own_rules.storage import LogStorage, open_log

from poec_workflow import Request, Workflow
from poec_workflow.testing import LifecycleMachine, SettableClock, play, strategies
from poec_workflow.testing.contracts import StorageContract
from poec_workflow.testing.reference import Snapshot

SUNDAY = 7


def nobody_is_received_on_a_sunday(step):
    """A promise of our own: whatever is asked, no convocation stands on one."""
    for subject in step.after.subjects.values():
        for each in getattr(subject, "convocations", ()):
            if each.on.isoweekday() == SUNDAY:
                yield f"{subject.reference} is convoked on {each.on}"


class OurMachine(LifecycleMachine):
    settings = OURS
    promises = (*LifecycleMachine.promises, nobody_is_received_on_a_sunday)

    def empty_storage(self, folder: Path) -> AbstractContextManager[LogStorage]:
        return nullcontext(LogStorage(folder / "log.jsonl"))


TestOurRules = OurMachine.TestCase
TestOurRules.settings = settings(TestOurRules.settings, max_examples=8)


class TestOurStorage(StorageContract):
    examples = 3

    def empty_storage(self, folder: Path) -> AbstractContextManager[LogStorage]:
        return nullcontext(LogStorage(folder / "log.jsonl"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.journals(OURS))
def test_what_is_opened_again_is_what_was_stored(journal: list[Request]) -> None:
    """Subjects, histories, counters and people, whatever the journal; and a line that was cut off is no line."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "log.jsonl"
        clock = SettableClock("2021-11-02T09:00:00+01:00")
        before = LogStorage(file)
        play(journal, Workflow(before, clock=clock, settings=OURS))
        with file.open("ab") as log:
            log.write(b'{"did": [{"sa')
        for _ in range(2):
            again = open_log(f"log:{file}")
            assert Snapshot.of(again) == Snapshot.of(before)
        waiting = {"limit": 1_000, "now": clock.now(), "lease": timedelta(minutes=1)}
        assert again.outbox.claim(**waiting) == before.outbox.claim(**waiting)

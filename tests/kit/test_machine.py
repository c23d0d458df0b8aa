"""`LifecycleMachine`: silent on what is sound; what is broken it tells by a promise and a short journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import broken
import hypothesis
import pytest
import service_faults
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from poec_workflow import Actor, ActorKind, Facts, Refused, Request, Settings, SubjectKind, commands
from poec_workflow.adapters.memory.memory_storage import MemoryTransaction
from poec_workflow.policies import messages
from poec_workflow.policies.calendar import LocalTime, local_day, local_instant
from poec_workflow.ports import Storage
from poec_workflow.testing import LifecycleMachine, PromiseBroken, SettableClock, lifecycle_machine
from poec_workflow.testing.contracts.fixtures import TRAINER, opening, registering, retaining
from poec_workflow.testing.minimize import shortened
from poec_workflow.testing.reference import ObservedStep
from poec_workflow.testing.scenario import BEGINNING, Scenario, Sweep

LONGEST = 12
PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
POSITIONER = Actor(kind=ActorKind.ORGANIZATION, organization="POS")


def few(machine: type[LifecycleMachine], examples: int = 12, **more: Any) -> hypothesis.settings:
    return settings(machine.TestCase.settings, max_examples=examples, database=None, derandomize=True, **more)


@messages(fr="Pas de convocation le dimanche.", en="No convocation on a Sunday.")
def on_sunday(_application: object, _facts: object, command: commands.Convoke) -> dict[str, date] | None:
    return {"on": command.on} if command.on.isoweekday() == 7 else None


class Ours(LifecycleMachine):
    settings = Settings(
        max_convocations=2,
        close_when_full="automatic",
        quota_counts="live",
        overbooking=1,
        refuse_also={commands.Convoke: (on_sunday,)},
    )


@pytest.mark.parametrize("machine", [LifecycleMachine, Ours])
def test_what_is_sound_keeps_every_promise(machine: type[LifecycleMachine]) -> None:
    """Under the default settings, and under a service's own with a policy of its own."""
    machine.check(few(machine, 12))


# What is broken


class Raises(broken.Broken):
    """An adapter that meets an error of its own when a session is cancelled."""

    class transaction(MemoryTransaction):  # noqa: D106, N801 - in the place of an attribute
        def save(self, changes: Any, receipt: Any = None, people: Any = (), messages: Any = ()) -> None:
            if any(each.entry.command == "cancel-session" for each in changes):
                raise OSError("disk full")
            super().save(changes, receipt, people, messages)


BROKEN: Sequence[tuple[type[broken.Broken], str]] = (
    (broken.LosesHistory, "history-folds-to-the-state"),
    (broken.CountsWrong, "counters-are-a-recount"),
    (broken.ClaimsTooEarly, "CommandRefused"),
    (Raises, "OSError"),
)


def on(storage: Callable[[], Storage]) -> type[LifecycleMachine]:
    class Machine(LifecycleMachine):
        def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
            assert not list(folder.iterdir())
            return nullcontext(storage())

    return Machine


@pytest.mark.parametrize(("storage", "promise"), BROKEN, ids=lambda each: getattr(each, "__name__", ""))
def test_a_broken_storage_is_told(storage: type[broken.Broken], promise: str) -> None:
    """By the promise that it breaks, or the error that it raises, with a journal of a few lines."""
    machine = on(storage)
    with pytest.raises(Exception) as caught:
        machine.check(few(machine, 200))
    error: Any = caught.value
    assert promise == (error.promise if isinstance(error, PromiseBroken) else type(error).__name__)
    assert 0 < len(error.poec_journal) <= LONGEST
    [note] = error.__notes__
    assert all(line in note for line in error.poec_journal)


@pytest.mark.parametrize("name", ["full-too-little", "absence-too-much", "capacity-too-little"])
def test_a_services_own_fault_is_told(name: str) -> None:
    """A sample of `service_faults.py`, which measures how often, over all of them."""
    machine = service_faults.machine_with(name)
    with pytest.raises(PromiseBroken, match=r"was (refused|accepted)"):
        machine.check(settings(machine.TestCase.settings, database=None, derandomize=True))


def test_a_told_journal_can_be_replayed() -> None:
    """It breaks the same promise again, and on a sound storage none."""
    machine = on(broken.CountsWrong)
    with pytest.raises(PromiseBroken) as caught:
        machine.check(few(machine, 200))
    journal = caught.value.poec_journal
    with pytest.raises(PromiseBroken, match="counters-are-a-recount"):
        machine.replay(journal)
    LifecycleMachine.replay(journal)
    assert all(json.loads(line)["at"] for line in journal)


def nobody_is_retained(step: ObservedStep) -> Iterator[str]:
    """A promise that does not hold."""
    for where, state in step.states.items():
        if state == "retained":
            yield f"{where[1]} is"


def test_a_promise_of_ones_own_is_asked() -> None:
    """And the shortest journal to what contradicts it is told: seven lines, as the table says."""

    class Strict(LifecycleMachine):
        promises = (*LifecycleMachine.promises, nobody_is_retained)

    with pytest.raises(PromiseBroken, match="nobody-is-retained: C-1 is") as caught:
        Strict.check(few(Strict, 100))
    types = [json.loads(line)["command"]["type"] for line in caught.value.poec_journal]
    assert types == [
        "create-action",
        "publish-action",
        "create-session",
        "preregister",
        "convoke",
        "record-presence",
        "retain",
    ]


def test_each_of_several_failures_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Hypothesis goes on after the first, and finds more; what can't be seen again is left as it was."""

    class Strict(LifecycleMachine):
        promises = (*LifecycleMachine.promises, nobody_is_retained)

    first, second, third = (PromiseBroken("nobody-is-retained", ["C-1 is"], []) for _ in range(3))
    first.poec_steps = second.poec_steps = tuple(founded(*retaining(1)))  # type: ignore[attr-defined]
    third.poec_steps = ()  # type: ignore[attr-defined]

    def both(*_: object, **__: object) -> None:
        raise ExceptionGroup("three", [first, ExceptionGroup("more", [second, third, ValueError("no steps")])])

    monkeypatch.setattr("poec_workflow.testing.lifecycle_machine.run_state_machine_as_test", both)
    with pytest.raises(ExceptionGroup):
        Strict.check()
    assert len(first.poec_journal) == len(second.poec_journal) == 7
    assert not hasattr(third, "poec_journal")


class WithRules(LifecycleMachine):
    """A rule of one's own, a clock of one's own."""

    asked = 0

    def clock_at(self, instant: Any) -> SettableClock:
        return SettableClock(instant.astimezone(BEGINNING.tzinfo))

    @rule(number=st.integers(0, 3))
    def ask_for_what_is_not_there(self, number: int) -> None:
        type(self).asked += 1
        answer = self.execute(commands.DeleteAction(f"nothing-{number}"), PLATFORM)
        assert isinstance(answer, Refused)
        assert answer.codes == {"unknown-action"}


def test_rules_of_ones_own_are_run() -> None:
    """Beside ours; what they ask is judged too."""
    WithRules.check(few(WithRules))
    assert WithRules.asked


TestOurs = Ours.TestCase
TestOurs.settings = few(Ours, 5)


def test_a_test_case_is_one_class() -> None:
    """So that its settings can be set; each machine has its own."""
    assert Ours.TestCase is Ours.TestCase is not LifecycleMachine.TestCase
    assert Ours.TestCase.__qualname__ == "Ours.TestCase"


def shut_on_sundays(_subject: object, facts: Facts) -> dict[str, date] | None:
    return {"today": facts.now.date()} if facts.now.date().isoweekday() == 7 else None


class OnWorkingDays(LifecycleMachine):
    """A policy of a service's own that takes the clock's date for the day."""

    settings = Settings(refuse_also={commands.Preregister: (shut_on_sundays,)})


def test_an_answer_that_depends_on_the_clocks_offset_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where instants stay as the clock wrote them `preview` and `execute` differ; nothing does where they are local."""
    OnWorkingDays.check(few(OnWorkingDays, 20))

    def as_given(instant: datetime, zone: tzinfo, place: str) -> LocalTime:
        return local_instant(instant, zone, place)._replace(instant=instant)

    for caller in ("policies.facts", "ports.clock", "workflow"):
        monkeypatch.setattr(f"poec_workflow.{caller}.local_instant", as_given)
    # The package's own rules stay right: only a service's policy looks at the clock's date.
    monkeypatch.setattr(Facts, "today", property(lambda facts: local_day(facts.now, facts.settings.zone)))
    with pytest.raises(PromiseBroken, match="preview-foretells") as caught:
        OnWorkingDays.check(few(OnWorkingDays, 200))
    assert len(caught.value.poec_journal) <= LONGEST


def _on_sundays(step: ObservedStep) -> Iterator[str]:
    for subject in step.after.subjects.values():
        yield from (str(each.on) for each in getattr(subject, "convocations", ()) if each.on.isoweekday() == 7)


class Strict(Ours):
    """Holds moved convocations to the promise too, which the policy forgot."""

    promises = (*LifecycleMachine.promises, _on_sundays)


def test_a_short_journal_has_few_actors() -> None:
    """What is done for one who became the trainer may be done by the positioner: nobody has to become the trainer."""
    other = Actor(kind=ActorKind.ORGANIZATION, organization="OTHER")
    opened, [convoke, *_] = founded(), retaining(1)
    steps = [
        *opened,
        Request(commands.ReassignSession("S-1", trainer="OTHER"), PLATFORM, at=NOON),
        Request(convoke, other, at=NOON),
        Request(commands.MoveConvocation("C-1", on=date(2021, 11, 28)), POSITIONER, at=NOON),
    ]
    with Scenario(Strict.scenario_setup()) as scenario, pytest.raises(PromiseBroken) as caught:
        scenario.play(steps)
    caught.value.poec_steps = tuple(steps)  # type: ignore[attr-defined]
    lifecycle_machine._add_journal(caught.value, Strict.scenario_setup())  # noqa: SLF001
    assert [json.loads(each)["command"]["type"] for each in caught.value.poec_journal] == [
        *(each.command.type for each in opened),
        "convoke",
        "move-convocation",
    ]


# A scenario


def founded(*more: commands.Command) -> list[Request]:
    """An action, published, a session of it, an application to it, and more, all by who may."""
    asked = [
        commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="RESP"),
        commands.PublishAction("A-1"),
        opening("S-1"),
        registering(1),
        *more,
    ]
    return [Request(each, PLATFORM if each.type in FOUNDING else TRAINER, at=NOON) for each in asked]


FOUNDING = ("create-action", "publish-action", "create-session", "preregister")
NOON = datetime.fromisoformat("2021-11-20T12:00:00+01:00")
LATE = NOON + timedelta(days=300)


def test_a_sweep_is_told_as_expiries() -> None:
    """In the journal, each application that it expired has its line."""
    with Scenario(LifecycleMachine.scenario_setup()) as scenario:
        scenario.play(founded())
        scenario.play([Sweep(at=LATE)])
        *_, last = scenario.journal
        assert json.loads(last)["command"] == {"type": "expire", "application": "C-1"}
        [*_, entry] = scenario.snapshot.histories[SubjectKind.APPLICATION, "C-1"]
        assert entry.recorded_at == LATE


@given(st.lists(st.integers(0, 9), max_size=30), st.sets(st.integers(0, 9), min_size=1, max_size=3))
def test_what_is_left_out_is_not_needed(items: list[int], needed: set[int]) -> None:
    """Of a failing list only what makes it fail is left."""
    everything = [*items, *needed]
    assert sorted(shortened(everything, lambda part: needed <= set(part))) == sorted(needed)

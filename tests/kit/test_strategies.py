"""The kit's strategies: what they draw can be written and read, comes deep, and shrinks to the shortest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from poec_workflow import (
    Accepted,
    Actor,
    Application,
    Candidate,
    Facts,
    HistoryEntry,
    Malformed,
    Refused,
    Request,
    Settings,
    TrainingAction,
    TrainingSession,
    Workflow,
    from_dict,
    from_json,
    machines,
    to_json,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS
from poec_workflow.events import EVENTS
from poec_workflow.model import State
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock, strategies
from poec_workflow.testing.journals import play, requests_of, to_journal, to_line

BOUNDED = settings(max_examples=40, deadline=None)
VALUES: tuple[type[Any], ...] = (Application, TrainingSession, TrainingAction, Candidate, Actor, HistoryEntry)


def on_memory(rules: Settings | None = None) -> Workflow:
    clock = SettableClock("2021-11-02T09:00:00+01:00")
    return Workflow(MemoryStorage(), clock=clock, settings=rules or Settings())


# Well formed, and malformed


@pytest.mark.parametrize("cls", VALUES)
def test_values_are_read_as_they_were_written(cls: type[Any]) -> None:
    """Every value of a class comes back from JSON."""

    @BOUNDED
    @given(strategies.values(cls))
    def check(value: Any) -> None:
        assert from_json(to_json(value), cls) == value

    check()


@BOUNDED
@given(strategies.requests())
def test_requests_are_lines_of_a_journal(request: Request) -> None:
    """Every type of command comes, and is read as it was written."""
    assert journal_line(to_line(request)) == request


KINDS: st.SearchStrategy[type[Any]] = st.sampled_from([*COMMANDS.values(), *EVENTS.values()])


@settings(max_examples=150, deadline=None)
@given(KINDS.flatmap(lambda kind: st.tuples(st.just(kind), strategies.values(kind))))
def test_every_command_and_event_is_drawn(drawn: tuple[type[Any], Any]) -> None:
    """Each by itself, of its own type."""
    kind, value = drawn
    assert type(value) is kind


@BOUNDED
@given(strategies.events(*(rule.event for rule in machines.SESSION.steps)))
def test_events_of_some_types_are_drawn(event: Any) -> None:
    """Those that were asked for."""
    assert event.subject_kind == "session"


@BOUNDED
@given(st.sampled_from(VALUES[:-1]).flatmap(lambda cls: st.tuples(st.just(cls), strategies.malformed(cls))))
def test_a_fault_is_named_with_its_place(drawn: tuple[type[Any], strategies.Wrong]) -> None:
    """One fault, and it is told where it is; an entry is flat in JSON, and left out."""
    cls, wrong = drawn
    with pytest.raises(Malformed) as caught:
        from_dict(wrong.data, cls)
    assert [each.place for each in caught.value.faults] == [wrong.place]


@settings(max_examples=150, deadline=None)
@given(strategies.malformed_lines())
def test_a_malformed_line_is_named_with_its_place(wrong: strategies.Wrong) -> None:
    """Fields, missing keys, unknown keys, keys that stand twice, no JSON at all."""
    with pytest.raises(Malformed) as caught:
        journal_line(wrong.data)
    assert [each.place for each in caught.value.faults] == [wrong.place]


# Rules


@BOUNDED
@given(strategies.settings())
def test_settings_make_sense(rules: Settings) -> None:
    """They are accepted when they are made, and equal ones have one fingerprint."""
    assert attrs.evolve(rules).fingerprint == rules.fingerprint


@settings(max_examples=100, deadline=None)
@given(strategies.malformed_settings())
def test_settings_without_sense_are_named(wrong: strategies.Wrong) -> None:
    """The setting at fault is told, and no other."""
    with pytest.raises(Malformed) as caught:
        Settings(**wrong.data)
    pair = {wrong.place, "$.coefficient_min"} if "coefficient" in wrong.place else {wrong.place}
    assert {each.place for each in caught.value.faults} <= pair


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.settings().flatmap(strategies.decisions))
def test_decisions_are_taken_whatever_the_rules(decision: strategies.Decision) -> None:
    """Under any settings that make sense, every decision is an answer."""
    assert isinstance(decision.decided(), Accepted | Refused)


@BOUNDED
@given(strategies.facts())
def test_facts_know_a_day(facts: Facts) -> None:
    """An aware instant, and the day of the settings' zone."""
    assert facts.today == facts.now.astimezone(facts.settings.zone).date() == facts.now.date()


def test_a_drawn_policy_refuses_and_lets_pass() -> None:
    """Both kinds are drawn; a refusal has its sentences."""
    command = COMMANDS["record-presence"]("C-1")  # type: ignore[call-arg]
    refusing = find(strategies.policies(), lambda policy: policy(None, None, command) is not None)
    assert refusing.messages["en"]  # type: ignore[attr-defined]
    assert callable(find(strategies.policies(), lambda policy: policy(None, None, command) is None))


# Journals


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.journals())
def test_a_journal_is_text_that_says_the_same(journal: list[Request]) -> None:
    """Written and read again it is the same journal, and its time never goes back."""
    assert list(requests_of(to_journal(journal))) == journal
    instants = [each.at for each in journal if each.at]
    assert instants == sorted(instants)


@pytest.mark.parametrize("hours", [0, 14, -11])
def test_instants_are_written_with_any_offset(hours: int) -> None:
    """Lines of a journal have other offsets than the rules' time zone has; the first that are found are enough."""
    offset = timedelta(hours=hours)
    found = find(
        strategies.journals(),
        lambda journal: any(each.at and each.at.utcoffset() == offset for each in journal),
        settings=settings(max_examples=500, phases=[Phase.generate], database=None, deadline=None),
    )
    assert found


class Seen:
    """What a number of journals came to."""

    def __init__(self) -> None:
        self.lines = self.accepted = 0
        self.states: set[State] = set()
        self.rules: set[str] = set()
        self.codes: set[str] = set()

    def see(self, journal: list[Request]) -> None:
        workflow = on_memory()
        played = play(journal, workflow)
        self.lines += len(journal)
        self.accepted += sum(isinstance(each, Accepted) for each in played.answers)
        self.codes.update(*played.refused.values())
        for kind, states in played.states.items():
            for reference in states:
                entries = workflow.history(kind, reference)
                self.rules.update(each.rule for each in entries)
                self.states.update(each.event.state for each in entries)


def test_journals_come_everywhere() -> None:
    """Within 300 journals: every state of the three lifecycles, every row, most lines accepted, most limits met."""
    seen = Seen()

    @seed(1)
    @settings(
        max_examples=300,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.journals(longest=80))
    def draw(journal: list[Request]) -> None:
        seen.see(journal)

    draw()
    lifecycles = machines.LIFECYCLES.values()
    assert seen.states == {state for lifecycle in lifecycles for state in lifecycle.states}
    assert seen.rules == {rule.id for lifecycle in lifecycles for rule in lifecycle.steps}
    assert 0.5 < seen.accepted / seen.lines < 0.9
    codes = {code for lifecycle in lifecycles for rule in lifecycle.steps for code in rule.codes}
    assert len(seen.codes & codes) > 0.8 * len(codes), codes - seen.codes


SHORTEST: Mapping[str, tuple[int, int]] = {"retained": (7, 7)}
"""How many lines it takes to come to a state, and to how many they shrink at most."""


@pytest.mark.parametrize("state", SHORTEST)
def test_journals_shrink_to_the_shortest(state: str) -> None:
    """The smallest journal that reaches a state has few lines; the one to a retained candidate not one too many."""
    command = [sys.executable, str(Path(__file__).with_name("shrinking.py")), state]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    least, most = SHORTEST[state]
    assert least <= len(found.splitlines()) <= most, found

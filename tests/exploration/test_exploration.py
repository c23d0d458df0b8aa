"""`explore`: the rules hold in every world within bounds, and a planted fault is found by a short journal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from planting import Lifecycles, changed, having, without

from own_rules import BACK, TAKEN_BACK
from poec_workflow import (
    Accepted,
    ActionState,
    ActorKind,
    ApplicationState,
    CommandRefused,
    Malformed,
    Refused,
    Settings,
    SubjectKind,
    Workflow,
    commands,
    decider,
    folding,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.catalogue import Catalogue
from poec_workflow.cli.app import program
from poec_workflow.events import EVENTS
from poec_workflow.machines import LIFECYCLES, Lifecycle, with_rows
from poec_workflow.model import OPEN_STATES
from poec_workflow.policies import PERMISSIONS, Grant, advice, deadlines, facts
from poec_workflow.serialization import journal_line
from poec_workflow.testing import Bounds, Exploration, SettableClock, explore
from poec_workflow.testing.exploration import search
from poec_workflow.testing.journals import to_line
from poec_workflow.testing.reference.asked_promises import name_of
from poec_workflow.testing.reference.properties import OF_DECISIONS

SMALL = Bounds(capacities=(1,), coefficients=(2,))
ONE = Bounds(applications=1, capacities=(1,), coefficients=(2,))


@cache
def usual() -> Exploration:
    return explore()


def executed(lines: list[str], settings: Settings | None = None) -> tuple[Workflow, list[Accepted | Refused]]:
    clock = SettableClock("2021-11-02T12:00:00+01:00")
    workflow = Workflow(MemoryStorage(), clock=clock, settings=settings or Settings())
    return workflow, workflow.execute_many([journal_line(line) for line in lines])


def test_every_world_within_the_usual_bounds_is_as_it_must_be() -> None:
    """No violation, no overlap, no dead row, no state that nobody reaches or leaves; and there was much to see."""
    found = usual()
    assert found.violations == ()
    assert (found.overlaps, found.dead, found.unreached, found.unleft) == ({}, (), (), ())
    assert found.ok
    assert found.complete
    assert found.states > 3_000
    assert found.decisions > 50_000
    assert found.accepted > 20_000


def test_the_journals_of_an_exploration_are_real() -> None:
    """The workflow accepts every line of the journal over each row, and its last line takes the row."""
    for row in usual().rows:
        workflow, answers = executed(list(map(to_line, row.journal)))
        last = answers[-1]
        assert all(isinstance(each, Accepted) for each in answers)
        assert isinstance(last, Accepted)
        kinds = {(each.subject.subject_kind, each.subject.reference) for each in last.changes}
        assert row.id in {workflow.history(*each)[-1].rule for each in kinds}


def never(_subject: Any, _facts: Any) -> dict[str, Any]:
    """A service's own policy that refuses everything."""
    return {}


Plant = Callable[[pytest.MonkeyPatch], Any]


def _later(session: Any, today: Any, settings: Settings) -> bool:
    return bool(session.end < today - timedelta(days=settings.grace_days + 1))


def _in_greenwich(known: facts.Facts) -> Any:
    return known.now.astimezone(UTC).date()


def _folding(fold: Any) -> Any:
    """Every event's fold in place of its own."""
    return dict.fromkeys(EVENTS.values(), fold)


def _forgetful(subject: Any, event: Any, evolve_well: Any = folding.evolve) -> Any:
    """A fold that loses what the convocations were."""
    after = evolve_well(subject, event)
    return evolve(after, convocations=()) if event.type == "presence-recorded" else after


def _misled(subject: Any, event: Any) -> Any:
    """A fold that takes back an advice to where it was given."""
    after = folding.evolve(subject, event)
    back = event.type == "withdrawn" and subject.state == "retained"
    return evolve(after, state=ApplicationState.PRESENT) if back else after


def _set(module: Any, name: str, value: Any) -> Plant:
    return lambda patch: patch.setattr(module, name, value)


FAULTS: dict[str, tuple[str, Lifecycles, Plant | None, Settings | None]] = {
    "a seat too many": ("each-refusal-is-due", without("L9", "no-seat-left"), None, None),
    "no quota": ("each-refusal-is-due", without("L1", "quota-reached"), None, None),
    "registration without an end": ("each-refusal-is-due", without("L1", "registration-deadline-passed"), None, None),
    "registration on any action": ("each-refusal-is-due", without("L1", "action-not-published"), None, None),
    "a candidate twice": ("each-refusal-is-due", without("L1", "already-applied"), None, None),
    "a day of grace too many": ("each-refusal-is-due", LIFECYCLES, _set(deadlines, "is_overdue", _later), None),
    "the day of another zone": (
        "each-refusal-is-due",
        LIFECYCLES,
        _set(facts.Facts, "today", property(_in_greenwich)),
        None,
    ),
    "advice after the deadline": ("each-refusal-is-due", without("L10", "advice-deadline-passed"), None, None),
    "expiry at once": ("each-refusal-is-due", without("L12", "advice-deadline-not-passed"), None, None),
    "expiry when recorded": ("events-take-effect-when-due", having("L12", effective=None), None, None),
    "nobody says that every seat is given": ("each-advisory-is-due", having("L1", advise=()), None, None),
    "a full session forgets who waits": ("endings-reach-all", having("S8", then=None), None, None),
    "a cancellation forgets who waits": ("closed-sessions-hold-nobody", having("S10", then=None), None, None),
    "a cancellation forgets the overdue": ("endings-reach-all", having("S10", first=None), None, None),
    "an action put away forgets who waits": (
        "each-refusal-is-due",
        without("A6", "open-applications-remain"),
        None,
        None,
    ),
    "a final state left": (
        "final-is-final",
        changed("L11", lambda rule: evolve(rule, source={*OPEN_STATES, ApplicationState.RETAINED})),
        None,
        None,
    ),
    "an absence that never rejects": (
        "each-outcome-is-due",
        having("L5", target=ApplicationState.ABSENT),
        None,
        None,
    ),
    "a wrong target": ("each-outcome-is-due", having("L7", target=ApplicationState.PENDING), None, None),
    "presence before its day": ("each-refusal-is-due", without("L3", "convocation-not-due"), None, None),
    "convocations in any order": (
        "each-refusal-is-due",
        without("L2", "convocation-not-after-previous"),
        None,
        None,
    ),
    "any motive": ("each-refusal-is-due", without("L10", "reserved-motive"), None, None),
    "any reason": ("each-refusal-is-due", without("L11", "unknown-reason"), None, None),
    "any entry": ("each-refusal-is-due", without("L9", "entry-outside-window"), None, None),
    "full with seats": ("each-refusal-is-due", without("S8", "seats-remain"), None, None),
    "open without seats": ("each-refusal-is-due", without("S9", "no-seat-left"), None, None),
    "the last seat does not close": (
        "endings-reach-all",
        having("L9", then=None),
        None,
        Settings(close_when_full="automatic"),
    ),
    "the last seat closes by itself": ("endings-reach-all", having("L9", then_given=()), None, None),
    "a session without order": ("each-refusal-is-due", without("S1", "session-dates-out-of-order"), None, None),
    "any title": ("each-refusal-is-due", without("A1", "title-without-poec-prefix"), None, None),
    "any field": ("each-refusal-is-due", without("A2", "field-not-editable"), None, None),
    "no question asked": ("each-refusal-is-due", without("A3", "no-pending-certification"), None, None),
    "anybody": ("strangers-may-do-nothing", LIFECYCLES, _set(decider, "permitted", lambda *_: True), None),
    "a fold that forgets": (
        "history-folds-to-the-state",
        LIFECYCLES,
        _set(decider, "STEPS", _folding(_forgetful)),
        None,
    ),
    "versions that jump": (
        "versions-grow-by-one",
        LIFECYCLES,
        _set(decider, "STEPS", _folding(lambda subject, event: evolve(folding.evolve(subject, event), version=7))),
        None,
    ),
    "no row for an absence": ("some-row-is-chosen", changed("L6", lambda _: None), None, None),
    "a policy that fails": (
        "decide-answers",
        LIFECYCLES,
        _set(advice, "unknown_motive", lambda *_: int("")),
        None,
    ),
    "a refusal without a reason": (
        "refusals-say-why",
        LIFECYCLES,
        _set(search, "decide", lambda *_: Refused(())),
        None,
    ),
    "accepted without a row": (
        "the-table-decides",
        changed("L7", lambda _: None),
        _set(search, "decide", lambda *asked: decider.decide(*asked[:3])),
        None,
    ),
    "a row's permissions that nobody asks": (
        "own-rows-are-permitted",
        with_rows(evolve(TAKEN_BACK, permit=(Grant("funder"),))),
        _set(Lifecycle, "permits", ()),
        None,
    ),
    "a row that leads elsewhere": (
        "each-outcome-is-due",
        BACK,
        _set(decider, "STEPS", _folding(_misled)),
        None,
    ),
    "an end that is left, where no row of ours leads out": (
        "final-is-final",
        with_rows(evolve(TAKEN_BACK, source="no-advice"), to=having("L11", source={*OPEN_STATES, "session-full"})),
        None,
        None,
    ),
    "an expiry that is refused": (
        "a-sweep-leaves-nothing-open",
        changed("L12", lambda rule: evolve(rule, unless=(*rule.unless, never))),
        None,
        None,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the invariant that it breaks, with a journal of at most twelve lines."""
    invariant, lifecycles, plant, settings = FAULTS[fault]
    if plant:
        plant(monkeypatch)
    found = explore(lifecycles, SMALL, settings=settings, whole=False)
    assert not found.ok
    broken = {each.invariant: each for each in found.violations}
    assert invariant in broken
    assert 1 <= len(broken[invariant].journal) <= 12


def test_rows_that_are_chosen_at_once_are_found() -> None:
    """Two rows whose conditions hold together are named, with the command and the state."""
    found = explore(changed("L4", lambda rule: evolve(rule, given=rule.given[:1])), SMALL)
    assert found.overlaps == {"L4 and L5": "record-absence in convoked"}
    assert not found.ok


def test_what_is_never_taken_reached_or_left_is_named() -> None:
    """A row whose policy always refuses is dead; so are the states behind it, and those that had no other way out."""
    found = explore(changed("L2", lambda rule: evolve(rule, unless=(never,))))
    assert not found.ok
    assert found.violations == ()
    assert [row.id for row in found.dead] == ["L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "L10", "L13", "S8", "S9"]
    assert set(found.dead[0].refused) == {"never"}
    unreached = {state for _, state in found.unreached}
    assert unreached == {"convoked", "present", "absent", "retained", "session-full", "complete"}
    stuck = changed("A7", lambda rule: evolve(rule, unless=(never,)))
    stuck = {**stuck, SubjectKind.ACTION: evolve(stuck[SubjectKind.ACTION], rules=_without_deleting(stuck))}
    assert explore(stuck, ONE).unleft == ((SubjectKind.ACTION, ActionState.ARCHIVED),)


def _without_deleting(tables: Lifecycles) -> tuple[Any, ...]:
    current = frozenset(ActionState) - {ActionState.ARCHIVED, ActionState.DELETED}
    return tuple(evolve(rule, source=current) if rule.id == "A8" else rule for rule in tables[SubjectKind.ACTION].rules)


def test_a_services_own_policy_may_kill_rows() -> None:
    """That is reported with its name, and is no violation: it is what the service has chosen."""
    found = explore(settings=Settings(refuse_also={commands.Retain: (never,)}), bounds=SMALL)
    assert found.ok
    assert [row.id for row in found.dead] == ["L9", "L13", "S8", "S9"]
    [dead, *_] = found.to_dict()["dead_rows"]
    assert (dead["row"], dead["own"]) == ("L9", ["never"])


@pytest.mark.parametrize(
    "settings",
    [
        Settings(quota_counts="live"),
        Settings(overbooking=1),
        Settings(close_when_full="automatic"),
        Settings(grace_days=0, max_convocations=1),
        Settings(coefficient_min=1, coefficient_max=1, weekly_hours_max=Decimal(20)),
        Settings(time_zone="America/Cayenne", max_convocations=2),
        Settings(permissions={**PERMISSIONS, commands.Convoke: (Grant(ActorKind.ORGANIZATION),)}),
        Settings(catalogue=Catalogue.of({"absence": ["said"], "withdrawal": ["gone"], "profile": ["far"]})),
    ],
    ids=lambda each: each.fingerprint,
)
def test_the_invariants_hold_under_other_settings(settings: Settings) -> None:
    """Whatever a service sets, nothing is violated."""
    found = explore(settings=settings, bounds=Bounds(capacities=(1,), attempts=1))
    assert found.violations == ()
    assert found.overlaps == {}
    assert found.ok


def test_without_a_motive_to_give_rejections_are_dead() -> None:
    """A catalogue of reserved motives alone lets nobody reject."""
    only = Settings(catalogue=Catalogue.of({"absence": ["said"]}))
    found = explore(settings=only, bounds=ONE)
    assert {row.id for row in found.dead} >= {"L10", "L11"}
    assert found.ok


def test_bounds_stop_an_exploration() -> None:
    """Past so many worlds it ends, and says that it is not complete; a bound below one is none."""
    found = explore(bounds=Bounds(states=50))
    assert not found.complete
    assert 50 < found.states < 100
    made: Any = Bounds
    wrong: dict[str, Any] = {"applications": 0, "capacities": (), "coefficients": (0,), "attempts": 0, "states": 0}
    for name, value in wrong.items():
        with pytest.raises(Malformed, match=rf"\$\.{name}: expected 1 or more"):
            made(**{name: value})


def test_the_report_is_plain_data() -> None:
    """As JSON: counts, rows, what is missing, and each violation's journal, a string a line."""
    data = json.loads(json.dumps(usual().to_dict()))
    assert data["ok"]
    assert data["bounds"] == {"applications": 2, "capacities": [1, 2], "coefficients": [2, 3], "attempts": 3}
    assert len(data["rows"]) == 34
    found = explore(without("L1", "quota-reached"), SMALL, whole=False).to_dict()
    [violation] = found["violations"]
    workflow, answers = executed(violation["journal"][:-1])
    assert all(isinstance(each, Accepted) for each in answers)
    last = journal_line(violation["journal"][-1])
    with pytest.raises(CommandRefused, match="quota-reached"):
        workflow.execute(last.command, last.actor)


def test_every_invariant_is_shown_to_find_something() -> None:
    """Each has a fault above that it finds."""
    shown = {invariant for invariant, *_ in FAULTS.values()}
    assert set(map(name_of, OF_DECISIONS)) <= shown


def test_the_command_names_overlaps_and_states_that_nobody_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` prints what the exploration found of both, and exits 1."""
    once = Settings(max_convocations=1)
    tables = changed("L4", lambda rule: evolve(rule, given=rule.given[:1]))
    action = changed("A7", lambda rule: evolve(rule, unless=(never,)))
    tables = {**tables, SubjectKind.ACTION: evolve(action[SubjectKind.ACTION], rules=_without_deleting(action))}
    found = explore(tables, ONE, settings=once)
    monkeypatch.setattr("poec_workflow.cli.check_command.explore", lambda **_: found)
    ran = CliRunner().invoke(program, ["check"])
    assert ran.exit_code == 1
    assert "never left: Training action Archived\n" in ran.stdout
    assert "overlap: L4 and L5 are both chosen by record-absence in convoked\n" in ran.stdout

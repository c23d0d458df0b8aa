"""A service's own rows: which of them can be, what the tables then are, and what is decided by them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from attrs import evolve, fields_dict
from hypothesis import given, settings
from hypothesis import strategies as st

from own_rules import BACK, EVERY, MOVED, TAKEN_BACK, session_begun
from poec_workflow import Accepted, Actor, Malformed, Refused, Settings, Workflow, commands, events
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS
from poec_workflow.decider import decide
from poec_workflow.events import ENVELOPE, EVENTS
from poec_workflow.explanation import explain
from poec_workflow.folding import evolve as folded
from poec_workflow.machines import LIFECYCLES, SAME, AnyRule, Rule, with_rows
from poec_workflow.machines.lifecycle import WrongTable
from poec_workflow.model import (
    STATE_TYPES,
    SYSTEM,
    ActorKind,
    ApplicationState,
    SessionState,
    State,
    Subject,
    SubjectKind,
    Tally,
)
from poec_workflow.policies import PERMISSIONS, Grant
from poec_workflow.policies.advice import entry_outside_window, retained_elsewhere, unknown_reason
from poec_workflow.policies.attendance import convocation_not_due, gave_notice
from poec_workflow.policies.convocation import convocation_already_passed
from poec_workflow.policies.deadlines import advice_deadline_passed
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import Condition, condition
from poec_workflow.remedies import remedy
from world import ACTION, SAMPLES, SESSION, application, facts, related

STATES: list[State] = [state for kind in STATE_TYPES.values() for state in kind]
RETAINED, REJECTED, PENDING = ApplicationState.RETAINED, ApplicationState.REJECTED, ApplicationState.PENDING
PLATFORM, TRAINER = related(ActorKind.PLATFORM), related(ActorKind.ORGANIZATION)
ANYBODY = Settings(permissions={command: tuple(map(Grant, ActorKind)) for command in PERMISSIONS})


@condition
def of_agen(_subject: object, facts: Facts) -> bool:
    return facts.session.place.endswith("AGEN")


def faults(*rows: Any, **more: Any) -> dict[str, list[str]]:
    """What is wrong, by place; nothing where the rows can be."""
    try:
        with_rows(*rows, **more)
    except Malformed as error:
        found: dict[str, list[str]] = {}
        for each in error.faults:
            found.setdefault(each.place, []).append(each.problem)
        return found
    return {}


def subject_in(state: State) -> Subject:
    """A subject of the world in a state."""
    if isinstance(state, ApplicationState):
        return application(state)
    other: Any = SESSION if isinstance(state, SessionState) else ACTION
    found: Subject = evolve(other, state=state)
    return found


def told(answer: Accepted | Refused) -> object:
    """An answer, without the commands that its state accepts, and whether it is final."""
    return answer.codes if isinstance(answer, Refused) else (answer.changes, answer.advisories)


# Which rows can be


@st.composite
def drawn_rows(draw: st.DrawFn) -> dict[str, Any]:
    """The parts of a row, mostly of one lifecycle."""
    kind = draw(st.sampled_from(SubjectKind))
    near = [each for each in COMMANDS.values() if each.subject_kind is kind]
    outcomes = [each for each in EVENTS.values() if each.subject_kind is kind]
    of_kind = list(STATE_TYPES[kind])
    states = st.sampled_from(of_kind * 4 + STATES)
    return {
        "source": draw(states.map(lambda each: (each,)) | st.sets(states, min_size=1, max_size=3)),
        "command": draw(st.sampled_from(near * 4 + list(COMMANDS.values()))),
        "target": draw(st.sampled_from([*of_kind * 4, *STATES, SAME])),
        "event": draw(st.sampled_from(outcomes * 4 + list(EVENTS.values()))),
    }


NEVER_CONVOKED = {PENDING, REJECTED, *map(ApplicationState, ("no-advice", "session-full", "cancelled"))}
CONVOKED = {*map(ApplicationState, ("convoked", "present", "absent"))}
CREATE = {
    *(commands.Preregister, commands.CreateSession, commands.CreateAction),
    *(events.Preregistered, events.SessionCreated, events.ActionCreated),
    *(commands.ImportApplication, commands.ImportSession, commands.ImportAction),
    *(events.Imported, events.SessionImported, events.ActionImported),
}


def can_be(source: Iterable[State], command: Any, target: Any, event: Any) -> bool:
    """Whether a row without conditions can be added, said over again without a table's own checks."""
    kind, own = command.subject_kind, fields_dict(event)
    named = [*source, *([] if target is SAME else [target])]
    needed = [name for name, each in own.items() if name not in ENVELOPE and not isinstance(each.default, str)]
    rows = [rule for rule in LIFECYCLES[kind].rules if rule.command is command]
    # From some states nobody need have been convoked; into others only who was convoked may come.
    into = {state if target is SAME else target for state in source if state in NEVER_CONVOKED}
    return (
        event.subject_kind is kind
        and all(isinstance(each, STATE_TYPES[kind]) for each in named)
        and not CREATE & {command, event}
        and all(hasattr(command, each) for each in needed)
        and not any(state in (rule.source or ()) for rule in rows for state in source)
        and (kind is not SubjectKind.APPLICATION or event is events.Convoked or not into & CONVOKED)
        and (event is not events.ConvocationMoved or not NEVER_CONVOKED & {*source})
    )


SOUND: list[AnyRule] = [
    Rule("X1", state, command, target, event)
    for kind in SubjectKind
    for state in STATE_TYPES[kind]
    for command in COMMANDS.values()
    for target in (*STATE_TYPES[kind], SAME)
    for event in EVENTS.values()
    if command.subject_kind is kind and can_be((state,), command, target, event)
]
"""Every row from one state and without conditions that can be."""


@given(drawn_rows())
@settings(max_examples=1_500, deadline=None)
def test_a_row_can_be_or_is_malformed(parts: dict[str, Any]) -> None:
    """Exactly the rows that can be are added, and whatever is wrong with another is said at its place."""
    found: Any = None
    try:
        found = with_rows(Rule("X1", **parts))
    except Malformed as error:
        places = [each.place for each in error.faults]
        assert all(each.startswith("$.X1") for each in places), error  # noqa: PT017 - all that is wrong with it
    assert (found is not None) is can_be(**parts)
    if found:
        assert [kind for kind, each in found.items() if "X1" in each.own] == [parts["command"].subject_kind]


@given(st.sampled_from(SOUND))
@settings(max_examples=400, deadline=None)
def test_a_row_that_can_be_decides(rule: AnyRule) -> None:
    """Where it starts its command leads to its target by its event; every other cell answers as before."""
    lifecycles = with_rows(rule)
    lifecycle = lifecycles[rule.command.subject_kind]
    command = SAMPLES[rule.command.type]
    for state in lifecycle.states:
        subject = subject_in(state)
        known = evolve(facts(SYSTEM, subject=subject), settings=ANYBODY)
        before, after = (decide(subject, command, known, each) for each in (LIFECYCLES, lifecycles))
        if state not in rule.targets:
            assert told(after) == told(before)
            continue
        assert isinstance(after, Accepted)
        assert after.change.rule == "X1"
        assert after.subject.state is rule.targets[state]
        assert after.final is (after.subject.state in lifecycle.final)
        assert folded(subject, after.change.event) == after.subject


@given(st.sampled_from(SOUND))
@settings(max_examples=300, deadline=None)
def test_a_state_that_a_row_leads_out_of_is_not_final(rule: AnyRule) -> None:
    """Of the states that were final those are left that no row leads elsewhere from; no other becomes final."""
    kind = rule.command.subject_kind
    before, after = LIFECYCLES[kind], with_rows(rule)[kind]
    assert after.final == {state for state in before.final if state not in rule.targets or rule.targets[state] is state}
    assert after.fingerprint != before.fingerprint
    assert after.rules[:-1] == before.rules


@pytest.mark.parametrize(("source", "target"), [("rejected", "pending"), ("cancelled", "no-advice")])
def test_a_lifecycle_says_which_states_are_final(source: str, target: str) -> None:
    """One that calls a state final has no row out of it, not even a service's own; one that stays there it may have."""
    lifecycle = LIFECYCLES[SubjectKind.APPLICATION]
    with pytest.raises(WrongTable, match=f"X1 leaves the final state {source}"):
        evolve(lifecycle, rules=(*lifecycle.rules, row(source=source, target=target)), own=frozenset({"X1"}))
    staying = evolve(lifecycle, rules=(*lifecycle.rules, row(source=source, target=source)), own=frozenset({"X1"}))
    assert staying.final == lifecycle.final


def test_a_condition_of_a_name_is_one_where_both_are_asked() -> None:
    """In another state of the same command the name is free."""
    ours = evolve(of_agen, name="gave-notice")
    parts: dict[str, Any] = {"command": commands.RecordAbsence, "event": events.AbsentWithoutNotice}
    assert faults(row(given=(ours,), **parts), row("X2", given=(~ours,), **parts)) == {}


@pytest.mark.parametrize("part", ["first", "then"])
def test_a_sessions_row_may_end_its_applications(part: str) -> None:
    """Before it, and after it."""
    parts: dict[str, Any] = {part: commands.Expire}
    assert faults(Rule("X1", "cancelled", commands.CorrectSession, SAME, events.SessionCorrected, **parts)) == {}


def test_what_comes_before_an_actions_row_ends_the_applications_of_its_sessions() -> None:
    """An action's row may have applications end first, and nothing after it."""
    parts: Any = (commands.CorrectAction, SAME, events.ActionCorrected)
    assert faults(Rule("X1", "deleted", *parts, first=commands.Expire)) == {}
    assert list(faults(Rule("X1", "deleted", *parts, then=commands.Expire))) == ["$.X1.then"]


def test_an_id_has_sixteen_letters_at_most() -> None:
    """As the database has room for."""
    assert faults(row("X" * 16)) == {}
    with pytest.raises(Malformed, match="16 at most"):
        row("X" * 17)


def test_a_row_may_have_as_many_conditions_as_it_says() -> None:
    """Ten, in one row or in two of one state: then all that is missing is what else may be."""
    assert list(faults(row(given=named_conditions(10)))) == ["$.X1"]
    both = (row(given=named_conditions(10)[:5]), row("X2", given=named_conditions(10)[5:]))
    assert not {"$.X1.given", "$.X2.given"} & faults(*both).keys()


def test_the_packages_tables_stay_as_they_are() -> None:
    """Rows are added to a copy; without rows it is the same."""
    assert BACK[SubjectKind.APPLICATION] is not LIFECYCLES[SubjectKind.APPLICATION]
    assert BACK[SubjectKind.SESSION] is LIFECYCLES[SubjectKind.SESSION]
    assert "X1" not in {rule.id for each in LIFECYCLES.values() for rule in each.rules}
    assert with_rows() == LIFECYCLES
    assert Workflow(MemoryStorage()).lifecycles is LIFECYCLES


def test_rows_are_added_to_rows() -> None:
    """`to` takes lifecycles that have some; all of them count as the service's."""
    both = with_rows(MOVED, to=BACK)
    assert [each.own for each in both.values()] == [{"X1"}, {"X2"}, frozenset()]
    assert faults(TAKEN_BACK, to=BACK) == {
        "$.X1": ["the id is taken"],
    }


ROW = {"source": "retained", "command": commands.Withdraw, "target": "rejected", "event": events.Withdrawn}


def row(name: str = "X1", **parts: Any) -> Any:
    return Rule(name, **{**ROW, **parts})


NOT_A_TEST: Any = 7


def own_policy(_application: object, _facts: object) -> None: ...


def no_seat_left(_application: object, _facts: object) -> None: ...


def unusual_weekly_hours(_application: object, _facts: object) -> None: ...


def a__code(_application: object, _facts: object) -> None: ...


def named_conditions(count: int) -> tuple[Any, ...]:
    """So many conditions, each of a name of its own."""
    return tuple(evolve(of_agen, name=f"condition-{number}") for number in range(count))


FAULTY: dict[str, tuple[tuple[Any, ...], dict[str, list[str]]]] = {
    "our id": ((row("L11"),), {"$.L11": ["the id is taken"]}),
    "an id twice": (
        (row(), row(source="no-advice")),
        {"$.X1": ["the id stands twice"]},
    ),
    "no rule": (
        ("X1", None),
        {
            "$.rules[0]": ["expected a Rule, not 'X1'"],
            "$.rules[1]": ["expected a Rule, not None"],
        },
    ),
    "an overlap with ours": (
        (row(source=("pending", "retained")),),
        {"$.X1": ["withdraw in pending with {} chooses L11 and X1"]},
    ),
    "an overlap of two": (
        (row(), row("X2", target="cancelled")),
        {
            "$.X1": ["withdraw in retained with {} chooses X1 and X2"],
            "$.X2": ["withdraw in retained with {} chooses X1 and X2"],
        },
    ),
    "incomplete": (
        (row(given=(of_agen,)),),
        {"$.X1": ["withdraw in retained with {'of-agen': False} chooses no row"]},
    ),
    "incomplete, said once a state": (
        (row(source=("retained", "no-advice"), given=named_conditions(2)),),
        {
            "$.X1": [
                f"withdraw in {state} with {{'condition-0': True, 'condition-1': False}} chooses no row"
                for state in ("retained", "no-advice")
            ]
        },
    ),
    "never": (
        (row(given=(of_agen, ~of_agen)), row("X2", source="no-advice")),
        {
            "$.X1.given": ["never holds: of-agen and not of-agen"],
        },
    ),
    "a condition of our name": (
        (
            row(
                source="convoked",
                command=commands.RecordAbsence,
                event=events.AbsentWithoutNotice,
                given=(evolve(of_agen, name="gave-notice"),),
            ),
        ),
        {"$.X1.given": ["there are two conditions gave-notice for record-absence"]},
    ),
    "too many conditions": ((row(given=named_conditions(11)),), {"$.X1.given": ["expected 10 conditions at most"]}),
    "too many conditions of several": (
        (row(given=named_conditions(6)), row("X2", given=named_conditions(12)[6:])),
        {f"$.{each}.given": ["more than 10 conditions for withdraw"] for each in ("X1", "X2")},
    ),
    "a creation": (
        (Rule("X1", None, commands.Preregister, "pending", events.Preregistered),),
        {
            "$.X1.source": ["expected states: a service's own row creates nothing"],
            "$.X1.command": ["preregister creates, and starts from nothing"],
            "$.X1.event": ["preregistered is the first event of a history"],
        },
    ),
    "another lifecycle": (
        (row(source=SessionState.CANCELLED, target=SessionState.ACTIVE, event=events.SessionReopened),),
        {
            "$.X1.event": ["session-reopened is no event of an application, which withdraw is given to"],
            "$.X1.source": ["cancelled is no state of an application, which withdraw is given to"],
            "$.X1.target": ["active is no state of an application, which withdraw is given to"],
        },
    ),
    "a policy of another command's fields": (
        (row(unless=(entry_outside_window,)), row("X2", source="no-advice", advise=(retained_elsewhere,))),
        {
            "$.X1.unless": ["entry-outside-window looks into retain, which withdraw is not"],
            "$.X2.advise": ["retained-elsewhere looks into retain, which withdraw is not"],
        },
    ),
    "a policy of a convocation where there may be none": (
        (row(source="no-advice", unless=(convocation_not_due,)), row("X2", advise=(convocation_already_passed,))),
        {"$.X1.unless": ["convocation-not-due needs a convocation, and in no-advice there may be none"]},
    ),
    "a convocation moved that is not there": (
        (Rule("X1", "pending", commands.MoveConvocation, SAME, events.ConvocationMoved),),
        {"$.X1.event": ["convocation-moved needs a convocation, and in pending there may be none"]},
    ),
    "another lifecycle's event": (
        (row(target=SAME, event=events.ActionArchived),),
        {"$.X1.event": ["action-archived is no event of an application, which withdraw is given to"]},
    ),
    "nobody was convoked": (
        (
            row(
                source="session-full",
                command=commands.CorrectAttendance,
                target="present",
                event=events.AttendanceCorrected,
            ),
        ),
        {"$.X1.target": ["present needs a convocation, and in session-full there may be none"]},
    ),
    "nobody was convoked, by two rows": (
        (
            row(source="no-advice", command=commands.CorrectAttendance, target="retained", event=events.Expired),
            row("X2", command=commands.CorrectAttendance, target="present", event=events.AttendanceCorrected),
        ),
        {"$.X2.target": ["present needs a convocation, and in retained there may be none"]},
    ),
    "names of ours": (
        (row(unless=(no_seat_left,), advise=(unusual_weekly_hours, a__code)),),
        {
            "$.X1.unless": ["no_seat_left has the name of a rule of this package"],
            "$.X1.advise": [
                "unusual_weekly_hours has the name of an advisory of this package",
                "a__code gives no code: lower-case letters, digits, single underscores",
            ],
        },
    ),
    "a policy twice": ((row(unless=(own_policy, own_policy)),), {"$.X1.unless": ["own-policy stands twice"]}),
    "first": (
        (row(first=commands.Expire),),
        {"$.X1.first": ["nothing comes before an application's change: it would be among those that are ended"]},
    ),
    "the session twice": (
        (
            Rule(
                "X1",
                "cancelled",
                commands.ReopenSession,
                "active",
                events.SessionReopened,
                then=commands.DeclareSessionFull,
            ),
        ),
        {"$.X1.then": ["declare-session-full can't follow the change of a session"]},
    ),
    "an action's": (
        (Rule("X1", "deleted", commands.RestoreAction, "archived", events.ActionRestored, then=commands.Expire),),
        {"$.X1.then": ["expire can't follow the change of an action"]},
    ),
    "what follows has something that follows": (
        (
            row("X1", command=commands.Expire, event=events.Expired, then=commands.DeclareSessionFull),
            row("X2", source="no-advice", then=commands.Expire),
        ),
        {
            "$.X1.then": ["expire is itself what follows S6"],
            "$.X2.then": ["expire has something that follows it (X1)"],
        },
    ),
    "nothing follows": ((row(then_given=(of_agen,)),), {"$.X1.then_given": ["nothing follows, so it chooses nothing"]}),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_row_that_can_not_be(name: str) -> None:
    """Each way to be wrong is said, at its place, when the rows are added."""
    rows, expected = FAULTY[name]
    found = faults(*rows)
    for place, problems in expected.items():
        assert found[place][: len(problems)] == problems
    assert set(found) == set(expected)


def test_all_faults_of_all_rows_at_once() -> None:
    """Of every row, whatever else is wrong."""
    rows = [row("L1"), row("X1", source="pending"), row("X2", unless=(no_seat_left,)), 7]
    assert set(faults(*rows)) == {"$.L1", "$.X1", "$.X2.unless", "$.rules[3]"}


SHAPES: dict[str, list[tuple[Any, str]]] = {
    "source": [
        ((), "expected a state or several"),
        ("published", "not 'published'"),
        ({"nope"}, "not 'nope'"),
        (5, "not 5"),
        (("retained", None), "not None"),
    ],
    "target": [("nope", "not 'nope'"), (None, "not None"), (("rejected",), "not ('rejected',)"), ([], "not []")],
    "command": [
        ("withdraw", "not 'withdraw'"),
        (None, "not None"),
        (commands.Command, "Command'>"),
        (SAMPLES["withdraw"], "not Withdraw("),
    ],
    "event": [
        ("withdrawn", "not 'withdrawn'"),
        (events.ApplicationEvent, "ApplicationEvent'>"),
        ([], "not []"),
        (events.Retained, "retained needs 'entry', which withdraw does not have"),
    ],
    "given": [
        (of_agen, "in a tuple"),
        ((session_begun,), "expected a condition"),
        ("of-agen", "in a tuple"),
        ((Condition("x", NOT_A_TEST, payload_free=True),), "not 7"),
    ],
    "then_given": [((gave_notice, None), "not None")],
    "unless": [
        (session_begun, "in a tuple"),
        ((int,), "not <class 'int'>"),
        (("session-begun",), "not 'session-begun'"),
        ((lambda _, __: None,), "with a name"),
        ((lambda: None,), "another number of arguments"),
    ],
    "advise": [(None, "not None"), ([3], "not 3")],
    "permit": [
        (Grant("platform"), "in a tuple"),
        (("platform",), "not 'platform'"),
        ("platform", "in a tuple"),
        ({}, "in a tuple"),
    ],
    "first": [
        (commands.DeclareSessionFull, "expected a command to applications, not"),
        ("expire", "not 'expire'"),
        (commands.Retain, "needs entry, exit, weekly_hours"),
    ],
    "then": [
        (commands.ArchiveAction, "to applications or to a session"),
        (int, "not <class 'int'>"),
        (commands.Withdraw, "needs reason"),
        (commands.CancelSession, "needs reason"),
    ],
    "effective": [
        ("now", "not 'now'"),
        (lambda: None, "expected a function of (subject, facts)"),
        (Actor, "not <class"),
    ],
    "id": [
        ("", "not ''"),
        (None, "not None"),
        ("X 1", "not 'X 1'"),
        ("x" * 17, "16 at most"),
        ("1X", "not '1X'"),
        ("X-", "not 'X-'"),
        (3, "not 3"),
        (("X1",), "not ('X1',)"),
    ],
}


@pytest.mark.parametrize(
    ("part", "value", "problem"), [(part, *each) for part, some in SHAPES.items() for each in some]
)
def test_a_part_of_the_wrong_shape(part: str, value: Any, problem: str) -> None:
    """A row whose part is no such thing is malformed when it is made, at the place of the part."""
    parts: dict[str, Any] = {"id": "X1", **ROW, part: value}
    with pytest.raises(Malformed) as caught:
        Rule(**parts)
    places = {each.place for each in caught.value.faults}
    assert places == {"$.id" if part == "id" else f"$.X1.{part}"}
    assert problem in str(caught.value)


def test_every_part_at_once() -> None:
    """All that is wrong with one row, and nothing twice."""
    parts = {part: some[0][0] for part, some in SHAPES.items() if part != "id"}
    with pytest.raises(Malformed) as caught:
        Rule("X1", **parts)
    assert {each.place for each in caught.value.faults} == {f"$.X1.{part}" for part in parts}


JUNK = st.sampled_from(
    [None, 0, "", "x", b"", (), [], {}, set(), object(), int, Ellipsis, [None], ("retained",), lambda: 0]
)


@given(st.dictionaries(st.sampled_from(sorted({"id", *SHAPES})), JUNK, min_size=1))
@settings(max_examples=400, deadline=None)
def test_no_input_bursts(junk: dict[str, Any]) -> None:
    """Whatever is given, a row is made or is malformed."""
    with suppress(Malformed):
        with_rows(Rule(**{"id": "X1", **ROW, **junk}))


def test_values_and_members_make_the_same_row() -> None:
    """A state may be given by its value, alone or among others, in any order and in any sequence."""
    made = [
        row(source=source)
        for source in (
            {"retained", "no-advice"},
            ["no-advice", "retained"],
            (ApplicationState.RETAINED, "no-advice"),
            frozenset({ApplicationState.RETAINED, ApplicationState.NO_ADVICE}),
            iter(["retained", "no-advice", "retained"]),
        )
    ]
    assert {each.source for each in made} == {(ApplicationState.RETAINED, ApplicationState.NO_ADVICE)}
    assert row() == row(source=ApplicationState.RETAINED, target=ApplicationState.REJECTED)
    assert row(unless=[session_begun], permit=[Grant("platform")]) == TAKEN_BACK


def test_policies_of_ours_may_refuse_in_a_row() -> None:
    """The package's own functions keep their codes; with the event of the package's row."""
    lifecycles = with_rows(row(unless=(advice_deadline_passed, unknown_reason)))
    late = facts(PLATFORM, subject=application(RETAINED), now=SESSION_LATE)
    command = commands.Withdraw("C-1", reason="nonsense")
    answer = decide(application(RETAINED), command, late, lifecycles)
    assert isinstance(answer, Refused)
    assert answer.codes == {"advice-deadline-passed", "unknown-reason"}


SESSION_LATE = facts(PLATFORM).now.replace(year=2023)


@pytest.mark.parametrize(
    ("given_", "problem"),
    [
        (None, "expected lifecycles"),
        ("APPLICATION", "expected lifecycles"),
        ({}, "expected the lifecycle of application"),
        (
            {**dict[Any, Any](LIFECYCLES), SubjectKind.SESSION: LIFECYCLES[SubjectKind.ACTION]},
            "expected the lifecycle of session",
        ),
        (
            {**dict[Any, Any](LIFECYCLES), SubjectKind.ACTION: LIFECYCLES[SubjectKind.SESSION]},
            "expected the lifecycle of action",
        ),
        ({**dict[Any, Any](LIFECYCLES), "other": 3}, "not a kind of subject: 'other'"),
        (LIFECYCLES[SubjectKind.SESSION], "expected lifecycles"),
    ],
)
def test_what_is_no_lifecycles(given_: Any, problem: str) -> None:
    """A workflow, and `with_rows`, say it when they are made."""
    with pytest.raises(Malformed, match=problem) as caught:
        Workflow(MemoryStorage(), lifecycles=given_)
    assert {each.place for each in caught.value.faults} == {"$.lifecycles"}
    with pytest.raises(Malformed, match=problem):
        with_rows(to=given_)


def test_lifecycles_can_not_be_changed_from_outside() -> None:
    """A workflow keeps a copy."""
    given_ = dict(LIFECYCLES)
    workflow = Workflow(MemoryStorage(), lifecycles=given_)
    given_.clear()
    assert workflow.lifecycles == LIFECYCLES


# Who may


@pytest.mark.parametrize("who", [TRAINER, PLATFORM, related(ActorKind.CANDIDATE), related(ActorKind.FUNDER)])
def test_a_row_permits_for_itself_alone(who: Actor) -> None:
    """Where a row with permissions is chosen they decide; everywhere else those of the settings."""
    for state, command in product(ApplicationState, ("withdraw", "convoke")):
        subject = application(state)
        known = facts(who, subject=subject, tally=Tally(registered=1, **{state.name.lower(): 1}))
        before, after = (decide(subject, SAMPLES[command], known, each) for each in (LIFECYCLES, BACK))
        if (state, command) != (RETAINED, "withdraw"):
            assert told(after) == told(before)
        elif who == PLATFORM:
            assert isinstance(after, Accepted)
        else:
            assert isinstance(after, Refused)
            assert after.codes == {"not-permitted"}


def test_the_conditions_say_whose_permissions_count() -> None:
    """Of two rows of one cell the one that is chosen decides who may."""
    lifecycles = with_rows(
        row("X1", given=(of_agen,), permit=(Grant("platform"),)),
        row("X2", given=(~of_agen,), permit=(Grant("funder"),)),
    )
    funder = related(ActorKind.FUNDER)
    for place, may in (("47 - AGEN", PLATFORM), ("Pau", funder)):
        for actor in (PLATFORM, funder, TRAINER):
            known = facts(actor, session=evolve(SESSION, place=place), subject=application(RETAINED))
            answer = decide(application(RETAINED), SAMPLES["withdraw"], known, lifecycles)
            assert isinstance(answer, Accepted) is (actor == may)
            found = {each.command: each for each in explain(application(RETAINED), known, lifecycles)}
            assert found[commands.Withdraw].allowed is (actor == may)


@condition
def is_long(_application: object, _facts: Facts, command: commands.Withdraw) -> bool:
    return command.comment is not None


def test_explain_permits_what_a_payload_may_choose() -> None:
    """Where the payload chooses among rows, who may take one of them may give the command."""
    lifecycles = with_rows(
        row("X1", given=(is_long,), permit=(Grant("platform"),), unless=(session_begun,)),
        row("X2", given=(~is_long,), permit=(Grant("funder"),)),
    )
    begun = SESSION_LATE
    for who, codes in ((PLATFORM, {"session-begun"}), (related(ActorKind.FUNDER), set()), (TRAINER, {"not-permitted"})):
        known = facts(who, subject=application(RETAINED), now=begun)
        found = {each.command: each for each in explain(application(RETAINED), known, lifecycles)}
        assert {each.code for each in found[commands.Withdraw].refusals} == codes


def test_a_service_that_permits_nobody_else() -> None:
    """A row's permissions stand in the place of the settings', narrower or wider."""
    nobody = Settings(permissions={**PERMISSIONS, commands.Withdraw: ()})
    known = evolve(facts(PLATFORM, subject=application(RETAINED)), settings=nobody)
    assert isinstance(decide(application(RETAINED), SAMPLES["withdraw"], known, BACK), Accepted)
    assert isinstance(decide(application(PENDING), SAMPLES["withdraw"], known, BACK), Refused)


def test_explain_and_remedy_know_the_row() -> None:
    """What refuses it is said, and until when it would pass; without the row there is none."""
    subject = application(RETAINED)
    known = facts(PLATFORM, subject=subject, now=SESSION_LATE)
    found = {each.command: each for each in explain(subject, known, BACK)}
    assert [each.code for each in found[commands.Withdraw].refusals] == ["session-begun"]
    without = {each.command: each for each in explain(subject, known)}
    assert [each.code for each in without[commands.Withdraw].refusals] == ["no-transition"]
    no_row = found[commands.RecordPresence].refusals
    assert [each.code for each in no_row] == ["not-permitted"]
    until = remedy(subject, SAMPLES["withdraw"], known, BACK)
    assert until is not None
    assert until.fact == "today"
    assert until.value < SESSION.start
    assert found[commands.Withdraw].remedy == until


def test_what_is_accepted_in_a_state_is_by_the_given_tables() -> None:
    """The refusal `no-transition` lists the row's command."""
    known = facts(TRAINER, subject=application(RETAINED))
    answers = [decide(application(RETAINED), SAMPLES["reject"], known, each) for each in (LIFECYCLES, BACK)]
    assert [each.refusals[0].details["accepted"] for each in answers if isinstance(each, Refused)] == [
        (),
        ("withdraw",),
    ]


def test_a_fingerprint_has_permissions_where_they_are_given() -> None:
    """The package's rows are described as they were; of a row's grants kind and relation count."""
    assert all("permit" not in rule.described() for each in LIFECYCLES.values() for rule in each.rules)
    prints = {
        with_rows(row(permit=permit))[SubjectKind.APPLICATION].fingerprint
        for permit in ((), (Grant("platform"),), (Grant("funder"),), (Grant("platform"), Grant("funder")))
    }
    assert len(prints) == 4


def test_every_kind_of_row_is_taken() -> None:
    """Out of a final state, within one, and out of the only one that a lifecycle has."""
    finals = {kind: {*each.final} for kind, each in EVERY.items()}
    assert finals[SubjectKind.SESSION] == finals[SubjectKind.ACTION] == set()
    assert RETAINED not in finals[SubjectKind.APPLICATION]
    stays = with_rows(MOVED)[SubjectKind.SESSION]
    assert stays.final == {SessionState.CANCELLED}
    assert stays.commands(SessionState.CANCELLED) == (commands.ReassignSession,)


def test_how_it_ended_is_of_the_state_that_it_ended_in() -> None:
    """Who was retained and is rejected by a row has a motive alone; who is brought back has neither."""
    back = Rule("X2", "rejected", commands.CorrectAttendance, "pending", events.AttendanceCorrected)
    reopened = with_rows(row(), back)
    subject = evolve(
        application(RETAINED), entry=SESSION.start, exit=SESSION.end, weekly_hours=Decimal(35), comment="à l'essai"
    )
    steps: dict[str, Any] = {}
    for command in (commands.Withdraw("C-1", reason="found-employment"), commands.CorrectAttendance("C-1")):
        answer = decide(subject, command, evolve(facts(SYSTEM, subject=subject), settings=ANYBODY), reopened)
        assert isinstance(answer, Accepted), answer
        subject = answer.subject  # type: ignore[assignment]
        ended = (subject.motive, subject.reason, subject.comment, subject.entry, subject.exit, subject.weekly_hours)
        steps[subject.state] = ended
    nothing = (None, None, None)
    assert steps == {"rejected": ("withdrawal", "found-employment", *nothing, None), "pending": (*nothing, *nothing)}

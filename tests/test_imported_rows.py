"""Row I1 of each table: whatever another system had comes in as it was, and what can't be true is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import (
    Accepted,
    Actor,
    Application,
    Candidate,
    CommandRefused,
    Convocation,
    Prescriber,
    Refused,
    Settings,
    Workflow,
    commands,
    decide,
    events,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.folding import fold
from poec_workflow.history_recording import recorded
from poec_workflow.machines import LIFECYCLES
from poec_workflow.machines.rule import GIVEN, Rule
from poec_workflow.model import (
    OPEN_STATES,
    ActionState,
    ApplicationState,
    Outcome,
    SessionState,
    Tally,
)
from poec_workflow.policies.attendance import convocation_not_due
from poec_workflow.policies.convocation import convocation_already_passed
from poec_workflow.presentation.cell_texts import ending_text
from poec_workflow.presentation.history_texts import history_line
from poec_workflow.testing import SettableClock
from world import ACTION, SESSION, facts

PLATFORM = Actor(kind="platform", organization="CAP")
REGISTERED = datetime.fromisoformat("2021-11-02T09:00:00+01:00")
HAD: set[ApplicationState] = {ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT}
ENDED_BY: dict[ApplicationState, set[str]] = {
    ApplicationState.RETAINED: {"entry", "exit", "weekly_hours"},
    ApplicationState.REJECTED: {"motive", "reason"},
}
CAME_OF: dict[ApplicationState, set[Outcome | None]] = {
    ApplicationState.CONVOKED: {None},
    ApplicationState.PRESENT: {Outcome.PRESENT},
    ApplicationState.ABSENT: {Outcome.ABSENT_WITH_NOTICE},
    ApplicationState.RETAINED: {None, Outcome.PRESENT},
}


def imported(state: ApplicationState, **fields: Any) -> commands.ImportApplication:
    return commands.ImportApplication(
        "C-1",
        session=SESSION.reference,
        candidate=Candidate(reference="P-1", name="Zoé Nabil"),
        prescriber=Prescriber(origin="france-travail", organization="FT-AGEN"),
        registered_at=REGISTERED,
        state=state,
        **fields,
    )


def convocations(*days: date, outcome: Outcome | None = None) -> tuple[Convocation, ...]:
    made = [Convocation(on=day, entered_at=REGISTERED) for day in days]
    return (*made[:-1], evolve(made[-1], outcome=outcome)) if made else ()


@st.composite
def drawn(draw: st.DrawFn) -> commands.ImportApplication:
    """Applications of any state with any of the fields of any."""
    days = draw(st.lists(st.sampled_from([date(2021, 11, 3) + timedelta(days=n) for n in range(5)]), max_size=3))
    optional = {
        "entry": st.dates(date(2021, 12, 1), date(2022, 1, 30)),
        "exit": st.dates(date(2021, 12, 1), date(2022, 5, 30)),
        "weekly_hours": st.decimals(-2, 60, places=1),
        "motive": st.sampled_from(["absence", "withdrawal", "no-such"]),
        "reason": st.sampled_from(["found-employment", "no-such"]),
        "comment": st.text(max_size=3),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(optional))))
    fields = {name: draw(optional[name]) for name in sorted(chosen)}
    outcome = draw(st.none() | st.sampled_from(Outcome))
    return imported(
        draw(st.sampled_from(ApplicationState)), convocations=convocations(*days, outcome=outcome), **fields
    )


def contradicting(command: commands.ImportApplication) -> set[str]:
    """The fields that can't be true in the state, said over again."""
    given_ = {
        name for name in ("entry", "exit", "weekly_hours", "motive", "reason") if getattr(command, name) is not None
    }
    wrong = given_ - ENDED_BY.get(command.state, set())
    if command.state == "rejected" and "reason" in given_ and "motive" not in given_:
        wrong.add("motive")
    came_of = command.convocations[-1].outcome if command.convocations else None
    if command.convocations:
        if command.state == "pending" or came_of not in CAME_OF.get(command.state, {came_of}):
            wrong.add("convocations")
    elif command.state in HAD:
        wrong.add("convocations")
    return wrong


@given(drawn(), st.sampled_from(SessionState))
@settings(max_examples=400, deadline=None)
def test_an_application_comes_in_as_it_was_or_contradicts_itself(
    command: commands.ImportApplication, standing: SessionState
) -> None:
    """What is consistent is stored field by field, and its history folds to it; nothing else gets in."""
    session = evolve(SESSION, state=standing)
    answer = decide(None, command, facts(PLATFORM, session=session))
    wrong, codes = contradicting(command), set()
    if command.state in OPEN_STATES and standing is not SessionState.ACTIVE:
        codes.add(f"session-{standing}")
    if wrong:
        codes.add("imported-state-contradicted")
    if isinstance(answer, Refused):
        assert answer.codes == codes
        assert all({*each.details["fields"]} == wrong for each in answer.refusals if "fields" in each.details)
        return
    assert not codes
    found = answer.subject
    assert isinstance(found, Application)
    for name in (
        "state",
        "registered_at",
        "convocations",
        "entry",
        "exit",
        "weekly_hours",
        "motive",
        "reason",
        "comment",
    ):
        assert getattr(found, name) == getattr(command, name)
    assert (found.version, found.session, found.candidate) == (1, command.session, "P-1")
    assert fold(answer.events) == found
    assert answer.final is (command.state not in OPEN_STATES)
    assert answer.consequences == ()


BROKEN: Sequence[tuple[str, commands.ImportApplication]] = [
    (
        "convocation-not-after-previous",
        imported(ApplicationState.CONVOKED, convocations=convocations(*[date(2021, 11, 4)] * 2)),
    ),
    (
        "convocation-before-registration",
        imported(ApplicationState.CONVOKED, convocations=convocations(date(2021, 10, 4))),
    ),
    (
        "convocation-after-advice-deadline",
        imported(ApplicationState.CONVOKED, convocations=convocations(date(2023, 10, 4))),
    ),
    (
        "convocation-limit-reached",
        imported(ApplicationState.CONVOKED, convocations=convocations(*(date(2021, 11, 4 + n) for n in range(4)))),
    ),
    ("entry-outside-window", imported(ApplicationState.RETAINED, entry=date(2021, 10, 1))),
    ("exit-outside-window", imported(ApplicationState.RETAINED, entry=SESSION.start, exit=date(2023, 1, 1))),
    ("weekly-hours-out-of-range", imported(ApplicationState.RETAINED, weekly_hours=Decimal(60))),
    ("unusual-weekly-hours", imported(ApplicationState.RETAINED, weekly_hours=Decimal("36.5"))),
    ("unknown-motive", imported(ApplicationState.REJECTED, motive="no-such")),
    ("unknown-reason", imported(ApplicationState.REJECTED, motive="withdrawal", reason="no-such")),
]


@pytest.mark.parametrize(("code", "command"), BROKEN, ids=[code for code, _ in BROKEN])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_rule_that_is_broken_is_told_of(code: str, command: commands.ImportApplication, lang: str) -> None:
    """It comes in all the same, with an advisory that says the rule in words."""
    answer = decide(None, command, facts(PLATFORM))
    assert isinstance(answer, Accepted)
    [told] = [each for each in answer.advisories if each.code == code]
    assert "{" not in told.message(lang)
    assert code not in told.message(lang)


def test_crowds_and_late_ones_are_told_of() -> None:
    """A seat too many, a quota exceeded, a second live application, an advice that is overdue."""
    full = Tally(registered=99, retained=SESSION.capacity)
    known = evolve(facts(PLATFORM, tally=full), candidate_live=True)
    for state, codes in (
        (ApplicationState.RETAINED, {"quota-reached", "already-applied", "no-seat-left"}),
        (ApplicationState.PENDING, {"quota-reached", "already-applied"}),
        (ApplicationState.NO_ADVICE, {"quota-reached"}),
    ):
        answer = decide(None, imported(state), known)
        assert isinstance(answer, Accepted)
        assert {each.code for each in answer.advisories} == codes
    late = evolve(facts(PLATFORM), now=datetime.fromisoformat("2023-01-01T09:00:00+01:00"))
    answer = decide(None, imported(ApplicationState.PENDING), late)
    assert isinstance(answer, Accepted)
    assert [each.code for each in answer.advisories] == ["advice-deadline-passed"]


def _session(state: SessionState, **fields: Any) -> commands.ImportSession:
    same = ("action", "start", "end", "place", "responsible", "positioner", "trainer", "capacity", "coefficient")
    values = {name: getattr(SESSION, name) for name in (*same, "registration_deadline", "late_entry_deadline")}
    return commands.ImportSession(SESSION.reference, state=state, **{**values, **fields})


def test_a_session_and_an_action_come_in_as_they_were() -> None:
    """Whatever their state; broken rules are told of, and a reason to cancel what is not cancelled contradicts."""
    known = evolve(facts(PLATFORM), enrolment=None, action=evolve(ACTION, state=ActionState.DELETED))
    for state in SessionState:
        answer = decide(None, _session(state, coefficient=9, capacity=0), known)
        assert isinstance(answer, Accepted)
        assert answer.subject.state is state
        assert {each.code for each in answer.advisories} == {
            "action-not-available",
            "capacity-out-of-range",
            "coefficient-out-of-range",
        }
        cancelled = decide(None, _session(state, cancellation_reason="Trop peu d'inscrits"), known)
        assert isinstance(cancelled, Accepted) is (state is SessionState.CANCELLED)
    for standing in ActionState:
        action = commands.ImportAction(
            "A-9", title="Sans préfixe", funder="F", responsible="R", state=standing, certification="a", source="rafael"
        )
        found = decide(None, action, facts(PLATFORM))
        assert isinstance(found, Accepted)
        assert found.subject.state is standing
        assert [each.code for each in found.advisories] == ["title-without-poec-prefix"]
        pending = decide(None, evolve(action, pending_certification="a"), facts(PLATFORM))
        assert isinstance(pending, Refused)


def test_the_platform_alone_imports_and_nobody_is_told() -> None:
    """Through the workflow: counters, history and lists follow, no message is made, and no kind of actor else may."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-10T09:00:00+01:00"))
    action = commands.ImportAction(SESSION.action, title="[POEC]", funder="F", responsible="R", state="published")
    for command in (action, _session(SessionState.ACTIVE), imported(ApplicationState.RETAINED, source="rafael")):
        for kind in ("organization", "adviser", "funder", "system"):
            with pytest.raises(CommandRefused, match="not-permitted"):
                workflow.execute(command, Actor(kind=kind, organization="AFEC"))
        assert workflow.execute(command, PLATFORM).notices == ()
        with pytest.raises(CommandRefused, match="duplicate-reference"):
            workflow.execute(command, PLATFORM)
    [entry] = workflow.history("application", "C-1")
    assert (entry.rule, entry.event.type, entry.from_state) == ("I1", "imported", None)
    [row] = workflow.dashboard(SESSION.trainer).rows[:1]
    assert (row.retained, row.pending) == (1, 0)
    assert [each.reference for each in workflow.candidate_applications("P-1")] == ["C-1"]


def test_settings_without_a_word_on_imports_permit_the_platform() -> None:
    """A service's table of permissions may be older than these commands, and their rules can't be left out."""
    older = {
        command: grants for command, grants in Settings().permissions.items() if not command.type.startswith("import-")
    }
    assert Settings(permissions=older) == Settings()
    assert Settings(permissions=older).fingerprint == Settings().fingerprint
    for wrong in ({"leave_out": {commands.ImportSession: ()}}, {"refuse_also": {commands.ImportAction: ()}}):
        with pytest.raises(ValueError, match="takes over what was elsewhere"):
            Settings(**wrong)


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
def test_one_row_imports_into_every_state(lifecycle: Any) -> None:
    """It is the last row; without it the table is what it was: one creation, one initial state."""
    [row] = lifecycle.imports
    assert row is lifecycle.rules[-1]
    assert row.ways == tuple((None, state) for state in lifecycle.states)
    assert row.targets == {}
    assert lifecycle.steps == lifecycle.rules[:-1]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_was_known_is_read_in_histories_and_cells(lang: str) -> None:
    """A part of an ending is said as far as it was known, and no value is shown as the program has it."""
    usual = Settings()
    for command, parts in (
        (imported(ApplicationState.RETAINED, entry=date(2021, 12, 9), source="rafael.csv"), 1),
        (imported(ApplicationState.RETAINED, weekly_hours=Decimal(30), exit=date(2021, 12, 9)), 2),
        (imported(ApplicationState.REJECTED, motive="withdrawal"), 1),
        (imported(ApplicationState.REJECTED), 0),
    ):
        answer = decide(None, command, facts(PLATFORM))
        assert isinstance(answer, Accepted)
        assert isinstance(answer.subject, Application)
        told = ending_text(answer.subject, usual.catalogue, lang)
        assert len([each for each in told.split(", ") if each]) == parts
        assert "None" not in told
        [change] = recorded(answer, REGISTERED, usual)
        line = history_line(change.entry, usual, lang)
        assert not [each for each in line.said if "None" in each or "(" in each]


def test_what_is_rare_in_drawn_rows() -> None:
    """A reason without its motive contradicts; no convocation is past or not due; GIVEN is of a row that creates."""
    for each in (imported(ApplicationState.REJECTED, reason="x"), imported(ApplicationState.CONVOKED)):
        assert isinstance(decide(None, each, facts(PLATFORM)), Refused)
    first = imported(ApplicationState.CONVOKED, convocations=convocations(date(2021, 11, 4), outcome=Outcome.PRESENT))
    assert isinstance(decide(None, first, facts(PLATFORM)), Refused)
    found = decide(None, imported(ApplicationState.REJECTED, motive="withdrawal"), facts(PLATFORM))
    assert isinstance(found, Accepted)
    assert isinstance(found.subject, Application)
    assert convocation_already_passed(found.subject, facts(PLATFORM)) is None
    assert convocation_not_due(found.subject, facts(PLATFORM)) is None
    with pytest.raises(ValueError, match="GIVEN is of a row that creates"):
        Rule("X1", "pending", commands.Convoke, GIVEN, events.Convoked)

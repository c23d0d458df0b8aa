"""`decide` against two judges that share nothing with the lean machine but the rows, on drawn facts."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import Machine, MachineError

from poec_workflow import (
    SYSTEM,
    Accepted,
    ActionState,
    Actor,
    ActorKind,
    Application,
    ApplicationState,
    Convocation,
    Enrolment,
    Facts,
    Malformed,
    Refusal,
    Refused,
    SessionState,
    Settings,
    commands,
    decide,
)
from poec_workflow import evolve as fold_one
from poec_workflow.commands import COMMANDS, ApplicationCommand, Command
from poec_workflow.decider import refusals_of
from poec_workflow.explanation import explain
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycle
from poec_workflow.model import OPEN_STATES, State, Subject, SubjectKind, Tally
from poec_workflow.policies.access import Grant
from world import ACTION, PRESCRIBER, SAMPLES, SESSION, application, facts, related

ANYBODY = {command: tuple(map(Grant, ActorKind)) for command in COMMANDS.values()}
DAYS = st.dates(date(2021, 11, 10), date(2022, 4, 20))
SMALL = st.integers(0, 4)


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """An application in any state, with convocations that its state allows."""
    state = draw(st.sampled_from(ApplicationState))
    least = 0 if state in {ApplicationState.PENDING, *ApplicationState} - OPEN_STATES else 1
    days = draw(
        st.lists(DAYS, min_size=max(least, state in {"convoked", "present", "absent"}), max_size=3, unique=True)
    )
    convocations = tuple(
        Convocation(
            on=day, entered_at=datetime.fromisoformat("2021-11-12T09:00:00+01:00") + timedelta(days=draw(SMALL))
        )
        for day in sorted(days)
    )
    return application(state, convocations=() if state == "pending" else convocations)


@st.composite
def sessions(draw: st.DrawFn) -> Any:
    start, entry, end = sorted(draw(st.tuples(DAYS, DAYS, DAYS)))
    return evolve(
        SESSION,
        state=draw(st.sampled_from(SessionState)),
        start=start,
        end=end,
        late_entry_deadline=entry,
        registration_deadline=min(entry, draw(DAYS)),
        capacity=draw(st.integers(1, 3)),
        coefficient=draw(st.integers(2, 3)),
    )


@st.composite
def drawn_commands(draw: st.DrawFn) -> Command:
    """A command of any type, its days and numbers drawn."""
    sample: Any = draw(st.sampled_from(list(SAMPLES.values())))
    changes: dict[str, Any] = {}
    for name in ("on", "entry", "exit", "start", "end", "registration_deadline", "late_entry_deadline"):
        if hasattr(sample, name):
            changes[name] = draw(DAYS)
    for name in ("capacity", "coefficient", "minimum_headcount"):
        if hasattr(sample, name):
            changes[name] = draw(st.integers(-1, 6))
    if isinstance(sample, commands.RecordAbsence):
        changes["notified"] = draw(st.booleans())
    if isinstance(sample, commands.Reject):
        changes["motive"] = draw(st.sampled_from(["profile", "absence", "nothing"]))
    if isinstance(sample, commands.EnrichAction):
        changes["changes"] = draw(
            st.dictionaries(st.sampled_from(["title", "programme", "certification", "kind"]), st.text())
        )
    drawn: Command = evolve(sample, **changes)
    return drawn


@st.composite
def situations(draw: st.DrawFn) -> tuple[Subject | None, Command, Facts]:
    """A command, a subject for it (or none), and facts."""
    command = draw(drawn_commands())
    session, action = draw(sessions()), evolve(ACTION, state=draw(st.sampled_from(ActionState)))
    subjects: dict[SubjectKind, Any] = {
        SubjectKind.APPLICATION: draw(applications()),
        SubjectKind.SESSION: session,
        SubjectKind.ACTION: action,
    }
    subject = draw(st.sampled_from([subjects[command.subject_kind]] * 6 + [None]))
    counts = {name: draw(SMALL) for name in ("pending", "present", "retained")}
    waiting = [
        evolve(application(ApplicationState.PRESENT), reference=f"C-{n}") for n in range(10, 10 + counts["present"])
    ]
    rules = Settings(
        permissions=ANYBODY,
        max_convocations=draw(st.integers(1, 3)),
        quota_counts=draw(st.sampled_from(["registered", "live"])),
        close_when_full=draw(st.sampled_from(["manual", "automatic"])),
    )
    known = Facts(
        now=datetime.fromisoformat("2021-11-12T09:00:00+01:00") + timedelta(hours=draw(st.integers(0, 24 * 150))),
        actor=SYSTEM,
        settings=rules,
        action=action,
        enrolment=Enrolment(
            session=session, tally=Tally(registered=sum(counts.values()), **counts), open_applications=waiting
        ),
        enrolments=(Enrolment(session=session, tally=Tally(**counts), open_applications=waiting),)
        if command.subject_kind is SubjectKind.ACTION
        else (),
        candidate_live=draw(st.booleans()),
    )
    return subject, command, known


def led_to(rule: AnyRule, subject: Any, command: Any) -> object:
    """The state afterwards: the row's, or of what is imported the command's."""
    return command.state if rule.imports else rule.targets[subject.state if subject else None]


def by_a_plain_loop(subject: Subject | None, command: Command, known: Facts) -> str:
    """The answer of a loop over the rows, without any machine."""
    lifecycle = LIFECYCLES[command.subject_kind]
    if lifecycle.creates(type(command)) and subject is not None:
        return "duplicate-reference"
    if not lifecycle.creates(type(command)) and subject is None:
        return f"unknown-{command.subject_kind}"
    for rule in lifecycle.rules:
        if rule.command is not type(command) or (subject.state if subject else None) not in (rule.source or (None,)):
            continue
        if all(each.holds(subject, known, command) for each in rule.given):
            failed = refusals_of(rule.refusal_checks, subject, known, command)
            return ",".join(sorted(each.code for each in failed)) or f"{rule.id} {led_to(rule, subject, command)}"
    return "no-transition"


def in_short(answer: Accepted | Refused) -> str:
    if isinstance(answer, Refused):
        return ",".join(sorted(answer.codes))
    return f"{answer.change.rule} {answer.subject.state}"


@given(situations())
@settings(max_examples=1_500, deadline=None)
def test_decide_agrees_with_a_plain_loop_over_the_rows(situation: tuple[Subject | None, Command, Facts]) -> None:
    """Whatever the facts, the machine takes the row that a loop finds, and reports the same refusals."""
    subject, command, known = situation
    answer = in_short(decide(subject, command, known))
    assert answer == by_a_plain_loop(subject, command, known)


def stock_machine(lifecycle: Lifecycle) -> Machine:
    """The same rows in the classes of `transitions` as they come, conditions as its callbacks."""
    machine = Machine(
        model=None, initial=None, auto_transitions=False, states=["nothing", *(each.value for each in lifecycle.states)]
    )
    for rule in lifecycle.rules:
        for source, target in rule.ways:
            machine.add_transition(
                rule.command.type,
                source.value if source else "nothing",
                target.value,
                conditions=[each.holds for each in rule.given] + [saying(target)] * rule.imports,
                after=[taking(rule)],
            )
    return machine


def saying(target: State) -> Any:
    """Whether the command says a state: which of the ways of what is imported."""
    return lambda _subject, _facts, command: command.state == target


def taking(rule: AnyRule) -> Any:
    return lambda *_: TAKEN.append(rule.id)


TAKEN: list[str] = []
STOCK = {kind: stock_machine(lifecycle) for kind, lifecycle in LIFECYCLES.items()}


def by_the_stock_machine(state: str, subject: Any, command: Command, known: Any) -> tuple[str, str] | None:
    model = SimpleNamespace(state=str(state))
    TAKEN.clear()
    try:
        STOCK[command.subject_kind].events[command.type].trigger(model, subject, known, command)
    except MachineError:
        return None
    return TAKEN[0], model.state


@given(situations())
@settings(max_examples=1_500, deadline=None)
def test_the_lean_machine_agrees_with_the_stock_one(situation: tuple[Subject | None, Command, Facts]) -> None:
    """The lean classes take the row that the stock classes of `transitions` take, or none where they raise."""
    subject, command, known = situation
    rule = LIFECYCLES[command.subject_kind].executor.choose(subject, known, command)
    state = subject.state if subject else "nothing"
    stock = by_the_stock_machine(state, subject, command, known)
    assert (rule and (rule.id, led_to(rule, subject, command))) == stock


@pytest.mark.parametrize("kind", SubjectKind)
def test_lean_and_stock_agree_on_every_combination(kind: SubjectKind) -> None:
    """For each state, command and truth of the conditions: 1 row or none, the same one."""
    lifecycle = LIFECYCLES[kind]
    known = facts(SYSTEM)
    for state in (None, *lifecycle.states):
        for command in lifecycle.by_command:
            for notified in (True, False):
                for used in (1, 3):
                    sample: Any = SAMPLES[command.type]
                    if isinstance(sample, commands.RecordAbsence):
                        sample = evolve(sample, notified=notified)
                    subject: Any = SimpleNamespace(state=state, convocations=(None,) * used) if state else None
                    rule = lifecycle.executor.choose(subject, known, sample)
                    stock = by_the_stock_machine(state or "nothing", subject, sample, known)
                    assert (rule and (rule.id, led_to(rule, subject, sample))) == stock
                    assert lifecycle.executor.machine.events[command.type].transitions.keys() == (
                        {each.value for row in lifecycle.by_command[command] for each in row.source or ()}
                        or {"nothing"}
                    )


def codes(answer: Accepted | Refused) -> Iterable[str]:
    assert isinstance(answer, Refused)
    return answer.codes


def test_the_order_of_answers() -> None:
    """Unknown, then not permitted, then stale, then no transition, then every rule: each alone."""
    nobody = Actor(kind=ActorKind.ORGANIZATION, organization="NOBODY")
    trainer = related(ActorKind.ORGANIZATION)
    sample: Any = SAMPLES["retain"]
    late: dict[str, Any] = {"now": datetime.fromisoformat("2023-01-01T00:00:00+01:00")}
    rejected = application(ApplicationState.REJECTED)
    assert codes(decide(None, sample, facts(nobody, expected_version=7, **late))) == {"unknown-application"}
    assert codes(decide(rejected, sample, facts(nobody, expected_version=7, **late))) == {"not-permitted"}
    assert codes(decide(rejected, sample, facts(trainer, expected_version=7, **late))) == {"stale-version"}
    assert codes(decide(rejected, sample, facts(trainer, expected_version=3, **late))) == {"no-transition"}
    often = evolve(rejected, version=2**30)
    assert codes(decide(often, sample, facts(trainer, expected_version=int("1073741824")))) == {"no-transition"}
    present = application(ApplicationState.PRESENT)
    bad = commands.Retain("C-1", entry=date(2020, 1, 1), exit=date(2019, 1, 1), weekly_hours=sample.weekly_hours * 9)
    assert codes(decide(present, bad, facts(trainer, tally=Tally(present=1, retained=2), **late))) == {
        "advice-deadline-passed",
        "entry-outside-window",
        "exit-outside-window",
        "weekly-hours-out-of-range",
        "no-seat-left",
    }


@pytest.mark.parametrize("name", ["today", "written_now", "session", "tally"])
def test_what_facts_work_out_at_once_is_what_they_would_later(name: str) -> None:
    """A decision reads it off them; who makes facts in another way gets the same."""
    known = facts(SYSTEM)
    at_once = vars(known).pop(name)
    assert getattr(known, name) == at_once


def test_the_order_of_answers_when_creating() -> None:
    """The parent, the right, the version (0 where there is nothing yet), the reference, then every rule."""
    sample = SAMPLES["preregister"]
    platform, funder = related(ActorKind.PLATFORM), related(ActorKind.FUNDER)
    orphan = Facts(now=facts(funder).now, actor=funder)
    taken = application()
    assert codes(decide(None, sample, orphan)) == {"unknown-session"}
    assert codes(decide(None, sample, evolve(orphan, action=ACTION))) == {"unknown-session"}
    assert codes(decide(None, SAMPLES["create-session"], orphan)) == {"unknown-action"}
    assert codes(decide(taken, sample, facts(funder, expected_version=7))) == {"not-permitted"}
    assert codes(decide(taken, sample, facts(platform, expected_version=0))) == {"stale-version"}
    assert codes(decide(taken, sample, facts(platform, expected_version=3))) == {"duplicate-reference"}
    assert codes(decide(None, sample, facts(platform, expected_version=1))) == {"stale-version"}
    assert isinstance(decide(None, sample, facts(platform, expected_version=0)), Accepted)
    refused = decide(
        None, sample, facts(platform, action=evolve(ACTION, state=ActionState.ARCHIVED), candidate_live=True)
    )
    assert codes(refused) == {"action-not-published", "already-applied"}


def test_details_of_no_transition() -> None:
    """They name the state, the commands that it does accept, and those of them that are this actor's to give."""
    answer = decide(application(ApplicationState.ABSENT), SAMPLES["retain"], facts(related(ActorKind.ORGANIZATION)))
    assert isinstance(answer, Refused)
    assert answer.refusals[0].details == {
        "command": "retain",
        "state": ApplicationState.ABSENT,
        "accepted": ("convoke", "correct-attendance", "withdraw", "expire", "refuse-session-full", "cancel"),
        "possible": ("convoke", "correct-attendance", "withdraw"),
    }
    assert "se désister" in answer.refusals[0].message("fr")
    assert "expirer" not in answer.refusals[0].message("fr")


def test_what_is_offered_is_permitted() -> None:
    """For every state, command and actor: exactly what would not be answered `not-permitted`."""
    for state in ApplicationState:
        for kind in (ActorKind.ORGANIZATION, ActorKind.ADVISER, ActorKind.CANDIDATE, ActorKind.PLATFORM):
            subject, known = application(state), facts(related(kind))
            offered = {
                each.command.type
                for each in explain(subject, known)
                if not {"not-permitted", "no-transition"} & {refusal.code for refusal in each.refusals}
            }
            for sample in SAMPLES.values():
                answer = decide(subject, sample, known) if isinstance(sample, ApplicationCommand) else None
                for refusal in answer.refusals if isinstance(answer, Refused) else ():
                    if refusal.code == "no-transition":
                        assert set(refusal.details["possible"]) == offered, (state, kind, sample)
                        assert bool(offered) is ("sont possibles" in refusal.message("fr"))


def test_facts_without_an_enrolment_say_so() -> None:
    """Deciding on an application needs its session; the error names what is missing."""
    lonely = Facts(now=facts(SYSTEM).now, actor=SYSTEM)
    with pytest.raises(LookupError, match="need an enrolment"):
        decide(application(), SAMPLES["expire"], lonely)
    assert lonely.reach() == ()


def test_what_a_prescribers_name_is_for() -> None:
    """Events keep the prescriber as given, and of the candidate the reference alone."""
    answer = decide(None, SAMPLES["preregister"], facts(related(ActorKind.PLATFORM)))
    assert isinstance(answer, Accepted)
    assert answer.subject.candidate == answer.events[0].candidate == "P-1"  # type: ignore[union-attr]
    assert PRESCRIBER.organization == answer.subject.prescriber.organization  # type: ignore[union-attr]


def test_what_does_not_belong_together_is_an_error() -> None:
    """A naive instant, an event that is not the next one: the caller's mistakes."""
    known = facts(related(ActorKind.ORGANIZATION))
    with pytest.raises(Malformed, match="aware"):
        evolve(known, now=datetime(2021, 11, 20))  # noqa: DTZ001 - the point
    answer = decide(application(), SAMPLES["convoke"], known)
    assert isinstance(answer, Accepted)
    event: Any = answer.events[0]
    for subject, wrong in ((answer.subject, event), (None, event), (None, evolve(event, version=1))):
        with pytest.raises(ValueError, match="does not follow"):
            fold_one(subject, wrong)
    assert hash(known) == hash(evolve(known))
    # What decides on others is not looked at: it is loaded when it is asked for.
    assert hash(evolve(known, retained_elsewhere=[application()])) == hash(known)


def test_a_history_holds_its_reference_once() -> None:
    """The events of a subject that is there name it by its own text, whatever copy of it the command has."""
    subject = application()
    copy = str(subject.reference.encode(), "ascii")
    answer = decide(subject, commands.Convoke(copy, on=date(2021, 11, 22)), facts(related(ActorKind.ORGANIZATION)))
    assert isinstance(answer, Accepted)
    assert copy is not subject.reference
    assert answer.change.event.reference is answer.subject.reference is subject.reference


def test_a_policy_that_gives_no_details_is_named() -> None:
    """A service's own policy gives a mapping or None; False for "fine" is a mistake, and says whose."""

    def always_fine(_subject: Any, _facts: Any) -> Any:
        return False

    own = Settings(refuse_also={commands.Convoke: (always_fine,)})
    with pytest.raises(TypeError, match="always-fine"):
        decide(application(), SAMPLES["convoke"], facts(related(ActorKind.ORGANIZATION), settings=own))


def test_details_are_any_mapping() -> None:
    """Also one that its giver could change later: a refusal keeps a copy."""
    given = UserDict({"day": 3})

    def on_sunday(_subject: Any, _facts: Any) -> Any:
        return given

    own = Settings(refuse_also={commands.Convoke: (on_sunday,)})
    answer = decide(application(), SAMPLES["convoke"], facts(related(ActorKind.ORGANIZATION), settings=own))
    given["day"] = 4
    assert isinstance(answer, Refused)
    assert answer.refusals[-1] == Refusal("on-sunday", {"day": 3})


def test_what_an_answer_says_when_nothing_is_said() -> None:
    """An answer made of its change alone advises nothing, moves nobody else, ends nothing and is no repetition."""
    made = decide(application(), SAMPLES["convoke"], facts(related(ActorKind.ORGANIZATION)))
    assert isinstance(made, Accepted)
    plain = Accepted(change=made.change)
    assert (plain.advisories, plain.consequences, plain.final, plain.replayed) == ((), (), False, False)
    assert (plain.subject, plain.events) == (made.change.subject, (made.change.event,))
    assert plain.changes == (made.change,)

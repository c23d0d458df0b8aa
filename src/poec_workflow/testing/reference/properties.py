"""What holds at every step, whatever is requested: each a function named after what it says.

They look at what exists and what was answered, not at how it was decided, so that they hold for every storage and for
all `Settings`; a broken rule, table or adapter contradicts one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from typing import Any, cast

from poec_workflow import commands
from poec_workflow.decider import Accepted, Refused
from poec_workflow.errors import RefusalKind
from poec_workflow.folding import evolve
from poec_workflow.model import OPEN_STATES, SYSTEM, Application, ApplicationState, SessionState, State, TrainingSession
from poec_workflow.testing.reference.expected_notices import expected_notices, heard_of
from poec_workflow.testing.reference.expected_outcomes import FINAL, advice, closing, convocations, endings, target
from poec_workflow.testing.reference.expected_refusals import expected_advisories
from poec_workflow.testing.reference.observed_step import ObservedStep, Promise
from poec_workflow.testing.reference.situation import Situation
from poec_workflow.testing.reference.snapshot import SubjectKey

_APART = (RefusalKind.FORBIDDEN, RefusalKind.STALE, RefusalKind.CONFLICT)


def final_is_final(step: ObservedStep) -> Iterator[str]:
    """Nothing that has ended changes again, unless a service's own row starts there."""
    for (kind, reference), before, after in step.moved:
        if before is None or before.state not in FINAL or (kind, before.state) in step.left_by_own_rows:
            continue
        if not step.own_rows or after is None or after.state != before.state:
            yield f"the {kind} {reference} was {before.state}, and became {after.state if after else 'lost'}"


def refused_means_unchanged(step: ObservedStep) -> Iterator[str]:
    """A refusal leaves no trace; neither does an answer that was given before."""
    if step.request is None or step.accepted is not None:
        return
    if step.before != step.after:
        changed = [f"{kind} {reference}" for (kind, reference), _, _ in step.moved]
        yield f"{step.request.command.type} changed {', '.join(changed) or 'a history or a counter'}"
    if step.sent:
        yield f"{step.request.command.type} put {len(step.sent)} messages into the outbox"


def each_refusal_is_due(step: ObservedStep) -> Iterator[str]:
    """Exactly those limits refuse that are reached, counted and dated from what exists."""
    if step.case is None or _is_apart(step):
        return
    command, due = step.case.command, step.due
    if step.accepted is not None:
        if due:
            yield f"{command.type} was accepted in spite of {', '.join(sorted(due))}"
        return
    given = step.refused
    for code in sorted(given - due):
        yield f"{command.type} was refused with {code}, which does not hold"
    if due - given:
        yield f"{command.type} was refused without saying {', '.join(sorted(due - given))}"


def each_advisory_is_due(step: ObservedStep) -> Iterator[str]:
    """An acceptance has exactly the advisories that the rules give."""
    if step.case is None or step.accepted is None or step.due or step.accepted.replayed:
        return
    given = {each.code for each in step.accepted.advisories}
    own = {check.code for row in step.own_rows for check in row.advisory_checks}
    expected = given & own if step.own_rows else expected_advisories(step.case)
    if given != expected:
        yield f"{step.case.command.type} is advised {sorted(given)}, not {sorted(expected)}"


def each_outcome_is_due(step: ObservedStep) -> Iterator[str]:
    """The command's own subject comes to the state that it leads to, with the fields that it carries."""
    case = step.case
    if case is None or step.accepted is None or step.due:
        return
    own = case.command
    after = step.after.subjects.get((own.subject_kind, own.reference))
    if after is None:
        yield f"{own.type} was accepted, and {own.subject_kind} {own.reference} does not exist"
    elif case.own_rows:
        targets = {each.targets[cast("Any", case.subject).state] for each in case.own_rows}
        if after.state not in targets:
            yield f"{own.type} leads to {after.state}, not to {' or '.join(sorted(targets))}"
    elif after.state != target(case):
        yield f"{own.type} leads to {after.state}, not to {target(case)}"
    elif isinstance(after, Application) and case.subject is not None:
        if after.convocations != convocations(case):
            yield f"{own.type} left the convocations {list(map(str, after.convocations))}"
        for name, value in advice(case).items():
            if getattr(after, name) != value:
                yield f"{own.type} left the {name} {getattr(after, name)}, not {value}"


def endings_reach_all(step: ObservedStep) -> Iterator[str]:
    """What a command ends beside its own subject it ends whole, as the system; who is late expires first."""
    case = step.case
    if case is None or step.accepted is None or step.due:
        return
    own = (case.command.subject_kind, case.command.reference)
    moved = {key: state for key, state in step.states.items() if key != own}
    expected = [{}] if case.own_rows else [endings(case) | closing(case)]
    if commands.DeclareSessionFull in step.settings.refuse_also and not case.own_rows:
        expected.append(endings(case))  # a service's own policies may keep the session open
    if moved not in expected and not any(each.first or each.then for each in case.own_rows):
        yield f"{case.command.type} moved {_named(moved)}, not {' or '.join(map(_named, expected))}"
    for each in step.accepted.consequences:
        if each.actor != SYSTEM:
            yield f"{each.event.type} of {each.subject.reference} names {each.actor}"


def closed_sessions_hold_nobody(step: ObservedStep) -> Iterator[str]:
    """A session that is complete or cancelled has no open application, unless settings let people register on it."""
    if {"session-complete", "session-cancelled"}.intersection(step.settings.leave_out.get(commands.Preregister, ())):
        return
    for subject in step.after.subjects.values():
        if isinstance(subject, TrainingSession) and subject.state is not SessionState.ACTIVE:
            waiting = step.after.count(subject.reference, *OPEN_STATES)
            if waiting:
                yield f"the session {subject.reference} is {subject.state}, and {waiting} applications are open"


def a_sweep_expires_the_overdue(step: ObservedStep) -> Iterator[str]:
    """A sweep expires every open application past its deadline, no other, and reports them."""
    if step.request is not None:
        return
    situation = Situation(step.before, step.now, step.settings)
    due: dict[SubjectKey, State] = {
        key: ApplicationState.NO_ADVICE
        for key, each in step.before.subjects.items()
        if isinstance(each, Application) and each.state in OPEN_STATES and situation.is_late(each)
    }
    if step.states != due:
        yield f"the sweep moved {_named(dict(step.states))}, not {_named(due)}"
    if list(step.swept) != sorted(reference for _, reference in due):
        yield f"the sweep reported {list(step.swept)}"


def versions_grow_by_one(step: ObservedStep) -> Iterator[str]:
    """A step changes a subject once at most: its version grows by one, or nothing of it is different."""
    for (kind, reference), before, after in step.moved:
        expected_version = before.version + 1 if before else 1
        if after is None:
            yield f"the {kind} {reference} is lost"
        elif after.version != expected_version:
            yield f"the {kind} {reference} has version {after.version}, not {expected_version}"


def history_folds_to_the_state(step: ObservedStep) -> Iterator[str]:
    """The events of the step lead from the subject before to the subject after; no earlier entry is lost or changed."""
    for key, known in step.before.histories.items():
        if step.after.histories.get(key, ())[: len(known)] != known:
            yield f"the history of {key[1]} was rewritten"
            return
    for key in {*step.events, *(key for key, _, _ in step.moved)}:
        before, after = step.before.subjects.get(key), step.after.subjects.get(key)
        try:
            folded: Any = reduce(cast("Any", evolve), step.events.get(key, ()), before)
        except ValueError as error:
            yield f"the history of {key[1]} has a gap: {error}"
        else:
            if folded != after:
                yield f"the history of {key[1]} does not fold to it"


def events_take_effect_when_due(step: ObservedStep) -> Iterator[str]:
    """An expiry takes effect at the first instant after the deadline, every other event at once."""
    for (kind, reference), events in step.events.items():
        own = step.own_rows if step.request and step.request.command.reference == reference else ()
        if any(each.effective for each in own):
            continue
        for each in events:
            before = step.before.subjects.get((kind, reference))
            due = step.now if own else _effective(step, before, each.state)
            if each.effective_at != due:
                yield f"{each.type} of {reference} takes effect at {each.effective_at}, not at {due}"


def entries_say_who_and_when(step: ObservedStep) -> Iterator[str]:
    """Each new entry names its instant, the state before, and the command's actor, or the system."""
    own = (step.request.command.subject_kind, step.request.command.reference) if step.request else None
    for key, entries in step.entries.items():
        before = step.before.subjects.get(key)
        for each in entries:
            actor = step.request.actor if step.request and key == own else SYSTEM
            if (each.recorded_at, each.actor) != (step.now, actor):
                yield f"the entry of {key[1]} says {each.recorded_at} and {each.actor}"
            if each.from_state != (before.state if before else None):
                yield f"the entry of {key[1]} says that it was {each.from_state}"


def own_rows_are_permitted(step: ObservedStep) -> Iterator[str]:
    """Where a service's own row says who may give its command, nobody of another kind was accepted."""
    if step.accepted is None or step.request is None:
        return
    for row in step.own_rows:
        kinds = {each.kind for each in row.permit}
        if row.id == step.accepted.change.rule and kinds and step.request.actor.kind not in kinds:
            yield f"{row.id} was taken by {step.request.actor.kind}, and permits {', '.join(sorted(kinds))}"


def own_rows_are_named(step: ObservedStep) -> Iterator[str]:
    """An entry names a service's own row where it comes of one, with its event and its state, and else none."""
    own = (step.request.command.subject_kind, step.request.command.reference) if step.request else None
    rows = {rule.id: rule for each in step.lifecycles.values() for rule in each.own_rules}
    for key, entries in step.entries.items():
        met = [each.id for each in step.own_rows] if key == own else []
        for each in entries:
            row = rows.get(each.rule)
            if met and each.rule not in met:
                yield f"the entry of {key[1]} names {each.rule}, not {' or '.join(met)}"
            elif row and (row.event, row.targets.get(each.from_state)) != (type(each.event), each.event.state):
                yield f"the entry of {key[1]} names {each.rule}, and says {each.event.type} to {each.event.state}"


def answers_are_stored(step: ObservedStep) -> Iterator[str]:
    """What was answered is what is read afterwards: the subject, and every consequence."""
    if step.accepted is None:
        return
    for change in step.accepted.changes:
        where = (change.subject.subject_kind, change.subject.reference)
        if step.after.subjects.get(where) != change.subject:
            yield f"{where[1]} is not stored as it was answered"
    answered = sorted((each.subject.subject_kind, each.subject.reference) for each in step.accepted.changes)
    changed = sorted(where for where, _, _ in step.moved)
    if answered != changed:
        yield f"the answer names {answered}, and {changed} changed"


def messages_are_as_answered(step: ObservedStep) -> Iterator[str]:
    """The outbox takes the messages that the answer names, in their order, and nothing else; a preview names them."""
    if step.accepted is None:
        return
    if [*step.sent] != [*step.accepted.notices]:
        yield f"in the outbox: {step.sent}; in the answer: {step.accepted.notices}"
    if isinstance(step.previewed, Accepted) and step.previewed.notices != step.accepted.notices:
        yield f"the preview told {step.previewed.notices}; the answer {step.accepted.notices}"


def all_are_told_who_are_to_hear(step: ObservedStep) -> Iterator[str]:
    """Each event of a step tells the addressees that the table's rows find for it, each once, and nobody else."""
    told = sorted(map(heard_of, step.sent))
    due = sorted(expected_notices(step.entries, step.after, step.notices))
    for each in sorted({*told, *due}):
        if told.count(each) != due.count(each):
            yield f"{each} was told {told.count(each)} times, and is due {due.count(each)} times"


def counters_are_a_recount(step: ObservedStep) -> Iterator[str]:
    """The counters of each session are what counting its applications gives."""
    for reference, tally in step.after.tallies.items():
        recount = step.after.recount(reference)
        if tally != recount:
            yield f"the counters of {reference} say {tally}; counted: {recount}"


def quota_and_seats_hold(step: ObservedStep) -> Iterator[str]:
    """No step registers anybody beyond the quota, or retains anybody beyond the seats, of the session as it then is."""
    before, after = (Situation(each, step.now, step.settings) for each in (step.before, step.after))
    for session in step.after.subjects.values():
        if not isinstance(session, TrainingSession) or step.before.session(session.reference) is None:
            continue
        registered, quota = after.registered(session), session.capacity * session.coefficient
        limited = not step.settings.leaves_out(commands.Preregister, "quota-reached")
        if limited and registered > max(quota, before.registered(session)):
            yield f"{session.reference} has {registered} candidates for {session.capacity} x {session.coefficient}"
        limited = not step.settings.leaves_out(commands.Retain, "no-seat-left")
        if limited and after.seats_left(session) < 0 and after.retained(session) > before.retained(session):
            yield f"{session.reference} has {after.retained(session)} retained for {session.capacity} seats"


def preview_foretells(step: ObservedStep) -> Iterator[str]:
    """`execute` answers what `preview` answered at the same instant, with whatever offset that was written."""
    if step.previewed is None or step.answer is None:
        return
    previewed, answer = (each.codes if isinstance(each, Refused) else each for each in (step.previewed, step.answer))
    if previewed != answer:
        yield f"previewed: {previewed}; answered: {answer}"


OF_DECISIONS: tuple[Promise, ...] = (
    final_is_final,
    each_refusal_is_due,
    each_advisory_is_due,
    each_outcome_is_due,
    endings_reach_all,
    closed_sessions_hold_nobody,
    versions_grow_by_one,
    history_folds_to_the_state,
    events_take_effect_when_due,
    own_rows_are_permitted,
)
"""What a decision alone can break: `explore` asks these."""

PROMISES: tuple[Promise, ...] = (
    *OF_DECISIONS,
    refused_means_unchanged,
    quota_and_seats_hold,
    a_sweep_expires_the_overdue,
    entries_say_who_and_when,
    own_rows_are_named,
    answers_are_stored,
    messages_are_as_answered,
    all_are_told_who_are_to_hear,
    counters_are_a_recount,
    preview_foretells,
)
"""All of them; a service adds its own."""


def _is_apart(step: ObservedStep) -> bool:
    """Say whether the answer reveals no limit: it names the permission, the version or the key."""
    return isinstance(step.answer, Refused) and any(
        each.kind in _APART and each.code != "duplicate-reference" for each in step.answer.refusals
    )


def _effective(step: ObservedStep, subject: object, state: State) -> datetime:
    if state is not ApplicationState.NO_ADVICE or not isinstance(subject, Application):
        return step.now
    session = cast("TrainingSession", step.before.session(subject.session))
    return Situation(step.before, step.now, step.settings).after_deadline(session)


def _named(moved: dict[SubjectKey, State]) -> str:
    return ", ".join(f"{reference} to {state}" for (_, reference), state in sorted(moved.items())) or "nobody"

"""What holds at every step, whatever is asked: each a function named after what it says.

They look at what is stored and answered, never at how it was decided, so that they hold for every storage and for
every `Settings`; a broken rule, table or adapter contradicts one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from poec_workflow import commands
from poec_workflow.decider import Refused
from poec_workflow.errors import RefusalKind
from poec_workflow.folding import fold
from poec_workflow.model import OPEN_STATES, SYSTEM, Application, SessionState, State, TrainingSession
from poec_workflow.testing.reference.command_case import Case
from poec_workflow.testing.reference.expected_outcomes import FINAL, advice, closing, convocations, endings, target
from poec_workflow.testing.reference.observed_step import Moment, Promise, expected
from poec_workflow.testing.reference.snapshot import Where

_APART = (RefusalKind.FORBIDDEN, RefusalKind.STALE, RefusalKind.CONFLICT)


def final_is_final(moment: Moment) -> Iterator[str]:
    """Nothing that has ended changes again."""
    for (kind, reference), before, after in moment.before.moved(moment.after):
        if before is not None and before.state in FINAL:
            yield f"the {kind} {reference} was {before.state}, and became {after.state if after else 'lost'}"


def refused_means_unchanged(moment: Moment) -> Iterator[str]:
    """A refusal leaves no trace; neither does an answer that was given before."""
    if moment.request is None or moment.accepted is not None:
        return
    if moment.before != moment.after:
        changed = [f"{kind} {reference}" for (kind, reference), _, _ in moment.before.moved(moment.after)]
        yield f"{moment.request.command.type} changed {', '.join(changed) or 'a history or a counter'}"
    if moment.sent:
        yield f"{moment.request.command.type} put {len(moment.sent)} messages into the outbox"


def each_refusal_is_due(moment: Moment) -> Iterator[str]:
    """Exactly those limits are refused that are reached: counted, and dated, from what is stored."""
    case = moment.case
    if case is None or _is_apart(moment):
        return
    due, given = expected(case), moment.refused - moment.own_codes
    for code in sorted(given - due):
        yield f"{case.command.type} was refused with {code}, which does not hold"
    if moment.accepted is not None and due:
        yield f"{case.command.type} was accepted in spite of {', '.join(sorted(due))}"
    elif moment.accepted is None and due - given:
        yield f"{case.command.type} was refused without saying {', '.join(sorted(due - given))}"


def each_outcome_is_due(moment: Moment) -> Iterator[str]:
    """The command's own subject stands where the command leads; its fields say what the command said."""
    if moment.case is None or moment.accepted is None or moment.refused or expected(moment.case):
        return
    case, own = moment.case, moment.case.command
    after = moment.after.subjects.get((own.kind, own.reference))
    if after is None:
        yield f"{own.type} was accepted, and {own.kind} {own.reference} is not there"
    elif after.state != target(case):
        yield f"{own.type} leads to {after.state}, not to {target(case)}"
    elif isinstance(after, Application) and case.subject is not None:
        if after.convocations != convocations(case):
            yield f"{own.type} left {len(after.convocations)} convocations: {list(map(str, after.convocations))}"
        for name, value in advice(case).items():
            if getattr(after, name) != value:
                yield f"{own.type} left the {name} {getattr(after, name)}, not {value}"


def endings_reach_all(moment: Moment) -> Iterator[str]:
    """What a command ends beside its own subject it ends whole: who is late expires, and nobody else is moved."""
    if moment.case is None or moment.accepted is None or expected(moment.case):
        return
    own = (moment.case.command.kind, moment.case.command.reference)
    due = [endings(moment.case) | each for each in _closings(moment)]
    moved = {where: state for where, state in moment.states.items() if where != own}
    if moved not in due:
        yield f"{moment.case.command.type} moved {_named(moved)}, not {' or '.join(map(_named, due))}"


def closed_sessions_hold_nobody(moment: Moment) -> Iterator[str]:
    """A session that is complete or cancelled has no open application."""
    for subject in moment.after.subjects.values():
        if isinstance(subject, TrainingSession) and subject.state is not SessionState.ACTIVE:
            waiting = moment.after.count(subject.reference, *OPEN_STATES)
            if waiting:
                yield f"the session {subject.reference} is {subject.state}, and {waiting} applications are open"


def a_sweep_expires_the_overdue(moment: Moment) -> Iterator[str]:
    """After a sweep nobody is open past the deadline; it expired those alone, and said so."""
    if moment.request is not None:
        return
    nothing = Case(moment.before, None, moment.now, moment.settings)
    due: dict[Where, State] = {
        where: cast("State", "no-advice")
        for where, each in moment.before.subjects.items()
        if isinstance(each, Application) and each.state in OPEN_STATES and nothing.is_late(each)
    }
    if dict(moment.states) != due:
        yield f"the sweep moved {_named(dict(moment.states))}, not {_named(due)}"
    if list(moment.swept) != sorted(reference for _, reference in due):
        yield f"the sweep said {list(moment.swept)}"


def versions_grow_by_one(moment: Moment) -> Iterator[str]:
    """A step changes a subject once at most: its version grows by one, or nothing of it is different."""
    for (kind, reference), before, after in moment.before.moved(moment.after):
        expected_version = before.version + 1 if before else 1
        if after is None:
            yield f"the {kind} {reference} is lost"
        elif after.version != expected_version:
            yield f"the {kind} {reference} has version {after.version}, not {expected_version}"


def history_folds_to_the_state(moment: Moment) -> Iterator[str]:
    """A subject is what its history says, entry by entry, and no entry is ever lost or rewritten."""
    for where, subject in moment.after.subjects.items():
        history, known = moment.after.histories.get(where, ()), moment.before.histories.get(where, ())
        if history == known and subject == moment.before.subjects.get(where):
            continue
        versions = [each.event.version for each in history]
        if versions != list(range(1, subject.version + 1)):
            yield f"the history of {where[1]} has the versions {versions}; it is at {subject.version}"
        elif history[: len(known)] != known:
            yield f"the history of {where[1]} was rewritten"
        elif fold(each.event for each in history) != subject:
            yield f"the history of {where[1]} does not fold to it"


def entries_say_who_and_when(moment: Moment) -> Iterator[str]:
    """Each new entry names its instant, the states before and after, the actor of the command, else the system."""
    own = (moment.request.command.kind, moment.request.command.reference) if moment.request else None
    for where, entries in moment.entries.items():
        before = moment.before.subjects.get(where)
        for each in entries:
            actor = moment.request.actor if moment.request and where == own else SYSTEM
            if (each.recorded_at, each.actor) != (moment.now, actor):
                yield f"the entry of {where[1]} says {each.recorded_at} and {each.actor}"
            if each.from_state != (before.state if before else None):
                yield f"the entry of {where[1]} says that it was {each.from_state}"
            due = _effective(moment, where, each.event.state)
            if each.event.effective_at != due:
                yield f"{each.event.type} of {where[1]} takes effect at {each.event.effective_at}, not at {due}"


def answers_are_stored(moment: Moment) -> Iterator[str]:
    """What was answered is what is read afterwards: the subject, and every consequence."""
    if moment.accepted is None:
        return
    for change in moment.accepted.changes:
        where = (change.subject.kind, change.subject.reference)
        if moment.after.subjects.get(where) != change.subject:
            yield f"{where[1]} is not stored as it was answered"
    answered = sorted((each.subject.kind, each.subject.reference) for each in moment.accepted.changes)
    changed = sorted(where for where, _, _ in moment.before.moved(moment.after))
    if answered != changed:
        yield f"the answer names {answered}, and {changed} changed"


def one_message_an_event(moment: Moment) -> Iterator[str]:
    """The outbox takes one row for each new entry of a history, and nothing else."""
    entered = sorted(str(each.position) for entries in moment.entries.values() for each in entries)
    sent = sorted(map(str, moment.sent))
    if sent != entered:
        yield f"in the outbox: {sent}; in the histories: {entered}"


def counters_are_a_recount(moment: Moment) -> Iterator[str]:
    """Each session's counters are what counting its applications gives."""
    for reference, tally in moment.after.tallies.items():
        recount = moment.after.recount(reference)
        if tally != recount:
            yield f"the counters of {reference} say {tally}; counted: {recount}"


def quota_and_seats_hold(moment: Moment) -> Iterator[str]:
    """Nobody is registered beyond the quota of the moment, nobody retained beyond the seats of the moment."""
    for subject in moment.after.subjects.values():
        if not isinstance(subject, TrainingSession):
            continue
        case = Case(moment.after, commands.ReopenSession(subject.reference), moment.now, moment.settings)
        before = Case(moment.before, case.asked, moment.now, moment.settings)
        known = moment.before.session(subject.reference) is not None
        if case.counted > subject.capacity * subject.coefficient and known and case.counted > before.counted:
            yield f"{subject.reference} has {case.counted} candidates for {subject.capacity} x {subject.coefficient}"
        if case.retained > case.seats and known and case.retained > before.retained:
            yield f"{subject.reference} has {case.retained} retained on {case.seats} seats"


def preview_foretells(moment: Moment) -> Iterator[str]:
    """`preview` answers what `execute` then answers."""
    if moment.foretold is None or moment.answer is None:
        return
    foretold = moment.foretold.codes if isinstance(moment.foretold, Refused) else moment.foretold
    if foretold != (moment.answer.codes if isinstance(moment.answer, Refused) else moment.answer):
        yield f"foretold: {foretold}; answered: {moment.answer}"


PROMISES: tuple[Promise, ...] = (
    final_is_final,
    refused_means_unchanged,
    each_refusal_is_due,
    each_outcome_is_due,
    endings_reach_all,
    closed_sessions_hold_nobody,
    quota_and_seats_hold,
    a_sweep_expires_the_overdue,
    versions_grow_by_one,
    history_folds_to_the_state,
    entries_say_who_and_when,
    answers_are_stored,
    one_message_an_event,
    counters_are_a_recount,
    preview_foretells,
)
"""All of them; a service adds its own."""


def _is_apart(moment: Moment) -> bool:
    """Whether the answer is one that reveals no limit: permission, version, key."""
    refusals = moment.answer.refusals if isinstance(moment.answer, Refused) else ()
    return any(each.kind in _APART and each.code != "duplicate-reference" for each in refusals)


def _closings(moment: Moment) -> Iterator[dict[Where, State]]:
    """What automatic closing may move; a service's own policies may stand in its way."""
    assert moment.case is not None  # noqa: S101 - asked of commands alone
    yield closing(moment.case)
    if commands.DeclareSessionFull in moment.settings.refuse_also:
        yield {}


def _effective(moment: Moment, where: Where, state: State) -> datetime:
    """When what happened takes effect: an expiry after the deadline, all else now."""
    subject = moment.before.subjects.get(where)
    if state != "no-advice" or not isinstance(subject, Application):
        return moment.now
    session = moment.before.session(subject.session)
    assert session is not None  # noqa: S101 - an application has its session
    return Case(moment.before, None, moment.now, moment.settings).after_deadline(session)


def _named(moved: dict[Where, State]) -> str:
    return ", ".join(f"{reference} to {state}" for (_, reference), state in sorted(moved.items())) or "nobody"

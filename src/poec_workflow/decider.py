"""decide: a subject, a command and facts ▸ what happens, or every reason why not.

Pure: no storage, no clock, no I/O. The answers come in the order of `docs/explanation/domain.md`; only answer 0, the
key, needs a memory, and is the workflow's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from attrs import evolve as replace
from attrs import field, frozen

from poec_workflow import events
from poec_workflow.commands import ApplicationCommand, Command, SessionCommand
from poec_workflow.construction import constructor
from poec_workflow.errors import Advisory, Details, Refusal, plain
from poec_workflow.folding import STEPS
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycle, Lifecycles
from poec_workflow.messages import Message
from poec_workflow.model import (
    SYSTEM,
    Actor,
    ActorKind,
    Application,
    Subject,
    SubjectKind,
    TrainingSession,
)
from poec_workflow.policies.access import Grant, permitted
from poec_workflow.policies.calendar import in_zone
from poec_workflow.policies.check import Check
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.policy import Condition


@frozen(kw_only=True, weakref_slot=False)
class Change:
    """One subject moved by one event.

    Attributes:
        before: the subject before; None when the event created it.
        actor: who caused it; `SYSTEM` in a cascade.
        command: the type of the command that caused it.
        rule: the id of the row.
    """

    before: Subject | None
    subject: Subject
    event: events.AnyEvent
    actor: Actor
    command: str
    rule: str


@frozen(kw_only=True, weakref_slot=False)
class Accepted:
    """Yes: what the command made happen.

    Attributes:
        change: what happened to the command's own subject.
        advisories: what deserves a second look.
        consequences: what happened to others in the same transaction, each at most once.
        final: whether the subject's lifecycle ended.
        replayed: whether this is the first answer again, to a command sent again with its key.
        notices: who is told, a message an addressee (`notices.NOTICES`); a workflow fills it in, `decide` does not.
            Answers are equal whoever is told: a replayed one is the first again, and nobody is told again.
    """

    change: Change
    advisories: tuple[Advisory, ...] = ()
    consequences: tuple[Change, ...] = ()
    final: bool = False
    replayed: bool = False
    notices: tuple[Message, ...] = field(default=(), eq=False)

    @property
    def subject(self) -> Subject:
        """The command's own subject, as it is now."""
        return self.change.subject

    @property
    def events(self) -> tuple[events.AnyEvent, ...]:
        """The subject's own events, in order."""
        return (self.change.event,)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes to store: the subject's own, then the consequences."""
        return (self.change, *self.consequences)


_make_change, _make_accepted = constructor(Change), constructor(Accepted)


@frozen(weakref_slot=False)
class Refused:
    """No, and every reason."""

    refusals: tuple[Refusal, ...]

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the refusals."""
        return frozenset(each.code for each in self.refusals)


def decide(
    subject: Subject | None, command: Command, facts: Facts, lifecycles: Lifecycles = LIFECYCLES
) -> Accepted | Refused:
    """Whether a command can be carried out, and what it makes happen.

    Args:
        subject: the one that the command names; None when there is none of that reference.
        command: the command.
        facts: all else that matters. For an application or a session they need an enrolment.
        lifecycles: the tables; with a service's own rows, others than the package's.

    Returns:
        `Accepted`, or `Refused` with the answer of the first step that fails (domain page, "The order of answers").

    Raises:
        TypeError: a class in the place of a command.
    """
    if isinstance(command, type):
        raise TypeError(f"expected a command, not the class {command.__name__}")
    lifecycle = lifecycles[command.subject_kind]
    refusal = _first_refusal(subject, command, facts, lifecycle)
    if refusal is not None:
        return Refused((refusal,))
    return _adjudicate(subject, command, facts, lifecycle, lifecycles)


def _first_refusal(subject: Subject | None, command: Command, facts: Facts, lifecycle: Lifecycle) -> Refusal | None:
    """Answers 1 to 3: what must exist, who may, which version."""
    if type(command) in lifecycle.by_state[None]:
        if lifecycle.parent and not facts.know(lifecycle.parent):
            parent = cast("str", getattr(command, lifecycle.parent))
            return unknown(lifecycle.parent, parent)
    elif subject is None:
        return unknown(lifecycle.kind, command.reference)
    grants: Iterable[Grant] = facts.settings.permissions[type(command)]
    if lifecycle.permits and (rule := lifecycle.executor.choose(subject, facts, command)):
        grants = rule.permit or grants
    if not permitted(grants, subject, facts, command):
        return not_permitted(command.type, facts.actor)
    if facts.expected_version is None:
        return None
    version = 0 if subject is None else subject.version
    if facts.expected_version == version:
        return None
    return Refusal("stale-version", {"expected": facts.expected_version, "version": version})


def unknown(kind: SubjectKind, reference: str) -> Refusal:
    """Answer 1: `unknown-application`, `unknown-session` or `unknown-action`."""
    return Refusal(f"unknown-{kind}", {kind.value: reference})


def not_permitted(command: str, actor: Actor) -> Refusal:
    """Answer 2, which reveals nothing else."""
    return Refusal("not-permitted", {"command": command, "actor": actor.kind})


def adjudicate(
    subject: Subject | None, command: Command, facts: Facts, lifecycles: Lifecycles = LIFECYCLES
) -> Accepted | Refused:
    """Answers 4 to 6: the row, then every policy of it."""
    return _adjudicate(subject, command, facts, lifecycles[command.subject_kind], lifecycles)


def _adjudicate(
    subject: Subject | None, command: Command, facts: Facts, lifecycle: Lifecycle, lifecycles: Lifecycles
) -> Accepted | Refused:
    rule = lifecycle.executor.choose(subject, facts, command)
    if rule is None:
        if type(command) in lifecycle.by_state[None]:
            return Refused((Refusal("duplicate-reference", {"reference": command.reference}),))
        assert subject is not None  # noqa: S101 - every table creates from nothing
        return Refused((no_transition(subject, command.type, lifecycle, _possible(subject, facts, lifecycle)),))
    answers = rule.refuse(subject, facts, command)
    refusals = () if answers is None else in_force(_refusals(rule.refusal_checks, answers), type(command), facts)
    if own := facts.settings.checks:
        refusals += refusals_of(own.get(type(command), ()), subject, facts, command)
    return _make_refused(refusals) if refusals else _accept(rule, subject, command, facts, lifecycle, lifecycles)


def no_transition(subject: Subject, command: str, lifecycle: Lifecycle, possible: tuple[str, ...] = ()) -> Refusal:
    """Answer 4: the table has no row.

    Args:
        subject: the one that the command names.
        command: the command's type.
        lifecycle: its table, which says which commands the state accepts.
        possible: the types of those among them that the actor may give; none where they are told otherwise.
    """
    accepted = lifecycle.types_by_state[subject.state]
    return Refusal(
        "no-transition", {"command": command, "state": subject.state, "accepted": accepted, "possible": possible}
    )


def _possible(subject: Subject, facts: Facts, lifecycle: Lifecycle) -> tuple[str, ...]:
    """The types of the commands that a state accepts and the actor may give, as far as shows without a payload."""
    permissions = facts.settings.permissions
    # Most commands share their grants, which are asked once.
    asked: dict[int, bool] = {}
    possible = []
    for command, rows in lifecycle.by_state[subject.state].items():
        for row in rows:
            grants = row.permit or permissions[command]
            known = asked.get(id(grants))
            if known is None:
                known = asked[id(grants)] = permitted(grants, subject, facts, None)
            if known:
                possible.append(command.type)
                break
    return tuple(possible)


def refusals_of(
    checks: Iterable[Check], subject: Subject | None, facts: Facts, command: Command | None
) -> tuple[Refusal, ...]:
    """Evaluate policies, and return the refusals. Without a command they must all be payload-free."""
    asked = tuple(checks)
    answers = [
        each.policy(subject, facts) if each.payload_free else each.policy(subject, facts, command) for each in asked
    ]
    return _refusals(asked, answers)


def in_force(refusals: tuple[Refusal, ...], command: type[Command], facts: Facts) -> tuple[Refusal, ...]:
    """Refusals of a command without those that the settings leave out; what the system does keeps to every rule."""
    settings = facts.settings
    if not settings.leave_out or facts.actor.kind is ActorKind.SYSTEM:
        return refusals
    return tuple(each for each in refusals if not settings.leaves_out(command, each.code))


def _refusals(checks: Iterable[Check], answers: Iterable[Details | None]) -> tuple[Refusal, ...]:
    given: list[Refusal] = []
    for check, details in zip(checks, answers):  # noqa: B905 - an answer for each: every refusal comes here
        if details is not None:
            if type(details) is not dict:
                _expect_mapping(check, details)
            given.append(_make_refusal(check.code, FrozenMap(details), check.templates))
    return tuple(given)


_make_refusal, _make_refused = constructor(Refusal), constructor(Refused)


def _expect_mapping(check: Check, details: object) -> None:
    """A policy gives details or None: else it is a fault of its own, which a service is told of.

    Raises:
        TypeError: it gave something else.
    """
    if not isinstance(details, Mapping):
        raise TypeError(f"the policy {check.code} must give details as a mapping, or None; it gave {details!r:.80}")


def _accept(
    rule: AnyRule, subject: Subject | None, command: Command, facts: Facts, lifecycle: Lifecycle, lifecycles: Lifecycles
) -> Accepted:
    answers = rule.warn(subject, facts, command)
    advisories = () if answers is None else _advisories(rule, answers, facts)
    consequences = _cascade(rule.first, command, facts, lifecycles) if rule.first else ()
    at = in_zone(rule.effective(subject, facts), facts.settings.zone) if rule.effective else facts.written_now
    event = rule.make_event(subject, command, at)
    after = STEPS[rule.event](subject, event)
    change = _make_change(subject, after, event, facts.actor, command.type, rule.id)
    if rule.then and _all_hold(rule.then_given, subject, facts, command):
        consequences += _cascade(rule.then, command, _after(facts, (*consequences, change)), lifecycles)
    return _make_accepted(change, advisories, consequences, after.state in lifecycle.final, False, ())  # noqa: FBT003


def _all_hold(conditions: Iterable[Condition[Any, Any]], subject: Any, facts: Facts, command: Command) -> bool:  # noqa: ANN401
    for each in conditions:  # noqa: SIM110 - every acceptance that cascades comes here, and a generator costs more
        if not each.holds(subject, facts, command):
            return False
    return True


def _advisories(rule: AnyRule, answers: Iterable[Details | None], facts: Facts) -> tuple[Advisory, ...]:
    return tuple(
        Advisory(each.code, {name: plain(value) for name, value in each.details.items()})
        for each in in_force(_refusals(rule.advisory_checks, answers), rule.command, facts)
    )


# Cascades


def _cascade(
    kind: type[ApplicationCommand | SessionCommand], cause: Command, facts: Facts, lifecycles: Lifecycles
) -> tuple[Change, ...]:
    """Give a command, as the system, to every subject of its kind in reach; refusals of it are ignored."""
    changes: list[Change] = []
    for enrolment in facts.reach():
        around = replace(facts, actor=SYSTEM, enrolment=enrolment, enrolments=(), expected_version=None)
        for target in _targets(kind, enrolment):
            answer = adjudicate(target, kind(target.reference), around, lifecycles)
            if isinstance(answer, Accepted):
                changes.append(replace(answer.change, command=cause.type))
                changes.extend(answer.consequences)
    return tuple(changes)


def _targets(kind: type[ApplicationCommand | SessionCommand], enrolment: Enrolment) -> Sequence[Subject]:
    return (enrolment.session,) if kind.subject_kind is SubjectKind.SESSION else enrolment.open_applications


def _after(facts: Facts, changes: Sequence[Change]) -> Facts:
    """The facts of one session after changes: itself, its counts, and who is still open."""
    return replace(facts, enrolment=facts.enrolment and _moved(facts.enrolment, changes))


def _moved(enrolment: Enrolment, changes: Sequence[Change]) -> Enrolment:
    session = next((each.subject for each in changes if isinstance(each.subject, TrainingSession)), enrolment.session)
    moved = {
        each.subject.reference: (each.before.state, each.subject.state)
        for each in changes
        if isinstance(each.before, Application) and isinstance(each.subject, Application)
    }
    tally = enrolment.tally
    for before, after in moved.values():
        tally = tally.moved(before, after)
    waiting = tuple(each for each in enrolment.open_applications if each.reference not in moved)
    return replace(enrolment, session=session, tally=tally, open_applications=waiting)

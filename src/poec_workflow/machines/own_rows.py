"""A service's own rows: the package's tables with more rows, over the states, commands and events that are there.

Added rows are held to all that the package's rows are held to, and to what they could break from outside: nobody else
wrote the row that they meet. States, commands and events of a service's own are not offered: they would be stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from attrs import evolve

from poec_workflow.commands import ApplicationCommand, Command, SessionCommand
from poec_workflow.errors import Fault, Malformed
from poec_workflow.events import ConvocationMoved, Convoked
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.locales import words
from poec_workflow.machines.lifecycle import Lifecycle, WrongTable
from poec_workflow.machines.lifecycles import LIFECYCLES, Lifecycles, must_be_lifecycles
from poec_workflow.machines.rule import AnyRule, Rule
from poec_workflow.model import STATE_TYPES, ApplicationState, State, SubjectKind
from poec_workflow.policies.attendance import convocation_not_due
from poec_workflow.policies.check import code_of, faults_of_code, needs_command
from poec_workflow.policies.convocation import convocation_already_passed

_MOST_CONDITIONS = 10
"""Of one state and command: each doubles the truths under which exactly one row must be chosen."""
_WITH_CONVOCATION = frozenset({ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT})
"""Where the rules look at the last convocation; only the event `Convoked` makes one."""
_OF_THE_LAST_CONVOCATION = (convocation_already_passed, convocation_not_due)
"""The policies that look at it."""
_ARTICLES = {SubjectKind.APPLICATION: "an", SubjectKind.SESSION: "a", SubjectKind.ACTION: "an"}

Faults = Iterator[tuple[str, str]]
"""The part of a row that a fault is in (empty: the row as a whole), and what is wrong."""


def with_rows(*rules: AnyRule, to: Lifecycles = LIFECYCLES) -> Lifecycles:
    """The lifecycles with a service's own rows, each added to the lifecycle of its command.

    A row may lead out of a state that is final in the package's tables; with the row it no longer is. It creates
    nothing, its event is one of the package's (whose own row may have the same), and no other row is chosen where it
    is.

    Args:
        rules: the rows.
        to: what they are added to.

    Raises:
        Malformed: a row that can't be; every fault of all rows is listed, at places as `$.X1.source`.

    >>> from poec_workflow import commands, events
    >>> ours = with_rows(Rule("X1", "retained", commands.Withdraw, "rejected", events.Withdrawn))
    >>> [each.type for each in ours[SubjectKind.APPLICATION].commands(ApplicationState.RETAINED)]
    ['withdraw']
    """
    must_be_lifecycles(to, "$.to")
    given: tuple[object, ...] = rules
    faults = [
        Fault(f"$.rules[{number}]", f"expected a Rule, not {each!r:.80}")
        for number, each in enumerate(given)
        if not isinstance(each, Rule)
    ]
    added: list[AnyRule] = [each for each in given if isinstance(each, Rule)]
    sound: list[AnyRule] = []
    for rule in added:
        found = [Fault(_place(rule, part), problem) for part, problem in _faults_of_row(rule, added, to)]
        faults.extend(found)
        if not found:
            sound.append(rule)
    made = {}
    for kind, lifecycle in to.items():
        built = _with(lifecycle, [rule for rule in sound if rule.command.subject_kind is kind])
        if isinstance(built, Lifecycle):
            made[kind] = built
        else:
            faults.extend(built)
    every = [rule for each in to.values() for rule in each.rules] + sound
    faults.extend(Fault(_place(rule, part), problem) for rule, part, problem in _faults_of_company(sound, every))
    if faults:
        raise Malformed(dict.fromkeys(faults))
    return FrozenMap(made)


def _place(rule: AnyRule, part: str) -> str:
    return f"$.{rule.id}.{part}" if part else f"$.{rule.id}"


# One row by itself


def _faults_of_row(rule: AnyRule, added: Sequence[AnyRule], to: Lifecycles) -> Faults:
    rows = [each for lifecycle in to.values() for each in lifecycle.rules]
    if rule.id in {each.id for each in rows}:
        yield "", "the id is taken"
    elif Counter(each.id for each in added)[rule.id] > 1:
        yield "", "the id stands twice"
    yield from _faults_of_words(rule, rows)
    yield from _faults_of_policies(rule, rows)
    yield from _faults_of_conditions(rule)
    if rule.first and issubclass(rule.command, ApplicationCommand):
        yield "first", "nothing comes before an application's change: it would be among those that are ended"
    if rule.then and not _may_follow(rule, rule.then):
        yield "then", f"{rule.then.type} can't follow the change of {_a(rule.command.subject_kind)}"
    if rule.then_given and rule.then is None:
        yield "then_given", "nothing follows, so it chooses nothing"


def _faults_of_words(rule: AnyRule, rows: Iterable[AnyRule]) -> Faults:
    kind, creations = rule.command.subject_kind, [each for each in rows if each.source is None]
    if rule.source is None:
        yield "source", "expected states: a service's own row creates nothing"
    if rule.command in {each.command for each in creations}:
        yield "command", f"{rule.command.type} creates, and starts from nothing"
    if rule.event in {each.event for each in creations}:
        yield "event", f"{rule.event.type} is the first event of a history"
    if rule.event.subject_kind is not kind:
        yield "event", f"{rule.event.type} is no event of {_a(kind)}, which {rule.command.type} is given to"
    named = [("source", each) for each in rule.source or ()]
    named += [("target", rule.target)] if isinstance(rule.target, State) else []
    for part, state in named:
        if not isinstance(state, STATE_TYPES[kind]):
            yield part, f"{state} is no state of {_a(kind)}, which {rule.command.type} is given to"


def _a(kind: SubjectKind) -> str:
    return f"{_ARTICLES[kind]} {kind}"


def _faults_of_policies(rule: AnyRule, rows: Iterable[AnyRule]) -> Faults:
    ours = [policy for each in rows for policy in (*each.unless, *each.advise)]
    for part, policies in (("unless", rule.unless), ("advise", rule.advise)):
        codes = Counter(map(code_of, policies))
        yield from ((part, f"{code} stands twice") for code, count in codes.items() if count > 1)
        for policy in policies:
            if not _is_among(policy, ours):
                yield from ((part, each) for each in faults_of_code(policy))
                if code_of(policy) in words("en")["advisories"]:
                    yield part, f"{policy.__name__} has the name of an advisory of this package"
            elif needs_command(policy) and rule.command.type not in (known := _commands_asking(policy, rows)):
                yield part, f"{code_of(policy)} looks into {' or '.join(known)}, which {rule.command.type} is not"


def _commands_asking(policy: object, rows: Iterable[AnyRule]) -> list[str]:
    """The commands whose fields a policy of the tables knows."""
    return sorted({each.command.type for each in rows if _is_among(policy, (*each.unless, *each.advise))})


def _is_among(policy: object, ours: Iterable[object]) -> bool:
    return any(policy is each for each in ours)


def _faults_of_conditions(rule: AnyRule) -> Faults:
    for part, conditions in (("given", rule.given), ("then_given", rule.then_given)):
        expected = {(each.name, each.expected) for each in conditions}
        for name in sorted({name for name, holds in expected if (name, not holds) in expected}):
            yield part, f"never holds: {name} and not {name}"
        if len(expected) > _MOST_CONDITIONS:
            yield part, f"expected {_MOST_CONDITIONS} conditions at most"


def _may_follow(rule: AnyRule, command: type[Command]) -> bool:
    """Whether a command may follow a row's change: no subject changes twice in one decision."""
    if issubclass(rule.command, ApplicationCommand):
        return True
    return issubclass(rule.command, SessionCommand) and issubclass(command, ApplicationCommand)


# All rows together


def _with(lifecycle: Lifecycle, added: Sequence[AnyRule]) -> Lifecycle | list[Fault]:
    """The lifecycle with some rows, or what is wrong with the table."""
    if not added:
        return lifecycle
    if crowded := list(_faults_of_atoms(lifecycle, added)):
        return crowded
    left = {state for rule in added for state, target in rule.targets.items() if target is not state}
    own = lifecycle.own.union(rule.id for rule in added)
    try:
        return evolve(
            lifecycle,
            rules=(*lifecycle.rules, *added),
            final=frozenset(each for each in lifecycle.final if each not in left),
            own=own,
        )
    except WrongTable as error:
        ids = {rule.id for rule in added}
        first = {(each.rows, each.alike or each.problem): each for each in reversed(error.faults)}
        return [
            Fault(f"$.{row}" if row in ids else "$", each.problem)
            for each in reversed(first.values())
            for row in ([row for row in each.rows if row in ids] or [""])
        ]


def _faults_of_atoms(lifecycle: Lifecycle, added: Sequence[AnyRule]) -> Iterator[Fault]:
    """Conditions of one name are one condition, and there are not too many of them."""
    for own, state in [(rule, state) for rule in added for state in rule.source or ()]:
        cell = [each for each in (*lifecycle.rules, *added) if each.command is own.command and state in each.targets]
        known: dict[str, Any] = {}
        for atom in (atom for each in cell for atom in each.given):
            if known.setdefault(atom.name, atom.test) is not atom.test:
                yield Fault(_place(own, "given"), f"there are two conditions {atom.name} for {own.command.type}")
        if len(known) > _MOST_CONDITIONS:
            yield Fault(_place(own, "given"), f"more than {_MOST_CONDITIONS} conditions for {own.command.type}")


def _faults_of_company(added: Sequence[AnyRule], every: Sequence[AnyRule]) -> Iterator[tuple[AnyRule, str, str]]:
    yield from _faults_of_cascades(added, every)
    yield from _faults_of_convocations(added, every)


def _faults_of_cascades(added: Sequence[AnyRule], every: Sequence[AnyRule]) -> Iterator[tuple[AnyRule, str, str]]:
    """What is given to many applications at once causes nothing itself: each would change their session again."""
    causes = [(rule, part, getattr(rule, part)) for rule in every for part in ("first", "then")]
    for (rule, part, command), caused in product(causes, every):
        if command is caused.command and issubclass(command, ApplicationCommand) and caused.then:
            if rule in added:
                yield rule, part, f"{command.type} has something that follows it ({caused.id})"
            else:
                yield caused, "then", f"{command.type} is itself what follows {rule.id}"


def _faults_of_convocations(added: Sequence[AnyRule], every: Sequence[AnyRule]) -> Iterator[tuple[AnyRule, str, str]]:
    """Who is convoked, present or absent has a convocation; rows lead there from states in which there may be none."""
    moves = [rule for rule in every if issubclass(rule.command, ApplicationCommand) and _keeps(rule)]
    without: set[State] = {target for rule in every for state, target in rule.targets.items() if state is None}
    while more := {
        target
        for rule in moves
        for state, target in rule.targets.items()
        if state in without and target not in without.union(_WITH_CONVOCATION)
    }:
        without |= more
    for rule in added:
        for state in sorted(without.intersection(rule.targets)):
            for part, what in _needing_convocations(rule, state):
                yield rule, part, f"{what} needs a convocation, and in {state} there may be none"


def _needing_convocations(rule: AnyRule, state: State) -> Faults:
    """What of a row looks at the last convocation of whoever is in a state."""
    if _keeps(rule) and rule.targets[state] in _WITH_CONVOCATION:
        yield "target", rule.targets[state]
    for part, policies in (("unless", rule.unless), ("advise", rule.advise)):
        yield from ((part, code_of(each)) for each in policies if _is_among(each, _OF_THE_LAST_CONVOCATION))
    if rule.event is ConvocationMoved:
        yield "event", rule.event.type


def _keeps(rule: AnyRule) -> bool:
    return rule.event is not Convoked

"""One row of a table.

A row says: from these states, this command, under these conditions, leads to this state by this event, unless a
policy refuses.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeVar, cast

from attrs import NOTHING, field, fields, fields_dict, frozen

from poec_workflow.commands import COMMANDS, ApplicationCommand, Command, SessionCommand
from poec_workflow.construction import constructor
from poec_workflow.errors import Fault, Malformed
from poec_workflow.events import ENVELOPE, EVENTS, Event
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import (
    STATE_TYPES,
    ActionStateName,
    ApplicationStateName,
    SessionStateName,
    State,
    Subject,
)
from poec_workflow.policies.access import Grant
from poec_workflow.policies.check import (
    Check,
    Evaluate,
    code_of,
    evaluator,
    faults_of_function,
    has_name,
    needs_command,
)
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import Condition, Policy

S = TypeVar("S", bound=Subject)
C = TypeVar("C", bound=Command)

StateName = ApplicationStateName | SessionStateName | ActionStateName
"""The values of the states."""

_ID = re.compile("[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_LONGEST_ID = 16


class Same(Enum):
    """The target of a row that leaves the state as it is."""

    SAME = "same"


SAME: Final = Same.SAME


class Given(Enum):
    """The target of a row that creates in the state that the command carries: of what is imported."""

    GIVEN = "given"


GIVEN: Final = Given.GIVEN

Target = State | Literal[Same.SAME, Given.GIVEN]
"""Where a row leads."""


def _sources_given(source: State | StateName | Iterable[State | StateName] | None) -> tuple[State, ...] | None:
    """The states as a tuple; which of them are states is found out with the command, whose lifecycle they are of."""
    given: Any = source
    if given is None or isinstance(given, tuple):
        return given
    # A state is a text, and texts are iterable.
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


def _target_given(target: Target | StateName) -> Target:
    return cast("State", target)


@frozen
class Rule(Generic[S, C]):
    """One row.

    Where a state is expected its value is taken too: `"retained"`.

    Attributes:
        id: the domain page's number, as `L4`; a service's own rows have other ones, as `X1`.
        source: the states that it starts from; None creates the subject.
        target: where it leads; `SAME` stays, `GIVEN` is the state that the command carries.
        event: what it makes happen. In the package's tables no other row has the same.
        given: chooses the row among those of one state and command.
        unless: the policies that may refuse; all are evaluated, and every refusal is reported.
        advise: policies whose details become advisories; they refuse nothing.
        first: command given before to every open application of the sessions; refusals of it are ignored.
        then: command given after to every open application of the session, or to the application's session.
        then_given: `then` is sent only where these hold.
        effective: when the event takes effect, if not now.
        permit: who may give the command where this row is the one chosen, instead of those whom the settings permit it.

    Raises:
        Malformed: a part has the wrong shape; all of them are listed, at places as `$.X1.source`.
    """

    id: str
    source: tuple[State, ...] | None = field(converter=_sources_given)
    command: type[C]
    target: Target = field(converter=_target_given)
    event: type[Event[S]]
    given: tuple[Condition[S, C], ...] = field(default=(), kw_only=True)
    unless: tuple[Policy[S, C], ...] = field(default=(), kw_only=True)
    advise: tuple[Policy[S, C], ...] = field(default=(), kw_only=True)
    first: type[ApplicationCommand] | None = field(default=None, kw_only=True)
    then: type[ApplicationCommand | SessionCommand] | None = field(default=None, kw_only=True)
    then_given: tuple[Condition[S, C], ...] = field(default=(), kw_only=True)
    effective: Callable[[S, Facts], datetime] | None = field(default=None, kw_only=True)
    permit: tuple[Grant, ...] = field(default=(), kw_only=True)
    refusal_checks: tuple[Check, ...] = field(init=False, repr=False, eq=False)
    advisory_checks: tuple[Check, ...] = field(init=False, repr=False, eq=False)
    ways: tuple[tuple[State | None, State], ...] = field(init=False, repr=False, eq=False)
    """Each way that it leads: a source (None creates), and the state afterwards."""
    targets: Mapping[State | None, State] = field(init=False, repr=False, eq=False)
    """The state that it leads to from each of its sources; nothing where the command says which."""
    _sources: Mapping[str, str] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        known = STATE_TYPES[self.command.subject_kind] if _is_command(self.command) else None
        for name in ("given", "unless", "advise", "then_given", "permit"):
            if isinstance(given := getattr(self, name), list):
                self._set(**{name: tuple(given)})
        sources = None if self.source is None else _in_order([_member(each, known) for each in self.source])
        self._set(source=sources, target=_member(self.target, known))
        if faults := tuple(self._faults()):
            place = f"$.{self.id}" if _is_id(self.id) else "$"
            raise Malformed(Fault(f"{place if name != 'id' else '$'}.{name}", problem) for name, problem in faults)
        self._set(
            refusal_checks=tuple(map(Check.of, self.unless)),
            advisory_checks=tuple(map(Check.of, self.advise)),
            _sources={**self._envelope(), **dict(_sources(self.event, self.command))},
            ways=tuple(_ways(self.source, self.target, known)),
            targets=FrozenMap({} if self.imports else dict(_ways(self.source, self.target, known))),
        )

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _faults(self) -> Iterator[tuple[str, str]]:
        """Each fault, and the part that it is in."""
        if not _is_id(self.id):
            yield "id", f"expected letters and digits, {_LONGEST_ID} at most, as X1, not {self.id!r:.80}"
        yield from self._faults_of_words()
        for name, conditions in (("given", self.given), ("then_given", self.then_given)):
            yield from ((name, each) for each in _faults_of_several(conditions, "Conditions", _fault_of_condition))
        for name, policies in (("unless", self.unless), ("advise", self.advise)):
            yield from ((name, each) for each in _faults_of_several(policies, "policies", _fault_of_policy))
        yield from (("permit", each) for each in _faults_of_several(self.permit, "Grants", _fault_of_grant))
        yield from self._faults_of_cascades()
        if self.effective is not None and (fault := _fault_of_effective(self.effective)):
            yield "effective", fault

    def _faults_of_words(self) -> Iterator[tuple[str, str]]:
        if not _is_command(self.command):
            yield "command", f"expected a command of the package, not {self.command!r:.80}"
        if not _is_one_of(EVENTS, self.event):
            yield "event", f"expected an event of the package, not {self.event!r:.80}"
        elif _is_command(self.command):
            yield from (("event", each) for each in _missing(self.event, self.command))
        if self.source is not None and not self.source:
            yield "source", "expected a state or several"
        yield from (("source", _not_a_state(each)) for each in self.source or () if not _is_state(each))
        if self.imports and not (self.source is None and hasattr(self.command, "state")):
            yield "target", "GIVEN is of a row that creates, and of a command with a state"
        if not isinstance(self.target, Same | Given) and not _is_state(self.target):
            yield "target", _not_a_state(self.target)

    def _faults_of_cascades(self) -> Iterator[tuple[str, str]]:
        for name, command, kinds in (
            ("first", self.first, ApplicationCommand),
            ("then", self.then, (ApplicationCommand, SessionCommand)),
        ):
            if command is None:
                continue
            if not _is_command(command) or not issubclass(command, kinds):
                wanted = "to applications" if name == "first" else "to applications or to a session"
                yield name, f"expected a command {wanted}, not {command!r:.80}"
            elif others := [each.name for each in fields(command)[1:] if each.default is NOTHING]:
                yield name, f"{command.type} can't follow by itself: it needs {', '.join(others)}"

    def _envelope(self) -> Mapping[str, str]:
        """Where the fields that every event has come from."""
        created = self.source is None
        states = {Same: "subject.state", Given: "command.state"}
        return {
            "reference": f"command.{self.command.subject_kind}" if created else "subject.reference",
            "version": "1" if created else "subject.version + 1",
            "effective_at": "at",
            "state": states.get(type(self.target), "target"),
        }

    @property
    def imports(self) -> bool:
        """Whether it takes over what another system had, in whatever state the command says."""
        return isinstance(self.target, Given)

    @property
    def sources(self) -> tuple[State | None, ...]:
        """The states that it starts from; None creates."""
        return self.source or (None,)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the refusals that the row may give."""
        return tuple(check.code for check in self.refusal_checks)

    @cached_property
    def refuse(self) -> Evaluate:
        """Evaluate the policies that may refuse."""
        return evaluator(self.refusal_checks)

    @cached_property
    def warn(self) -> Evaluate:
        """Evaluate the policies that may advise."""
        return evaluator(self.advisory_checks)

    @cached_property
    def make_event(self) -> Callable[[S | None, C, datetime], Event[S]]:
        """Make the event of the row: of a subject (None where the row creates it), a command and an instant.

        A subject that is there hands in its own reference, so that a history holds that text once.
        """
        names = {
            f"{what}_{name}": value
            for name, each in fields_dict(self.event).items()
            for what, value in (("as", each.converter), ("initial", each.default))
        }
        names["target"] = self.target
        return constructor(self.event, ("subject", "command", "at"), self._sources, names)

    def described(self) -> dict[str, Any]:
        """The row as plain data, from which the lifecycle's fingerprint is computed."""
        return {
            "id": self.id,
            "source": list(self.source) if self.source else None,
            "command": self.command.type,
            "target": self.target.value,
            "event": self.event.type,
            "given": sorted(map(str, self.given)),
            "unless": sorted(map(code_of, self.unless)),
            "advise": sorted(map(code_of, self.advise)),
            "first": self.first.type if self.first else None,
            "then": self.then.type if self.then else None,
            "then_given": sorted(map(str, self.then_given)),
            "effective": code_of(self.effective) if self.effective else None,
            **({"permit": sorted(map(str, self.permit))} if self.permit else {}),
        }


def _ways(
    source: tuple[State, ...] | None, target: Target, known: type[State] | None
) -> Iterator[tuple[State | None, State]]:
    for state in source or (None,):
        if isinstance(target, Given):
            yield from ((state, each) for each in known or ())
        elif not isinstance(target, Same):
            yield state, target
        elif state is not None:  # A creation that stays is a fault of its table.
            yield state, state


def _sources(event: type[Event[Any]], command: type[Command]) -> Iterator[tuple[str, str]]:
    """The fields that an event takes from the command, converted, or has by default."""
    for name, attribute in fields_dict(event).items():
        if name in ENVELOPE:
            continue
        if hasattr(command, name):
            yield name, f"as_{name}(command.{name})" if attribute.converter else f"command.{name}"
        elif isinstance(attribute.default, str):
            yield name, f"initial_{name}"


def _missing(event: type[Event[Any]], command: type[Command]) -> Iterator[str]:
    """What an event needs and a command can't give."""
    found = dict(_sources(event, command))
    for name in fields_dict(event):
        if name not in ENVELOPE and name not in found:
            yield f"{event.type} needs {name!r}, which {command.type} does not have"


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_ID and _ID.fullmatch(value) is not None


def _is_one_of(words: Mapping[str, object], value: object) -> bool:
    # By identity: what is given may be anything, and an event or a command of somebody's own has our name.
    return any(value is each for each in words.values())


def _is_command(value: object) -> bool:
    return _is_one_of(COMMANDS, value)


def _is_state(value: object) -> bool:
    return isinstance(value, State)


def _member(value: Any, known: type[State] | None) -> Any:  # noqa: ANN401 - whatever was given
    """The state with a value, of a lifecycle or of any; anything else unchanged."""
    for kind in (known,) if known else STATE_TYPES.values():
        if type(value) is str and value in {each.value for each in kind}:
            return kind(value)
    return value


def _in_order(given: list[Any]) -> tuple[Any, ...]:
    """The states, each once, in their lifecycle's order."""
    kinds = {type(each) for each in given}
    if len(kinds) != 1 or not _is_state(given[0]):
        return tuple(given)
    return tuple(state for state in type(given[0]) if state in given)


def _not_a_state(value: object) -> str:
    return f"expected a state of the command's lifecycle, not {value!r:.80}"


def _faults_of_several(given: object, what: str, fault_of: Callable[[Any], str | None]) -> Iterator[str]:
    if not isinstance(given, tuple):
        yield f"expected {what} in a tuple, not {given!r:.80}"
        return
    for each in given:
        if fault := fault_of(each):
            yield fault


def _fault_of_policy(policy: Any) -> str | None:  # noqa: ANN401 - whatever was given
    try:
        needs_command(policy)
        sound = has_name(policy)
    except Malformed:
        sound = False
    return None if sound else "; ".join(faults_of_function(policy))


def _fault_of_condition(each: object) -> str | None:
    if not isinstance(each, Condition):
        return f"expected a condition: a function with @condition, not {each!r:.80}"
    return _fault_of_policy(each.test)


def _fault_of_grant(each: object) -> str | None:
    return None if isinstance(each, Grant) else f"expected a Grant, not {each!r:.80}"


def _fault_of_effective(effective: Any) -> str | None:  # noqa: ANN401 - whatever was given
    try:
        inspect.signature(effective).bind(None, None)
        sound = hasattr(effective, "__name__")
    except (TypeError, ValueError):
        sound = False
    return None if sound else f"expected a function of (subject, facts), not {effective!r:.80}"


AnyRule = Rule[Any, Any]
"""A row of any lifecycle."""

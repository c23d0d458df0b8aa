"""One row of a table.

A row says: from these states, this command, under these conditions, leads to this state by this event, unless a
policy refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, Generic, Literal, TypeVar

from attrs import field, fields_dict, frozen

from poec_workflow.commands import ApplicationCommand, Command, SessionCommand
from poec_workflow.construction import constructor
from poec_workflow.events import ENVELOPE, Event
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import State, Subject
from poec_workflow.policies.check import Check, Evaluate, code_of, evaluator
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import Condition, Policy

S = TypeVar("S", bound=Subject)
C = TypeVar("C", bound=Command)


class Same(Enum):
    """The target of a row that leaves the state as it is."""

    SAME = "same"


SAME: Final = Same.SAME


def _states(source: State | Iterable[State] | None) -> tuple[State, ...] | None:
    if source is None or isinstance(source, State):
        return None if source is None else (source,)
    members = set(source)
    return tuple(state for state in type(next(iter(members))) if state in members)


@frozen
class Rule(Generic[S, C]):
    """One row.

    Attributes:
        id: the domain page's number, as `L4`.
        source: the states that it starts from; None creates the subject.
        target: where it leads; `SAME` stays.
        event: what it makes happen; no other row has the same.
        given: chooses the row among those of one state and command.
        unless: the policies that may refuse; all are evaluated, and every refusal is reported.
        advise: policies whose details become advisories; they refuse nothing.
        first: command given before to every open application of the sessions; refusals of it are ignored.
        then: command given after to every open application of the session, or to the application's session.
        then_given: `then` is sent only where these hold.
        effective: when the event takes effect, if not now.
    """

    id: str
    source: tuple[State, ...] | None = field(converter=_states)
    command: type[C]
    target: State | Literal[Same.SAME]
    event: type[Event[S]]
    given: tuple[Condition[S, C], ...] = field(default=(), kw_only=True)
    unless: tuple[Policy[S, C], ...] = field(default=(), kw_only=True)
    advise: tuple[Policy[S, C], ...] = field(default=(), kw_only=True)
    first: type[ApplicationCommand] | None = field(default=None, kw_only=True)
    then: type[ApplicationCommand | SessionCommand] | None = field(default=None, kw_only=True)
    then_given: tuple[Condition[S, C], ...] = field(default=(), kw_only=True)
    effective: Callable[[S, Facts], datetime] | None = field(default=None, kw_only=True)
    refusal_checks: tuple[Check, ...] = field(init=False, repr=False, eq=False)
    advisory_checks: tuple[Check, ...] = field(init=False, repr=False, eq=False)
    targets: Mapping[State | None, State] = field(init=False, repr=False, eq=False)
    """The state that it leads to from each of its sources; None creates."""
    _sources: Mapping[str, str] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        for name, value in (
            ("refusal_checks", tuple(map(Check.of, self.unless))),
            ("advisory_checks", tuple(map(Check.of, self.advise))),
            ("_sources", {**self._envelope(), **dict(_sources(self.event, self.command))}),
            ("targets", FrozenMap(dict(_targets(self.source, self.target)))),
        ):
            object.__setattr__(self, name, value)

    def _envelope(self) -> Mapping[str, str]:
        """Where the fields that every event has come from."""
        created = self.source is None
        return {
            "reference": f"command.{self.command.subject_kind}" if created else "subject.reference",
            "version": "1" if created else "subject.version + 1",
            "effective_at": "at",
            "state": "subject.state" if isinstance(self.target, Same) else "target",
        }

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
        }


def _targets(
    source: tuple[State, ...] | None, target: State | Literal[Same.SAME]
) -> Iterator[tuple[State | None, State]]:
    for state in source or (None,):
        if not isinstance(target, Same):
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
        else:
            raise ValueError(f"{event.type} needs {name!r}, which {command.type} does not have")


AnyRule = Rule[Any, Any]
"""A row of any lifecycle."""

"""What a sample case is: a subject, facts and a command for each assignment, under a service's settings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, ClassVar, Self

from attrs import evolve, frozen

from poec_workflow.commands import Command
from poec_workflow.explorer.dimensions import Dimensions, Option
from poec_workflow.explorer.tracing import Assignment, RealValues, traced
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import ActorKind, State
from poec_workflow.policies.access import Grant
from poec_workflow.policies.calendar import in_zone
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.settings import Settings

_HOUR = time(10)
Payloads = Mapping[type[Command], Mapping[str, Callable[[Assignment], Any]]]


@frozen(slots=False)
class Case(ABC):
    """One subject and what surrounds it.

    Attributes:
        general: the facts that can be changed at any time, in the page's order.
        counts: those that can be changed with them once the subject is there.
        own: those of the subject itself, besides its state.
        payloads: the fields of each command that an assignment gives; the others keep their defaults.
        sums: a count ▸ the counts that are a part of it.
        absent: the facts that decide nothing here, and what they are.
    """

    settings: Settings
    general: ClassVar[tuple[str, ...]]
    counts: ClassVar[tuple[str, ...]] = ()
    own: ClassVar[tuple[str, ...]]
    payloads: ClassVar[Payloads]
    sums: ClassVar[Mapping[str, tuple[str, ...]]] = FrozenMap({})
    absent: ClassVar[Mapping[str, Any]] = FrozenMap({})

    @cached_property
    def standard(self) -> Self:
        """The case without the service's own policies."""
        return type(self)(evolve(self.settings, refuse_also={}))

    def permitting_all(self, command: type[Command]) -> Self:
        """The case in which everybody may give a command."""
        permissions = {**self.settings.permissions, command: tuple(map(Grant, ActorKind))}
        return type(self)(evolve(self.settings, permissions=permissions))

    @cached_property
    @abstractmethod
    def dimensions(self) -> Dimensions:
        """Every fact that the page lets people change."""

    @cached_property
    @abstractmethod
    def landmarks(self) -> Mapping[str, date]:
        """The days that have a name."""

    @property
    @abstractmethod
    def example(self) -> Mapping[str, object]:
        """What the page says of the example."""

    def facts(self, assignment: Assignment, *, existing: bool) -> Facts:
        """The facts of an assignment; `existing`: the subject is there already."""
        return traced(
            Facts,
            assignment,
            {
                "now": lambda: self.instant(assignment["today"]),
                "actor": lambda: assignment["actor"],
                **self.surroundings(assignment, existing=existing),
            },
            displayed={"settings": self.settings, "expected_version": None, **self.absent},
        )

    @abstractmethod
    def surroundings(self, assignment: Assignment, *, existing: bool) -> Mapping[str, Callable[[], Any]]:
        """What surrounds the subject, by the field of `Facts`."""

    @abstractmethod
    def subject(self, assignment: Assignment) -> Any:  # noqa: ANN401 - of each kind
        """The subject of an assignment."""

    @abstractmethod
    def displayed(self, kind: type[Command]) -> Mapping[str, Any]:
        """The fields of a command that are the same in every assignment."""

    @abstractmethod
    def usual(self, dimension: str) -> object:
        """The value of a dimension that a table does not vary; where it is no option, the first one."""

    @property
    def first(self) -> Mapping[str, int]:
        """The options that the page begins with, where they are others than the usual ones."""
        return {}

    def command(self, kind: type[Command], assignment: Assignment) -> Command:
        """A command of a kind, with the payload of an assignment."""

        def given(get: Callable[[Assignment], Any]) -> Callable[[], Any]:
            return lambda: get(assignment)

        varied = {name: given(get) for name, get in self.payloads.get(kind, {}).items()}
        return traced(kind, assignment, varied, displayed=self.displayed(kind))

    def real(self, kind: type[Command], values: Mapping[str, Any], *, existing: bool) -> tuple[Any, Facts, Command]:
        """The real subject, facts and command of a kind for the dimensions' values."""
        subject = self._real["subject", existing](values) if existing else None
        facts: Facts = self._real["facts", existing](values)
        command: Command = self._real[kind, existing](values)
        return subject, facts, command

    @cached_property
    def _real(self) -> Mapping[Any, RealValues]:
        return _MadeWhenAsked(self)

    def payload(self, kind: type[Command]) -> list[str]:
        """The dimensions that a command's payload is chosen from."""
        assignment = Assignment({name: options[0].value for name, options in self.dimensions.items()})
        for get in self.payloads.get(kind, {}).values():
            get(assignment)
        return [name for name in self.dimensions if name in assignment.reads]

    def instant(self, day: date) -> datetime:
        """Ten o'clock of a day."""
        return in_zone(datetime.combine(day, _HOUR, self.settings.zone), self.settings.zone)

    def defaults(self, state: State) -> dict[str, int]:
        """The option of each dimension that a table does not vary."""
        chosen = {name: index_of(options, self.usual(name)) for name, options in self.dimensions.items()}
        return {**chosen, "state": index_of(self.dimensions["state"], state)}

    def least_attempts(self, _state: State) -> int:
        """The convocations that there are in a state at least."""
        return 0

    def possible(self, values: Mapping[str, Any]) -> bool:
        """Whether values can come together."""
        return all(values[whole] >= sum(values[part] for part in parts) for whole, parts in self.sums.items())


class _MadeWhenAsked(dict[Any, RealValues]):
    """Real subjects, facts and commands of a case, by what they are."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self._case = case

    def __missing__(self, key: tuple[Any, bool]) -> RealValues:
        what, existing = key
        case = self._case

        def make(assignment: Assignment) -> Any:  # noqa: ANN401 - of each kind
            if what == "subject":
                return case.subject(assignment)
            return case.facts(assignment, existing=existing) if what == "facts" else case.command(what, assignment)

        made = self[key] = RealValues(make)
        return made


def index_of(options: Sequence[Option], value: object) -> int:
    """The index of a value's option; 0 where there is none."""
    return next((index for index, option in enumerate(options) if option.value == value), 0)

"""The context of a decision, as a storage loads it, and `Receipt`, the record of an idempotency key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol, TypeVar, overload

from attrs import frozen

from poec_workflow.history import Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Actor, Application, Subject, TrainingAction
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings

T_co = TypeVar("T_co", covariant=True)


@frozen
class Receipt:
    """The record of a used key: the digest of its command and actor, and where its answer stands in the history."""

    key: str
    digest: str
    decision: Position


@frozen(kw_only=True, weakref_slot=False)
class DecisionContext:
    """The stored part of a decision's facts; see `Facts` for the fields."""

    subject: Subject | None = None
    action: TrainingAction | None = None
    enrolment: Enrolment | None = None
    enrolments: tuple[Enrolment, ...] = ()
    candidate_live: bool = False
    retained_elsewhere: Sequence[Application] = ()
    receipt: Receipt | None = None

    def facts(self, now: datetime, actor: Actor, settings: Settings, expected_version: int | None = None) -> Facts:
        """The facts of a decision: these, and the request's."""
        return Facts(
            now=now,
            actor=actor,
            settings=settings,
            expected_version=expected_version,
            action=self.action,
            enrolment=self.enrolment,
            enrolments=self.enrolments,
            candidate_live=self.candidate_live,
            retained_elsewhere=self.retained_elsewhere,
        )


class OverdueBatch(Protocol):
    """Overdue applications that were claimed together; those of one session in one state are a group."""

    @property
    def references(self) -> Sequence[str]:
        """Of the applications, in their order."""
        ...

    @property
    def applications(self) -> Sequence[Application]:
        """The applications, in that order; may be lazy, and is read after the transaction too."""
        ...

    @property
    def groups(self) -> Sequence[DecisionContext]:
        """The context of the first application of each group, in the order of these."""
        ...

    @property
    def group_of(self) -> Sequence[int]:
        """The index of each application's group."""
        ...

    def save(self, changes: Sequence[RecordedChange], messages: Sequence[Message] = ()) -> None:
        """Store for each application what `Transaction.save` would, in their order.

        Args:
            changes: of the first application of each group; those of the others differ in reference and version.
            messages: of all applications, in the order of sending.
        """
        ...


class LazySequence(Sequence[T_co]):
    """A sequence that is loaded on first access, within its transaction."""

    def __init__(self, load: Callable[[], Sequence[T_co]]) -> None:
        self._load = load
        self._loaded: Sequence[T_co] | None = None

    def _items(self) -> Sequence[T_co]:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items())

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...
    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        return self._items()[index]

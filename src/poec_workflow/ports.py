"""What the workflow asks of the world, as Protocols of few methods: storage, reading, outbox, clock, notifier.

Adapters translate, and hold no rule. `poec_workflow.adapters.memory` is the shortest that is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar, overload

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.events import HistoryEntry, Position
from poec_workflow.model import (
    Actor,
    Application,
    Candidate,
    State,
    Subject,
    SubjectKind,
    TrainingAction,
)
from poec_workflow.policies.alerts import Watch
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.recording import Recorded
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    DashboardRow,
    SessionFilter,
    SessionRow,
    Tab,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Clock(Protocol):
    """Where now comes from."""

    def now(self) -> datetime:
        """An aware instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)


@frozen
class Receipt:
    """That a key was used: by which command and actor (as a digest), and where its answer stands in the history."""

    key: str
    digest: str
    decision: Position


@frozen(kw_only=True)
class Loaded:
    """What a storage knows around a command; see `Facts` for the fields."""

    subject: Subject | None = None
    action: TrainingAction | None = None
    enrolment: Enrolment | None = None
    enrolments: tuple[Enrolment, ...] = ()
    candidate_live: bool = False
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
        )


class Lazily(Sequence[T_co]):
    """A sequence that is loaded when it is first looked at, within its transaction."""

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


class Transaction(Protocol):
    """One transaction: nothing of it is seen outside before it ends well, and all of it then."""

    def load(self, command: Command, *, key: str | None = None) -> Loaded:
        """What is known around a command, with the receipt of the key; locks what the command may change."""
        ...

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[Loaded]:
        """Open applications of sessions that ended before a day, at most `limit`, locked; others' are skipped."""
        ...

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """The histories of all subjects that a decision moved, up to and with that move; its own subject first."""
        ...

    def save(
        self, changes: Sequence[Recorded], receipt: Receipt | None = None, people: Sequence[Candidate] = ()
    ) -> None:
        """Store subjects, counts, history, outbox rows (one an entry), the receipt and what is known of people."""
        ...

    def forget(self, candidate: str) -> None:
        """Erase a person's name and e-mail, and their name where they acted themself; all else stays as it is."""
        ...


class Queries(Protocol):
    """Reading, outside of any decision."""

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """One subject."""
        ...

    def around(self, application: Application) -> Loaded:
        """One application with what a decision on it would know."""
        ...

    def history(self, kind: SubjectKind, reference: str) -> Sequence[HistoryEntry]:
        """A subject's history, oldest first."""
        ...

    def states(self, kind: SubjectKind) -> Mapping[str, State]:
        """The state of every subject of a kind, by reference."""
        ...

    def candidate(self, reference: str) -> Candidate | None:
        """A person's name and e-mail, unless they were erased."""
        ...

    def organizations(self) -> Sequence[str]:
        """Every organisation that holds a role on a session, in order."""
        ...

    def overdue(self, ended_before: date) -> Sequence[str]:
        """References of open applications of sessions that ended before a day, in order."""
        ...

    def dashboard(
        self, organization: str, *, expiring: tuple[date, date], since: datetime | None = None
    ) -> Sequence[DashboardRow]:
        """A row per role that the organisation holds; see `Workflow.dashboard`.

        Args:
            organization: whose rows.
            expiring: the first and last session end whose open applications are expiring.
            since: count applications registered at or after this instant.
        """
        ...

    def applications(
        self, asked: ApplicationFilter, watched: Watch, *, after: str | None, limit: int | None
    ) -> Sequence[ApplicationRow]:
        """Applications by reference: those after one, at most so many."""
        ...

    def application_tabs(self, asked: ApplicationFilter, watched: Watch) -> Mapping[Tab, int]:
        """How many applications each tab has, whatever the filter's own."""
        ...

    def sessions(
        self, asked: SessionFilter, watched: Watch, *, after: str | None, limit: int | None
    ) -> Sequence[SessionRow]:
        """Sessions by reference: those after one, at most so many."""
        ...

    def session_tabs(self, asked: SessionFilter, watched: Watch) -> Mapping[Tab, int]:
        """How many sessions each tab has, whatever the filter's own."""
        ...

    def actions(
        self, asked: ActionFilter, watched: Watch, *, after: str | None, limit: int | None
    ) -> Sequence[ActionRow]:
        """Actions by reference: those after one, at most so many."""
        ...

    def action_tabs(self, asked: ActionFilter, watched: Watch) -> Mapping[ActionTab, int]:
        """How many actions each tab has, whatever the filter's own."""
        ...

    def waiting(self, organization: str, *, ended_from: date) -> Sequence[ApplicationRow]:
        """Open applications of an organisation's sessions that ended on a day or later, or have not, by reference."""
        ...


class Delivery(StrEnum):
    """How sending ended."""

    SENT = "sent"
    FAILED = "failed"


class Outbox(Protocol):
    """What waits to be sent: one position of the history each."""

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """The oldest that nobody holds, at most one a subject and `limit` in all, held until the lease ends."""
        ...

    def settle(self, position: Position, outcome: Delivery) -> None:
        """Sent ones go; failed ones can be claimed again."""
        ...


class Storage(Protocol):
    """Where subjects live."""

    @property
    def queries(self) -> Queries:
        """Reading."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What waits to be sent."""
        ...

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        """Do work in one transaction, and undo it when it raises. Retries are the adapter's: work may run twice."""
        ...


class Notifier(Protocol):
    """Somebody who is told."""

    def notify(self, notice: Any) -> None:  # noqa: ANN401 - its shape comes with the notices
        """Tell; raising means that it was not told, and will be again."""
        ...

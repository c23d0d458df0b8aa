"""The history: an entry is an event in its envelope, which says who, when, by which row and under which rules."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from poec_workflow.errors import Advisory
from poec_workflow.events import AnyEvent
from poec_workflow.model import Actor, Reference, State, SubjectKind


@frozen(weakref_slot=False)
class Position:
    """One subject at one version: what history, receipts and messages are keyed by."""

    kind: SubjectKind
    reference: Reference
    version: int


@frozen(kw_only=True, weakref_slot=False)
class HistoryEntry:
    """One event in its envelope.

    Attributes:
        recorded_at: when it was stored; `event.effective_at` is when it took effect.
        actor: who caused it; `system` for what rules and time do.
        rule: the row, as `L4`.
        command: the type of the command that caused it: for an application that a session's cancellation ended,
            `cancel-session`.
        decision: where the accepted command that began this transaction put its own event.
        from_state: the state before; None for a creation.
        fingerprint: of the table and the settings under which it was decided.
    """

    event: AnyEvent
    recorded_at: datetime
    actor: Actor
    rule: str
    command: str
    decision: Position
    from_state: State | None
    fingerprint: str
    advisories: tuple[Advisory, ...] = ()

    @property
    def position(self) -> Position:
        """Whose entry it is, and which: of a decision's own entry the decision itself, so that it is held once."""
        own = Position(self.event.subject_kind, self.event.reference, self.event.version)
        return self.decision if own == self.decision else own

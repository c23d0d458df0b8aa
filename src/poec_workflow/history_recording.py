"""Make history entries of a decision, and a decision of its history entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

from poec_workflow.decider import Accepted, Change
from poec_workflow.folding import fold
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import Subject
from poec_workflow.policies.calendar import in_zone
from poec_workflow.policies.settings import Settings


@frozen
class RecordedChange:
    """A subject as it is to be stored, with the entry that says how it came to be so."""

    subject: Subject
    entry: HistoryEntry


def recorded(accepted: Accepted, now: datetime, settings: Settings) -> tuple[RecordedChange, ...]:
    """What a decision stores, in the order of `accepted.changes`; no subject stands in it twice."""
    own = accepted.change.event
    decision = Position(own.kind, own.reference, own.version)
    first, *others = (RecordedChange(each.subject, _entry(each, decision, now, settings)) for each in accepted.changes)
    return (evolve(first, entry=evolve(first.entry, advisories=accepted.advisories)), *others)


def _entry(change: Change, decision: Position, now: datetime, settings: Settings) -> HistoryEntry:
    lifecycle = LIFECYCLES[change.event.kind]
    return HistoryEntry(
        event=change.event,
        recorded_at=in_zone(now, settings.zone),
        actor=change.actor,
        rule=lifecycle.by_event[type(change.event)].id,
        command=change.command,
        decision=decision,
        from_state=change.before.state if change.before else None,
        fingerprint=f"{lifecycle.fingerprint}-{settings.fingerprint}",
    )


def replayed(histories: Sequence[Sequence[HistoryEntry]]) -> Accepted:
    """The first answer again.

    Args:
        histories: of every subject that the decision moved, up to and with that move; the command's own first.
    """
    own, *others = map(_change, histories)
    return Accepted(
        change=own,
        advisories=histories[0][-1].advisories,
        consequences=tuple(others),
        final=own.subject.state in LIFECYCLES[own.subject.kind].final,
        replayed=True,
    )


def _change(history: Sequence[HistoryEntry]) -> Change:
    *earlier, last = history
    before: Subject | None = fold(entry.event for entry in earlier)
    subject: Subject | None = fold(entry.event for entry in history)
    assert subject is not None  # noqa: S101 - a move leaves a history
    return Change(before=before, subject=subject, event=last.event, actor=last.actor, command=last.command)

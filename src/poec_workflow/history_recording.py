"""Make history entries of a decision, and a decision of its history entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from attrs import frozen

from poec_workflow.construction import constructor
from poec_workflow.decider import Accepted, Change
from poec_workflow.errors import Advisory
from poec_workflow.folding import fold
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import Subject
from poec_workflow.policies.calendar import in_zone
from poec_workflow.policies.settings import Settings


@frozen(weakref_slot=False)
class RecordedChange:
    """A subject as it is to be stored, with the entry that says how it came to be so."""

    subject: Subject
    entry: HistoryEntry


_construct_entry = constructor(HistoryEntry)
_construct_recorded = constructor(RecordedChange)
_construct_position = constructor(Position)


def recorded(
    accepted: Accepted, now: datetime, settings: Settings, lifecycles: Lifecycles = LIFECYCLES
) -> tuple[RecordedChange, ...]:
    """What a decision stores, in the order of `accepted.changes`; no subject stands in it twice."""
    own = accepted.change.event
    decision = _construct_position(own.subject_kind, own.reference, own.version)
    at = in_zone(now, settings.zone)
    first = _recorded(accepted.change, decision, at, settings.fingerprint, lifecycles, accepted.advisories)
    if not accepted.consequences:
        return (first,)
    others = (_recorded(each, decision, at, settings.fingerprint, lifecycles) for each in accepted.consequences)
    return (first, *others)


def _recorded(
    change: Change,
    decision: Position,
    at: datetime,
    fingerprint: str,
    lifecycles: Lifecycles,
    advisories: tuple[Advisory, ...] = (),
) -> RecordedChange:
    entry = _construct_entry(
        event=change.event,
        recorded_at=at,
        actor=change.actor,
        rule=change.rule,
        command=change.command,
        decision=decision,
        from_state=change.before.state if change.before else None,
        fingerprint=_joined(lifecycles[change.event.subject_kind].fingerprint, fingerprint),
        advisories=advisories,
    )
    return _construct_recorded(change.subject, entry)


@cache
def _joined(lifecycle: str, settings: str) -> str:
    """The fingerprint of an entry, held once for all that it is the same of."""
    return f"{lifecycle}-{settings}"


def replayed(histories: Sequence[Sequence[HistoryEntry]], lifecycles: Lifecycles = LIFECYCLES) -> Accepted:
    """The first answer again.

    Args:
        histories: of every subject that the decision moved, up to and with that move; the command's own first.
        lifecycles: the tables, which say what is final.
    """
    own, *others = map(_change, histories)
    return Accepted(
        change=own,
        advisories=histories[0][-1].advisories,
        consequences=tuple(others),
        final=own.subject.state in lifecycles[own.subject.subject_kind].final,
        replayed=True,
    )


def _change(history: Sequence[HistoryEntry]) -> Change:
    *earlier, last = history
    before: Subject | None = fold(entry.event for entry in earlier)
    subject: Subject | None = fold(entry.event for entry in history)
    assert subject is not None  # noqa: S101 - a move leaves a history
    return Change(
        before=before, subject=subject, event=last.event, actor=last.actor, command=last.command, rule=last.rule
    )

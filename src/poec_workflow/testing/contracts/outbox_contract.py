"""The outbox: a message for each event, once, in order."""

from __future__ import annotations

from datetime import timedelta

from poec_workflow import commands
from poec_workflow.history import Position
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Delivery, Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    all_positions,
    emptied_outbox,
    registering,
    retaining,
    workflow_with_session,
)


class OutboxContract(Contract):
    """One row an event, held by one at a time, the oldest of each subject first."""

    def test_one_message_an_event_in_order(self, storage: Storage) -> None:
        """The outbox has exactly the history's positions, and gives each subject's in order."""
        workflow = workflow_with_session(storage)
        for number in (1, 2):
            workflow.execute(registering(number), ADVISER)
        for command in retaining(2):
            workflow.execute(command, TRAINER)
        workflow.execute(commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM)
        sent = emptied_outbox(storage)
        assert sorted(sent, key=_order) == sorted(all_positions(storage), key=_order)
        for kind in SubjectKind:
            for reference in storage.queries.states(kind):
                versions = [each.version for each in sent if (each.kind, each.reference) == (kind, reference)]
                assert versions == sorted(versions)

    def test_what_is_held_is_not_claimed_again(self, storage: Storage) -> None:
        """One a subject, the oldest first; held until the lease ends or sending failed; the next one after that."""
        workflow_with_session(storage)
        outbox, lease = storage.outbox, timedelta(minutes=5)
        created, published = (Position(SubjectKind.ACTION, "A-1", version) for version in (1, 2))
        session = Position(SubjectKind.SESSION, "S-1", 1)
        assert outbox.claim(limit=1, now=NOW, lease=lease) == [created]
        assert outbox.claim(limit=5, now=NOW, lease=lease) == [session]
        assert outbox.claim(limit=5, now=NOW + lease - timedelta(microseconds=1), lease=lease) == []
        assert outbox.claim(limit=5, now=NOW + lease, lease=lease) == [created, session]
        outbox.settle(created, Delivery.FAILED)
        assert outbox.claim(limit=5, now=NOW + lease, lease=lease) == [created]
        outbox.settle(created, Delivery.SENT)
        outbox.settle(created, Delivery.SENT)
        assert outbox.claim(limit=5, now=NOW + lease, lease=lease) == [published]


def _order(position: Position) -> tuple[str, str, int]:
    return position.kind, position.reference, position.version

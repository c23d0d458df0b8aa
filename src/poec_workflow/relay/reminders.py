"""The digest N10: once a day at most, each organisation hears which of its applications are expiring."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from attrs import frozen

from poec_workflow.notices import Notices
from poec_workflow.ports import Transaction
from poec_workflow.ports.clock import local_now
from poec_workflow.views import ApplicationFilter, PageRequest
from poec_workflow.workflow import Workflow


@frozen(kw_only=True)
class Reminders:
    """The organisations that a digest was made for.

    Attributes:
        at: the day.
        organizations: those that had none yet on that day, in order.
    """

    at: date
    organizations: tuple[str, ...]


def remind(workflow: Workflow) -> Reminders:
    """Put a digest into the outbox for each organisation with expiring applications that had none today (N10).

    However often, and on however many machines at once: one a day.

    Raises:
        Conflict, StorageUnavailable: the storage failed; running it again makes the rest.
    """
    now = local_now(workflow.clock, workflow.settings.zone)
    made = [
        each
        for each in _organizations(workflow, now.date())
        if workflow.storage.run(partial(_post, organization=each, now=now, notices=workflow.notices))
    ]
    return Reminders(at=now.date(), organizations=tuple(made))


def _organizations(workflow: Workflow, today: date) -> list[str]:
    """The holders of the roles that the table's digest tells, of sessions with expiring applications."""
    digest = workflow.notices.digest
    roles = [each.role for each in digest.tell if each.role is not None] if digest else []
    if not roles:
        return []
    expiring = workflow.applications(ApplicationFilter(column="expiring", at=today), PageRequest(limit=0)).items
    return sorted({str(getattr(row, role.value)) for row in expiring for role in roles})


def _post(transaction: Transaction, organization: str, now: datetime, notices: Notices) -> bool:
    number = transaction.start_digest(organization, now.date())
    message = None if number is None else notices.of_digest(organization, number)
    if message is None:
        return False
    transaction.post([message], now)
    return True

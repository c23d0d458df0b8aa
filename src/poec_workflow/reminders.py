"""The digest N10: once a day at most, each organisation hears which of its applications are expiring."""

from __future__ import annotations

from collections.abc import Iterable

from poec_workflow.notices import Notices
from poec_workflow.views import ApplicationRow


def organizations_to_remind(notices: Notices, expiring: Iterable[ApplicationRow]) -> tuple[str, ...]:
    """Whom the table's digest tells of expiring applications, in order."""
    digest = notices.digest
    roles = [each.role for each in digest.tell if each.role is not None] if digest else []
    return tuple(sorted({getattr(row, role.value) for row in expiring for role in roles}))

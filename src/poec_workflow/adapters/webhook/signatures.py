"""Headers by which a receiver knows who sent a request, and when: those of the Standard Webhooks specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from poec_workflow.serialization.neutral_message import SIGNATURE_HEADERS


def signature_headers(message_id: str, body: bytes, secrets: Iterable[str], now: datetime) -> Mapping[str, str]:
    """The three headers, with a signature by each secret."""
    # Its `sign` drops the offset: of an instant in another zone it would sign a time that is hours away.
    at = now.astimezone(UTC)
    signatures = [Webhook(each).sign(message_id, at, body.decode()) for each in secrets]
    return dict(zip(SIGNATURE_HEADERS, (message_id, str(int(at.timestamp())), " ".join(signatures)), strict=True))

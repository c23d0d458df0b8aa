"""One attempt to deliver a claimed message, and what came of it."""

from __future__ import annotations

import re
from datetime import datetime

from poec_workflow.ports import Content, Delivery, NotNow, QueuedMessage, Settlement, Undeliverable
from poec_workflow.redaction import HIDDEN, redacted
from poec_workflow.relay.backoff import Backoff
from poec_workflow.relay.content_lookup import ContentLookup
from poec_workflow.relay.routing import Routing

LONGEST_ANSWER = 500
"""Of what a channel answered, in characters: it is kept in the row, for an operator."""


def attempt(
    claimed: QueuedMessage, lookup: ContentLookup, routing: Routing, backoff: Backoff, now: datetime
) -> Settlement:
    """Deliver a claimed message, and say how to settle it.

    A message whose attempts are used up is dead before it is tried: a relay that it kills never says what came of it.
    """
    channel = routing.channel(claimed.message.to)
    if channel is None:
        return Settlement(claimed=claimed, outcome=Delivery.RELEASED, at=now)
    if claimed.attempts > backoff.attempts:
        return _dead(claimed, now, f"{backoff.attempts} attempts, the last without an answer: {claimed.answer or ''}")
    content = None
    try:
        content = lookup.content(claimed.message)
        if content is None:
            return Settlement(claimed=claimed, outcome=Delivery.UNNEEDED, at=now)
        channel.deliver(claimed.message, content)
    except Undeliverable as error:
        return _dead(claimed, now, _answer(error, content))
    except Exception as error:  # noqa: BLE001 - anybody's channel, which may fail in any way
        return _failed(claimed, now, _answer(error, content), error, backoff)
    return Settlement(claimed=claimed, outcome=Delivery.DELIVERED, at=now)


def _failed(claimed: QueuedMessage, now: datetime, answer: str, error: Exception, backoff: Backoff) -> Settlement:
    """Try it again after a while, or never, once its attempts are used up."""
    if claimed.attempts >= backoff.attempts:
        return _dead(claimed, now, f"{claimed.attempts} attempts, the last: {answer}")
    delay = backoff.delay(claimed.attempts)
    if isinstance(error, NotNow) and error.after is not None:
        delay = max(delay, error.after)
    return Settlement(claimed=claimed, outcome=Delivery.POSTPONED, at=now, answer=answer, retry_at=now + delay)


def _dead(claimed: QueuedMessage, now: datetime, answer: str) -> Settlement:
    return Settlement(claimed=claimed, outcome=Delivery.DEAD, at=now, answer=answer[:LONGEST_ANSWER])


def _answer(error: Exception, content: Content | None) -> str:
    """What a channel said, without what no database keeps, the password of a URL that its library quotes, and a person.

    The candidate may have been erased since the message was claimed: what is stored now would be erased by nobody.
    """
    text = str(error) if isinstance(error, Undeliverable | NotNow) else f"{type(error).__name__}: {error}"
    person = content.candidate if content is not None else None
    for each in (person.email, person.name) if person is not None else ():
        if each:
            text = re.sub(re.escape(each), HIDDEN, text, flags=re.IGNORECASE)
    return "".join(each for each in redacted(text) if each.isprintable())[:LONGEST_ANSWER]

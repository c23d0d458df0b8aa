"""Pages of the feed, and the cursors between them.

A cursor names the last entry that was read, by its place and by what it is. A storage that was set back to a backup has
another entry there, or none: a reader who went on would miss what was stored since, and is told instead.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC
from hashlib import blake2b

from poec_workflow.errors import Malformed
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Page
from poec_workflow.ports import FeedEntry, Queries, reads_feed
from poec_workflow.serialization.scalars import MOST

_SEPARATOR = "\0"
_NAME = "feed"
"""What a cursor begins with: those of the lists begin otherwise."""
_DIGEST_BYTES = 8


def feed_page(queries: Queries, after: str | None, limit: int) -> Page[HistoryEntry]:
    """A page of what follows a cursor.

    Args:
        queries: of the storage.
        after: the cursor; None is the beginning.
        limit: how many entries at most; 0 is all that there are.

    Raises:
        Malformed: the cursor or the limit.
        NotImplementedError: the queries are no `ReadsFeed`.
    """
    if not reads_feed(queries):
        raise NotImplementedError(f"the storage has no feed: {type(queries).__name__} is no ReadsFeed")
    if type(limit) is not int or limit < 0:
        raise Malformed.at("$.limit", "expected an integer from 0 on")
    place, digest = (None, None) if after is None else _read(after)
    last = 0 if place is None else 1
    # Who asks for more than the wire format can say gets all: no database has a number for it.
    found = queries.feed(place, limit=limit + last if 0 < limit < MOST else None)
    if place is not None and [_digest(each.entry) for each in found[:1] if each.place == place] != [digest]:
        raise Malformed.at(
            "$.after", "the store does not have the entry of this cursor: it is another one, or an earlier copy of it"
        )
    new = found[last:]
    return Page(items=tuple(each.entry for each in new), next=_next(new, after))


def _next(new: Sequence[FeedEntry], after: str | None) -> str:
    """The cursor of the last entry, or the one that there was."""
    if new:
        return _encoded(new[-1].place, _digest(new[-1].entry))
    return _encoded() if after is None else after


def _digest(entry: HistoryEntry) -> str:
    """What an entry is, in the parts that no erasure changes."""
    event = entry.event
    names = (event.subject_kind, event.reference, str(event.version), event.type)
    instant = entry.recorded_at.astimezone(UTC).isoformat()
    return blake2b(_SEPARATOR.join((*names, instant)).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _encoded(*parts: str) -> str:
    return base64.urlsafe_b64encode(_SEPARATOR.join((_NAME, *parts)).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str | None, str | None]:
    """The place and the digest of a cursor; nothing of one that was given before there was any entry.

    Raises:
        Malformed: it is none.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    name, *parts = text.split(_SEPARATOR)
    if name != _NAME or len(parts) not in (0, 2) or _encoded(*parts) != cursor:
        raise Malformed.at("$.after", "not a cursor of the feed")
    return (parts[0], parts[1]) if parts else (None, None)

"""Write what would be sent as files, and send nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol, runtime_checkable

from poec_workflow.messages import Message
from poec_workflow.ports import Content
from poec_workflow.redaction import redacted
from poec_workflow.relay.content_lookup import ContentLookup
from poec_workflow.relay.relay import Relay
from poec_workflow.serialization import to_dict


@runtime_checkable
class Previews(Protocol):
    """A channel that can show what it would send."""

    def preview(self, message: Message, content: Content) -> tuple[str, bytes]:
        """The extension of a file, as `.eml`, and its bytes.

        Raises:
            Undeliverable: nothing would be sent.
        """
        ...


def write_previews(relay: Relay, folder: Path) -> int:
    """Write a file for each message that waits and has a channel, named by its place, notice and id.

    A channel that has no preview is shown by its message; what can't be sent, by the reason.

    Returns:
        How many files were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lookup = ContentLookup(relay.workflow)
    written = 0
    for place, queued in enumerate(relay.workflow.storage.outbox.queued(), 1):
        message = queued.message
        channel = relay.routing.channel(message.to)
        content = lookup.content(message) if channel is not None else None
        if content is None:
            continue
        extension, data = _preview(channel, message, content)
        (folder / f"{place:06}-{message.notice}-{message.id}{extension}").write_bytes(data)
        written += 1
    return written


def _preview(channel: object, message: Message, content: Content) -> tuple[str, bytes]:
    if not isinstance(channel, Previews):
        return ".json", json.dumps(to_dict(message), ensure_ascii=False, indent=1).encode()
    try:
        return channel.preview(message, content)
    except Exception as error:  # noqa: BLE001 - anybody's channel; why nothing would be sent is what is asked
        return ".txt", f"{type(error).__name__}: {redacted(str(error))}\n".encode()

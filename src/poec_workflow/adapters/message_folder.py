"""Hand messages over as files in a folder, for KAIROS, i-milo, or whatever else collects them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import get_ident
from urllib.parse import quote

from attrs import field, frozen

from poec_workflow.adapters.message_document import message_document
from poec_workflow.messages import Message
from poec_workflow.ports import Content

_LONGEST_STREAM = 120
"""Of a reference in a file's name, in characters: names end at 255 bytes."""


@frozen
class FolderChannel:
    """Writes a file a message: whole or not at all, and never half to a reader.

    A message that is delivered again replaces its file with the same one. Who collects takes the files that end in
    `.json`, those of an application in the order of their modification times, and deletes them. A process that was
    killed may leave a hidden file that ends in `.part`.

    Attributes:
        folder: must be there.
        mode: the rights of a file; by default its owner and group alone read it.
    """

    folder: Path = field(converter=Path)
    mode: int = field(default=0o640, kw_only=True)

    def deliver(self, message: Message, content: Content) -> None:
        """Write the file of a message, and have it on the disk.

        Raises:
            OSError: the folder is missing, full or not to be written: to be tried again.
        """
        whole = self.folder / file_name(message)
        # Hidden, and this thread's: two that deliver the same message do not write into one file.
        part = self.folder / f".{message.id}.{os.getpid()}.{get_ident()}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, self.mode)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(written(message, content))
                file.flush()
                os.fsync(file.fileno())
            part.replace(whole)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _sync(self.folder)

    def preview(self, message: Message, content: Content) -> tuple[str, bytes]:
        """What the file holds."""
        return ".json", written(message, content)


def file_name(message: Message) -> str:
    """The name of a message's file: references may hold any character, and a name may not."""
    stream = quote(message.stream, safe="")[:_LONGEST_STREAM]
    return f"{message.stream_kind}-{stream}-{message.about.version:06}-{message.notice}-{message.id}.json"


def written(message: Message, content: Content) -> bytes:
    """The neutral form of a message as text."""
    return json.dumps(message_document(message, content), ensure_ascii=False, indent=1).encode() + b"\n"


def _sync(folder: Path) -> None:
    """Have the folder's new entry on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

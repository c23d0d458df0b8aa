"""Files to import, opened: of which format each is, and its rows, each with its file's name where there are several."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name
from typing import BinaryIO

from attrs import evolve

from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.read_options import READERS, Read, ReadOptions

STANDARD_INPUT = "-"
_BY_ENDING = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xml": "lheo"}
_BY_FIRST = {b"{": "jsonl", b"<": "lheo"}
"""What a file begins with ▸ its format; whatever begins otherwise is CSV."""
_IN_MEMORY = 8 << 20
_AROUND = b" \t\r\n\xef\xbb\xbf\xff\xfe\0"


def read_files(
    places: Iterable[str], options: ReadOptions, format_: str | None, standard_input: BinaryIO
) -> Iterator[ImportRow | RowFault]:
    """The rows of some files, one file after the other.

    Args:
        places: of files; `-` is standard input.
        options: how they are read; the source is each file's name.
        format_: one of `READERS`; None: what each file's name, else its beginning says.
        standard_input: what `-` is.

    Raises:
        OSError: a file can't be read.
    """
    listed = list(places)
    for place in listed:
        name = "" if place == STANDARD_INPUT else Path(place).name
        with _opened(place, standard_input) as stream:
            read: Read = resolve_name(READERS[format_ or format_of(name, stream)])
            for row in read(stream, evolve(options, source=options.source or name or None)):
                yield evolve(row, file=name or STANDARD_INPUT) if len(listed) > 1 else row


def format_of(name: str, stream: BinaryIO) -> str:
    """The format of a file, by its name, else by what it begins with; it stands at its beginning again."""
    known = _BY_ENDING.get(os.path.splitext(name.lower())[1])  # noqa: PTH122 - a name, no path
    beginning = stream.read(1024).lstrip(_AROUND)[:1]
    stream.seek(0)
    found = known or _BY_FIRST.get(beginning, "csv")
    return found if found in READERS else "csv"


@contextmanager
def _opened(place: str, standard_input: BinaryIO) -> Iterator[BinaryIO]:
    """A file that can be read from its beginning again."""
    if place != STANDARD_INPUT:
        with Path(place).open("rb") as stream:
            if stream.seekable():
                yield stream
                return
            yield from _copied(stream)
            return
    yield from _copied(standard_input)


def _copied(stream: BinaryIO) -> Iterator[BinaryIO]:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy  # type: ignore[misc]

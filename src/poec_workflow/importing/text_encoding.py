"""The encoding of a file: taken where the bytes leave no doubt, else refused with what each would make of them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from typing import BinaryIO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What a file may begin with ▸ its encoding; the longer ones first, of those that begin alike."""
_NO_TEXTS = (
    (b"PK\x03\x04", "this is a workbook (.xlsx, .ods) or an archive (.zip), and no text: export a sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "this is a workbook (.xls), and no text: export a sheet as CSV"),
    (b"%PDF", "this is a PDF, and no text: export what it was made of as CSV"),
    (b"\x1f\x8b", "this is a compressed file (.gz): decompress it first"),
)
"""What a file that is no text begins with ▸ what to do with it."""
_WESTERN = ("windows-1252", "iso-8859-15", "mac-roman")
_WIDE = ("utf-16-le", "utf-16-be")
_CHUNK = 1 << 20
_SHOWN = 40
_RARELY = 4
"""Of so many bytes around it, a NUL that stands in UTF-8 is not one in each."""
_BETWEEN = b';,\t|"\r\n'


class EncodingDoubt(ValueError):
    """The bytes could be text in several encodings.

    Attributes:
        line: of the first that could be.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def encoding_of(stream: BinaryIO, told: str | None) -> str:
    """The encoding of a file, from its beginning on; it is read to the end, and stands at its beginning again.

    Raises:
        EncodingDoubt: it could be several, it is no text, or what was told is no encoding of texts.
    """
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    for beginning, problem in _NO_TEXTS:
        if start.startswith(beginning):
            raise EncodingDoubt(0, problem)
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    if told is not None:
        return _told(told, marked)
    if marked is not None:
        return marked
    try:
        for _ in _decoded(stream):
            pass
    except _Doubtful as error:
        raise _doubt(stream, error.offset) from None
    finally:
        stream.seek(0)
    return "utf-8"


def _told(name: str, marked: str | None) -> str:
    try:
        b"a".decode(name, "ignore")
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        raise EncodingDoubt(0, f"{name:.40} is no encoding of texts") from None
    # A mark is none of the text, whatever was told.
    return "utf-8-sig" if known == "utf-8" else "utf-16" if marked == "utf-16" and known.startswith("utf-16") else known


class _Doubtful(Exception):
    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def _decoded(stream: BinaryIO) -> Iterator[None]:
    """Read a file as UTF-8; a text has no NUL, which every other letter of UTF-16 is."""
    decoder, offset, pending = codecs.getincrementaldecoder("utf-8")(), 0, 0
    while True:
        chunk = stream.read(_CHUNK)
        if (nul := chunk.find(b"\0")) >= 0:
            raise _Doubtful(offset + nul)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise _Doubtful(offset - pending + error.start) from None
        pending = len(decoder.getstate()[0])
        offset += len(chunk)
        if not chunk:
            return
        yield


def _doubt(stream: BinaryIO, offset: int) -> EncodingDoubt:
    """What each encoding would make of the first value that is no UTF-8."""
    stream.seek(max(0, offset - _SHOWN))
    around = stream.read(2 * _SHOWN)
    at = min(offset, _SHOWN)
    wide = b"\0" in around
    if wide and around.count(b"\0") * _RARELY < len(around):
        return EncodingDoubt(_line(stream, offset), "a NUL stands here, which is in no text: export this file again")
    piece = around if wide else _cell(around, at)
    readings = ", ".join(
        f"{text!r} ({' / '.join(names)})" for text, names in _readings(piece, _WIDE if wide else _WESTERN)
    )
    return EncodingDoubt(
        _line(stream, offset), f"in which encoding is this file? This is {readings}: say it with --encoding"
    )


def _cell(around: bytes, at: int) -> bytes:
    """The cell, or what is there of it, around a byte."""
    start = max(around.rfind(bytes([each]), 0, at) for each in _BETWEEN) + 1
    ends = [each for each in (around.find(bytes([mark]), at) for mark in _BETWEEN) if each >= 0]
    return around[start : min(ends, default=len(around))]


def _readings(piece: bytes, encodings: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What the encodings make of some bytes; those that make the same are named together."""
    made: dict[str, list[str]] = {}
    for each in encodings:
        text = piece[: len(piece) // 2 * 2] if each in _WIDE else piece
        made.setdefault(text.decode(each, "replace").strip("\r\n"), []).append(each)
    yield from made.items()


def _line(stream: BinaryIO, offset: int) -> int:
    stream.seek(0)
    line, left = 1, offset
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        line += chunk.count(b"\n") or chunk.count(b"\r")
        left -= len(chunk)
    return line

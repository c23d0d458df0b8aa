"""LHEO documents read as a stream: one `formation` after the other, in bounded memory, and nothing but elements.

The standard library's parser is told to refuse what no exchange of data needs and what attacks are made of: document
types with their entities, external references, processing instructions. The one library for it, defusedxml, had its
last release in 2021; what it does is the handlers below.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, lookup
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_vocabulary import NAMESPACES, READ_NAMESPACES

CHUNK = 65_536
LARGEST_OFFER = 33_554_432
"""Characters of text and attributes of one `formation`: far more than any has, and what memory is bounded by."""
LARGEST_TOKEN = 1_048_576
"""Bytes of one tag or comment."""
DEEPEST = 64
UTF_8, LATIN_1 = "UTF-8", "ISO-8859-1"
_EXPATS = {"utf-8": UTF_8, "iso8859-1": LATIN_1}
_BETWEEN = "}"
_DECLARED = re.compile(rb"""^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ROOTS = ("lheo", "lheo-plus")
_OFFERS = "offres"
_C1 = re.compile("[\u0080-\u009f]")


class LheoFault(ValueError):
    """Why a document can't be read on.

    Attributes:
        line: where, counted from 1.
    """

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        super().__init__(problem)


def offers(source: BinaryIO, encoding: str | None = None) -> Iterator[Element]:
    """Each `formation` of a document, once it is read whole; whatever else there is is passed over.

    Args:
        source: the document.
        encoding: what it is written in, whatever it declares.

    Raises:
        LheoFault: it is no LHEO of a version that is read, is not well-formed, or holds what is refused.
    """
    chunk = source.read(CHUNK)
    reading = _Reading(_known(encoding) if encoding else _encoding(chunk))
    fed = 0
    while chunk:
        fed += len(chunk)
        yield from reading.feed(chunk)
        reading.must_go_on(fed)
        chunk = source.read(CHUNK)
    yield from reading.end(empty=not fed)


def _encoding(beginning: bytes) -> str | None:
    """The encoding to read by where expat would not find it: `utf8` is UTF-8, as people write it.

    Raises:
        LheoFault: the declaration contradicts the file's first bytes, or names no encoding.
    """
    marked = beginning.startswith(BOM_UTF8)
    declared = _DECLARED.match(beginning.removeprefix(BOM_UTF8))
    if declared is None:
        return None
    name = declared[1].decode("ascii")
    known = _known(name)
    if known.startswith(("utf-16", "utf-32")):
        raise LheoFault(1, f"the file declares {name} and is not written in it: mend the declaration")
    if marked and known != UTF_8:
        raise LheoFault(1, f"the file begins with the mark of UTF-8 and declares {name}: mend the declaration")
    return known


def _known(name: str) -> str:
    """The name by which expat knows an encoding.

    Raises:
        LheoFault: there is none of this name.
    """
    try:
        known = lookup(name).name
    except LookupError:
        raise LheoFault(1, f"unknown encoding {name!r}") from None
    return _EXPATS.get(known, known)


class _Reading:
    """What expat calls: it builds a `formation`, and lets go of it when it ends."""

    def __init__(self, encoding: str | None) -> None:
        self._open: list[Element] = []
        self._done: list[Element] = []
        self._around: list[str] = []
        self._size = 0
        self._namespace: str | None = None
        self._one_byte = encoding if encoding not in {None, UTF_8} else None
        self._parser = parser = expat.ParserCreate(encoding, _BETWEEN)
        parser.buffer_text = True
        parser.StartElementHandler = self._starts
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._says
        parser.StartDoctypeDeclHandler = self._refuse_type
        parser.EntityDeclHandler = self._refuse_type
        parser.ExternalEntityRefHandler = self._refuse_reference
        parser.SkippedEntityHandler = self._refuse_reference
        parser.ProcessingInstructionHandler = self._refuse_instruction

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> Iterator[Element]:
        """Read on, and yield what came to its end."""
        yield from self._parsed(chunk, final=False)

    def end(self, *, empty: bool) -> Iterator[Element]:
        """The last of it."""
        if empty:
            raise LheoFault(1, "the file is empty")
        yield from self._parsed(b"", final=True)

    def must_go_on(self, fed: int) -> None:
        """Refuse a tag or comment that does not end, which expat would keep in memory."""
        if fed - self._parser.CurrentByteIndex > LARGEST_TOKEN:
            raise LheoFault(self._line, f"a tag or comment of more than {LARGEST_TOKEN} bytes")

    def _parsed(self, chunk: bytes, *, final: bool) -> Iterator[Element]:
        fault: LheoFault | None = None
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            fault = LheoFault(error.lineno, _words(error.code, str(expat.ErrorString(error.code))))
        except (ValueError, LookupError) as error:
            # LheoFault is one; expat's own are an encoding that it can't read by.
            fault = error if isinstance(error, LheoFault) else LheoFault(1, f"the encoding can't be read: {error}")
        done, self._done = self._done, []
        yield from done
        if fault is not None:
            raise fault

    def _starts(self, name: str, given: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(_BETWEEN)
        local = local.lower()
        if len(self._around) == DEEPEST:
            raise LheoFault(self._line, f"elements stand more than {DEEPEST} deep in each other")
        if self._namespace is None:
            self._must_be_read(namespace, local)
            self._namespace = namespace
        # What stands in `extra` may be of any namespace, and is not LHEO's.
        known = local if namespace in {self._namespace, ""} else name
        begins = known == "formation" and self._around[-1:] in ([_OFFERS], [_ROOTS[0]])
        self._around.append(known)
        if not self._open and not begins:
            return
        self._count(sum(len(key) + len(value) for key, value in given.items()) + len(name))
        element = Element(known, self._line, _plainly_named(given))
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _ends(self, _name: str) -> None:
        self._around.pop()
        if not self._open:
            return
        element = self._open.pop()
        if self._one_byte and element.pieces:
            element.doubt = _doubt(element.text, self._one_byte)
        if not self._open:
            self._done.append(element)
            self._size = 0

    def _says(self, text: str) -> None:
        if self._open:
            self._count(len(text))
            self._open[-1].pieces.append(text)

    def _count(self, characters: int) -> None:
        self._size += characters
        if self._size > LARGEST_OFFER:
            raise LheoFault(self._line, f"a formation of more than {LARGEST_OFFER} characters")

    def _must_be_read(self, namespace: str, root: str) -> None:
        if root not in _ROOTS:
            raise LheoFault(self._line, f"expected a document LHEO, not one that begins with {root!r}")
        if namespace.rstrip("/").lower() not in NAMESPACES:
            raise LheoFault(self._line, f"LHEO of the namespace {namespace!r} is not read: {READ_NAMESPACES} are")

    def _refuse_type(self, *_: object) -> None:
        raise LheoFault(self._line, "document types (DOCTYPE) and their entities are refused: take them out")

    def _refuse_reference(self, *_: object) -> int:
        raise LheoFault(self._line, "references to entities are refused: write the characters themselves")

    def _refuse_instruction(self, target: str, _data: str) -> None:
        raise LheoFault(self._line, f"processing instructions are refused: take out {target!r}")


def _plainly_named(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes in lower case and without namespaces; one that has none wins over its namesakes."""
    spaced = sorted(attributes.items(), key=lambda each: _BETWEEN not in each[0])
    return {name.rpartition(_BETWEEN)[2].lower(): value for name, value in spaced}


def _words(code: int, theirs: str) -> str:
    """What expat says, with what is to be done where that is known."""
    name = expat.errors.messages.get(code, theirs)
    return f"not well-formed XML: {_ADVICE.get(name, name)}"


_ADVICE = {
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "an entity that XML does not know (&eacute;): write the character itself",
    expat.errors.XML_ERROR_INVALID_TOKEN: (
        "a character that can't stand here: < or & not written &lt; &amp;, or another encoding than the one declared"
    ),
    expat.errors.XML_ERROR_INCORRECT_ENCODING: "the declared encoding is not the file's",
    expat.errors.XML_ERROR_NO_ELEMENTS: "the file ends before its last element does",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "the file ends within a tag",
    expat.errors.XML_ERROR_TAG_MISMATCH: "an end tag is not that of the element that is open",
}


def _doubt(text: str, encoding: str) -> str | None:
    """Why a text of a declared one-byte encoding was not written in it; None where it may have been."""
    if text.isascii():
        return None
    if encoding == LATIN_1 and _C1.search(text):
        return "characters that ISO-8859-1 does not have: declare windows-1252, if the file is written in it"
    try:
        text.encode(encoding).decode("utf-8")
    except UnicodeError:
        return None
    return f"the text is UTF-8, and the file declares {encoding}: mend the declaration"

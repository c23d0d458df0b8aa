"""What a verification of the stored history says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, Protocol, cast, runtime_checkable

from attrs import frozen

from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import SubjectKind

_DIGEST_LENGTH = 64


class FindingKind(StrEnum):
    """What is wrong at a place of the history."""

    CHANGED = "changed"
    DROPPED = "dropped"
    MOVED = "moved"
    INSERTED = "inserted"
    SUBJECT_CHANGED = "subject-changed"
    SUBJECT_DROPPED = "subject-dropped"
    UNEXPECTED = "unexpected"


@frozen(kw_only=True)
class Finding:
    """One thing that is wrong, and where.

    Attributes:
        what: `changed` says an entry (or the digest that it carries) is not what was written; `dropped` entries are
            missing; a `moved` entry stands at another version than it says; an `inserted` one is of another stream, or
            comes after the subject's version; `subject-changed` and `subject-dropped` say that the subject's row is not
            what its history gives, or is missing; at an `unexpected` entry the stream leaves the head that was noted.
        kind: of the stream's subject, as it is stored.
        reference: of the stream's subject, as it is stored.
        version: the entry's, or the subject's.
        until: the last version, where it is about several.
        fields: the columns or members that show it, where they are known.
    """

    what: FindingKind
    kind: str
    reference: str
    version: int
    until: int | None = None
    fields: tuple[str, ...] = ()


@frozen
class StreamHead:
    """Where a stream stood: the version and the digest of its last entry."""

    kind: SubjectKind
    reference: str
    version: int
    digest: str

    def line(self) -> str:
        """The line of a file of heads."""
        return json.dumps([self.kind.value, self.reference, self.version, self.digest]) + "\n"


@frozen(kw_only=True)
class Verification:
    """What a verification found.

    Attributes:
        streams: how many subjects were looked at.
        entries: how many history entries.
        heads: the SHA-256 of the heads of all streams, one line each: that of the file which was written of them.
        found: how many things are wrong.
        findings: the first of them.
    """

    streams: int
    entries: int
    heads: str
    found: int
    findings: tuple[Finding, ...]


@runtime_checkable
class VerifiesHistory(Protocol):
    """A storage whose entries are chained by digests."""

    def verify(
        self,
        *,
        expected: Iterable[StreamHead] = (),
        each_head: Callable[[StreamHead], object] | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> Verification:
        """Read every stream, and say what was changed behind the workflow's back."""
        ...


def noted_heads(lines: Iterable[str]) -> Iterator[StreamHead]:
    """Read a file of heads, line by line.

    Raises:
        Malformed: a line is none of such a file, or does not come after the one before it.
    """
    before = ("", "")
    for number, line in enumerate(lines, start=1):
        head = _head(line, f"line {number}")
        place = head.kind.value, head.reference
        if place <= before:
            raise Malformed.at(f"line {number}", "not in order")
        before = place
        yield head


def digest_of_heads() -> tuple[Callable[[StreamHead], None], Callable[[], str]]:
    """What takes heads in their order, and what says the digest of the file of them."""
    digest = hashlib.sha256()
    return lambda head: digest.update(head.line().encode()), digest.hexdigest


def _head(line: str, place: str) -> StreamHead:
    try:
        kind, reference, version, digest = json.loads(line)
        head = StreamHead(SubjectKind(kind), reference, version, digest)
    except (ValueError, TypeError, RecursionError):
        head = None
    if head is None or not _is_whole(head):
        raise Malformed([Fault(place, 'expected ["kind", "reference", version, "digest"]')])
    return head


def _is_whole(head: StreamHead) -> bool:
    reference, version, digest = cast("tuple[Any, Any, Any]", (head.reference, head.version, head.digest))
    return type(reference) is str and type(version) is int and type(digest) is str and len(digest) == _DIGEST_LENGTH

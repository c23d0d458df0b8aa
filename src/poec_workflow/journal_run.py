"""A journal executed line by line, each command at its own instant, with a count of the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from attrs import define, field

from poec_workflow.commands import Request
from poec_workflow.decider import Refused
from poec_workflow.errors import Conflict, Malformed, SchemaOutdated, StorageUnavailable
from poec_workflow.serialization import LONGEST_LINE, journal_line
from poec_workflow.workflow import Answer, Workflow

_BOM = b"\xef\xbb\xbf"
Line = tuple[int, bytes]
"""A line with its number, counted from 1."""


@define
class JournalTally:
    """The counts of a journal's answers.

    Attributes:
        line: the one that is reached: all before it are done.
    """

    line: int = 1
    accepted: int = 0
    refused: int = 0
    malformed: int = 0
    codes: Counter[str] = field(factory=Counter)
    advisories: Counter[str] = field(factory=Counter)

    @property
    def exit_code(self) -> int:
        """2 where a line was malformed, else 1 where one was refused, else 0."""
        if self.malformed:
            return 2
        return 1 if self.refused else 0

    def count(self, answer: Answer | Malformed) -> None:
        """Count the answer to a line."""
        if isinstance(answer, Malformed):
            self.malformed += 1
        elif isinstance(answer, Refused):
            self.refused += 1
            self.codes.update(answer.codes)
        else:
            self.accepted += 1
            self.advisories.update(each.code for each in answer.advisories)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "accepted": self.accepted,
            "refused": self.refused,
            "malformed": self.malformed,
            "codes": dict(sorted(self.codes.items())),
            "advisories": dict(sorted(self.advisories.items())),
        }


def lines_of(journal: BinaryIO) -> Iterator[Line]:
    """The lines of a journal that say something, numbered from 1; of an endless line only the beginning."""
    number = 0
    while line := journal.readline(LONGEST_LINE + 2):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := journal.readline(LONGEST_LINE)):
            pass
        if number == 1:
            line = without_mark(line)
        if line.strip():
            yield number, line


def without_mark(text: bytes) -> bytes:
    """Text without the byte order mark that some programs begin a file with."""
    return text.removeprefix(_BOM)


def batches(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """Lines in lots, each of which shares a transaction."""
    following = iter(lines)
    while some := list(islice(following, size)):
        yield some


def answers(workflow: Workflow, lines: Sequence[Line], tally: JournalTally) -> Iterator[tuple[int, Answer | Malformed]]:
    """What comes of some lines that share a transaction; the tally's line says which is being carried out.

    Raises:
        Conflict, SchemaOutdated, StorageUnavailable: the storage failed.
    """
    read = [(number, _request(line)) for number, line in lines]
    requests = [each for _, each in read if isinstance(each, Request)]
    try:
        answered = iter(workflow.execute_many(requests, batch=len(requests))) if requests else iter(())
    except (Conflict, SchemaOutdated, StorageUnavailable):
        raise
    except Exception:  # noqa: BLE001 - a policy is anybody's code
        # One has an instant that can't be, or a policy raises: nothing was done, and each is carried out by itself.
        for number, each in read:
            tally.line = number
            yield number, _answer(workflow, each)
    else:
        yield from ((number, next(answered) if isinstance(each, Request) else each) for number, each in read)


def _request(line: bytes) -> Request | Malformed:
    try:
        return journal_line(line)
    except Malformed as error:
        return error


def _answer(workflow: Workflow, request: Request | Malformed) -> Answer | Malformed:
    if isinstance(request, Malformed):
        return request
    try:
        return workflow.submit(request)
    except Malformed as error:
        return error

"""A file of CSV ▸ its records, each with the line on which it begins."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import BinaryIO

from attrs import frozen

LONGEST_LINE = 1_000_000
"""Characters: more than all texts of a row can have."""
SEPARATORS = (";", ",", "\t", "|")
_DIRECTIVE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


@frozen
class Record:
    """The cells of a row.

    Attributes:
        line: where it begins; quoted cells may go over several.
        problem: why it can't be read; it has no cells then.
    """

    line: int
    cells: Sequence[str]
    problem: str | None = None


class UnreadableText(ValueError):
    """The text of a file ends before the file does.

    Attributes:
        line: where.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def text_lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines of a file, each with its own end: CR, LF or both.

    Raises:
        UnreadableText: what follows is no text in this encoding, or a line is longer than any row.
    """
    text = TextIOWrapper(stream, encoding=encoding, newline="")
    number = 0
    try:
        while True:
            number += 1
            line = text.readline(LONGEST_LINE)
            if not line:
                return
            if len(line) == LONGEST_LINE:
                raise UnreadableText(number, f"this line is longer than {LONGEST_LINE} characters")
            yield line
    except UnicodeError as error:
        named, why = encoding.removesuffix("-sig"), getattr(error, "reason", error)
        # The text is decoded in pieces of several lines.
        raise UnreadableText(number, f"from about this line on this is not {named}: {why}") from None
    finally:
        text.detach()


def directive(line: str) -> str | None:
    """The separator that a first line names for spreadsheets, as `sep=;`."""
    found = _DIRECTIVE.fullmatch(line)
    return found[1] if found else None


def records(lines: Iterable[str], separator: str, first: int = 1) -> Iterator[Record]:
    """The records of some lines; blank lines are none.

    Args:
        lines: with their ends.
        separator: between cells.
        first: the number of the first line.
    """
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line, (), _problem(str(error)))
            continue
        if cells:
            yield Record(line, cells)


def _problem(error: str) -> str:
    if "field larger" in error:
        return f"a cell has more than {csv.field_size_limit()} characters: is a quote opened here and not closed?"
    if "end of data" in error:
        return "a quote is opened here and not closed"
    return "after a closing quote a separator is expected: a quote within a cell is written twice"

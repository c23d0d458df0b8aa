"""A table of texts, in lines that fit a terminal: narrower columns, then columns that share one, then row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import evolve, frozen

from poec_workflow.cli.line_wrapping import HANG, cells, longest_word, padded, wrap

_BETWEEN = 3
_BETWEEN_NARROW = 2
_LONGEST_WORD = 28
"""Of a word that is longer, so much must fit a column."""
_FEW = 4


@frozen(kw_only=True)
class TextTable:
    """Columns, their cells row by row, and a title.

    Attributes:
        numbers: which columns stand to the right.
        together: how many columns share one where there is no room: the first so many, and so on; by two
            where that is not said.
        turns: whether columns become rows where there is no room.
        apart: whether an empty line stands between rows.
    """

    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None
    together: tuple[int, ...] = ()
    turns: bool = False
    apart: bool = False

    def heading(self, width: int | None) -> list[str]:
        """The lines of the title."""
        if not self.title:
            return []
        return self.title.split("\n") if width is None else wrap(self.title, width, HANG)

    def lines(self, width: int | None) -> list[str]:
        """The lines under the title.

        Args:
            width: how many cells there are; None where a row may be as long as it is.
        """
        widths = self._widths(_widest)
        if width is None or _room(widths, _BETWEEN) + 2 <= width:
            return ["", *_margin(self.grid(widths, _BETWEEN)), ""]
        laid_out = ((each, each.narrowed(width)) for each in (self, *self._others()))
        grids = [list(each.grid(narrow, _BETWEEN_NARROW)) for each, narrow in laid_out if narrow]
        return ["", *min(grids or [list(self._row_by_row(width))], key=len), ""]

    def narrowed(self, width: int) -> list[int] | None:
        """The widest columns made narrower until they fit; None where words would be broken."""
        widths = self._widths(_widest)
        least = [min(each, most) for each, most in zip(self._widths(_least), widths, strict=True)]
        if _room(least, _BETWEEN_NARROW) > width:
            return None
        for most in range(max(widths), 0, -1):
            fitting = [max(floor, min(each, most)) for each, floor in zip(widths, least, strict=True)]
            if _room(fitting, _BETWEEN_NARROW) <= width:
                return fitting
        return least

    def _others(self) -> Iterator[TextTable]:
        if self.turns:
            yield self._turned()
            return
        pairs, odd = divmod(len(self.columns), 2)
        for each in [self.together] if self.together else [(1,) * odd + (2,) * pairs] * (len(self.columns) > _FEW):
            yield self._folded(each)

    def _turned(self) -> TextTable:
        by_column = list(zip(self.columns, *self.rows, strict=True))
        return evolve(
            self,
            columns=by_column[0],
            rows=tuple(by_column[1:]),
            numbers=(False, *(all(self.numbers[1:]) for _ in self.rows)),
        )

    def _folded(self, together: tuple[int, ...]) -> TextTable:
        """The same with several columns in one, below each other in headings as in cells."""
        ends = [sum(together[: index + 1]) for index in range(len(together))]
        spans = [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]
        return evolve(
            self,
            columns=tuple("\n".join(self.columns[each]) for each in spans),
            rows=tuple(tuple("\n".join(row[each]).rstrip("\n") for each in spans) for row in self.rows),
            numbers=tuple(all(self.numbers[each]) for each in spans),
            apart=True,
        )

    def _widths(self, measure: Callable[[str], int]) -> list[int]:
        return [max(map(measure, column)) for column in zip(self.columns, *self.rows, strict=True)]

    def grid(self, widths: Sequence[int], between: int) -> Iterator[str]:
        """The lines of headings, rule and rows, in columns of given widths, with so many blanks between them."""
        yield from _row(self.columns, widths, between, self.numbers)
        yield "─" * _room(widths, between)
        for number, row in enumerate(self.rows):
            if self.apart and number:
                yield ""
            yield from _row(row, widths, between, self.numbers)

    def _row_by_row(self, width: int) -> Iterator[str]:
        """A line for each cell that says something, behind its heading."""
        headings = [each.replace("\n", " ") for each in self.columns]
        word = min(max(map(longest_word, headings)), width // 2)
        room = max(1, word, min(max(map(cells, headings)), (width - _BETWEEN_NARROW) // 3))
        for number, row in enumerate(self.rows):
            if number:
                yield ""
            for heading, cell in zip(headings, row, strict=True):
                if cell:
                    yield from _row((heading, cell), (room, max(1, width - room - _BETWEEN_NARROW)), _BETWEEN_NARROW)


def _row(
    row: Iterable[str], widths: Sequence[int], between: int, numbers: Sequence[bool] = (False, False)
) -> Iterator[str]:
    wrapped = [wrap(cell, width, _hang(cell)) for cell, width in zip(row, widths, strict=True)]
    for index in range(max(map(len, wrapped))):
        line = (
            padded(each[index] if index < len(each) else "", width, right=number)
            for each, width, number in zip(wrapped, widths, numbers, strict=True)
        )
        yield (" " * between).join(line).rstrip(" ")


def _least(cell: str) -> int:
    return min(longest_word(cell), _LONGEST_WORD) + _hang(cell)


def _hang(cell: str) -> int:
    """Where a cell has several lines, one that goes on is indented, so that it shows where the next begins."""
    return HANG if "\n" in cell else 0


def _widest(cell: str) -> int:
    return max(map(cells, cell.split("\n")))


def _room(widths: Sequence[int], between: int) -> int:
    return sum(widths) + between * (len(widths) - 1)


def _margin(lines: Iterable[str]) -> Iterator[str]:
    return (f" {each}" if each else each for each in lines)

"""A table of texts, as rich shows it; a plain one is laid out here, for loading rich takes longer than the command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from rich.table import Table

_SIMPLE = re.compile("(?:[!-~¡-¬®-ſ]+(?: [!-~¡-¬®-ſ]+)*)?")
"""Texts in which every character takes one place, and that rich pads but does not change."""

_BETWEEN = 3


@frozen(kw_only=True)
class TextTable:
    """Columns, their cells row by row, and a title.

    Attributes:
        numbers: which columns stand to the right.
        least: how narrow each may become where there is no room.
    """

    columns: tuple[str, ...]
    numbers: tuple[bool, ...]
    least: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None

    def __rich__(self) -> Table:
        from rich.box import SIMPLE_HEAD  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        heading = self.title and Text(self.title)
        made = Table(title=heading, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for name, number, least in zip(self.columns, self.numbers, self.least, strict=True):
            made.add_column(Text(name), justify="right" if number else "left", min_width=least)
        for row in self.rows:
            # Text, not str: a title like [POEC] is no markup.
            made.add_row(*map(Text, row))
        return made

    def plain(self, most: int) -> str | None:
        """The same lines as rich prints into a file that is `most` wide; None where it would wrap or measure anew."""
        texts = (self.title or "", *self.columns, *(cell for row in self.rows for cell in row))
        if not all(map(_SIMPLE.fullmatch, texts)):
            return None
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        width = sum(widths) + _BETWEEN * len(widths) - 1
        if not all(widths) or width > most or len(self.title or "") > width:
            return None

        def line(cells: tuple[str, ...]) -> str:
            padded = (
                cell.rjust(each) if number else cell.ljust(each)
                for cell, each, number in zip(cells, widths, self.numbers, strict=True)
            )
            return f" {'   '.join(padded)} "

        title = [self.title.ljust(width)] if self.title else []
        empty, rule = " " * width, f" {'─' * (width - 2)} "
        return "\n".join((*title, empty, line(self.columns), rule, *map(line, self.rows), empty))

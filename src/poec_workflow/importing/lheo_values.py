"""What stands in LHEO's elements: texts, days, numbers, codes, each with what is wrong with it."""

from __future__ import annotations

import re
from datetime import date

from attrs import define, field, frozen

from poec_workflow.importing.import_rows import RowFault
from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_mapping import folded
from poec_workflow.importing.lheo_vocabulary import NO_END, UNKNOWN_DAY, UNSAID
from poec_workflow.model import FIRST_YEAR, LAST_YEAR

_UNSAID = frozenset({"", folded(UNSAID), folded(UNSAID) + "e", "non communique", "non communiquee"})
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.*)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")
_NO_MONTH, _NO_DAY = "0000", "00"


@frozen
class Unknown:
    """A day that is not one: not known, or without an end."""

    problem: str


def is_unsaid(text: str) -> bool:
    """Whether a text only says that there is none, as files do where LHEO requires one."""
    return folded(text).rstrip(".") in _UNSAID


def plain_text(text: str) -> str | None:
    """A text without the spaces around its lines; None where it says that there is none."""
    said = "\n".join(each.strip() for each in text.strip().splitlines())
    return None if is_unsaid(said) else said


def plain_line(text: str) -> str | None:
    """A text on one line; None where it says that there is none."""
    said = " ".join(text.split())
    return None if is_unsaid(said) else said


@define
class Reading:
    """An element as it is read.

    Attributes:
        place: where it stands, as an XPath that names elements by their `numero`.
        faults: what is wrong with it, and with those read beside it.
    """

    element: Element
    place: str
    faults: list[RowFault] = field(factory=list)

    def wrong(self, problem: str, *path: str) -> None:
        """Say what is wrong, at an element below or at this one."""
        found = self._nearest(path)
        self.faults.append(RowFault(found.line, "/".join((self.place, *path)), problem))

    def inside(self, element: Element, *path: str) -> Reading:
        """The reading of an element below, at the end of a path of names."""
        return Reading(element, "/".join((self.place, *path)), self.faults)

    def line_of(self, *path: str) -> int:
        """The line of an element below, or of the nearest that is there."""
        return self._nearest(path).line

    def text(self, *path: str) -> str | None:
        """A text without the spaces around its lines; None where there is none, or one that says so."""
        found = self.element.first(*path)
        return None if found is None else self.text_of(found, *path)

    def text_of(self, found: Element, *path: str) -> str | None:
        """The same, of an element."""
        if found.doubt is not None:
            self.wrong(found.doubt, *path)
        return plain_text(found.text)

    def line(self, *path: str) -> str | None:
        """A text on one line."""
        said = self.text(*path)
        return None if said is None else plain_line(said)

    def attribute(self, name: str) -> str:
        """An attribute without the spaces around it; empty where there is none."""
        return self.element.attributes.get(name, "").strip()

    def number(self, *path: str) -> int | None:
        """A whole number."""
        said = self.text(*path)
        return None if said is None else self.number_of(said, *path)

    def number_of(self, said: str, *path: str) -> int | None:
        """The same, of a text."""
        if not _NUMBER.fullmatch(said.replace(" ", "").replace("\u00a0", "")):
            self.wrong(f"expected a whole number, not {said[:40]!r}", *path)
            return None
        return int(said.replace(" ", "").replace("\u00a0", ""))

    def day(self, *path: str) -> date | Unknown | None:
        """A day; `Unknown` where LHEO's own way of saying so stands there, None where nothing or no day does."""
        said = self.text(*path)
        if said is None:
            return None
        read = day_of(said)
        if isinstance(read, str):
            self.wrong(read, *path)
            return None
        return read

    def _nearest(self, path: tuple[str, ...]) -> Element:
        for length in range(len(path), -1, -1):
            if (found := self.element.first(*path[:length])) is not None:
                return found
        return self.element


def day_of(said: str) -> date | Unknown | str:
    """What a text says as a day `YYYYMMDD`; a sentence where it says none."""
    if found := _ISO.fullmatch(said):
        said = "".join(found.groups())
    if not _EIGHT_DIGITS.fullmatch(said):
        return f"expected a day YYYYMMDD, not {said[:40]!r}"
    if unknown := _unknown(said):
        return Unknown(unknown)
    try:
        day = date(int(said[:4]), int(said[4:6]), int(said[6:]))
    except ValueError:
        return f"{said} is no day of the calendar"
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else f"{said} is no day of the years {FIRST_YEAR} to {LAST_YEAR}"


def _unknown(digits: str) -> str | None:
    """What LHEO says of a day that is none."""
    if digits == UNKNOWN_DAY:
        return f"the day is not known ({digits}): write it in the file"
    if digits == NO_END:
        return f"the day is that of no end ({digits}): a session has one"
    if digits[4:] == _NO_MONTH:
        return f"only the year is known ({digits}): write the day in the file"
    if digits[6:] == _NO_DAY:
        return f"only the month is known ({digits}): write the day in the file"
    return None

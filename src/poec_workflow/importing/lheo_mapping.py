"""The table `[lheo]` of a mapping file: what LHEO does not know, and how what it knows is read.

[lheo]
coefficient = 3
positioner = "@trainer"             # or "@responsible", or a reference
registration_deadline = "start"     # or "end", or days from the start: -7; where the file says none
late_entry_deadline = 14
organization = ["siret", "name"]    # what organisations are known by, in this order
session_reference = "{action}-{session}"
funder_order = ["4", "16"]          # of several funders
[lheo.funders]
"16" = "OPCO Santé"
[lheo.organizations]
"30159912300011" = "OF-GRETA-86"
[lheo.states]
"3" = "complete"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from string import Formatter
from typing import Any, TypeVar

from attrs import field, frozen

from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.lheo_vocabulary import FUNDERS, SESSION_STATES
from poec_workflow.importing.mapping import ImportMapping
from poec_workflow.model import ActionState, SessionState

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

TABLE = "lheo"
START, END = "start", "end"
RESPONSIBLE, TRAINER = "@responsible", "@trainer"
IDENTIFIERS = ("siret", "numero-activite", "name", "numero")
"""What an organisation may be known by."""
LEVELS = ("formation", "action", "session")
_FARTHEST = 1000
_FIVE_DIGITS = re.compile("[0-9]{5}")
WhichDay = str | int
"""`start`, `end`, or so many days after the start, negative before it."""


class Undated(StrEnum):
    """What becomes of a session without a day of beginning or end."""

    FAULT = "fault"
    LEAVE_OUT = "leave-out"


@frozen(kw_only=True)
class LheoMapping:
    """How an LHEO document is read.

    Attributes:
        coefficient: of every session; LHEO does not know it.
        positioner: `@responsible`, `@trainer` or a reference; LHEO does not know one.
        late_entry_deadline: `start`, `end`, or days from the start; LHEO does not know one.
        registration_deadline: the same, of a session whose inscriptions end on no day.
        capacity, minimum_headcount: of a session that has none.
        place: of a session whose action has none.
        capacity_extra: `info` of the `extra` of a session that holds its capacity.
        organization: what an organisation is known by, the first that it has.
        organizations: identifier ▸ reference, where another is to be used; a catalogue reads it backwards.
        names: reference ▸ name, for a catalogue.
        public_code: `code-public-vise` of a catalogue; 80006 is everybody.
        action_reference, session_reference: made of the attributes `numero`: `{formation}`, `{action}`, `{session}`.
        title_prefix: put before a title that does not begin with it.
        words, programmes: an action is a POEC when its title has one of the words, or a funder's programme is one.
        everything: every action is imported.
        funders: `code-financeur` ▸ name.
        funder: of an action that has none.
        funder_order: which of several funders is the action's.
        first_trainer: of several trainers the first is the sessions'.
        states: `etat-recrutement` ▸ state of the session.
        action_state: of every action.
        undated: a session without a day of beginning or end is a fault, or left out.
        source: where it all came from; the reader's own where none is named.
    """

    coefficient: int | None = None
    positioner: str | None = None
    late_entry_deadline: WhichDay | None = None
    registration_deadline: WhichDay | None = None
    capacity: int | None = None
    minimum_headcount: int = 0
    place: str | None = None
    capacity_extra: str | None = None
    organization: tuple[str, ...] = ("siret",)
    organizations: Mapping[str, str] = FrozenMap({})
    names: Mapping[str, str] = FrozenMap({})
    public_code: str = "80006"
    action_reference: str = "{action}"
    session_reference: str = "{session}"
    title_prefix: str = "[POEC]"
    words: tuple[str, ...] = ("POEC", "préparation opérationnelle à l'emploi collective")
    programmes: tuple[str, ...] = ("POEC",)
    everything: bool = False
    funders: Mapping[str, str] = FUNDERS
    funder: str | None = None
    funder_order: tuple[str, ...] = ()
    first_trainer: bool = False
    states: Mapping[str, SessionState] = SESSION_STATES
    action_state: ActionState = ActionState.PUBLISHED
    undated: Undated = Undated.FAULT
    source: str | None = None
    _words: re.Pattern[str] = field(init=False, eq=False, repr=False)

    @_words.default
    def _compiled(self) -> re.Pattern[str]:
        known = "|".join(re.escape(folded(each)) for each in self.words if folded(each))
        return re.compile(rf"(?<!\w)(?:{known})(?!\w)" if known else r"(?!)")

    def is_poec(self, title: str, programmes: Iterable[str]) -> bool:
        """Whether an action is imported, by its title and its funders' programmes."""
        known = {folded(each) for each in self.programmes}
        return self.everything or bool(self._words.search(folded(title))) or any(folded(p) in known for p in programmes)


def mapping_of(mapping: ImportMapping) -> LheoMapping:
    """The table of a mapping file; without one, what is so where nothing is said.

    Raises:
        Malformed: it says what it can't.
    """
    return lheo_mapping(mapping.formats.get(TABLE, {}))


def folded(text: str) -> str:
    """A text by which words are compared: without case, accents, kinds of apostrophe and of space."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def lheo_mapping(table: Mapping[str, object]) -> LheoMapping:
    """The table of a mapping file, checked.

    Raises:
        Malformed: it has keys that are none, or values that can't be; with every fault, and the place of each.
    """
    faults = [Fault(f"$.{TABLE}.{each}", "unknown key") for each in table if each not in _READ]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if (read := _READ.get(name)) is None:
            continue
        try:
            values[name] = read(value)
        except ValueError as error:
            faults.append(Fault(f"$.{TABLE}.{name}", str(error)))
    if faults:
        raise Malformed(faults)
    return LheoMapping(**values)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value


def _code(value: object) -> str:
    if not isinstance(value, str) or not _FIVE_DIGITS.fullmatch(value):
        raise ValueError("expected five digits as a text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("expected a whole number")
    return value


def _yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _which_day(value: object) -> WhichDay:
    if value in (START, END):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _FARTHEST:
        return value
    raise ValueError(f"expected {START!r}, {END!r} or a number of days from the start, {_FARTHEST} at most")


def _list(each: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    def read(value: object) -> tuple[T, ...]:
        return tuple(each(item) for item in (value if isinstance(value, list | tuple) else [value]))

    return read


def _table(each: Callable[[object], T], default: Mapping[str, T]) -> Callable[[object], Mapping[str, T]]:
    def read(value: object) -> Mapping[str, T]:
        if not isinstance(value, Mapping):
            raise ValueError("expected a table")
        return FrozenMap({**default, **{str(key): each(item) for key, item in value.items()}})

    return read


def _one_of(names: Iterable[str]) -> Callable[[object], str]:
    known = tuple(names)

    def read(value: object) -> str:
        if value not in known:
            raise ValueError(f"expected one of {', '.join(known)}")
        return str(value)

    return read


def _member(kind: type[E]) -> Callable[[object], E]:
    known = _one_of(each.value for each in kind)
    return lambda value: kind(known(value))


def _template(*names: str) -> Callable[[object], str]:
    """A text with the names of levels in braces."""

    def read(value: object) -> str:
        template = _text(value)
        found = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
        if not found or any(name not in names for name in found):
            raise ValueError(f"expected a text with {' or '.join('{' + each + '}' for each in names)}")
        return template

    return read


_READ: Mapping[str, Callable[[object], object]] = {
    "coefficient": _number,
    "positioner": _text,
    "late_entry_deadline": _which_day,
    "registration_deadline": _which_day,
    "capacity": _number,
    "minimum_headcount": _number,
    "place": _text,
    "capacity_extra": _text,
    "organization": _list(_one_of(IDENTIFIERS)),
    "organizations": _table(_text, {}),
    "names": _table(_text, {}),
    "public_code": _code,
    "action_reference": _template("formation", "action"),
    "session_reference": _template(*LEVELS),
    "title_prefix": _text,
    "words": _list(_text),
    "programmes": _list(_text),
    "everything": _yes,
    "funders": _table(_text, FUNDERS),
    "funder": _text,
    "funder_order": _list(_text),
    "first_trainer": _yes,
    "states": _table(_member(SessionState), SESSION_STATES),
    "action_state": _member(ActionState),
    "undated": _member(Undated),
    "source": _text,
}
"""Key ▸ how its value is read."""

"""The mapping file: what a file calls its columns, and what it does not know, in TOML.

    [applications]
    ignore = ["Âge", "Commune"]           # read over; "*" is every column that is not known
    [applications.columns]
    "N° de dossier" = "application"       # what the file calls a field
    "Prénom" = "candidate.name"           # two columns of one text: joined, in the file's order
    "Nom" = "candidate.name"
    [applications.constants]
    "prescriber.origin" = "france-travail"  # so in every row, whatever stands there
    [applications.defaults]
    "prescriber.organization" = "FT-AGEN"   # where a row says nothing
    [applications.values.state]
    "Recalée" = "rejected"                # what the file says for a value
    [sessions.rows."00301234"]
    coefficient = 3                       # what the file does not know of one row, by its reference
    [dates]
    order = "day-first"                   # or "month-first"
    two_digit_years = 2000                # the century of 31/12/25
    day_numbers = 1900                    # or 1904: what a spreadsheet counts days from

Every format that knows columns or elements takes the same file; what a format has of its own stands in a table of its
name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.import_fields import columns_of, fields_of
from poec_workflow.model import SubjectKind
from poec_workflow.serialization.parsing import below

EVERY_COLUMN = "*"
LIST_SEPARATOR = " / "
"""What stands between the days of a list in one cell."""
_EMPTY: Mapping[str, Any] = FrozenMap({})
_FORMATS = ("lheo",)
"""Tables that a format reads itself."""
_TABLES = ("columns", "constants", "defaults")


@frozen(kw_only=True)
class KindMapping:
    """What a mapping file says of the subjects of one kind; values are texts, as a cell has them.

    Attributes:
        ignored: columns that are read over.
        columns: column ▸ field.
        constants: field ▸ what every row says.
        defaults: field ▸ what a row says that says nothing.
        values: field ▸ what stands in the file ▸ what it means.
        rows: reference ▸ field ▸ what the file does not know of this row; it wins over all else.
    """

    ignored: tuple[str, ...] = ()
    columns: Mapping[str, str] = _EMPTY
    constants: Mapping[str, str] = _EMPTY
    defaults: Mapping[str, str] = _EMPTY
    values: Mapping[str, Mapping[str, str]] = _EMPTY
    rows: Mapping[str, Mapping[str, str]] = _EMPTY

    def filled(self, reference: str | None, said: Mapping[str, str]) -> dict[str, str]:
        """The fields of a row with what the file does not know of it; empty texts say nothing."""
        known = {name: text for name, text in said.items() if text}
        of_row = self.rows.get(reference or "", _EMPTY)
        return {**self.defaults, **known, **self.constants, **of_row}

    def supplies(self, name: str) -> bool:
        """Whether every row gets this field from here."""
        return name in self.constants or name in self.defaults


@frozen(kw_only=True)
class DateMapping:
    """How a file writes days, where what it writes could mean several.

    Attributes:
        order: `day-first` or `month-first`, of 03/04/2025.
        two_digit_years: the century of 31/12/25; None: it is not known, and such a day is refused.
        day_numbers: the year from which a spreadsheet counted days, 1900 or 1904; None: not known.
    """

    order: str = "day-first"
    two_digit_years: int | None = None
    day_numbers: int | None = None


@frozen(kw_only=True)
class ImportMapping:
    """What a mapping file says."""

    kinds: Mapping[SubjectKind, KindMapping] = _EMPTY  # type: ignore[assignment]
    dates: DateMapping = field(factory=DateMapping)
    formats: Mapping[str, Mapping[str, Any]] = _EMPTY

    def of(self, kind: SubjectKind) -> KindMapping:
        """What it says of the subjects of a kind."""
        return self.kinds.get(kind, _SAYS_NOTHING)


_SAYS_NOTHING = KindMapping()


def read_mapping(text: str | bytes) -> ImportMapping:
    """Read a mapping file.

    Raises:
        Malformed: it is no TOML, or says what no row has; with every fault, and the place of each.
    """
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        data = tomllib.loads(decoded, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise Malformed.at("$", f"not UTF-8 at byte {error.start + 1}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed.at("$", f"not TOML: {error}") from None
    faults: list[Fault] = []
    tables = {f"{kind}s": kind for kind in SubjectKind}
    kinds = {kind: _kind(kind, data[name], f"$.{name}", faults) for name, kind in tables.items() if name in data}
    dates = _dates(data.get("dates", {}), faults)
    formats = {name: data[name] for name in _FORMATS if isinstance(data.get(name, {}), dict) and name in data}
    faults.extend(_unknown(data, (*tables, "dates", *_FORMATS), "$"))
    if faults:
        raise Malformed(faults)
    return ImportMapping(kinds=FrozenMap(kinds), dates=dates, formats=FrozenMap(formats))


def _kind(kind: SubjectKind, data: object, place: str, faults: list[Fault]) -> KindMapping:
    if not isinstance(data, dict):
        faults.append(Fault(place, "expected a table"))
        return KindMapping()
    faults.extend(_unknown(data, ("ignore", *_TABLES, "values", "rows"), place))
    known = {name: _texts(data.get(name, {}), f"{place}.{name}", faults) for name in _TABLES}
    rows = _nested(data.get("rows", {}), f"{place}.rows", faults)
    values = _nested(data.get("values", {}), f"{place}.values", faults)
    columns = [(f"{place}.columns", name, each) for name, each in known["columns"].items()]
    faults.extend(_no_fields(kind, [each for each in columns if each[2] not in columns_of(kind)]))
    named = [(f"{place}.{table}", each, each) for table in ("constants", "defaults") for each in known[table]]
    named.extend((f"{place}.values", each, each) for each in values)
    named.extend((below(f"{place}.rows", row), each, each) for row, fields in rows.items() for each in fields)
    faults.extend(_no_fields(kind, [each for each in named if each[2] not in fields_of(kind)]))
    return KindMapping(ignored=_ignored(data, place, faults), values=values, rows=rows, **known)


def _no_fields(kind: SubjectKind, named: Iterable[tuple[str, str, str]]) -> Iterator[Fault]:
    return (Fault(below(place, name), f"{each} is no field of {kind}s") for place, name, each in named)


def _ignored(data: Mapping[str, Any], place: str, faults: list[Fault]) -> tuple[str, ...]:
    ignored = data.get("ignore", [])
    if isinstance(ignored, str):
        return (ignored,)
    if not isinstance(ignored, list) or not all(isinstance(each, str) for each in ignored):
        faults.append(Fault(f"{place}.ignore", "expected a list of columns"))
        return ()
    return tuple(ignored)


def _nested(data: object, place: str, faults: list[Fault]) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(data, dict):
        faults.append(Fault(place, "expected a table"))
        return _EMPTY
    return FrozenMap({name: _texts(each, below(place, name), faults) for name, each in data.items()})


def _texts(data: object, place: str, faults: list[Fault]) -> Mapping[str, str]:
    if not isinstance(data, dict):
        faults.append(Fault(place, "expected a table"))
        return _EMPTY
    texts: dict[str, str] = {}
    for name, each in data.items():
        text = _text(each)
        if text is None:
            faults.append(Fault(below(place, name), "expected a text, a number, a day or a list of days"))
        else:
            texts[name] = text
    return FrozenMap(texts)


def _text(value: object) -> str | None:
    """A value of TOML as a cell would have it."""
    if isinstance(value, list):
        texts = [_text(each) for each in value]
        return None if None in texts else LIST_SEPARATOR.join(each for each in texts if each)
    write = next((write for of, write in _WRITERS if isinstance(value, of)), None)
    return write(value) if write else None


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (bool, lambda value: str(value).lower()),
    ((str, int, Decimal), str),
    (date, lambda value: value.isoformat()),
    (time, lambda value: f"{value:%H:%M}"),
)


_ORDERS = ("day-first", "month-first")
_CENTURIES = (1900, 2000)
_ORIGINS = (1900, 1904)


def _dates(data: object, faults: list[Fault]) -> DateMapping:
    if not isinstance(data, dict):
        faults.append(Fault("$.dates", "expected a table"))
        return DateMapping()
    allowed: Mapping[str, Iterable[object]] = {
        "order": _ORDERS, "two_digit_years": _CENTURIES, "day_numbers": _ORIGINS,
    }  # fmt: skip
    faults.extend(_unknown(data, allowed, "$.dates"))
    known: dict[str, Any] = {}
    for name, values in allowed.items():
        if name not in data:
            continue
        if data[name] in values and not isinstance(data[name], bool):
            known[name] = data[name]
        else:
            faults.append(Fault(f"$.dates.{name}", f"expected one of {', '.join(map(str, values))}"))
    return DateMapping(**known)


def _unknown(data: Mapping[str, Any], known: Iterable[str], place: str) -> Iterator[Fault]:
    names = set(known)
    return (Fault(below(place, each), "unknown key") for each in data if each not in names)

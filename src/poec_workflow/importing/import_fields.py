"""The fields that a row of a file can say, by kind of subject: those of its command of import, in dotted names.

`candidate.name`, `prescriber.origin`, `convocations.1.on`: a mapping file and the readers name fields so.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from attrs import NOTHING, fields, has

from poec_workflow.commands import Command, ImportAction, ImportApplication, ImportSession
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import Convocation, SubjectKind

IMPORTS: Mapping[SubjectKind, type[Command]] = FrozenMap(
    {each.subject_kind: each for each in (ImportAction, ImportSession, ImportApplication)}
)
"""The command that imports a subject of a kind, in the order in which they can be imported."""

MOST_CONVOCATIONS = 9
"""How many groups of columns are known: more than any setting allows, for what another system had is told of."""
CONVOCATIONS = "convocations"


@cache
def fields_of(kind: SubjectKind) -> Mapping[str, type[Any]]:
    """Field ▸ the type of its value, of each field that a row can say."""
    return FrozenMap(dict(_fields(IMPORTS[kind])))


FIRST_NAME, LAST_NAME = "candidate.first_name", "candidate.last_name"
"""Two columns of the name, in this order."""
_COMPOUND: Mapping[SubjectKind, tuple[str, ...]] = FrozenMap(
    {
        SubjectKind.ACTION: (),
        SubjectKind.SESSION: ("period", "enrolled"),
        SubjectKind.APPLICATION: (
            "candidate",
            FIRST_NAME,
            LAST_NAME,
            "prescriber",
            "ending",
            CONVOCATIONS,
            *(f"{CONVOCATIONS}.{number}.{name}" for number in range(1, MOST_CONVOCATIONS + 1)
              for name in ("present", "notified")),
        ),
    }
)  # fmt: skip
"""What a column can say that is no field by itself: from which day to which one, retained / capacity, the candidate's
name or reference, who sent them, how it ended, all convocations, and by yes or no whether they came, or gave notice."""


SAID_TOGETHER: Mapping[str, tuple[str, ...]] = FrozenMap(
    {
        "period": ("start", "end"),
        "enrolled": ("capacity",),
        "prescriber": ("prescriber.origin",),
        FIRST_NAME: ("candidate.name",),
        LAST_NAME: ("candidate.name",),
    }
)
"""What a column says that is no field by itself ▸ the required fields among what it says."""


@cache
def columns_of(kind: SubjectKind) -> frozenset[str]:
    """What a column can be mapped to: a field, or what says several."""
    return frozenset((*fields_of(kind), *_COMPOUND[kind]))


@cache
def required_of(kind: SubjectKind) -> tuple[str, ...]:
    """The fields that a row must have."""
    return tuple(_required(IMPORTS[kind]))


def _fields(cls: type[Any], before: str = "") -> Iterator[tuple[str, type[Any]]]:
    hints = get_type_hints(cls)
    for each in fields(cls):
        type_ = _plain(hints[each.name])
        name = f"{before}{each.name}"
        if has(type_):
            yield from _fields(type_, f"{name}.")
        elif name == CONVOCATIONS:
            for number in range(1, MOST_CONVOCATIONS + 1):
                yield from _fields(Convocation, f"{name}.{number}.")
        else:
            yield name, type_


def _required(cls: type[Any], before: str = "") -> Iterator[str]:
    hints = get_type_hints(cls)
    for each in fields(cls):
        if each.default is not NOTHING:
            continue
        type_ = _plain(hints[each.name])
        if has(type_):
            yield from _required(type_, f"{before}{each.name}.")
        else:
            yield f"{before}{each.name}"


def _plain(hint: Any) -> Any:  # noqa: ANN401 - an annotation
    """The class of an annotation: of `date | None` date, of a list of days too, which stand in one cell."""
    if get_origin(hint) in {Union, types.UnionType}:
        hint = next(each for each in get_args(hint) if each is not type(None))
    return tuple if get_origin(hint) is tuple else hint

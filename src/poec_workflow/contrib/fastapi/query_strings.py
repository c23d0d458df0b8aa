"""A list's filter and page as a query string: read by the wire format's strict reader, shown as its parameters.

`?tab=current&states=pending&states=absent&limit=20`: a flag is `true` or `false`, several values are given one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, Generic, TypeVar, get_origin, get_type_hints

from attrs import fields, frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import Depends, Query, Request

from poec_workflow.contrib.fastapi.wire_models import Documented, component_of
from poec_workflow.errors import Fault, Malformed
from poec_workflow.schemas.annotation_schemas import without_null
from poec_workflow.serialization import from_dict
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter
from poec_workflow.views.ordering import SORTS

F = TypeVar("F", ApplicationFilter, SessionFilter, ActionFilter)

MOST_ROWS = 200
"""Of a page; the command line alone lists without a limit."""
_INTEGER = re.compile("-?[0-9]{1,10}")
_FLAGS = {"true": True, "false": False}


@frozen
class ListQuery(Generic[F]):
    """What a list was asked for.

    Attributes:
        filter: which rows.
        page: which of their pages.
    """

    filter: F
    page: PageRequest


def QueryOf(kind: type[F], rows: type[Any], *, most: int = MOST_ROWS) -> Any:  # noqa: N802, ANN401 - as Depends
    """A dependency that gives the `ListQuery` which the query string says.

    Args:
        kind: the list's filter.
        rows: its rows, which say by what it is sorted.
        most: rows of a page.

    Raises:
        Malformed: at each request that asks for something else, with every fault.
    """

    def read(request: Request, **_: object) -> ListQuery[F]:
        return ListQuery(*read_query(request.query_params.multi_items(), (kind, PageRequest), most))

    read.__signature__ = _signature(kind, rows, most)  # type: ignore[attr-defined]
    return Depends(read)


def _signature(kind: type[Any], rows: type[Any], most: int) -> Signature:
    hints = _hints(kind)
    shown = _parameters_shown(kind, rows, most)
    request = Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request)
    return Signature([request, *(_parameter(name, hints[name], each) for name, each in shown.items())])


def _hints(kind: type[Any]) -> dict[str, Any]:
    return {**get_type_hints(kind), **get_type_hints(PageRequest)}


def read_query(items: Iterable[tuple[str, str]], kinds: Sequence[type[Any]], most: int) -> list[Any]:
    """The values of some classes that a query string has the fields of; what no class has is left to the first.

    Raises:
        Malformed: every fault.
    """
    given: dict[str, list[str]] = {}
    for name, text in items:
        given.setdefault(name, []).append(text)
    hints = {name: hint for kind in kinds for name, hint in get_type_hints(kind).items()}
    faults = [
        Fault(_place(each), "stands twice")
        for each in given
        if len(given[each]) > 1 and not _is_several(hints.get(each))
    ]
    data = {name: _value(texts, hints.get(name)) for name, texts in given.items()}
    of_others = {each.name for kind in kinds[1:] for each in fields(kind)}
    parts: list[Any] = []
    for kind in kinds:
        own = data.keys() - of_others if kind is kinds[0] else data.keys() & {each.name for each in fields(kind)}
        try:
            parts.append(from_dict({name: data[name] for name in data if name in own}, kind))
        except Malformed as error:
            faults += in_query(error).faults
    if "limit" in data and data["limit"] not in range(1, most + 1):
        faults.append(Fault(_place("limit"), f"expected 1 to {most}"))
    if faults:
        raise Malformed(dict.fromkeys(faults))
    return parts


def _parameters_shown(kind: type[Any], rows: type[Any], most: int) -> dict[str, dict[str, Any]]:
    shown = {**_shown(kind), **page_schemas([each.name for each in fields(PageRequest)], most)}
    sorts = [each.value for each in SORTS[rows]]
    shown["sort"] = {"type": "string", "enum": sorts, "default": PageRequest().sort.value}
    return shown


def page_schemas(names: Iterable[str], most: int) -> dict[str, dict[str, Any]]:
    """The schemas of some parameters of a page."""
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": PageRequest().limit}
    shown = {**_shown(PageRequest), "limit": limit}
    return {name: shown[name] for name in names}


def _shown(kind: type[Any]) -> dict[str, dict[str, Any]]:
    """The schemas of the fields, without the null that a query string can't say."""
    properties: Mapping[str, Any] = component_of(kind)["properties"]
    return {name: without_null(schema) for name, schema in properties.items()}


def _parameter(name: str, hint: Any, schema: Mapping[str, Any]) -> Parameter:  # noqa: ANN401
    annotation: Any = list[str] | None if _is_several(hint) else str | None
    shown = Documented(lambda: schema)
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[annotation, shown, Query(description=schema.get("description"))],
    )


def _is_several(hint: Any) -> bool:  # noqa: ANN401 - any annotation
    return get_origin(hint) is tuple


def _value(texts: list[str], hint: Any) -> Any:  # noqa: ANN401 - JSON
    """What a text stands for in JSON; what stands for nothing is left to the reader, which says so."""
    if _is_several(hint):
        return texts
    text = texts[0]
    if hint is bool:
        return _FLAGS.get(text, text)
    return int(text) if hint is int and _INTEGER.fullmatch(text) else text


def in_query(error: Malformed) -> Malformed:
    """The same faults, as those of a query string."""
    return Malformed(
        Fault(_place(each.place.removeprefix("$").removeprefix(".")), each.problem) for each in error.faults
    )


def _place(name: str) -> str:
    return f"query.{name}" if name else "query"

"""What the address of a list asks for, read strictly: a tab, filters, an order, a page; and the addresses beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from attrs import frozen
from django.http import HttpRequest

from poec_workflow.errors import Fault, Malformed
from poec_workflow.serialization import from_dict
from poec_workflow.views import PageRequest, Sort
from poec_workflow.views.ordering import SortName

F = TypeVar("F")

SIZES = (10, 25, 50)
"""How many rows a page may have: « Afficher 10 éléments » [S]."""
_PLACE = ("after", "before")
_OF_PAGE = (*_PLACE, "size", "sort", "order", "format")
_EXCEL = "csv"


@frozen(kw_only=True)
class ListAddress:
    """The parameters of a list's address, without the empty ones.

    Attributes:
        path: of the list.
        given: the parameters.
        filters: the parameters that filter, each with the field of the filter that it is.
    """

    path: str
    given: Mapping[str, str]
    filters: Mapping[str, str]

    def filter(self, kind: type[F], scope: Mapping[str, Any]) -> F:
        """The filter that the parameters say, within what the visitor is shown.

        Raises:
            Malformed: a value is none of its field, or contradicts the scope.
        """
        data: dict[str, Any] = {}
        for name, place in self.filters.items():
            if name in self.given:
                data[place] = _value(place, self.given[name])
        for place, value in scope.items():
            if data.setdefault(place, value) != value:
                raise Malformed.at(f"$.{place}", f"expected one of {value}")
        return from_dict(data, kind)

    @property
    def page(self) -> PageRequest:
        """The page.

        Raises:
            Malformed: no such size, order or place.
        """
        size, order = self.given.get("size", str(SIZES[0])), self.given.get("order", "ascending")
        faults = []
        if size not in map(str, SIZES):
            faults.append(Fault("$.size", f"expected one of {', '.join(map(str, SIZES))}"))
        if order not in ("ascending", "descending"):
            faults.append(Fault("$.order", "expected one of ascending, descending"))
        if self.given.get("format", _EXCEL) != _EXCEL:
            faults.append(Fault("$.format", f"expected one of {_EXCEL}"))
        if faults:
            raise Malformed(faults)
        return PageRequest(
            limit=int(size),
            after=self.given.get("after"),
            before=self.given.get("before"),
            # Any text: what is no order is a fault of the page.
            sort=cast("SortName", self.given.get("sort", Sort.REFERENCE)),
            descending=order == "descending",
        )

    @property
    def wants_spreadsheet(self) -> bool:
        """Whether all rows are asked for, as a file."""
        return self.given.get("format") == _EXCEL

    def url(self, **changes: object) -> str:
        """The address with other parameters, without those that are None; the first page, unless they name another."""
        kept = {name: value for name, value in self.given.items() if name not in (*_PLACE, "format")}
        said = {name: str(value) for name, value in {**kept, **changes}.items() if value is not None}
        return f"{self.path}?{urlencode(said)}" if said else self.path


def list_address(request: HttpRequest, filters: Mapping[str, str]) -> ListAddress:
    """What a request asks of a list.

    Raises:
        Malformed: a parameter that the list does not have, or one that is given twice.
    """
    known = {*filters, *_OF_PAGE}
    faults = [
        *(Fault(f"$.{name[:40]}", "unknown key") for name in request.GET if name not in known),
        *(Fault(f"$.{name}", "stands twice") for name, all_ in request.GET.lists() if name in known and len(all_) > 1),
    ]
    if faults:
        raise Malformed(faults)
    given = {name: text for name, value in request.GET.items() if (text := str(value).strip())}
    return ListAddress(path=request.path, given=given, filters=filters)


def _value(place: str, text: str) -> Any:  # noqa: ANN401 - JSON
    if place == "states":
        return [text]
    if place == "published":
        return {"1": True}.get(text, text)
    return text

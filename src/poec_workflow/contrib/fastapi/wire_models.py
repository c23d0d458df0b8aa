"""The package's values as types that pydantic and FastAPI know, read and written as the wire format says.

Nothing is listed here: what OpenAPI shows are the components of `poec_workflow.schemas`, under their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, get_origin, is_typeddict

from attrs import frozen, has

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema, core_schema

from poec_workflow.model import Reference
from poec_workflow.schemas.annotation_schemas import SchemaMaker
from poec_workflow.schemas.component_table import PREFIX
from poec_workflow.schemas.json_schemas import maker_for
from poec_workflow.serialization import from_dict, to_dict

T = TypeVar("T")

_SHOWN_BY = "pydantic_js_annotation_functions"
"""Where a core schema says what shows it: pydantic puts there what a marker's `__get_pydantic_json_schema__` is."""


class WireFormat:
    """Marks an annotation: pydantic reads, writes and shows it as the wire format does.

    Attributes:
        of: another annotation to read and show it by, which pydantic takes apart itself.
    """

    def __init__(self, of: Any = None) -> None:  # noqa: ANN401 - any annotation
        self.of = of

    def __get_pydantic_core_schema__(self, source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        source = self.of or source
        kind = get_origin(source) or source

        def read(value: object) -> object:
            # A document is written only, and is JSON already.
            made = is_typeddict(kind) or (has(kind) and isinstance(value, kind))
            return value if made else from_dict(value, source)

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(to_dict),
            metadata={_SHOWN_BY: [_Shown(lambda: reference_to(source))]},
        )


Wire = Annotated[T, WireFormat()]
"""A value of ours in a pydantic model, a body or an answer: `Wire[Application]`, `Wire[Page[ApplicationRow]]`."""
ReferenceText = Annotated[str, WireFormat(Reference)]
"""A reference in a path."""


class Documented:
    """Marks an annotation that FastAPI lets pass unread: OpenAPI alone shows what it has to be.

    Attributes:
        schema: makes its schema, in which references lead to components.
    """

    def __init__(self, schema: Callable[[], Mapping[str, Any]]) -> None:
        self.schema = schema

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.any_schema(metadata={_SHOWN_BY: [_Shown(self.schema)]})


@cache
def _maker() -> SchemaMaker:
    """Made once: a service has many models, and they share their components."""
    return maker_for()


def reference_to(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a class, maybe a generic one
    """A reference to the component of a class."""
    return _maker().schema(cls)


def component_of(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as above
    """The component of a class, rather than a reference to it."""
    return _component(reference_to(cls)["$ref"].removeprefix(PREFIX))


def _component(name: str) -> Mapping[str, Any]:
    return _maker().table.schemas[name]


@frozen
class _Shown:
    """What shows a schema: registers with pydantic the components that it refers to.

    Attributes:
        schema: makes it.
        within: the components that it is a part of, for one may contain itself.
    """

    schema: Callable[[], Any]
    within: frozenset[str] = frozenset()

    def __call__(self, _core: CoreSchema, handler: GetJsonSchemaHandler) -> Any:  # noqa: ANN401 - JSON
        return self._registered(self.schema(), handler)

    def _registered(self, schema: Any, handler: GetJsonSchemaHandler) -> Any:  # noqa: ANN401 - JSON
        """A schema in which references are pydantic's."""
        if isinstance(schema, list):
            return [self._registered(each, handler) for each in schema]
        if not isinstance(schema, Mapping):
            return schema
        found = {name: self._registered(each, handler) for name, each in schema.items() if name != "$ref"}
        if isinstance(schema.get("$ref"), str):
            component = self._core_schema(schema["$ref"].removeprefix(PREFIX))
            # A handler makes components of the parts of a schema, and not of the schema itself.
            found |= handler(core_schema.list_schema(component))["items"]
        return found

    def _core_schema(self, name: str) -> CoreSchema:
        if name in self.within:
            return core_schema.definition_reference_schema(name)
        shown = _Shown(lambda: _component(name), self.within | {name})
        return core_schema.any_schema(ref=name, metadata={_SHOWN_BY: [shown]})

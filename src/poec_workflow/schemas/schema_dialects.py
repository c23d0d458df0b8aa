"""The same schemas for other places: as a JSON Schema that stands alone, and for AsyncAPI's older dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poec_workflow.schemas.component_table import PREFIX, Schema
from poec_workflow.serialization import LONGEST_LINE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFINITIONS = "#/$defs/"
BEYOND_SCHEMAS = (
    "What no schema sees, and the reader refuses: a key that stands twice in its object; an integer that is written "
    f"2.0 or 2e1; a journal line of more than {LONGEST_LINE} bytes."
)
"""Stands in each JSON Schema; the page `docs/reference/schemas.md` says the same."""


def standing_alone(root: Mapping[str, Any], schemas: Mapping[str, Schema], **head: Any) -> Schema:  # noqa: ANN401 - JSON
    """A JSON Schema document: its head, its root, and under `$defs` the components."""
    definitions = {name: _local(each) for name, each in sorted(schemas.items())}
    return {"$schema": DIALECT, **head, "$comment": BEYOND_SCHEMAS, **_local(root), "$defs": definitions}


def for_draft_7(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """A schema for AsyncAPI, whose own dialect is of draft 7: nothing stands beside a `$ref` there."""
    if isinstance(schema, list):
        return [for_draft_7(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: for_draft_7(each) for name, each in schema.items() if not _is_of_openapi(name, each)}
    if isinstance(kept.get("$ref"), str) and len(kept) > 1:
        return {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    return kept


def _local(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """A schema whose references lead to `$defs`."""
    if isinstance(schema, list):
        return [_local(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if any(_is_of_openapi(*each) for each in schema.items()):
        schema = _told_apart(schema)
    kept = {name: _local(each) for name, each in schema.items()}
    if isinstance(kept.get("$ref"), str):
        kept["$ref"] = kept["$ref"].replace(PREFIX, _DEFINITIONS, 1)
    return kept


def _told_apart(schema: Schema) -> Schema:
    """One of several objects by a member of each: only the one that is meant is looked at, and says what is wrong."""
    tag, options = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
    rest = {name: each for name, each in schema.items() if name not in ("oneOf", "discriminator")}
    return {
        "type": "object",
        **rest,
        "properties": {tag: {"enum": [*options]}},
        "required": [tag],
        "allOf": [
            {"if": {"properties": {tag: {"const": value}}, "required": [tag]}, "then": {"$ref": each}}
            for value, each in options.items()
        ],
    }


def _is_of_openapi(name: str, value: object) -> bool:
    """Whether a member is a discriminator, which OpenAPI alone knows; `oneOf` says the same."""
    return name == "discriminator" and isinstance(value, dict) and "propertyName" in value

"""What OpenAPI says of answers that are no success: problems, in place of FastAPI's own to what it can't read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import FastAPI

from poec_workflow.errors import ProblemDocument
from poec_workflow.schemas import components, reference_to
from poec_workflow.schemas.component_table import PREFIX
from poec_workflow.workflow import Workflow

MEDIA_TYPE = "application/problem+json"
_FASTAPIS = ("HTTPValidationError", "ValidationError")
_FIRST_ERROR = 400
_OTHER: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "not": {"pattern": "^urn:poec-workflow:"}},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status"],
}
"""A problem that is none of the workflow's: of HTTP itself, `about:blank`, or the service's own."""
_CONTENT: Mapping[str, Any] = {
    MEDIA_TYPE: {"schema": {"anyOf": [reference_to(ProblemDocument), {"$ref": f"{PREFIX}HttpProblem"}]}}
}


def document_problems(app: FastAPI, workflow: Workflow | None) -> None:
    """Let OpenAPI say what `install_problems` makes the application answer, with the codes of a workflow's rules."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _amend(plain(), _components(workflow))
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI says to extend it


def _components(workflow: Workflow | None) -> Mapping[str, Any]:
    if workflow is None:
        return components()
    return components(settings=workflow.settings, lifecycles=workflow.lifecycles, notices=workflow.notices)


def _amend(document: dict[str, Any], ours: Mapping[str, Any]) -> None:
    for operation in _operations(document):
        responses = operation.setdefault("responses", {})
        if _FASTAPIS[0] in json.dumps(responses.get("422", {})):
            del responses["422"]
        for status, response in responses.items():
            if status.isdigit() and int(status) >= _FIRST_ERROR and "$ref" not in response:
                response.setdefault("content", _CONTENT)
        responses.setdefault("default", {"$ref": "#/components/responses/Problem"})
    parts = document.setdefault("components", {})
    parts.setdefault("responses", {})["Problem"] = {"description": "Problem (RFC 9457)", "content": _CONTENT}
    schemas = parts.setdefault("schemas", {})
    for name in _FASTAPIS:
        schemas.pop(name, None)
    schemas["HttpProblem"] = _OTHER
    wanted = {*schemas, *_reached(reference_to(ProblemDocument), ours)}
    schemas.update((name, ours[name]) for name in sorted(wanted) if name in ours)
    parts["schemas"] = dict(sorted(schemas.items()))


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        yield from (each for each in path.values() if isinstance(each, dict))


def _reached(schema: Any, ours: Mapping[str, Any]) -> set[str]:  # noqa: ANN401 - JSON
    """The components that a schema refers to, and those that these refer to."""
    reached: set[str] = set()
    todo = [schema]
    while todo:
        each = todo.pop()
        if isinstance(each, Mapping):
            name = str(each.get("$ref", "")).removeprefix(PREFIX)
            if name in ours and name not in reached:
                reached.add(name)
                todo.append(ours[name])
            todo.extend(each.values())
        elif isinstance(each, list):
            todo.extend(each)
    return reached

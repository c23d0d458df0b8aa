"""The surface as an OpenAPI 3.1 document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any, get_args

from poec_workflow import locales
from poec_workflow.locales import LANGUAGES
from poec_workflow.model import Reference, Text
from poec_workflow.schemas.annotation_schemas import SchemaMaker, without_null
from poec_workflow.schemas.component_table import Schema
from poec_workflow.schemas.operations import EVERY_PROBLEM, KEY, NEW, OPERATIONS, VERSION, Operation
from poec_workflow.schemas.problem_components import host_problem, problem, statuses
from poec_workflow.views import PageRequest
from poec_workflow.views.ordering import SORTS

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
_IN_PATH = re.compile(r"{(\w+)}")
_VERSION_TAG = '^"[1-9][0-9]{0,9}"$'


def openapi_document(make: SchemaMaker) -> Schema:
    """The operations with all that they refer to."""
    paths: dict[str, Schema] = {}
    for each in OPERATIONS:
        paths.setdefault(each.path, {})[each.method] = _operation(make, each)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "poec-workflow", "version": version("poec-workflow"), **make.describe.thing("openapi")},
        "paths": paths,
        "components": {"schemas": dict(sorted(make.table.schemas.items()))},
    }


def _operation(make: SchemaMaker, operation: Operation) -> Schema:
    described: Schema = {
        "operationId": operation.id,
        **make.describe.thing(f"operation.{operation.id}"),
        "parameters": [*_parameters(make, operation)],
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": make.schema(operation.body)}}}
    described["responses"] = dict(_responses(make, operation))
    return described


def _parameters(make: SchemaMaker, operation: Operation) -> Iterator[Schema]:
    for name in _IN_PATH.findall(operation.path):
        yield _parameter(make, "path", name, make.schema(Reference), required=True)
    if operation.filter is not None:
        yield from _of_list(make, operation)
    if operation.fed:
        members = make.members(PageRequest, "PageRequest")
        yield _parameter(make, "query", "after", without_null(members["after"][0]))
        yield _parameter(make, "query", "limit", _limit(members["limit"][0]))
        yield _parameter(make, "header", NEW, {"type": "string"}, owner="Feed")
    elif operation.versioned and operation.body is None:
        yield _parameter(make, "header", NEW, {"type": "string"}, owner="Read")
    elif operation.versioned:
        yield _parameter(make, "header", KEY, make.schema(Text))
        yield _parameter(make, "header", VERSION, {"type": "string", "pattern": _VERSION_TAG})
        yield _parameter(make, "header", NEW, {"type": "string", "const": "*"})
    yield _parameter(make, "header", "Accept-Language", {"type": "string", "examples": [*LANGUAGES]})


def _of_list(make: SchemaMaker, operation: Operation) -> Iterator[Schema]:
    """The filter's fields and the page's; a field that is absent is not in the query."""
    [rows] = get_args(operation.answers)
    members = {**make.members(operation.filter, "Filter"), **make.members(PageRequest, "PageRequest")}
    for name, (schema, required) in members.items():
        given = without_null(schema)
        if name == "sort":
            given = {"type": "string", "enum": [each.value for each in SORTS[rows]], "default": schema["default"]}
        elif name == "limit":
            given = _limit(schema)
        yield _parameter(make, "query", name, given, required=required)


def _limit(schema: Schema) -> Schema:
    """Who serves it says how many at most; without a limit the command line alone lists."""
    return {"type": "integer", "minimum": 1, "default": schema["default"]}


def _parameter(
    make: SchemaMaker, place: str, name: str, schema: Schema, *, required: bool = False, owner: str = "Parameter"
) -> Schema:
    said = make.describe.member(owner, name)
    own = {key: each for key, each in schema.items() if key not in said}
    return {"name": name, "in": place, "required": required, **said, "schema": own}


def _responses(make: SchemaMaker, operation: Operation) -> Iterator[tuple[str, Schema]]:
    tagged: Schema = {}
    if operation.versioned:
        tag = {**make.describe.member("Answer", "ETag"), "schema": {"type": "string", "pattern": _VERSION_TAG}}
        tagged = {"headers": {"ETag": tag}}
    elif operation.fed:
        said = {name: make.describe.member("Feed", name) for name in ("ETag", "Link")}
        tagged = {"headers": {name: {**each, "schema": {"type": "string"}} for name, each in said.items()}}
    content = {JSON: {"schema": make.schema(operation.answers)}}
    yield "200", {**make.describe.thing("response.200"), **tagged, "content": content}
    if operation.versioned and operation.body is None:
        yield "304", make.describe.thing("response.304")
    elif operation.fed:
        yield "304", make.describe.thing("response.304-feed")
    by_status: dict[int, list[str]] = {}
    for kind in (*EVERY_PROBLEM, *operation.problems):
        by_status.setdefault(statuses()[kind], []).append(kind)
    for status, kinds in sorted(by_status.items()):
        yield str(status), {**_said(make, kinds), "content": {PROBLEM_JSON: {"schema": _one_of(make, kinds)}}}
    yield (
        "default",
        {**make.describe.thing("response.default"), "content": {PROBLEM_JSON: {"schema": host_problem(make)}}},
    )


def _said(make: SchemaMaker, kinds: Iterable[str]) -> Mapping[str, Any]:
    texts = {lang: "; ".join(locales.label("problems", each, lang) for each in kinds) for lang in LANGUAGES}
    return make.describe.both(texts)


def _one_of(make: SchemaMaker, kinds: list[str]) -> Schema:
    options = [problem(make, each) for each in kinds]
    return options[0] if len(options) == 1 else {"oneOf": options}

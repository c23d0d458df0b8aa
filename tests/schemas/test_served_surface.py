"""The table of operations and FastAPI's ready routes are one surface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI

from poec_workflow import Actor, Workflow, schemas
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.contrib.fastapi import EVERYTHING, Caller, router


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, item in document["paths"].items():
        yield from ((method, path) for method in item)


@pytest.fixture(scope="module")
def served() -> dict[str, Any]:
    app = FastAPI()
    caller = Caller(Actor(kind="platform"), EVERYTHING)
    app.include_router(router(Workflow(MemoryStorage()), lambda: caller))
    return app.openapi()


def test_each_operation_is_served_and_no_other(served: dict[str, Any]) -> None:
    """By its method and path."""
    assert {*_operations(schemas.document("openapi"))} == {*_operations(served)}


@pytest.mark.parametrize("operation", schemas.OPERATIONS, ids=lambda each: each.id)
def test_an_operation_takes_and_answers_the_same(operation: schemas.Operation, served: dict[str, Any]) -> None:
    """The parameters, the body's component and the answer's."""
    said, ours = (each["paths"][operation.path][operation.method] for each in (served, schemas.document("openapi")))
    names = [{(each["in"], each["name"].lower()) for each in one.get("parameters", ())} for one in (said, ours)]
    assert names[0] == {each for each in names[1] if each[1] != "accept-language"}
    if operation.body is not None:
        assert said["requestBody"]["content"] == ours["requestBody"]["content"]
    assert _reference(said) == _reference(ours)


def _reference(operation: Mapping[str, Any]) -> object:
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema.get("$ref") or schema["items"]["$ref"]

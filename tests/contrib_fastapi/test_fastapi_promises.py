"""The FastAPI example keeps what its OpenAPI promises, as far as Schemathesis asks; and the asker sees what is broken.

More is asked by `uv run python tests/fastapi_campaign.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate

from fastapi_campaign import ask, running

FEW = 2


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The example's service."""
    folder: Path = tmp_path_factory.mktemp("service")
    with running(folder) as made:
        yield made


def test_its_openapi_is_one(app: FastAPI) -> None:
    """By the specification's own schema."""
    validate(app.openapi())


def test_answers_are_as_declared_and_what_is_forbidden_is_refused(app: FastAPI) -> None:
    """Every operation is asked, allowed and forbidden things; none fails."""
    done = ask(app, FEW)
    assert done.failures == {}
    assert {label for label, _, _ in done.answers} >= {"POST /commands", "GET /applications", "GET /reports"}
    assert done.answers.total() == len({label for label, _, _ in done.answers}) * 2 * FEW


def test_an_answer_that_is_not_as_declared_is_noticed() -> None:
    """A service whose answers have another form, or that fails, does not pass."""
    app = FastAPI()

    @app.get("/actions", responses={200: {"content": {"application/json": {"schema": {"type": "integer"}}}}})
    def actions(number: int) -> object:
        if number:
            raise ValueError(number)
        return "text"

    kinds = {kind for _, kind in ask(app, 20).failures}
    assert {"JsonSchemaError", "ServerError"} <= kinds

"""Ask the FastAPI example what its OpenAPI promises, with Schemathesis.

`uv run python tests/fastapi_campaign.py -n 200` asks each operation 200 times in each way.

Each operation gets requests that its schema allows, and others that it forbids. No answer is a 500, each has a status,
a content type and a body that OpenAPI declares, and what is forbidden is refused. That what is allowed is accepted is
not asked: JSON Schema can't say which references exist, nor that 2.0 is no integer to the wire format.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import schemathesis
from attrs import Factory, field, frozen
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure

from fastapi_hosts import NOW, TOWN
from poec_workflow import Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock

EXAMPLE = TOWN.parent / "fastapi_service" / "service"
KNOWN: Mapping[str, tuple[str, ...]] = {
    "/applications": ("C-1", "C-2"),
    "/sessions": ("00301234",),
    "/actions": ("20211102000",),
    "/organizations": ("AFEC",),
}
"""What exists, by the beginning of a path: who only draws texts meets nothing but 404."""
_NAMED = {"application": "C-1", "session": "00301234", "action": "20211102000"}
"""And by the member of a command."""
_SLOW_PATTERN = "^[\\u0001-"
"""That of texts without NUL and lone surrogates: Hypothesis lists the million characters that it has."""


def example() -> Any:
    """The example's module `app`, under a name of its own: the other example has a package `service` too."""
    name = "fastapi_example"
    if name not in sys.modules:
        spec = spec_from_file_location(name, EXAMPLE / "__init__.py", submodule_search_locations=[str(EXAMPLE)])
        assert spec is not None
        sys.modules[name] = module_from_spec(spec)
    return import_module(f"{name}.app")


@contextmanager
def running(folder: Path) -> Iterator[FastAPI]:
    """The example's service, on a database in which two people applied."""
    file, clock = folder / "service.db", SettableClock(NOW)
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        Workflow(storage, clock=clock).execute_many([journal_line(each) for each in TOWN.read_bytes().splitlines()])
    app: FastAPI = example().create_app(str(file), clock)
    with TestClient(app):
        yield app


@frozen
class Campaign:
    """What came of it.

    Attributes:
        answers: how many, by operation, whether its requests were allowed, and status.
        failures: what was wrong, by operation and kind, once each.
    """

    answers: Counter[tuple[str, bool, int]] = field(factory=Counter)
    failures: dict[tuple[str, str], str] = Factory(dict)


def ask(app: FastAPI, examples: int) -> Campaign:
    """Ask each operation as often, with requests that it allows and with others."""
    schema = schemathesis.openapi.from_dict(_quick(app.openapi()))
    schema.app = app
    schema.config.generation.update(allow_x00=False)
    done = Campaign()
    for result in schema.get_all_operations():
        found: Any = result
        operation = found.ok()
        for allowed in (True, False):
            _ask(operation, done, examples, allowed=allowed)
    return done


def _ask(operation: Any, done: Campaign, examples: int, *, allowed: bool) -> None:
    mode = GenerationMode.POSITIVE if allowed else GenerationMode.NEGATIVE
    known = next(names for start, names in _known(operation.path) if operation.path.startswith(start))

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from((*known, None)), st.integers(0, 3))
    def one(case: Any, reference: str | None, foreign: int) -> None:
        if allowed and foreign:
            _make_known(case, reference)
        try:
            answer = case.call()
        except Exception as error:  # noqa: BLE001 - the service's own, which is raised again after its answer
            done.failures.setdefault((operation.label, "ServerError"), repr(error))
            return
        done.answers[operation.label, allowed, answer.status_code] += 1
        try:
            case.validate_response(answer, excluded_checks=[_accepts_what_is_allowed()])
        except (Failure, BaseExceptionGroup) as error:
            for each in getattr(error, "exceptions", (error,)):
                done.failures.setdefault((operation.label, type(each).__name__), f"{each}\n{case.as_curl_command()}")

    one()


def _make_known(case: Any, reference: str | None) -> None:
    """Let a request come from the organisation that there is, about something that there is."""
    case.headers["x-organization"] = "AFEC"
    if reference is not None:
        case.path_parameters.update(dict.fromkeys(case.path_parameters or {}, reference))
    if isinstance(case.body, dict):
        case.body.update({name: each for name, each in _NAMED.items() if name in case.body})


def _known(path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from KNOWN.items()
    yield path, ()


def _accepts_what_is_allowed() -> Any:
    return CHECKS.get_one("positive_data_acceptance")


def _quick(schema: Any) -> Any:
    """A schema without the one pattern that takes half a minute to draw from."""
    if isinstance(schema, list):
        return [_quick(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _quick(each) for name, each in schema.items() if not _is_slow(name, each)}


def _is_slow(name: str, value: object) -> bool:
    return name == "pattern" and isinstance(value, str) and value.startswith(_SLOW_PATTERN)


def main() -> int:
    """Print how often each operation answered with which status, and what was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-n", "--examples", type=int, default=200, help="requests of each kind to each operation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as app:
        done = ask(app, arguments.examples)
    for (label, allowed, status), count in sorted(done.answers.items()):
        print(f"{label:50} {'allowed' if allowed else 'forbidden':10} {status} {count:6}")  # noqa: T201
    print(f"{done.answers.total()} requests, {len(done.failures)} failures")  # noqa: T201
    for (label, kind), said in done.failures.items():
        print(f"\n{label}: {kind}\n{said}")  # noqa: T201
    return 1 if done.failures else 0


if __name__ == "__main__":
    sys.exit(main())

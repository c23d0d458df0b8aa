"""The engines that are not ours: XState under Node, and python-statemachine reading SCXML."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from drawing import Step, Trace, Way, conditions

from poec_workflow.machines import Lifecycle

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def missing() -> str | None:
    """What is needed and not there."""
    if shutil.which("node") is None:
        return "Node is not there"
    if not (ROOT / "node_modules" / "xstate").is_dir():
        return "XState is not there: npm install"
    return None if find_spec("statemachine") else "python-statemachine is not there: uv sync"


def needed() -> None:
    """Pass the test over where an engine is missing; in CI, fail it."""
    if reason := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no other engine was asked: {reason}")


@frozen
class Answer:
    """XState's: each document's way along each trace, and the steps of its shortest path to each state."""

    ways: list[list[Way]]
    paths: list[dict[str, int]]


def xstate(documents: Sequence[str], traces: Sequence[Trace], events: Sequence[Step] = ()) -> Answer:
    """Where XState goes with the documents on the traces, and what it reaches by the events."""
    given = {
        "documents": [json.loads(each) for each in documents],
        "traces": [[(step.command, step.verdicts) for step in trace] for trace in traces],
        "events": [(step.command, step.verdicts) for step in events],
    }
    done = subprocess.run(
        ["node", "xstate.mjs"], cwd=HERE, input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    ways = [[[tuple(step) for step in way] for way in document] for document in answer["ways"]]
    return Answer(ways, answer["paths"])


class _Listener:
    """Hears whether a transition was taken: one that stays is no less taken."""

    def __init__(self) -> None:
        self.taken = 0

    def after_transition(self) -> None:
        self.taken += 1


def scxml(document: str, traces: Iterable[Trace]) -> Iterator[list[tuple[str, bool]]]:
    """Where python-statemachine goes with the document, trace by trace, and whether by a transition."""
    from statemachine.io import load  # noqa: PLC0415 - it may be missing

    chart = load(document, format="scxml")
    for trace in traces:
        listener = _Listener()
        machine = chart(listeners=[listener])
        went = []
        for step in trace:
            before = listener.taken
            data: dict[str, Any] = {name.replace("-", "_"): value for name, value in step.verdicts.items()}
            machine.send(step.command, **data)
            (state,) = machine.configuration_values
            went.append((state, listener.taken > before))
        yield went


def taken(way: Way) -> list[tuple[str, bool]]:
    """As much of our way as SCXML can tell: an engine does not say which row it took."""
    return [(state, row is not None) for state, row in way]


def events(lifecycle: Lifecycle) -> list[Step]:
    """Each command with every condition true, and with every one false, and so on."""
    names = conditions(lifecycle)
    return [
        Step(command.type, dict(zip(names, values, strict=True)))
        for command in lifecycle.step_commands
        for values in product((True, False), repeat=len(names))
    ]

"""Seasons: a journal, what must come out of it, and what did."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from poec_workflow import Refused, Settings, SubjectKind, Workflow, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock

DATA = Path(__file__).parent / "data" / "season"
KINDS = {"states": SubjectKind.APPLICATION, "session_states": SubjectKind.SESSION, "action_states": SubjectKind.ACTION}


def given_season() -> tuple[list[bytes], dict[str, Any]]:
    """The season that was given with the rules."""
    lines = (DATA / "journal.jsonl").read_bytes().splitlines()
    expected: dict[str, Any] = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    return lines, expected


def outcome(
    lines: Iterable[str | bytes],
    expected: Mapping[str, Any],
    settings: Settings | None = None,
    storage: Storage | None = None,
    changes: Mapping[int, Settings] | None = None,
) -> dict[str, Any]:
    """What comes out, in the shape of `expected.json`; `changes` are settings in force from a line on."""
    clock = SettableClock(expected["sweep_at"])
    storage = storage or MemoryStorage()
    workflow = Workflow(storage, clock=clock, settings=settings or Settings())
    refusals = []
    for number, line in enumerate(lines, 1):
        if changes and number in changes:
            workflow = Workflow(storage, clock=clock, settings=changes[number])
        answer = workflow.submit(journal_line(line))
        if isinstance(answer, Refused):
            refusals.append({"line": number, "codes": sorted(answer.codes)})
    found: dict[str, Any] = {name: dict(storage.queries.states(kind)) for name, kind in KINDS.items()}
    found |= {"refusals": refusals, "sweep_at": expected["sweep_at"]}
    found["dashboards_before_sweep"] = _dashboards(workflow)
    found["swept"] = list(workflow.sweep().expired)
    found["dashboards_after_sweep"] = _dashboards(workflow)
    return found


def _dashboards(workflow: Workflow) -> list[Any]:
    return [to_dict(workflow.dashboard(each)) for each in workflow.storage.queries.organizations()]

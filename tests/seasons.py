"""Seasons: a journal, what must come out of it, and what did."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from poec_workflow import Accepted, Message, Refused, Settings, SubjectKind, Workflow, to_dict
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
    told = (DATA / "notices.jsonl").read_text(encoding="utf-8").splitlines()
    return lines, {**expected, "notices": [json.loads(each) for each in told]}


def outcome(
    lines: Iterable[str | bytes],
    expected: Mapping[str, Any],
    settings: Settings | None = None,
    storage: Storage | None = None,
    changes: Mapping[int, Settings] | None = None,
    batch: int = 1,
) -> dict[str, Any]:
    """What comes out, in the shape of `expected.json`.

    Args:
        lines: the journal.
        expected: says when it is swept.
        settings: the rules' settings.
        storage: where it is played; a fresh one in memory otherwise.
        changes: settings in force from a line on.
        batch: how many lines share a transaction.
    """
    clock = SettableClock(expected["sweep_at"])
    storage = storage or MemoryStorage()
    workflow = Workflow(storage, clock=clock, settings=settings or Settings())
    answers: list[Accepted | Refused] = []
    requests = [journal_line(each) for each in lines]
    for start in range(0, len(requests), batch):
        if changes and start + 1 in changes:
            workflow = Workflow(storage, clock=clock, settings=changes[start + 1])
        answers += workflow.execute_many(requests[start : start + batch], batch=batch)
    refusals = [
        {"line": number, "codes": sorted(answer.codes)}
        for number, answer in enumerate(answers, 1)
        if isinstance(answer, Refused)
    ]
    found: dict[str, Any] = {name: dict(storage.queries.states(kind)) for name, kind in KINDS.items()}
    if "advisories" in expected:
        found["advisories"] = [
            {"line": number, "codes": sorted(each.code for each in answer.advisories)}
            for number, answer in enumerate(answers, 1)
            if isinstance(answer, Accepted) and answer.advisories and not answer.replayed
        ]
    found |= {"refusals": refusals, "sweep_at": expected["sweep_at"]}
    found["dashboards_before_sweep"] = _dashboards(workflow)
    found["swept"] = list(workflow.sweep().expired)
    found["dashboards_after_sweep"] = _dashboards(workflow)
    if "notices" in expected:
        found["notices"] = notices([each.message for each in storage.outbox.queued()])
    return found


def notices(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Messages in the order of sending, in the shape of `notices.jsonl`: by stream, one event after the other."""
    streams: dict[tuple[str, bool], list[dict[str, Any]]] = defaultdict(list)
    for each in messages:
        told = streams[each.stream, each.application is not None]
        event = {"notice": each.notice, "about": each.about.kind.value, "version": each.about.version}  # type: ignore[union-attr]
        if not told or {**told[-1], "to": None} != {**event, "to": None}:
            told.append({**event, "to": []})
        told[-1]["to"].append([each.to.kind.value, each.to.reference])
    for told in streams.values():
        for each_told in told:
            each_told["to"].sort()
    return [{"stream": stream, "messages": told} for (stream, _), told in sorted(streams.items())]


def _dashboards(workflow: Workflow) -> list[Any]:
    return [to_dict(workflow.dashboard(each)) for each in workflow.storage.queries.organizations()]

"""PostgreSQL itself is killed and started again, while processes write to it: what was acknowledged is stored.

Each writer notes what was acknowledged to it, with its key, and sends what was not again under the same key.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from attrs import frozen
from process_kills import forking
from undisturbed_run import TOLD, told

from guarantees import ADVISER, PLATFORM, TRAINER, check, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import Accepted, Actor, Conflict, StorageUnavailable, SubjectKind, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command
from postgres import Cluster, raw_url, str_of

WRITERS = 4
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
PATIENCE, LOOKS = 120, 5_000


def _kill_all(cluster: Cluster) -> None:
    """SIGKILL for the server and each of its processes, which are waited for."""
    os.kill(cluster.pid, signal.SIGSTOP)  # so that it has no more children than are killed
    family = [cluster.pid, *_children(cluster.pid)]
    for each in family:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:  # it went with its parent
            continue
    # Until nobody answers to their numbers, a new server takes the old one for alive.
    assert any(not set(family) & _parents().keys() for _ in range(LOOKS)), "they do not go"


def _parents() -> dict[int, int]:
    said = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True)
    return {int(pid): int(parent) for pid, parent in map(str.split, said.stdout.splitlines())}


def _children(parent: int) -> list[int]:
    return [pid for pid, its_parent in _parents().items() if its_parent == parent]


KILLS: dict[str, Callable[[Cluster], None]] = {
    "SIGKILL": _kill_all,
    "immediate": lambda cluster: cluster.stop("immediate"),
}


@frozen
class Signals:
    """What the processes tell one another."""

    up: Event
    stop: Event
    acknowledged: Semaphore


def _asked(writer: int) -> Iterator[tuple[Command, Actor]]:
    """Candidates of a writer's own, on the session of all; some set its capacity."""
    for each in count(writer * 1_000_000):
        yield registering(each), ADVISER
        for command in retaining(each):
            yield command, TRAINER
        if each % 5 == 0:
            yield commands.SetCapacity("S-1", capacity=1_000_000 + each % 7), PLATFORM


def write(url: str, writer: int, log: Path, signals: Signals) -> None:
    """One writer: until it is told to stop, each command is sent until it is acknowledged, and that is noted."""
    with SqlStorage.open(url) as storage, log.open("a", encoding="utf-8") as notes:
        workflow = workflow_on(storage)
        for number, (command, actor) in enumerate(_asked(writer)):
            if signals.stop.is_set():
                return
            key = f"{writer}-{number}"
            answer, unavailable = _acknowledged(workflow, command, actor, key, signals.up)
            subject = answer.subject
            noted = {
                "key": key,
                "at": [subject.subject_kind, subject.reference, subject.version],
                "state": subject.state,
            }
            notes.write(json.dumps({**noted, "replayed": answer.replayed, "unavailable": unavailable}) + "\n")
            notes.flush()
            signals.acknowledged.release()


def _acknowledged(workflow: Workflow, command: Command, actor: Actor, key: str, up: Event) -> tuple[Accepted, int]:
    for unavailable in count():
        try:
            return workflow.execute(command, actor, key=key), unavailable
        except (StorageUnavailable, Conflict):
            assert up.wait(PATIENCE), "the server did not come back"
    raise AssertionError  # pragma: no cover - the loop has no end


def kill_server_repeatedly(kills: int, seed: int, folder: Path, binaries: Path) -> dict[str, Any]:
    """Kill the server so many times under the writers, and compare what is stored with what was acknowledged."""
    random, context = Random(seed), get_context("fork")  # noqa: S311 - moments, not secrets
    signals = Signals(context.Event(), context.Event(), context.Semaphore(0))
    signals.up.set()
    with Cluster(binaries, **DURABLE) as cluster:
        url = str_of(cluster.url)
        with SqlStorage.open(url) as storage:
            workflow_with_session(storage, seats=1_000_000, coefficient=5)
        logs = [folder / f"{each}.jsonl" for each in range(WRITERS)]
        writers = [context.Process(target=write, args=(url, each, log, signals)) for each, log in enumerate(logs)]
        with forking():
            for writer in writers:
                writer.start()
        try:
            made = Counter(_outage(cluster, signals, writers, random, each) for each in range(kills))
            signals.stop.set()
        finally:
            _end(writers, signals)
        assert [writer.exitcode for writer in writers] == [0] * WRITERS
        return {**made, **_judged(url, _read(logs))}


def _outage(cluster: Cluster, signals: Signals, writers: Sequence[BaseProcess], random: Random, number: int) -> str:
    """One death, after some more was acknowledged, and the start after it."""
    while signals.acknowledged.acquire(block=False):
        continue
    for _ in range(random.randrange(5, 60)):
        assert signals.acknowledged.acquire(timeout=PATIENCE), [each.exitcode for each in writers]
    how = list(KILLS)[number % len(KILLS)]
    signals.up.clear()
    KILLS[how](cluster)
    cluster.start()
    signals.up.set()
    return how


def _end(writers: Sequence[BaseProcess], signals: Signals) -> None:
    signals.stop.set()
    for writer in writers:
        writer.join(PATIENCE)
        if writer.exitcode is None:
            writer.kill()
            writer.join()


def _read(logs: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for log in logs for line in log.read_text(encoding="utf-8").splitlines()]


def _judged(url: str, notes: list[dict[str, Any]]) -> dict[str, int]:
    """Each acknowledged command is stored once, as it was answered, and nothing else is."""
    with psycopg.connect(raw_url(url)) as connection:
        receipts = connection.execute("SELECT key, kind, reference, version FROM poec_receipts").fetchall()
        history = connection.execute("SELECT kind, reference, version, data FROM poec_history").fetchall()
        messages = connection.execute("SELECT * FROM poec_messages").fetchall()
    entries = [row[:3] for row in history]
    assert sorted(receipts) == sorted((each["key"], *each["at"]) for each in notes)
    founding = 3
    assert len(entries) == len(notes) + founding
    assert {tuple(each["at"]) for each in notes} <= set(entries)
    assert told(messages) == {row[:3] for row in history if json.loads(row[3])["type"] in TOLD}
    last = {each["at"][1]: each["state"] for each in sorted(notes, key=lambda each: each["at"][2])}
    with SqlStorage.open(url) as storage:
        check(storage)
        found = storage.queries.states(SubjectKind.APPLICATION)
    assert found == {reference: state for reference, state in last.items() if reference != "S-1"}
    return {
        "acknowledged": len(notes),
        "unavailable": sum(each["unavailable"] for each in notes),
        "replayed": sum(each["replayed"] for each in notes),
    }

"""Rounds of deaths under clients, the judgement after each, and the figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic, sleep
from typing import Any

import process_trees
from attrs import define, field, frozen
from failover_clients import WRITERS, Signals, relay, sweep, write
from failover_judge import Broken, Note, Notes, Stored, errors_seen, judge_acknowledged, judge_everything, read
from failover_rounds import KINDS, Death
from patroni_cluster import PATIENCE, Node, PatroniCluster, Unhealthy

from guarantees import PLATFORM, workflow_on
from poec_workflow import commands
from poec_workflow.adapters.sql import SqlStorage

_PAUSE = 0.1


@frozen
class Round:
    """What came of one death: when it was, until when nobody served, and which way."""

    kind: str
    began: float
    ended: float

    def recovery(self, times: Sequence[float]) -> float:
        """Seconds from the death until the first acknowledged write after the longest silence."""
        within = [each for each in times if self.began - 1 <= each <= self.ended]
        _, after = max(pairwise(within), key=lambda each: each[1] - each[0])
        return after - self.began


@define
class Campaign:
    """Clients on a cluster whose primaries die."""

    cluster: PatroniCluster
    folder: Path
    seed: int
    kinds: Sequence[str]
    plant: str | None
    rounds: list[Round] = field(factory=list)

    def run(self, rounds: int) -> None:
        """Let the primary die so many times, and judge.

        Raises:
            Broken: a promise was not kept.
        """
        random, began = Random(self.seed), monotonic()  # noqa: S311 - moments, not secrets
        self._found()
        notes, context = Notes(self.folder), get_context("spawn")
        signals, relayed = Signals(context.Event(), context.Semaphore(0)), context.Event()
        make, url = context.Process, self.cluster.url
        writers = [
            make(target=write, args=(url, number, log, signals, self.plant)) for number, log in enumerate(notes.writers)
        ]
        sweeper = make(target=sweep, args=(url, notes.sweep, signals))
        relayer = make(target=relay, args=(url, notes.relay, relayed))
        clients = [*writers, sweeper, relayer]
        for each in clients:
            each.start()
        try:
            for number, kind in zip(range(rounds), self._kinds(random), strict=False):
                self._round(number, kind, random, notes, signals)
            signals.stop.set()
            _end([*writers, sweeper])
            self._until_told()
            relayed.set()
            _end([relayer])
            self._judge(notes)
        finally:
            for each in clients:
                if each.is_alive():
                    process_trees.kill(*([each.pid] if each.pid else []))
        self._print(notes, monotonic() - began)

    def _found(self) -> None:
        with SqlStorage.open(self.cluster.url) as storage:
            workflow = workflow_on(storage)
            made = commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="RESP")
            workflow.execute(made, PLATFORM, key="founding")
            workflow.execute(commands.PublishAction("A-1"), PLATFORM)

    def _kinds(self, random: Random) -> Iterator[str]:
        """At random, each as often as the others."""
        while True:
            yield from random.sample(self.kinds, len(self.kinds))

    def _round(self, number: int, kind: str, random: Random, notes: Notes, signals: Signals) -> None:
        node = self.cluster.healthy()
        self._until_acknowledged(signals, random.randrange(20, 100))
        sleep(random.uniform(0, 0.2))
        began = monotonic()
        told = KINDS[kind](Death(self.cluster, node, lambda: self._until_served(node, signals), random))
        leader = self.cluster.healthy()
        self._until_acknowledged(signals, 20)
        self.rounds.append(Round(kind, began, monotonic()))
        written = notes.written()
        with self.cluster.connect(self.cluster.leader()) as connection:
            judge_acknowledged(written, Stored.of(connection))
        times = _times(written)
        print(
            f"{number + 1:3} {kind:20} {told:14} {node.name} > {leader.name}  {len(times):6} acknowledged  "
            f"{self.rounds[-1].recovery(times):5.1f} s",
            flush=True,
        )

    def _until_served(self, before: Node, signals: Signals) -> None:
        self.cluster.until(lambda seen: seen.leader not in (None, before.name))
        self._until_acknowledged(signals, 10)

    def _until_acknowledged(self, signals: Signals, count: int) -> None:
        """Wait until so many more commands were acknowledged."""
        while signals.acknowledged.acquire(block=False):
            continue
        for _ in range(count):
            if not signals.acknowledged.acquire(timeout=PATIENCE):
                raise Unhealthy(f"nothing is acknowledged any more: {self.cluster.seen()}")

    def _until_told(self) -> None:
        end = monotonic() + PATIENCE
        with SqlStorage.open(self.cluster.url) as storage:
            while storage.outbox.queued(limit=1):
                if monotonic() > end:
                    raise Broken(f"messages wait for ever: {storage.outbox.queued(limit=3)}")
                sleep(_PAUSE)

    def _judge(self, notes: Notes) -> None:
        with self.cluster.connect(self.cluster.healthy()) as connection:
            stored = Stored.of(connection)
        judge_everything(notes, stored, self.cluster.url)

    def _print(self, notes: Notes, took: float) -> None:
        written = notes.written()
        times, by_kind = _times(written), defaultdict[str, list[float]](list)
        for each in self.rounds:
            by_kind[each.kind].append(each.recovery(times))
            by_kind["all"].append(each.recovery(times))
        print("\nseconds until the first acknowledged write: rounds, least, median, most")
        for kind, found in by_kind.items():
            print(f"{kind:20} {len(found):3} {min(found):6.1f} {median(found):6.1f} {max(found):6.1f}")
        print("\nerrors that writers saw, all typed")
        for kind, count in errors_seen(written).most_common():
            print(f"{count:7} {kind}")
        expired = sum(each.get("expired", 0) for each in read(notes.sweep))
        print(
            f"\nseed {self.seed}: {len(self.rounds)} deaths under {WRITERS} writers, a sweep and a relay "
            f"in {took:.0f} s: {len(times)} commands acknowledged and stored, "
            f"{_count(written, 'replayed')} of them by their key after a lost answer; "
            f"{_count(written, 'refused')} refused; {expired} expired; {len(read(notes.relay))} "
            "deliveries, each message at least once and in order"
        )


def _times(notes: Sequence[Note]) -> list[float]:
    return sorted(each["time"] for each in notes if "time" in each)


def _count(notes: Sequence[Note], name: str) -> int:
    return sum(bool(each.get(name)) for each in notes)


def _end(clients: Sequence[BaseProcess]) -> None:
    for each in clients:
        each.join(PATIENCE)
    failed: list[Any] = [(each.name, each.exitcode) for each in clients if each.exitcode != 0]
    if failed:
        raise Broken(f"clients did not end well: {failed}")

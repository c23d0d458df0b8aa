"""Writers and readers as processes, killed at random and begun again; and what must be true of the readers then."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import monotonic

from attrs import frozen
from feed_reader import kept, read
from feed_writer import COEFFICIENT, SEATS, SESSIONS, write

from guarantees import PLATFORM, all_positions, workflow_with_session
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.history import Position
from poec_workflow.testing.contracts.fixtures import opening
from processes import PATIENCE, PRELOADED

LONGEST_PAUSE = 0.5
"""Seconds between two kills at most."""


@frozen(kw_only=True)
class Figures:
    """What came of it.

    Attributes:
        entries: in the store.
        readers: that each have every entry once.
        pages: that they read, all together.
        killed: writers and readers.
    """

    entries: int
    readers: int
    pages: int
    killed: Counter[str]


class Missed(AssertionError):
    """A reader does not have every entry once, in order."""


def prepared(url: str) -> None:
    """A store with the sessions that everybody writes to."""
    with SqlStorage.open(url) as storage:
        workflow = workflow_with_session(storage, seats=SEATS, coefficient=COEFFICIENT)
        for number in range(2, SESSIONS + 1):
            workflow.execute(opening(f"S-{number}", seats=SEATS, coefficient=COEFFICIENT), PLATFORM)


def campaign(
    url: str, folder: Path, *, writers: int, readers: int, seconds: float, seed: int, fault: str | None = None
) -> Figures:
    """Let them run so long, killing one after the other; then let the readers read to the end, and judge them.

    Raises:
        Missed: one of them did not come out.
    """
    prepared(url)
    with closing(_Troupe(url, folder, seed, fault)) as troupe:
        for kind, many in (("writer", writers), ("reader", readers)):
            for number in range(many):
                troupe.begin(f"{kind}-{number}")
        chance = random.Random(seed)  # noqa: S311 - what is tried can be tried again
        until = monotonic() + seconds
        while monotonic() < until:
            kind, many = chance.choice((("writer", writers), ("reader", readers)))
            name = f"{kind}-{chance.randrange(many)}"
            troupe.kill_and_begin(name, after=chance.uniform(0, LONGEST_PAUSE))
        troupe.end()
    places = [troupe.place(f"reader-{number}") for number in range(readers)]
    return judged(url, places, troupe.killed)


class _Troupe:
    def __init__(self, url: str, folder: Path, seed: int, fault: str | None) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._url, self._folder, self._fault = url, folder, fault
        self._lives = seed * 10_000
        self._stages: dict[str, Connection] = {}
        self.processes: dict[str, ForkServerProcess] = {}
        self.killed: Counter[str] = Counter()

    def place(self, name: str) -> Path:
        return self._folder / f"{name}.db"

    def begin(self, name: str) -> None:
        """Begin a process, and wait until it does something."""
        self._lives += 1
        self._stages[name], stage = self._context.Pipe()
        if name.startswith("writer"):
            process = self._context.Process(target=write, args=(self._url, self._lives, stage))
        else:
            given = (self._url, self.place(name), self._lives, stage, self._fault)
            process = self._context.Process(target=read, args=given)
        process.start()
        stage.close()
        self.processes[name] = process
        if not self._stages[name].poll(PATIENCE):
            raise Missed(f"{name} does not begin")
        self._received(name)

    def _received(self, name: str) -> None:
        try:
            self._stages[name].recv()
        except EOFError:
            self.processes[name].join()
            raise Missed(f"{name} ended by itself: an entry came twice, or it could not go on") from None

    def kill_and_begin(self, name: str, after: float) -> None:
        """Kill a process after so many seconds, unless it has ended by itself."""
        if self._stages[name].poll(after):
            self._received(name)
        self.processes[name].kill()
        self.processes[name].join()
        self.killed[name.partition("-")[0]] += 1
        self.begin(name)

    def end(self) -> None:
        """The writers first, then the readers once they have all."""
        for kind in ("writer", "reader"):
            for name, stage in self._stages.items():
                if name.startswith(kind):
                    with suppress(BrokenPipeError):
                        stage.send("end")
            for name, process in self.processes.items():
                if name.startswith(kind):
                    process.join(PATIENCE)
                    if process.exitcode != 0:
                        process.kill()
                        raise Missed(f"{name} ended with {process.exitcode}")

    def close(self) -> None:
        """End whoever is left."""
        for process in self.processes.values():
            process.kill()
            process.join()


def judged(url: str, places: list[Path], killed: Counter[str]) -> Figures:
    """Compare what each reader has with the store, and with the others.

    Raises:
        Missed: an entry is missing, or stands in another order.
    """
    with SqlStorage.open(url) as storage:
        stored = set(all_positions(storage))
    read_by = [kept(each) for each in places]
    for place, (entries, _) in zip(places, read_by, strict=True):
        found = [position for position, _ in entries]
        missing = stored - set(found)
        if missing or len(found) != len(stored):
            raise Missed(
                f"{place.name}: {len(missing)} of {len(stored)} entries are missing, as {min(missing, key=str)}"
            )
        _must_be_in_order(place.name, entries)
        if entries != read_by[0][0]:
            raise Missed(f"{place.name}: another order than {places[0].name}")
    return Figures(entries=len(stored), readers=len(places), pages=sum(pages for _, pages in read_by), killed=killed)


def _must_be_in_order(name: str, entries: list[tuple[Position, str]]) -> None:
    versions: Counter[tuple[str, str]] = Counter()
    decisions: set[str] = set()
    for position, decision in entries:
        versions[position.kind, position.reference] += 1
        if position.version != versions[position.kind, position.reference]:
            raise Missed(f"{name}: {position} comes out of turn")
        decisions.add("/".join(map(str, (position.kind, position.reference, position.version))))
        if decision not in decisions:
            raise Missed(f"{name}: {position} comes before what caused it")

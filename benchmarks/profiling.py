"""What dominates the cost of one work of ours: the share of each library, and the functions that take most themselves.

uv run python -m benchmarks.profiling command [--database sqlite] [--applications 10000]

The profiler makes a call of Python dearer than one of C: compare lines of one profile, and take no time from it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from cProfile import Profile
from itertools import islice
from pathlib import Path
from pstats import Stats

from benchmarks.batches import BATCH
from benchmarks.by_hand import store
from benchmarks.calls import convocations, request_of
from benchmarks.cases import ACCEPTED
from benchmarks.filling import DATABASES, STORES, FilledStore
from poec_workflow import decide
from poec_workflow.views import ApplicationFilter

LIBRARIES = ("poec_workflow", "sqlalchemy", "psycopg", "cattrs", "attr", "transitions", "json")
OF_C = {"sqlite3": "sqlite3", "psycopg": "psycopg", "json": "json", "strptime": "datetime", "datetime": "datetime"}
"""What a name of a function in C says of where it belongs."""


def _decision(_: FilledStore) -> None:
    known = [(each.application, each.command, each.facts()) for each in ACCEPTED]
    for _turn in range(5_000):
        for application, command, facts in known:
            decide(application, command, facts)


def _command(filled: FilledStore) -> None:
    for call in islice(convocations(filled), 400):
        request = request_of(call)
        filled.workflow.execute(request.command, request.actor)


def _batch(filled: FilledStore) -> None:
    requests = [request_of(call) for call in islice(convocations(filled, keyed=True), 6 * BATCH)]
    for start in range(0, len(requests), BATCH):
        filled.workflow.execute_many(requests[start : start + BATCH], atomic=True)


def _sweep(filled: FilledStore) -> None:
    filled.workflow.sweep()


def _page(filled: FilledStore) -> None:
    for _turn in range(50):
        filled.workflow.applications()


def _word(filled: FilledStore) -> None:
    for _turn in range(20):
        filled.workflow.applications(ApplicationFilter(text=f"n{filled.any_action()}x250"))


WORKS: Mapping[str, Callable[[FilledStore], None]] = {
    "decision": _decision,
    "command": _command,
    "batch": _batch,
    "sweep": _sweep,
    "page": _page,
    "word": _word,
}


def main() -> None:
    """Do a work under the profiler, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=WORKS)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--applications", type=int, default=10_000)
    options = parser.parse_args()
    with ExitStack() as stack:
        stack.enter_context(STORES.opened([options.database]))
        filled = stack.enter_context(store(options.database, options.applications))
        filled.workflow.application(f"C-{filled.any_session()}-000")
        profile = Profile()
        profile.runcall(WORKS[options.work], filled)
    for line in _report(Stats(profile)):
        print(line)


def _report(stats: Stats, most: int = 12) -> Iterator[str]:
    rows = [(place, own) for place, (_, _, own, _, _) in stats.stats.items()]  # type: ignore[attr-defined]
    total = sum(own for _, own in rows)
    shares: dict[str, float] = defaultdict(float)
    for (file, _, function), own in rows:
        shares[_library(file, function)] += own / total
    for library, share in sorted(shares.items(), key=lambda each: -each[1]):
        if share > 1 / 100:
            yield f"{share:6.1%} {library}"
    yield ""
    for (file, line, function), own in sorted(rows, key=lambda each: -each[1])[:most]:
        place = f"{_short(file)}:{line} " if line else ""
        yield f"{own / total:6.1%} {place}{function}"


def _library(file: str, function: str) -> str:
    if file == "~":
        return next((library for mark, library in OF_C.items() if mark in function), "Python, in C")
    if file.startswith("<"):
        return "generated code"
    return next((each for each in LIBRARIES if f"/{each}/" in file), "Python's library and others")


def _short(file: str) -> str:
    parts = Path(file).parts
    return str(Path(*parts[-2:])) if len(parts) > 1 else file


if __name__ == "__main__":
    main()

"""What a page costs: the first and the last of many applications, for everybody and for one organisation.

python benchmarks/pages.py [APPLICATIONS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from poec_workflow import Actor, ActorKind, Candidate, Origin, Page, Prescriber, Request, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest, Tab

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
PER_SESSION, BATCH, ROUNDS = 100, 2_000, 15
FIRST = date(2021, 1, 4)


def fill(workflow: Workflow, many: int) -> None:
    """So many applications, a hundred a session, fifty organisations, through the commands."""
    commands_before = [
        commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="ORG-00"),
        commands.PublishAction("A-1"),
        *(_session(number) for number in range(-(-many // PER_SESSION))),
    ]
    everything = [*commands_before, *(_registration(number) for number in range(many))]
    at = datetime(2021, 1, 4, 9, tzinfo=UTC)
    requests = [Request(command=each, actor=PLATFORM, at=at) for each in everything]
    for start in range(0, len(requests), BATCH):
        workflow.execute_many(requests[start : start + BATCH], atomic=True)


def _session(number: int) -> commands.CreateSession:
    start = FIRST + timedelta(days=number)
    return commands.CreateSession(
        f"S-{number:05}",
        action="A-1",
        start=start,
        end=start + timedelta(days=60),
        place="47 - AGEN",
        responsible=f"ORG-{number % 50:02}",
        positioner=f"ORG-{number % 50:02}",
        trainer="EVERYWHERE",
        capacity=PER_SESSION,
        coefficient=2,
        registration_deadline=start,
        late_entry_deadline=start + timedelta(days=7),
    )


def _registration(number: int) -> commands.Preregister:
    return commands.Preregister(
        f"C-{number:07}",
        session=f"S-{number // PER_SESSION:05}",
        candidate=Candidate(reference=f"P-{number:07}", name=f"Zoé Nabil {number}"),
        prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT"),
    )


def last_page(ask: Callable[[PageRequest], Page[ApplicationRow]]) -> PageRequest:
    """The request for the last page, found by walking there."""
    request = PageRequest(limit=5_000)
    while (page := ask(request)).next:
        request = PageRequest(limit=5_000, after=page.next)
    marks = PageRequest(limit=max(len(page.items) - 50, 1), after=request.after)
    return PageRequest(limit=50, after=ask(marks).next)


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return median(times) * 1_000


def main() -> None:
    """Fill a database and print a line for each list."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with TemporaryDirectory() as folder, SqlStorage.open(f"sqlite:///{Path(folder) / 'poec.db'}") as storage:
        workflow = Workflow(storage)
        begun = perf_counter()
        fill(workflow, many)
        spent = perf_counter() - begun
        print(f"{many} applications stored in {spent:.0f} s ({many / spent:.0f} commands/s in batches of {BATCH})")
        for name, asked in (
            ("everybody", ApplicationFilter()),
            ("ended", ApplicationFilter(tab=Tab.ENDED)),
            ("an organisation with all", ApplicationFilter(organization="EVERYWHERE")),
            ("an organisation with 2 %", ApplicationFilter(organization="ORG-07")),
        ):
            last = last_page(lambda page, asked=asked: workflow.applications(asked, page))  # type: ignore[misc]
            one = milliseconds(lambda asked=asked: workflow.applications(asked))  # type: ignore[misc]
            end = milliseconds(lambda asked=asked, last=last: workflow.applications(asked, last))  # type: ignore[misc]
            print(f"{name}: page one {one:.2f} ms, last page {end:.2f} ms, ratio {max(one, end) / min(one, end):.2f}")
        print(f"dashboard {milliseconds(lambda: workflow.dashboard('EVERYWHERE')):.2f} ms")


if __name__ == "__main__":
    main()

"""What a store's size costs: commands, pages and dashboards at 10,000, 100,000 and 1,000,000 applications.

python benchmarks/growth.py [--database sqlite postgresql] [--applications NUMBER ...]

A session has 500 applications whatever the size: what grows is the number of sessions, 20, 200 and 2,000. The stores
are measured in turn, round by round; each round asks for other subjects, spread over the whole store, and the first one
is not counted. PostgreSQL runs with the settings that it comes with, and keeps what it acknowledges; so does SQLite.

Two things are known to grow: free text over everybody's applications, which is looked for in one after the other until
a page is full, and the dashboard of an organisation that holds every session, which adds up their counters.
"""

from __future__ import annotations

import argparse
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from statistics import median
from time import perf_counter

from attrs import field, frozen
from filling import (
    CONVOKED,
    CURRENT,
    NOW,
    PENDING,
    PER_ACTION,
    PER_SESSION,
    PLATFORM,
    PRESENT,
    application_of,
    databases,
    filled,
    kind_of,
    organization_of,
    registration,
    retention,
)

from poec_workflow import Actor, ActorKind, ApplicationState, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.sweep import batches
from poec_workflow.testing import SettableClock
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter, Tab

DATABASES = ("sqlite", "postgresql")
SIZES = (10_000, 100_000, 1_000_000)
PAGE = 50
MANY, FEW = 21, 4
"""Rounds: of what can be asked again and again, and of what uses up a whole session."""


@frozen
class Town:
    """A store, and who lives there.

    Attributes:
        workflow: on the store.
        many: its sessions.
        chance: where the next round looks.
    """

    workflow: Workflow
    many: int
    chance: random.Random = field(factory=lambda: random.Random(7))  # noqa: S311 - no secret

    def session(self) -> str:
        """Any session."""
        return f"{self.chance.randrange(self.many):05}"

    def current(self) -> str:
        """Any current session."""
        return self.chance.choice(self.all_current)

    @property
    def all_current(self) -> list[str]:
        """Every one."""
        return [f"{each:05}" for each in range(self.many) if kind_of(each, self.many) is CURRENT]

    def organization(self) -> str:
        """Any organisation of ten sessions."""
        return f"ORG-{self.chance.randrange(self.many // PER_ACTION):04}"

    def trainer(self, session: str) -> Actor:
        """Who convokes and retains on a session."""
        return Actor(kind=ActorKind.ORGANIZATION, organization=f"ORG-{organization_of(int(session), self.many)}")


Work = Callable[[Town, int], object]


def expected(answer: object, holds: bool) -> object:  # noqa: FBT001 - what is said of it
    """An answer that is what was to be measured."""
    if not holds:
        raise SystemExit(f"not what was to be measured: {answer}")
    return answer


def _page(**asked: object) -> Work:
    return lambda town, _: town.workflow.applications(ApplicationFilter(**asked))  # type: ignore[arg-type]


def _last_page(town: Town, _: int) -> object:
    mark = (
        urlsafe_b64encode(application_of(f"{town.many - 1:05}", PER_SESSION - PAGE - 1).encode()).decode().rstrip("=")
    )
    page = town.workflow.applications(page=PageRequest(after=mark))
    return expected(page, len(page.items) == PAGE and page.next is None)


def _of_organization(town: Town, **asked: object) -> object:
    asked = {"organization": town.organization(), **asked}
    return town.workflow.applications(ApplicationFilter(**asked))  # type: ignore[arg-type]


READS: Mapping[str, Work] = {
    "page, first": _page(),
    "page, last": _last_page,
    "page, current tab": _page(tab=Tab.CURRENT),
    "page, ended tab": _page(tab=Tab.ENDED),
    "page, a state": _page(states=(ApplicationState.PRESENT,)),
    "page, a state that none is in": _page(states=(ApplicationState.CANCELLED,)),
    "page of an organisation": lambda t, _: _of_organization(t),
    "page of an organisation and state": lambda t, _: _of_organization(t, states=(ApplicationState.RETAINED,)),
    "page of an organisation and text": lambda t, _: _of_organization(t, text="nabil"),
    "page of an organisation with all": _page(organization="REGION"),
    "page of a session": lambda t, _: t.workflow.applications(ApplicationFilter(session=f"S-{t.session()}")),
    "page by a frequent word": _page(text="nabil"),
    "page by a name that ten have": lambda t, _: t.workflow.applications(
        ApplicationFilter(text=f"n{t.chance.randrange(t.many // PER_ACTION):04}x250")
    ),
    "sessions": lambda t, _: t.workflow.sessions(SessionFilter(organization=t.organization())),
    "sessions, everybody's, 20 a page": lambda t, _: t.workflow.sessions(page=PageRequest(limit=20)),
    "actions": lambda t, _: t.workflow.actions(ActionFilter(organization=t.organization())),
    "dashboard": lambda t, _: t.workflow.dashboard(t.organization()),
    "dashboard since a day": lambda t, _: t.workflow.dashboard(t.organization(), since=date(2022, 1, 1)),
    "dashboard of all sessions": lambda t, _: t.workflow.dashboard("REGION"),
    "tabs of an organisation": lambda t, _: t.workflow.application_tabs(
        ApplicationFilter(organization=t.organization())
    ),
    "tabs of all": lambda t, _: t.workflow.application_tabs(),
    "work queue": lambda t, _: t.workflow.work_queue(str(t.trainer(t.current()).organization)),
    "candidate's applications": lambda t, _: t.workflow.candidate_applications(
        f"P-{t.chance.randrange(t.many // PER_ACTION):04}-{t.chance.randrange(PER_SESSION):03}"
    ),
    "application": lambda t, _: t.workflow.application(application_of(t.session(), 250)),
    "history": lambda t, _: t.workflow.history("application", application_of(t.session(), 450)),
    "explain": lambda t, _: t.workflow.explain(application_of(t.session(), 250), PLATFORM),
}


def _preregister(town: Town, turn: int) -> object:
    command = registration(town.current(), f"9{turn:02}", f"Q-{turn}")
    return town.workflow.execute(command, PLATFORM, key=f"new-{turn}")


def _on(numbers: range, command: Callable[[str], commands.Command]) -> Work:
    """A command to another application each turn, in a state that has so many."""

    def work(town: Town, turn: int) -> object:
        session = town.current()
        reference = application_of(session, numbers[turn])
        return town.workflow.execute(command(reference), town.trainer(session), key=f"{turn}/{command}")

    return work


def _cancel(town: Town, turn: int) -> object:
    command = commands.CancelSession(f"S-{town.all_current[turn]}", reason="Trop peu d'inscrits")
    answer = town.workflow.execute(command, PLATFORM)
    return expected(answer, len(answer.consequences) >= len(PENDING))


def _sweep(town: Town, _: int) -> object:
    return next(batches(town.workflow.storage, NOW, town.workflow.settings, size=len(PENDING)))


COMMANDS: Mapping[str, Work] = {
    "preregister": _preregister,
    "convoke": _on(PENDING, lambda each: commands.Convoke(each, on=NOW.date())),
    "record-presence": _on(CONVOKED, commands.RecordPresence),
    "retain": _on(PRESENT, retention),
}
CASCADES: Mapping[str, Work] = {"cancel-session": _cancel, "sweep, a batch of 200": _sweep}


def measured(towns: list[Town], work: Work, rounds: int) -> list[float]:
    """Milliseconds in each town, the median of some rounds; the towns take turns."""
    times: list[list[float]] = [[] for _ in towns]
    for turn in range(rounds + 1):
        for town, spent in zip(towns, times, strict=True):
            begun = perf_counter()
            work(town, turn)
            spent.append((perf_counter() - begun) * 1_000)
    return [median(each[1:]) for each in times]


def report(towns: list[Town]) -> None:
    """A line for each piece of work."""
    sizes = [town.many * PER_SESSION for town in towns]
    print(f"{'':36}" + "".join(f"{size:>12,}" for size in sizes) + "   last / first")
    for works, rounds in ((READS, MANY), (COMMANDS, MANY), (CASCADES, FEW)):
        for name, work in works.items():
            found = measured(towns, work, rounds)
            times = "".join(f"{each:9.2f} ms" for each in found)
            print(f"{name:36}{times}{found[-1] / found[0]:15.2f}", flush=True)


def fill_in_time(url: str, size: int) -> str:
    """Fill a store, and say how long it took."""
    begun = perf_counter()
    filled(url, size)
    kind, sessions = url.partition(":")[0].partition("+")[0], size // PER_SESSION
    return f"{kind}: {size:,} applications in {sessions:,} sessions, filled in {perf_counter() - begun:.0f} s"


def _places(stack: ExitStack, kind: str, sizes: list[int]) -> list[str]:
    place = stack.enter_context(databases(kind))
    return [place(size) for size in sizes]


def main() -> None:
    """Fill the stores side by side; then print what each thing costs in them, one database after the other."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--database", choices=DATABASES, nargs="+", default=DATABASES)
    asked.add_argument("--applications", type=int, nargs="+", default=SIZES)
    options = asked.parse_args()
    sizes = options.applications
    with ExitStack() as stack:
        urls = {kind: _places(stack, kind, sizes) for kind in options.database}
        stores = [each for some in urls.values() for each in zip(some, sizes, strict=True)]
        with ProcessPoolExecutor(len(urls)) as beside:
            for said in [beside.submit(fill_in_time, url, size) for url, size in stores]:
                print(said.result(), flush=True)
        for kind, some in urls.items():
            print(f"\n{kind}")
            opened = [stack.enter_context(SqlStorage.open(url)) for url in some]
            report([_town(storage, size) for storage, size in zip(opened, sizes, strict=True)])


def _town(storage: SqlStorage, size: int) -> Town:
    return Town(Workflow(storage, clock=SettableClock(NOW.isoformat())), size // PER_SESSION)


if __name__ == "__main__":
    main()

"""What a store's size costs: commands, pages and dashboards in a small and in a large store, in turn.

A session has 500 applications whatever the size: what grows is the number of sessions. Each round asks for other
subjects, spread over the whole store. More sizes beside each other, as in the README:

    uv run --group benchmarks python -m benchmarks.growth [--database sqlite postgresql] [--applications NUMBER ...]
"""

from __future__ import annotations

import argparse
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from math import isnan, nan
from time import perf_counter

from rich.console import Console
from rich.table import Table

from benchmarks.by_hand import NAMES, READING, store
from benchmarks.filling import (
    CONVOKED,
    DATABASES,
    NOW,
    PENDING,
    PER_SESSION,
    PLATFORM,
    PRESENT,
    STORES,
    FilledStore,
    application_of,
    registration,
    retention,
)
from benchmarks.lines import Line, at_most
from benchmarks.ratios import rounds_in, seconds
from poec_workflow import ApplicationState, commands
from poec_workflow.sweep import batches
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter, Sort, Tab

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PAGE = 50
TARGET = at_most(2)
ENOUGH_TO_CASCADE = 10_000
"""Applications of the smallest store that has a session to cancel, and overdue applications, for each round."""

Work = Callable[[FilledStore, int], object]
"""Something done to a store in a round, by its number."""


def lines(*, quick: bool) -> Sequence[Line]:
    """Each work in the large store, beside the same in the small one."""
    small, large = (10_000, 20_000) if quick else (10_000, 1_000_000)
    return [
        Line(
            name=name,
            against=f"{NAMES[kind]}, the same at {small:,} applications, not {large:,}",
            ours=grown,
            floor=before,
            unit="ms",
            target=TARGET,
        )
        for kind in STORES.kinds
        for name, (before, grown) in milliseconds(kind, (small, large), quick=quick)
    ]


def milliseconds(kind: str, sizes: Sequence[int], *, quick: bool) -> Iterator[tuple[str, list[float]]]:
    """What each work takes in a store of each size, the stores in turn; NaN where a store is too small for it."""
    with ExitStack() as stack:
        stores = {many: stack.enter_context(store(kind, many)) for many in sizes}
        for works, rounds in ((READS, None), (COMMANDS, 7 if quick else 21), (CASCADES, 3)):
            for name, work in works.items():
                measured = {
                    str(many): _in_turn(work, each)
                    for many, each in stores.items()
                    if works is not CASCADES or many >= ENOUGH_TO_CASCADE
                }
                clock = READING[kind] if works is READS else perf_counter
                taken = seconds(measured, rounds or rounds_in(measured, 0.3 if quick else 3), clock)
                yield name, [taken.get(str(many), nan) * 1e3 for many in sizes]


def _in_turn(work: Work, store: FilledStore) -> Callable[[], object]:
    turns = iter(range(PER_SESSION))
    return lambda: work(store, next(turns))


def _page(**filters: object) -> Work:
    return lambda store, _: store.workflow.applications(ApplicationFilter(**filters))  # type: ignore[arg-type]


def _last_page(store: FilledStore, _: int) -> object:
    last = application_of(f"{store.sessions - 1:05}", PER_SESSION - PAGE - 1)
    mark = urlsafe_b64encode(last.encode()).decode().rstrip("=")
    page = store.workflow.applications(page=PageRequest(after=mark, limit=PAGE))
    return _checked(page, len(page.items) == PAGE and page.next is None)


def _of_organization(store: FilledStore, _: int, **filters: object) -> object:
    return store.workflow.applications(ApplicationFilter(organization=store.any_organization(), **filters))  # type: ignore[arg-type]


def _sorted_by(sort: Sort, *, descending: bool = False, mine: bool = False, **filters: object) -> Work:
    """A page in an order, of everybody or of an organisation."""

    def work(store: FilledStore, _: int) -> object:
        whose = {"organization": store.any_organization()} if mine else {}
        asked = ApplicationFilter(**whose, **filters)  # type: ignore[arg-type]
        return store.workflow.applications(asked, PageRequest(sort=sort, descending=descending))

    return work


def _behind_figure(sort: Sort = Sort.REFERENCE, **filters: object) -> Work:
    """A page of what a figure of an organisation's dashboard counts."""
    descending = sort is Sort.REGISTRATION
    return _sorted_by(
        sort, descending=descending, mine=True, role="trainer", published=True, column="retained", **filters
    )


def _middle_by_start(store: FilledStore, _: int) -> object:
    """The page that comes after any application, by the start of its session."""
    session = store.any_session()
    row = store.workflow.session(f"S-{session}")
    key = ("", "session-start", "ascending", row.start.isoformat(), row.reference, application_of(session, 250))
    mark = urlsafe_b64encode("\0".join(key).encode()).decode().rstrip("=")
    return store.workflow.applications(page=PageRequest(sort=Sort.SESSION_START, after=mark))


def _checked(answer: object, holds: bool) -> object:  # noqa: FBT001 - what is said of it
    """An answer that is what was to be measured."""
    if not holds:
        raise SystemExit(f"not what was to be measured: {answer}")
    return answer


READS: Mapping[str, Work] = {
    "page, first": _page(),
    "page, last": _last_page,
    "page, current tab": _page(tab=Tab.CURRENT),
    "page, ended tab": _page(tab=Tab.ENDED),
    "page, a state": _page(states=(ApplicationState.PRESENT,)),
    "page, a state that none is in": _page(states=(ApplicationState.CANCELLED,)),
    "page of an organisation": _of_organization,
    "page of an organisation, a state": partial(_of_organization, states=(ApplicationState.RETAINED,)),
    "page of an organisation, a word": partial(_of_organization, text="nabil"),
    "page of who holds all sessions": _page(organization="REGION"),
    "page of a session": lambda s, _: s.workflow.applications(ApplicationFilter(session=f"S-{s.any_session()}")),
    "page by a frequent word": _page(text="nabil"),
    "page by a rare word": lambda s, _: s.workflow.applications(ApplicationFilter(text=f"n{s.any_action()}x250")),
    "page behind a figure": _behind_figure(),
    "page behind a figure since a day": _behind_figure(since=date(2022, 1, 1)),
    "page behind a figure, newest first": _behind_figure(Sort.REGISTRATION),
    "page, newest first": _sorted_by(Sort.REGISTRATION, descending=True),
    "page since a day, newest first": _sorted_by(Sort.REGISTRATION, descending=True, since=date(2022, 1, 1)),
    "page of an organisation, newest first": _sorted_by(Sort.REGISTRATION, descending=True, mine=True),
    "page by a frequent word, newest first": _sorted_by(Sort.REGISTRATION, descending=True, text="nabil"),
    "page by start": _sorted_by(Sort.SESSION_START),
    "page by start, any": _middle_by_start,
    "page by start, latest first": _sorted_by(Sort.SESSION_START, descending=True),
    "page of an organisation by start": _sorted_by(Sort.SESSION_START, mine=True),
    "page by start, a state": _sorted_by(Sort.SESSION_START, states=(ApplicationState.PRESENT,)),
    "page by start, a frequent word": _sorted_by(Sort.SESSION_START, text="nabil"),
    "page by start, since a day": _sorted_by(Sort.SESSION_START, since=date(2022, 1, 1)),
    "sessions by start, 20 a page": lambda s, _: s.workflow.sessions(
        page=PageRequest(limit=20, sort=Sort.SESSION_START)
    ),
    "sessions": lambda s, _: s.workflow.sessions(SessionFilter(organization=s.any_organization())),
    "sessions, everybody's, 20 a page": lambda s, _: s.workflow.sessions(page=PageRequest(limit=20)),
    "actions": lambda s, _: s.workflow.actions(ActionFilter(organization=s.any_organization())),
    "dashboard": lambda s, _: s.workflow.dashboard(s.any_organization()),
    "dashboard since a day": lambda s, _: s.workflow.dashboard(s.any_organization(), since=date(2022, 1, 1)),
    "dashboard of all sessions": lambda s, _: s.workflow.dashboard("REGION"),
    "tabs of an organisation": lambda s, _: s.workflow.application_tabs(
        ApplicationFilter(organization=s.any_organization())
    ),
    "tabs of all": lambda s, _: s.workflow.application_tabs(),
    "work queue": lambda s, _: s.workflow.work_queue(str(s.trainer(s.any_current()).organization)),
    "candidate's applications": lambda s, _: s.workflow.candidate_applications(s.any_person()),
    "application": lambda s, _: s.workflow.application(application_of(s.any_session(), 250)),
    "history": lambda s, _: s.workflow.history("application", application_of(s.any_session(), 450)),
    "explain": lambda s, _: s.workflow.explain(application_of(s.any_session(), 250), PLATFORM),
}


def _preregister(store: FilledStore, turn: int) -> object:
    command = registration(store.any_current(), f"9{turn:02}", f"Q-{turn}")
    return store.workflow.execute(command, PLATFORM, key=f"new-{turn}")


def _on(numbers: range, command: Callable[[str], commands.Command]) -> Work:
    """A command to another application each turn, in a state that has so many."""

    def work(store: FilledStore, turn: int) -> object:
        session = store.any_current()
        reference = application_of(session, numbers[turn])
        return store.workflow.execute(command(reference), store.trainer(session), key=f"{turn}/{command}")

    return work


def _cancel(store: FilledStore, turn: int) -> object:
    """The current sessions, one after the other."""
    answer = store.workflow.execute(
        commands.CancelSession(f"S-{store.current()[turn]}", reason="Trop peu d'inscrits"), PLATFORM
    )
    return _checked(answer, len(answer.consequences) >= len(PENDING))


def _sweep(store: FilledStore, _: int) -> object:
    return next(batches(store.workflow.storage, NOW, store.workflow.settings, size=len(PENDING)))


COMMANDS: Mapping[str, Work] = {
    "preregister": _preregister,
    "convoke": _on(PENDING, lambda each: commands.Convoke(each, on=NOW.date())),
    "record-presence": _on(CONVOKED, commands.RecordPresence),
    "retain": _on(PRESENT, retention),
}
CASCADES: Mapping[str, Work] = {"cancel-session": _cancel, "sweep, a batch of 200": _sweep}


def main() -> None:
    """Print what each work takes in stores of some sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=DATABASES, nargs="+", default=DATABASES)
    parser.add_argument("--applications", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    with STORES.opened(options.database):
        for kind in options.database:
            table = Table("", *(f"{size:,}" for size in options.applications), title=f"{kind}, milliseconds")
            for name, taken in milliseconds(kind, options.applications, quick=False):
                table.add_row(name, *("–" if isnan(each) else f"{each:.2f}" for each in taken))
            Console().print(table)


if __name__ == "__main__":
    main()

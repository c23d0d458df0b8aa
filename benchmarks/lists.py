"""What each list, tab and figure costs in a region's store, beside what a page of a screen may take.

Asked for an organisation, an adviser and a funder of a tenth of all, and for the platform; ten rows a page, as the
screens show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks import region
from benchmarks.by_hand import NAMES, READING
from benchmarks.filling import NOW, STORES
from benchmarks.lines import Line, at_most
from benchmarks.ratios import Work, rounds_in, seconds
from poec_workflow import Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.notices import NONE
from poec_workflow.testing import SettableClock
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter, Sort
from poec_workflow.views.list_rows import ApplicationRow
from poec_workflow.views.ordering import SORTS

BOUND_MS = 50.0
ROWS = 10
BUDGET = 20.0
"""Seconds for all works of a database."""
ORGANIZATION = region.organization(3)
VIEWERS: Mapping[str, Mapping[str, Any]] = {
    "organisation": {"organization": ORGANIZATION},
    "adviser": {"prescriber": region.prescriber(3)},
    "funder": {"funder": region.funder(3)},
    "platform": {},
}


def lines(*, quick: bool) -> Sequence[Line]:
    """On each database."""
    many = 10_000 if quick else 100_000
    return [line for kind in STORES.kinds for line in _lines_on(kind, many)]


def _lines_on(kind: str, many: int) -> Iterator[Line]:
    url = STORES.made(kind, partial(region.fill, many=many))
    with ExitStack() as stack:
        storage = stack.enter_context(SqlStorage.open(url))
        works = dict(_works(Workflow(storage, clock=SettableClock(NOW.isoformat()), notices=NONE)))
        taken = seconds(works, rounds_in(works, BUDGET), READING[kind])
    for name, each in taken.items():
        yield Line(
            name=name,
            against=f"{NAMES[kind]}, {many:,} applications, a bound of {BOUND_MS:.0f} ms",
            ours=each * 1e3,
            floor=BOUND_MS,
            unit="ms",
            target=at_most(1),
        )


def _works(workflow: Workflow) -> Iterator[tuple[str, Work]]:
    for viewer, own in VIEWERS.items():
        for name, work in _of_applications(workflow, partial(ApplicationFilter, **own)):
            yield f"{viewer}: {name}", work
        if "prescriber" not in own:
            for name, work in _of_others(workflow, own):
                yield f"{viewer}: {name}", work
    yield "dashboard", partial(workflow.dashboard, ORGANIZATION)
    yield "dashboard of all", partial(workflow.dashboard, "REGION")
    year = NOW.date() - timedelta(days=365)
    yield "dashboard since a year", partial(workflow.dashboard, ORGANIZATION, since=year)
    yield "work queue, counts", partial(workflow.work_queue_counts, ORGANIZATION)
    yield "work queue of all, counts", partial(workflow.work_queue_counts, "REGION")


def _of_applications(workflow: Workflow, asked: Callable[..., ApplicationFilter]) -> Iterator[tuple[str, Work]]:
    yield "tabs", partial(workflow.application_tabs, asked())
    for sort in SORTS[ApplicationRow]:
        for back in (False, True):
            page = PageRequest(limit=ROWS, sort=sort, descending=back)
            name = f"current by {sort}{', backwards' if back else ''}"
            yield name, partial(workflow.applications, asked(tab="current"), page)
    page = PageRequest(limit=ROWS, sort=Sort.REGISTRATION, descending=True)
    for name, more in {
        "ended": {"tab": "ended"},
        "expiring": {"column": "expiring"},
        "to convoke": {"task": "to_convoke"},
        "attendance": {"task": "attendance_to_record"},
        "a name": {"text": "n12345"},
    }.items():
        yield f"applications, {name}", partial(workflow.applications, asked(**more), page)
        yield f"tabs, {name}", partial(workflow.application_tabs, asked(**more))


def _of_others(workflow: Workflow, own: Mapping[str, Any]) -> Iterator[tuple[str, Work]]:
    page = PageRequest(limit=ROWS)
    yield "sessions", partial(workflow.sessions, SessionFilter(tab="current", **own), page)
    yield "sessions by place", partial(workflow.sessions, SessionFilter(**own), PageRequest(limit=ROWS, sort="place"))
    yield "session tabs", partial(workflow.session_tabs, SessionFilter(**own))
    yield "actions", partial(workflow.actions, ActionFilter(**own), page)
    yield "alerts", partial(workflow.actions, ActionFilter(tab="alert", **own), page)
    yield "action tabs", partial(workflow.action_tabs, ActionFilter(**own))

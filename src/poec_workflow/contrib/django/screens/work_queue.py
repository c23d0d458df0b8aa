"""« À faire »: what an organisation has to do, list by list, with the next action at hand [R]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen
from django.http import Http404, HttpRequest, HttpResponse

from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.errors import Malformed
from poec_workflow.model import ActorKind
from poec_workflow.policies.deadlines import days_until, deadline_after
from poec_workflow.policies.settings import Settings
from poec_workflow.views import ApplicationRow, WorkQueue
from poec_workflow.workflow import Workflow

_EXPIRING = "expiring"
LISTS: Mapping[str, str] = {
    "to-convoke": "to_convoke",
    "attendance-to-record": "attendance_to_record",
    "advice-to-give": "advice_to_give",
    _EXPIRING: "expiring",
}
"""A list's name in addresses ▸ where it stands in the queue."""
_FIRST, _AT_ONCE = 10, 50
_DIGITS = 6


@frozen(kw_only=True)
class Task:
    """An application to do something about.

    Attributes:
        row: the application.
        deadline: the last day for an advice.
        left: how many days that are.
        action: the list that says what is to be done: of an expiring one, the other list that it stands in.
    """

    row: ApplicationRow
    deadline: date
    left: int
    action: str


@frozen(kw_only=True)
class TaskList:
    """One of the four lists.

    Attributes:
        name: in addresses.
        tasks: those that a page shows, the most pressing first.
        count: how many there are.
        more: how many of them the page does not show.
    """

    name: str
    tasks: Sequence[Task]
    count: int
    more: int = 0


@screen
def work(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """To convoke, attendance to record, advice to give, expiring: each with its count and its first lines."""
    lists = []
    if (queue := _queue(visitor)) is not None:
        settings = get_workflow().settings
        lists = [_list(queue, name, settings, slice(_FIRST)) for name in LISTS]
    return show(request, visitor, "work", {"section": "work", "queue": queue, "lists": lists})


@screen
def work_list(request: HttpRequest, visitor: Visitor, name: str) -> HttpResponse:
    """One of the lists, whole, page by page."""
    queue = _queue(visitor)
    if queue is None or name not in LISTS:
        raise Http404
    number = _number(request.GET.get("page", "1"))
    start = (number - 1) * _AT_ONCE
    shown = _list(queue, name, get_workflow().settings, slice(start, start + _AT_ONCE))
    if start and not shown.tasks:
        raise Http404
    context = {
        "section": "work",
        "list": shown,
        "previous": number - 1,
        "following": number + 1 if start + _AT_ONCE < shown.count else 0,
        "from": start + 1,
        "to": start + len(shown.tasks),
    }
    return show(request, visitor, "work_list", context)


def _queue(visitor: Visitor) -> WorkQueue | None:
    """The queue of an organisation; None of who has none."""
    workflow: Workflow = get_workflow()
    if visitor.actor.kind is not ActorKind.ORGANIZATION:
        return None
    return workflow.work_queue(visitor.actor.organization or "")


def _list(queue: WorkQueue, name: str, settings: Settings, part: slice) -> TaskList:
    rows: Sequence[ApplicationRow] = getattr(queue, LISTS[name])
    pressing = sorted(rows, key=lambda each: (each.session_end, each.reference))
    tasks = list(_tasks(queue, name, pressing[part], settings))
    return TaskList(name=name, tasks=tasks, count=len(rows), more=len(rows) - len(tasks))


def _tasks(queue: WorkQueue, name: str, rows: Sequence[ApplicationRow], settings: Settings) -> Iterator[Task]:
    within = {each.reference: name for each in rows}
    if name == _EXPIRING:
        lists = [other for other in LISTS if other != name]
        within |= {each.reference: other for other in lists for each in getattr(queue, LISTS[other])}
    for each in rows:
        deadline = deadline_after(each.session_end, settings)
        left = days_until(deadline, queue.at)
        yield Task(row=each, deadline=deadline, left=left, action=within[each.reference])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS and int(text)):
        raise Malformed.at("$.page", "expected a number from 1 on")
    return int(text)

"""« À faire »: what an organisation has to do, list by list, with the next action at hand [R]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import frozen
from django.http import Http404, HttpRequest, HttpResponse

from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.policies.deadlines import days_left, deadline_after
from poec_workflow.policies.settings import Settings
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest, Sort, Task, task_of
from poec_workflow.workflow import Workflow

LISTS: Mapping[str, Task] = {task.value.replace("_", "-"): task for task in Task}
"""A list's name in addresses ▸ what it asks for."""
_FIRST, _AT_ONCE = 10, 50


@frozen(kw_only=True)
class Waiting:
    """An application to do something about.

    Attributes:
        row: the application.
        deadline: the last day for an advice.
        left: how many days that are.
        action: the list that says what is to be done; `expiring` where nothing else is before its convocation's day.
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
        previous: the cursor of the page before.
        following: the cursor of the page after.
    """

    name: str
    tasks: Sequence[Waiting]
    count: int
    previous: str | None = None
    following: str | None = None

    @property
    def more(self) -> int:
        """How many of them the page does not show."""
        return self.count - len(self.tasks)


@screen
def work(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """To convoke, attendance to record, advice to give, expiring: each with its count and its first lines."""
    page = PageRequest(limit=_FIRST, sort=Sort.SESSION_END)
    lists = [_list(visitor, name, page) for name in LISTS] if visitor.has_queue else []
    return show(request, visitor, "work", {"section": "work", "lists": lists})


@screen
def work_list(request: HttpRequest, visitor: Visitor, name: str) -> HttpResponse:
    """One of the lists, whole, page by page."""
    if name not in LISTS or not visitor.has_queue:
        raise Http404
    after, before = request.GET.get("after"), request.GET.get("before")
    page = PageRequest(limit=_AT_ONCE, sort=Sort.SESSION_END, after=after, before=before)
    return show(request, visitor, "work_list", {"section": "work", "list": _list(visitor, name, page)})


def _list(visitor: Visitor, name: str, page: PageRequest) -> TaskList:
    workflow = get_workflow()
    asked = ApplicationFilter(organization=visitor.actor.organization, task=LISTS[name])
    found = workflow.applications(asked, page)
    return TaskList(
        name=name,
        tasks=waiting(workflow, found.items),
        count=workflow.application_count(asked),
        previous=found.previous,
        following=found.next,
    )


def waiting(workflow: Workflow, rows: Iterable[ApplicationRow]) -> list[Waiting]:
    """What is to be done about applications, and until when."""
    today = workflow.today()
    return [_waiting(row, today, workflow.settings) for row in rows]


def _waiting(row: ApplicationRow, today: date, settings: Settings) -> Waiting:
    task = task_of(row, today) or Task.EXPIRING
    return Waiting(
        row=row,
        deadline=deadline_after(row.session_end, settings),
        left=days_left(row.session_end, today, settings),
        action=next(name for name, each in LISTS.items() if each is task),
    )

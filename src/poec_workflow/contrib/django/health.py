"""A view for what watches the service: `path("health/", health)` in the project's addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connections
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.contrib.django.host_channels import configured_routes
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.models import Message, Session
from poec_workflow.observers import package_logger
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import ended_before
from poec_workflow.ports import OPEN_STATES

_log = package_logger(__name__)
_OK, _FAILING = 200, 503
Found = Mapping[str, Any]


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Whether the database answers, its tables are this release's, a relay sends, and a sweep runs.

    200 where all is well, else 503, with what was found as JSON: numbers alone, of nobody.
    """
    del request
    found: dict[str, Found] = {}
    for name, look in (("database", _schema), ("messages", _messages), ("sweep", _sweep), ("feed", _feed)):
        found[name] = _looked(name, look)
        if name == "database" and not found[name]["ok"]:
            break
    well = all(each["ok"] for each in found.values())
    return JsonResponse({"status": "ok" if well else "failing", "checks": found}, status=_OK if well else _FAILING)


# A request's own transaction could not begin where the database is gone.
health._non_atomic_requests = frozenset(connections)  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's decorator sets it


def _looked(name: str, look: Callable[[], Found]) -> Found:
    try:
        return look()
    except Exception:  # noqa: BLE001 - whatever is wrong, it is not well, and the answer must not say more
        _log.warning("the health check of %s failed", name, exc_info=True)
        return {"ok": False}


def _schema() -> Found:
    status = get_workflow().storage.schema()  # type: ignore[attr-defined]
    return {
        "ok": status.up_to_date and status.revision is not None,
        "revision": status.revision,
        "expected": status.head,
    }


def _messages() -> Found:
    """How long the oldest message waits that a channel reaches; the dead are for an operator to look at."""
    now, waiting = get_workflow().clock.now(), _reached(Message.objects.filter(dead=0))
    figures = waiting.aggregate(oldest=Min("recorded_at"), waiting=Count("id"))
    age = _seconds(now, figures["oldest"])
    late = age > configuration().message_delay.total_seconds()
    dead = Message.objects.filter(dead=1).count()
    return {"ok": not late, "waiting": figures["waiting"], "oldest_seconds": age, "dead": dead}


def _reached(messages: QuerySet[Any]) -> QuerySet[Any]:
    """Those that have a channel: others wait for one to be configured."""
    routes = configured_routes(configuration())
    ones = (Q(to_kind=each.kind, to_reference=each.reference) for each in routes.addressees)
    return messages.filter(reduce(or_, ones, Q(to_kind__in=[*routes.kinds])))


def _seconds(now: datetime, since: datetime | None) -> int:
    return 0 if since is None else max(0, int((now - since).total_seconds()))


def _sweep() -> Found:
    """How many sessions have open applications that were overdue a while ago."""
    workflow = get_workflow()
    settings = workflow.settings
    then = local_day(workflow.clock.now() - configuration().sweep_delay, settings.zone)
    any_open = reduce(or_, (Q(**{f"{each.name.lower()}__gt": 0}) for each in sorted(OPEN_STATES)))
    late = Session.objects.filter(any_open, end_on__lt=ended_before(then, settings)).count()
    return {"ok": late == 0, "sessions_not_swept": late}


def _feed() -> Found:
    """How many entries wait for a transaction that is open: more and more, where somebody has left one open."""
    return {"ok": True, "held_back": get_workflow().storage.queries.held_back()}  # type: ignore[attr-defined]

"""The choices of the admin's filters, in the active language, and the rows of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from django.db.models import QuerySet

from poec_workflow import locales
from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.row_filters import Choices
from poec_workflow.presentation.message_texts import notice_text
from poec_workflow.views import Tab


def states(enum: type[Enum]) -> Choices:
    """Every state of a lifecycle."""
    return lambda: [(str(each.value), locales.state(each, active_language())) for each in enum]


def labelled(section: str, codes: Iterable[str]) -> Choices:
    """Codes with their labels."""
    some = [str(each) for each in codes]
    return lambda: [(each, locales.label(section, each, active_language())) for each in some]


def notices() -> Sequence[tuple[str, str]]:
    """The project's notices, each with its number."""
    lang = active_language()
    known = dict.fromkeys(each.id for each in get_workflow().notices.rows)
    return [(each, notice_text(each, lang)) for each in known]


def of_sessions(path: str) -> Any:  # noqa: ANN401 - what narrows rows
    """The rows of sessions that end today or later, or that have ended.

    Args:
        path: to the session's last day.
    """

    def narrow(rows: QuerySet[Any], tab: str) -> QuerySet[Any]:
        comparison = "gte" if tab == Tab.CURRENT else "lt"
        return rows.filter(**{f"{path}__{comparison}": get_workflow().today()})

    return narrow


def flagged(rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """The rows whose flag is set."""
    return rows.filter(**{column: 1})


def sent(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """The messages that wait, or that can't be delivered."""
    return rows.filter(dead=int(state == "dead"))

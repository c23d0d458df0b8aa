"""The offers of every published training action, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from poec_workflow.offers import Offer
from poec_workflow.read_model import ReadModel
from poec_workflow.views import ActionFilter, ActionTab, PageRequest

_PAGE = 200


def published_offers(workflow: ReadModel, *, at: date | datetime | None = None) -> Iterator[Offer]:
    """The offers of every published training action, by reference; each is read as it is stored when it is reached.

    Args:
        workflow: whose.
        at: the instant, or the day, on which a registration would be given; now by default.

    Raises:
        Malformed: `at` is not aware, or not of the years 1900 to 2999.
    """
    asked, page = ActionFilter(tab=ActionTab.PUBLISHED), PageRequest(limit=_PAGE)
    while True:
        found = workflow.actions(asked, page)
        for each in found.items:
            yield workflow.offer(each.reference, at=at)
        if found.next is None:
            return
        page = PageRequest(limit=_PAGE, after=found.next)

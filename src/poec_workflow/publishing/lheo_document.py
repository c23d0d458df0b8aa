"""The published training actions as an LHEO 2.3 document: a `formation` with one `action` each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from poec_workflow.importing.lheo_mapping import LheoMapping
from poec_workflow.importing.lheo_vocabulary import NAMESPACE
from poec_workflow.publishing.lheo_offer import formation
from poec_workflow.publishing.offer_listing import published_offers
from poec_workflow.read_model import ReadModel

_INDENT = "    "


def lheo_catalogue(
    workflow: ReadModel,
    *,
    at: date | datetime | None = None,
    mapping: LheoMapping | None = None,
    left_out: Callable[[str], object] | None = None,
) -> Iterator[str]:
    """A catalogue of the published training actions and their sessions, as lines of an LHEO 2.3 document in UTF-8.

    Of the same store and day it is the same, to the byte. What LHEO does not know stands in `extras`, by which
    `read_lheo` gets it back.

    Args:
        workflow: whose.
        at: the instant, or the day, on which it is so; now by default.
        mapping: what organisations and funders are known by; see `[lheo]` of the mapping file.
        left_out: called with the reference of an action that has no session, for LHEO has none such.

    Raises:
        Malformed: `at` is not aware, or not of the years 1900 to 2999.
    """
    known = mapping or LheoMapping()
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<lheo xmlns="{NAMESPACE}">\n  <offres>\n'
    for each in published_offers(workflow, at=at):
        if each.sessions:
            yield from (f"{_INDENT}{line}\n" for line in formation(each, known))
        elif left_out is not None:
            left_out(each.action.reference)
    yield "  </offres>\n</lheo>\n"

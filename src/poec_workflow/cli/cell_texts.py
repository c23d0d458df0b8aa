"""Texts of table cells that several commands show: what came of a convocation, and how an application ended."""

from __future__ import annotations

from decimal import Decimal

from poec_workflow import locales
from poec_workflow.catalogue import Catalogue
from poec_workflow.cli import options
from poec_workflow.errors import Advisory, Refusal
from poec_workflow.model import Application, ApplicationState, Convocation
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow


def coded(answer: Refusal | Advisory, lang: str) -> str:
    """A code, by which one finds help, and its sentence."""
    colon = "\u00a0:" if lang == "fr" else ":"
    return f"{answer.code}{colon} {answer.message(lang)}"


def convocation_text(convocation: Convocation, lang: str) -> str:
    """When and where, and what came of it [S]."""
    parts = (convocation.on, convocation.time, convocation.place)
    when = " ".join(locales.shown(each, lang) for each in parts if each)
    outcome = locales.label("outcomes", convocation.outcome or "none", lang)
    return options.word("came-of-it", lang, convocation=when, outcome=outcome)


def ending_text(ended: Application | ApplicationRow, catalogue: Catalogue, lang: str) -> str:
    """How it ended [S]: entry, exit and weekly hours, or motive and reason; empty where only the state says it."""
    # With rows of a service's own it may have both: who was retained, and withdraws after that.
    if ended.state is ApplicationState.RETAINED and ended.entry is not None and ended.exit is not None:
        entry, leaving = locales.shown(ended.entry, lang), locales.shown(ended.exit, lang)
        return options.word("training", lang, entry=entry, exit=leaving, hours=Decimal(to_dict(ended.weekly_hours)))
    if ended.motive is None or ended.state is not ApplicationState.REJECTED:
        return ""
    motive, reason = (catalogue.label(lang, ended.motive, each) for each in (None, ended.reason))
    return options.word("motive-and-reason", lang, motive=motive, reason=reason)

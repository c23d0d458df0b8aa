"""Texts of table cells that several commands show: values of fields, what came of a convocation, how it ended."""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal

from poec_workflow import locales
from poec_workflow.catalogue import Catalogue
from poec_workflow.cli import options
from poec_workflow.errors import Advisory, Refusal
from poec_workflow.model import Application, ApplicationState, Convocation, Prescriber
from poec_workflow.policies.calendar import in_zone
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow


def coded(answer: Refusal | Advisory, lang: str) -> str:
    """A code, by which one finds help, and its sentence."""
    colon = "\u00a0:" if lang == "fr" else ":"
    return f"{answer.code}{colon} {answer.message(lang)}"


def prescriber_text(prescriber: Prescriber, lang: str) -> str:
    """Who sent the candidate: a name, an organisation, and of which kind."""
    known = (prescriber.name, prescriber.organization, options.word(prescriber.origin, lang))
    return ", ".join(each for each in known if each)


def field_text(value: object, zone: tzinfo, lang: str) -> str:
    """The value of a field as people read it, an array in several lines; texts whole."""
    if isinstance(value, (list, tuple)):
        return "\n".join(field_text(each, zone, lang) for each in value)
    if isinstance(value, Prescriber):
        return prescriber_text(value, lang)
    if isinstance(value, datetime):
        value = in_zone(value, zone)
    if isinstance(value, Decimal):
        value = Decimal(to_dict(value))
    return value if isinstance(value, str) and not hasattr(value, "value") else locales.shown(value, lang)


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

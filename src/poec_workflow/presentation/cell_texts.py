"""Texts of table cells that several commands show: values of fields, what came of a convocation, how it ended."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal

from poec_workflow import locales
from poec_workflow.catalogue import Catalogue
from poec_workflow.errors import Advisory, Refusal
from poec_workflow.model import Application, ApplicationState, Convocation, Prescriber
from poec_workflow.policies.calendar import in_zone
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow


def coded(answer: Refusal | Advisory, lang: str) -> str:
    """A code, by which one finds help, and its sentence."""
    return locales.labelled(answer.code, answer.message(lang), lang)


def prescriber_text(prescriber: Prescriber, lang: str) -> str:
    """Who sent the candidate: a name, an organisation, and of which kind."""
    known = (prescriber.name, prescriber.organization, locales.word(prescriber.origin, lang))
    return ", ".join(each for each in known if each)


def field_text(value: object, zone: tzinfo, lang: str) -> str:
    """The value of a field as people read it, an array in several lines; texts whole."""
    if isinstance(value, (list, tuple)):
        return "\n".join(field_text(each, zone, lang) for each in value)
    if isinstance(value, Convocation):
        return convocation_text(value, lang)
    if isinstance(value, Prescriber):
        return prescriber_text(value, lang)
    if isinstance(value, datetime):
        value = in_zone(value, zone)
    if isinstance(value, Decimal):
        return _decimal_text(value, lang)
    return value if type(value) is str else locales.shown(value, lang)


def _decimal_text(value: Decimal, lang: str) -> str:
    """As short as it is written."""
    return locales.shown(Decimal(to_dict(value)), lang)


def span_text(start: date, end: date, lang: str) -> str:
    """From a day to another [S]."""
    return locales.word("span", lang, start=locales.shown(start, lang), end=locales.shown(end, lang))


def motive_text(motive: str, reason: str | None, catalogue: Catalogue, lang: str) -> str:
    """Why an application was not retained: a motive, and the reason."""
    why = catalogue.label(lang, motive)
    if reason is None:  # of what was imported, the motive alone may be known
        return why
    return locales.word("motive-and-reason", lang, motive=why, reason=catalogue.label(lang, motive, reason))


def convocation_text(convocation: Convocation, lang: str) -> str:
    """When and where, and what came of it [S]."""
    parts = (convocation.on, convocation.time, convocation.place)
    when = " ".join(locales.shown(each, lang) for each in parts if each)
    outcome = locales.label("outcomes", convocation.outcome or "none", lang)
    return locales.word("came-of-it", lang, convocation=when, outcome=outcome)


def ending_text(ended: Application | ApplicationRow, catalogue: Catalogue, lang: str) -> str:
    """How it ended [S]: entry, exit and weekly hours, or motive and reason; empty where only the state says it."""
    # With rows of a service's own it may have both: who was retained, and withdraws after that.
    dates, hours = (ended.entry, ended.exit), ended.weekly_hours
    if ended.state is ApplicationState.RETAINED and None not in dates and hours is not None:
        entry, leaving = (locales.shown(each, lang) for each in dates)
        return locales.word("training", lang, entry=entry, exit=leaving, hours=_decimal_text(hours, lang))
    if ended.state is ApplicationState.RETAINED:
        # Of what was imported, a part may be known.
        known = {"entry": ended.entry, "exit": ended.exit, "weekly_hours": hours}
        labels = {name: locales.label("fields", name, lang) for name in known}
        return ", ".join(
            locales.labelled(labels[name], locales.shown(each, lang), lang)
            for name, each in known.items()
            if each is not None
        )
    if ended.motive is None or ended.state is not ApplicationState.REJECTED:
        return ""
    return motive_text(ended.motive, ended.reason, catalogue, lang)

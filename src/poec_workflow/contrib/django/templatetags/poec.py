"""What templates ask for: words, labels of codes, values as people write them, a command's form or why not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template import Context

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.command_panel import Offer
from poec_workflow.contrib.django.screens.subject_panel import is_at_hand
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.errors import Advisory, Refusal
from poec_workflow.presentation.cell_texts import convocation_text, ending_text, field_text, prescriber_text, span_text
from poec_workflow.remedies import Remedy

register = template.Library()


def _lang(context: Context) -> str:
    return str(context["lang"])


def _flat(context: Context) -> dict[str, Any]:
    known: Any = context.flatten()
    return dict(known)


@register.simple_tag(takes_context=True)
def word(context: Context, name: str, **values: object) -> str:
    """A text of the screens: `{% word "common.save" %}`."""
    return words_of(name, _lang(context), **values)


@register.simple_tag(takes_context=True)
def label(context: Context, section: str, code: str) -> str:
    """The label of a code, with a capital: `{% label "commands" "retain" %}`."""
    text = locales.label(section, code, _lang(context))
    return text[:1].upper() + text[1:]


@register.simple_tag(takes_context=True)
def state(context: Context, value: Any) -> str:  # noqa: ANN401 - a state of any kind
    """The label of a state."""
    return locales.state(value, _lang(context))


@register.simple_tag(takes_context=True)
def shown(context: Context, value: object) -> str:
    """A value as people write it: a day, an instant in the settings' time zone, a decimal, a text as it is."""
    return "" if value is None else field_text(value, get_workflow().settings.zone, _lang(context))


@register.simple_tag(takes_context=True)
def count(context: Context, value: int) -> str:
    """A number, its thousands set apart."""
    return locales.number(value, _lang(context))


@register.simple_tag(takes_context=True)
def span(context: Context, start: date, end: date) -> str:
    """From a day to another."""
    return span_text(start, end, _lang(context))


@register.simple_tag(takes_context=True)
def named(context: Context, name: str, value: str) -> str:
    """A name, a colon as the language has it, and a value."""
    return locales.labelled(name, value, _lang(context))


@register.simple_tag(takes_context=True)
def prescriber(context: Context, value: Any) -> str:  # noqa: ANN401 - a prescriber
    """Who sent the candidate."""
    return prescriber_text(value, _lang(context))


@register.simple_tag(takes_context=True)
def convocation(context: Context, value: Any) -> str:  # noqa: ANN401 - a convocation
    """When and where, and what came of it."""
    return convocation_text(value, _lang(context))


@register.simple_tag(takes_context=True)
def ending(context: Context, value: Any) -> str:  # noqa: ANN401 - an application or a row
    """How an application ended."""
    return ending_text(value, get_workflow().settings.catalogue, _lang(context))


@register.simple_tag(takes_context=True)
def reason(context: Context, value: Refusal | Advisory) -> str:
    """The sentence of a refusal or an advisory."""
    return value.message(_lang(context))


@register.simple_tag(takes_context=True)
def remedy(context: Context, value: Remedy) -> str:
    """What would make a refused command pass."""
    return locales.word("would-pass", _lang(context), remedy=value.message(_lang(context)))


@register.inclusion_tag("poec_workflow/offer.html", takes_context=True)
def offer(context: Context, value: Offer, title: str = "", *, primary: bool = False) -> dict[str, Any]:
    """A command: its form where it can be given, else why not and what would help.

    Args:
        context: the page's.
        value: the command.
        title: what its button says; the command's own label by default.
        primary: whether it is what a clerk most often comes for.
    """
    return {**_flat(context), "offer": value, "title": title, "primary": primary}


@register.inclusion_tag("poec_workflow/standing_form.html", takes_context=True)
def standing(context: Context, value: Offer, title: str = "", intro: str = "") -> dict[str, Any]:
    """A command that changes what stands: its form, or the same greyed, with why."""
    return {**_flat(context), "offer": value, "title": title, "intro": intro}


@register.simple_tag(takes_context=True)
def who_may(context: Context, value: Offer) -> str:
    """The kinds of actors that a command is for."""
    return str(context["panel"].who_may(value))


@register.simple_tag(takes_context=True)
def alert_help(context: Context, reason_: str) -> str:
    """Why an action wants looking at, and what to do about it."""
    return words_of(f"actions.alert-{reason_}", _lang(context), days=get_workflow().settings.warning_days)


@register.filter
def at_hand(value: Offer) -> bool:
    """Whether a page shows a command openly."""
    return is_at_hand(value)


@register.inclusion_tag("poec_workflow/field.html", takes_context=True)
def field(context: Context, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a field of a form
    """One field of a form, with its label and what is wrong with it."""
    return {**_flat(context), "field": value}

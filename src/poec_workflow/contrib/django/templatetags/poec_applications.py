"""What the templates of applications ask for besides: days of instants, who somebody is, what a command means."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template import Context

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.locales.exception_sentences import sentence
from poec_workflow.policies.calendar import local_day

register = template.Library()


def _lang(context: Context) -> str:
    return str(context["lang"])


@register.simple_tag(takes_context=True)
def day(context: Context, value: datetime) -> str:
    """The day of an instant, in the settings' time zone."""
    return locales.shown(local_day(value, get_workflow().settings.zone), _lang(context))


@register.simple_tag(takes_context=True)
def person(context: Context, reference: str) -> str:
    """A candidate's name, by reference; of an erased one that they are."""
    found = get_workflow().storage.queries.candidate(reference)
    return found.name if found else words_of("applications.erased", _lang(context))


@register.simple_tag(takes_context=True)
def told(context: Context, problem: str) -> str:
    """What is wrong with a value, in the visitor's language."""
    return sentence(problem, _lang(context))


@register.simple_tag(takes_context=True)
def meaning(context: Context, command: str) -> str:
    """What carrying out a command means, for who is asked to confirm it; empty where the screens say no more."""
    try:
        return words_of(f"meanings.{command}", _lang(context))
    except KeyError:
        return ""

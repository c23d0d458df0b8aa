"""Errors in the user's language: what an exception says, its places and its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from poec_workflow import locales
from poec_workflow.errors import CommandRefused, Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.locales.exception_sentences import sentence
from poec_workflow.presentation.cell_texts import coded

_SHOWN_FAULTS = 8


def error_text(error: Exception, lang: str, options: Mapping[str, str] = FrozenMap({})) -> str:
    """What an exception says; `options`: what fields are called on the command line."""
    if isinstance(error, CommandRefused):
        return "; ".join(coded(each, lang) for each in error.refusals)
    if isinstance(error, Malformed):
        return faults_text(error.faults, lang, options)
    return sentence(str(error), lang)


def faults_text(faults: Iterable[Fault], lang: str, options: Mapping[str, str] = FrozenMap({})) -> str:
    """Where what can't be read, and why."""
    places = ((options.get(each.place.removeprefix("$."), each.place), each.problem) for each in faults)
    return between(lang).join(locales.labelled(place, sentence(problem, lang), lang) for place, problem in places)


def short_faults(faults: tuple[Fault, ...], lang: str) -> str:
    """A line's faults, the first few of them."""
    some = faults_text(faults[:_SHOWN_FAULTS], lang)
    more = len(faults) - _SHOWN_FAULTS
    return f"{some}{between(lang)}{locales.word('more', lang, count=more)}" if more > 0 else some


def between(lang: str) -> str:
    """What stands between two faults."""
    return "\u00a0; " if lang == "fr" else "; "

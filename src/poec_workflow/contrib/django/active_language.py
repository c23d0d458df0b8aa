"""The language of the package's texts, from the one that Django has active."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from poec_workflow import locales
from poec_workflow.contrib.django.screens.words import words_of


def active_language() -> str:
    """`"fr"` or `"en"`: Django's active language without its region, French where that is neither."""
    return language_of(get_language())


def language_of(tag: str | None) -> str:
    """The language of the texts for a tag as `en-gb`; French for none, and for those that there are no texts in."""
    primary = (tag or "").partition("-")[0].lower()
    return primary if primary in locales.LANGUAGES else locales.DEFAULT_LANGUAGE


def _label(section: str, name: str) -> str:
    return locales.label(section, name, active_language())


lazy_label: Any = lazy(_label, str)
"""A label in the language that is active when it is shown, for what is declared once: fields, models, columns."""


def _word(name: str) -> str:
    return words_of(name, active_language())


lazy_word: Any = lazy(_word, str)
"""A text of the app's own, as `host.open`, in the language that is active when it is shown."""

"""The language that the command line speaks: `--lang`, `POEC_LANG`, else that of the environment's locale.

As GNU gettext reads the locale: `LC_ALL`, `LC_MESSAGES` and `LANG`, the first that says something; `LANGUAGE`, a list,
wins over them unless they name the locale C.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from poec_workflow.locales import DEFAULT_LANGUAGE, LANGUAGES

OPTION = "--lang"
VARIABLE = "POEC_LANG"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_C = re.compile(r"(C|POSIX)(\..*)?")
_spoken = ContextVar("_spoken", default=DEFAULT_LANGUAGE)


def current() -> str:
    """The language of the command that runs."""
    return _spoken.get()


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak a language until the block ends."""
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


def chosen(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of a command before it is parsed, so that what can't be parsed is said in it too."""
    asked = (*_given(arguments), environment.get(VARIABLE, "").lower())
    return next((each for each in asked if each in LANGUAGES), None) or of_locale(environment)


def of_locale(environment: Mapping[str, str]) -> str:
    """The language of an environment's locale: English where it names another than ours, the default where none."""
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    preferred = [] if _C.fullmatch(locale) else environment.get("LANGUAGE", "").split(":")
    languages = (re.split("[_.@-]", each)[0].lower() for each in (*preferred, locale))
    said = bool(locale) and not _C.fullmatch(locale)
    return next((each for each in languages if each in LANGUAGES), "en" if said else DEFAULT_LANGUAGE)


def _given(arguments: Sequence[str]) -> Iterator[str]:
    """Yield what `--lang` says, the last first."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for index in reversed(range(len(options))):
        name, equals, value = options[index].partition("=")
        if name == OPTION:
            yield (value if equals else "".join(options[index + 1 : index + 2])).lower()

"""The pictures of the gallery: every lifecycle, one with a row of its own, and who is told, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

import pygraphviz  # type: ignore[import-untyped]
from taken_back import OURS

from poec_workflow import SubjectKind, diagrams, locales
from poec_workflow.machines import LIFECYCLES
from poec_workflow.notices import NOTICES

LANGUAGES = {"en": "In English", "fr": "En français"}
OWN_ROWS = {
    "en": "An application, with a row of a service's own (X1)",
    "fr": "Une candidature, avec une ligne propre (X1)",
}
_DRAWN = {
    **{each.name: each for each in LIFECYCLES.values()},
    "own-rows": OURS[SubjectKind.APPLICATION],
}


def pictures() -> Mapping[str, Callable[[], str]]:
    """File ▸ what draws it."""
    drawn: dict[str, Callable[[], str]] = {}
    for lang in LANGUAGES:
        for name, lifecycle in _DRAWN.items():
            show = ("conditions",)
            drawn[f"pictures/gallery/{name}.{lang}.svg"] = partial(
                diagrams.render, lifecycle, "svg", lang=lang, show=show
            )
        drawn[f"pictures/gallery/notices.{lang}.svg"] = partial(_notices, lang)
    return drawn


def _notices(lang: str) -> str:
    """The drawing of the notices, laid out by Graphviz, without the release of it that drew."""
    graph = pygraphviz.AGraph(string=diagrams.render(NOTICES, "dot", lang=lang))
    drawn = graph.draw(format="svg", prog="dot").decode("utf-8")
    return re.sub(r"<!--.*?-->\n?", "", drawn[drawn.index("<svg") :], flags=re.DOTALL)


def page() -> str:
    """The pictures, each under its title, the two languages one after the other."""
    return "\n".join(f"## {title}\n\n{_pictures_of(lang)}" for lang, title in LANGUAGES.items())


def _pictures_of(lang: str) -> str:
    titles = {name: _title(name, lang) for name in (*_DRAWN, "notices")}
    return "\n".join(
        f"### {title}\n\n![{title}](pictures/gallery/{name}.{lang}.svg)\n" for name, title in titles.items()
    )


def _title(name: str, lang: str) -> str:
    if name == "own-rows":
        return OWN_ROWS[lang]
    return locales.label("told", "notices", lang) if name == "notices" else locales.label("words", name, lang)

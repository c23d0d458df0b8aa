"""The page: its parts, the pictures, the data, and a Content-Security-Policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from importlib.resources import files
from typing import Any

from poec_workflow import locales
from poec_workflow.explorer.action_case import ActionCase
from poec_workflow.explorer.application_case import ApplicationCase
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.dimensions import translations, words
from poec_workflow.explorer.export import Export
from poec_workflow.explorer.session_case import SessionCase
from poec_workflow.machines import Lifecycle
from poec_workflow.model import SubjectKind
from poec_workflow.notices import NOTICES, Notices, told_sentence
from poec_workflow.policies.settings import Settings, default_settings

SCRIPTS = ("lookup.js", "rendering.js", "command_list.js", "controller.js")
CASES: Mapping[SubjectKind, Callable[[Settings], Case]] = {
    SubjectKind.APPLICATION: ApplicationCase,
    SubjectKind.SESSION: SessionCase,
    SubjectKind.ACTION: ActionCase,
}
"""The sample case of each lifecycle."""
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def render(
    lifecycle: Lifecycle,
    pictures: Mapping[str, str],
    *,
    lang: str = "fr",
    settings: Settings | None = None,
    notices: Notices | None = None,
) -> str:
    """The page as HTML, in both languages; the same rules give the same bytes.

    Args:
        lifecycle: `machines.APPLICATION`, `SESSION` or `TRAINING_ACTION`, or one with a service's own rows.
        pictures: an SVG of the lifecycle by language.
        lang: the language in which the page opens.
        settings: a service's own, whose policies and permissions are then evaluated.
        notices: a service's own, by which the page says who is told.

    Raises:
        ValueError: an unknown language.
    """
    locales.words(lang)
    titles = translations(lambda each: locales.label("words", lifecycle.name, each))
    templates = "\n".join(f'<template id="picture-{each}">{picture}</template>' for each, picture in pictures.items())
    script, style = "\n".join(map(_part, SCRIPTS)), _part("page.css")
    parts = {
        "lang": lang,
        "policy": _content_security_policy(script, [style, *_STYLE.findall(templates)]),
        "title": escape(f"{words(lang)['page']['title']} · {titles[lang]}"),
        "subject": escape(titles[lang]),
        "style": style,
        "languages": "".join(
            f'<button type="button" lang="{each}" data-lang>{escape(words(each)["language"])}</button>'
            for each in locales.LANGUAGES
        ),
        "noscript": escape(words(lang)["page"]["noscript"]),
        "pictures": templates,
        "data": _json(_data(lifecycle, settings or default_settings(), notices or NOTICES, titles)),
        "script": script,
    }
    return _PLACEHOLDER.sub(lambda found: parts[found[1]], _part("page.html"))


def _data(lifecycle: Lifecycle, settings: Settings, notices: Notices, titles: Mapping[str, str]) -> dict[str, Any]:
    case = CASES[lifecycle.kind](settings)
    return {
        "titles": titles,
        "words": {lang: _page_words(lang, lifecycle) for lang in locales.LANGUAGES},
        "landmarkLabels": {lang: words(lang)["landmarks"] for lang in locales.LANGUAGES},
        "example": case.example,
        "nobody": translations(partial(told_sentence, ())),
        **Export(case, lifecycle, notices).data(),
    }


def _page_words(lang: str, lifecycle: Lifecycle) -> Mapping[str, str]:
    """The words of every page, and those of a lifecycle's own."""
    return {**words(lang)["page"], **words(lang)["lifecycles"][lifecycle.kind]}


def _content_security_policy(script: str, styles: list[str]) -> str:
    """A policy that allows exactly this script and these styles."""
    allowed = " ".join(dict.fromkeys(_hash(style) for style in styles))
    return f"default-src 'none'; script-src {_hash(script)}; style-src {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _json(data: object) -> str:
    """JSON that can stand in a script element: `<` is escaped."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

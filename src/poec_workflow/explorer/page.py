"""The page put together: its parts, the pictures, the data, and a policy that lets nothing in or out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

from poec_workflow import locales
from poec_workflow.explorer.dimensions import words
from poec_workflow.explorer.export import Export
from poec_workflow.explorer.sample_case import World
from poec_workflow.machines import APPLICATION, Lifecycle
from poec_workflow.policies.settings import Settings

SCRIPTS = ("rules.js", "journal.js", "view.js", "asked.js", "page.js")
_HOLE = re.compile(r"\{\{(\w+)\}\}")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def render(
    lifecycle: Lifecycle, pictures: Mapping[str, str], *, lang: str = "fr", settings: Settings | None = None
) -> str:
    """The page, which begins in a language and speaks the other one too; the same rules give the same bytes.

    Args:
        lifecycle: `machines.APPLICATION`.
        pictures: an SVG of the lifecycle by language.
        lang: the language that the page begins in.
        settings: a service's own, whose policies and permissions are then asked.

    Raises:
        ValueError: an unknown language, or a lifecycle other than the application's.
    """
    if lifecycle is not APPLICATION:
        raise ValueError("the explorer is for the lifecycle of applications")
    locales.words(lang)
    title = {each: locales.label("words", lifecycle.name, each) for each in locales.LANGUAGES}
    hidden = _hidden(pictures)
    script, style = "\n".join(map(_part, SCRIPTS)), _part("page.css")
    return _filled(
        _part("page.html"),
        {
            "lang": lang,
            "policy": _policy(script, [style, *_STYLE.findall(hidden)]),
            "title": escape(f"{words(lang)['page']['title']} · {title[lang]}"),
            "subject": escape(title[lang]),
            "style": style,
            "languages": "".join(
                f'<button type="button" lang="{each}" data-lang>{escape(words(each)["language"])}</button>'
                for each in locales.LANGUAGES
            ),
            "noscript": escape(words(lang)["page"]["noscript"]),
            "pictures": hidden,
            "data": _json(_data(lifecycle, settings or Settings(), title)),
            "script": script,
        },
    )


def _data(lifecycle: Lifecycle, settings: Settings, titles: Mapping[str, str]) -> dict[str, Any]:
    world = World(settings)
    return {
        "titles": titles,
        "words": {lang: words(lang)["page"] for lang in locales.LANGUAGES},
        "landmarkLabels": {lang: words(lang)["landmarks"] for lang in locales.LANGUAGES},
        "example": {
            "capacity": world.capacity,
            "coefficient": world.coefficient,
            "max": settings.max_convocations,
        },
        **Export(lifecycle, world).data(),
    }


def _hidden(pictures: Mapping[str, str]) -> str:
    """One picture a language, out of sight until it is asked for."""
    return "\n".join(f'<template id="picture-{lang}">{picture}</template>' for lang, picture in pictures.items())


def _policy(script: str, styles: list[str]) -> str:
    """Nothing but this very script and these very styles."""
    allowed = " ".join(dict.fromkeys(_hash(style) for style in styles))
    return f"default-src 'none'; script-src {_hash(script)}; style-src {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _json(data: object) -> str:
    """JSON that can stand in a page: nothing in it ends the script."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _filled(template: str, parts: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda found: parts[found[1]], template)

"""Words of the screens, from the files in `words/`: each key has its text in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from poec_workflow.locales import filled


@cache
def _section(name: str) -> Mapping[str, Mapping[str, str]]:
    place = files("poec_workflow.contrib.django").joinpath("words", f"{name}.json")
    table: Mapping[str, Mapping[str, str]] = json.loads(place.read_text(encoding="utf-8"))
    return table


def words_of(name: str, lang: str, **values: object) -> str:
    """A text of the screens, its `{names}` filled in.

    Args:
        name: the file and the key, as `common.save`.
        lang: `"fr"` or `"en"`.
        values: for the names.

    Raises:
        KeyError: there is no such text.
    """
    section, _, key = name.partition(".")
    return filled(_section(section)[key][lang], values, lang)

"""Descriptions in both languages: in the one that was chosen as `description`, in the other as `x-description-…`.

The texts stand in `locales`, those of fields under `fields` already, all others under `schemas`; numbers and codes in
them come from the settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict

from poec_workflow import locales
from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.locales import LANGUAGES
from poec_workflow.policies import Settings


class Describe:
    """Makes descriptions in two languages."""

    def __init__(self, lang: str, settings: Settings) -> None:
        locales.words(lang)
        self.lang = lang
        self.others = tuple(each for each in LANGUAGES if each != lang)
        self._numbers = _numbers(settings)

    def both(self, text: Mapping[str, str], name: str = "description") -> dict[str, str]:
        """A text by language as the members of a schema; none where the chosen language has none."""
        if not text.get(self.lang):
            return {}
        more = {f"x-{name}-{each}": text[each] for each in self.others if text.get(each)}
        return {name: text[self.lang], **more}

    def thing(self, name: str) -> dict[str, str]:
        """The description of a component, or of anything else that has a text of its own."""
        return self.both({lang: self._text(lang, "schemas", name) for lang in LANGUAGES})

    def member(self, owner: str, name: str) -> dict[str, str]:
        """The description of a member: of its owner's, else of any owner's, else its label."""
        return self.both({lang: self._member_text(lang, owner, name) for lang in LANGUAGES})

    def label(self, section: str, name: str, member: str = "title") -> dict[str, str]:
        """The label of a code."""
        return self.both({lang: locales.label(section, name, lang) for lang in LANGUAGES}, member)

    def with_rows(self, section: str, name: str, rows: Sequence[str]) -> dict[str, str]:
        """The label of a command or an event, and the rows of the tables that it has: `convoquer (L2)`."""
        more = f" ({', '.join(rows)})" if rows else ""
        return self.both({lang: locales.label(section, name, lang) + more for lang in LANGUAGES})

    def codes(self, about: str, section: str, names: Mapping[str, str]) -> dict[str, str]:
        """What the codes of an enumeration mean: `pending: En attente; …`.

        Args:
            about: the component's name.
            section: of the labels.
            names: code ▸ the name of its label.
        """
        texts = {}
        for lang in LANGUAGES:
            meanings = [
                locales.labelled(code, locales.label(section, name, lang), lang) for code, name in names.items()
            ]
            separator = "\u00a0; " if lang == "fr" else "; "
            texts[lang] = " ".join(filter(None, (self._text(lang, "schemas", about), separator.join(meanings) + ".")))
        return self.both(texts)

    def _member_text(self, lang: str, owner: str, name: str) -> str:
        sections = (("schemas", f"{owner}.{name}"), ("schemas", f".{name}"), ("fields", name))
        return next(filter(None, (self._text(lang, section, key) for section, key in sections)), "")

    def _text(self, lang: str, section: str, name: str) -> str:
        text = locales.words(lang)[section].get(name, "")
        return locales.filled(text, self._numbers, lang) if text else ""


def _numbers(settings: Settings) -> Mapping[str, Any]:
    """What a description may say of a service's rules."""
    motives = [each for each in settings.catalogue.motives if not each.retired]
    withdrawal = settings.catalogue.motive(WITHDRAWAL)
    return {
        **asdict(settings, recurse=False),
        "motives": ", ".join(each.code for each in motives if not each.reserved),
        "withdrawal_reasons": ", ".join(
            each.code for each in (withdrawal.reasons if withdrawal else ()) if not each.retired
        ),
    }

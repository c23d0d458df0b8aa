"""French « de » and « que » before a vowel or a mute h: d'AFEC, d'Élise, d'Henri, but de GRETA, de Yannick."""

from __future__ import annotations

import re
import unicodedata

_ENDING = re.compile(r"(?:^|(?<=[\s(«]))([dD]|[qQ]u)e[ \u00a0]$")
_ASPIRATED = (
    "ha(?:b(?:l|sb)|ch|dd|g|i|l(?!e(?:in|t)|lu|og)|m(?!eç)|n(?!(?:ouk|na))|p|r(?!mon|pag)|s|t|u|v|ï)"
    "|he(?:au|nn|rn|rs|ur)|hé(?:ri(?!t)|ron|ros$)|hi(?:bou|ér|ss)|ho(?:bb|ch|ck|ll|ng|nt|pe|rde|rs|t|u|m(?:ard|e ))"
    "|hu(?:ch|gu|it|l|n|pp|rl|ss|tt)"
)
_CONSONANT = re.compile(rf"y(?=[aeiou])|(?:onz|oui\b|ouistiti|uhlan|ululer)|{_ASPIRATED}")
_VOWEL = re.compile("[aeiouyhœæøı]")


def elided(before: str, after: str) -> str:
    """A text that goes on with another, its last « de » or « que » as French writes it there."""
    found = _ENDING.search(before)
    return f"{before[: found.end(1)]}'" if found and begins_with_vowel(after) else before


def of(name: str, apostrophe: str = "'") -> str:
    """« de » and a name: d'Élise, de Zoé."""
    return f"d{apostrophe}{name}" if begins_with_vowel(name) else f"de {name}"


def begins_with_vowel(text: str) -> bool:
    """Whether one hears a vowel first, as far as a name shows it: an h is mute but in the words that are known."""
    word = text.lower()
    if not word[:1].isalpha() or _CONSONANT.match(word):
        return False
    return bool(_VOWEL.match(unicodedata.normalize("NFD", word)))

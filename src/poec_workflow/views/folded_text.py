"""Texts without accents and case, to search and to sort by.

Folded texts are stored: a change of the folding needs a revision that folds them anew.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = (
    "ƀb ƃb ɓb ƈc ȼc ɕc đd ðd ƌd ɖd ɗd ɇe ƒf ǥg ɠg ħh ɦh ıi ɨi ɩi ȷj ɉj ʝj ĸk ƙk łl ƚl ɫl ɬl ɭl ɱm ŋn ƞn ɲn ɳn øo ɵo ƥp "
    "ɋq ʠq ɍr ɼr ɽr ȿs ʂs ŧt ƫt ƭt ʈt ʉu ʋv ƴy ɏy ƶz ȥz ɀz ʐz ʑz ⱥa ⱦt œoe æae þth"
)
_APOSTROPHES = "`´‘’‚‛′‵ʹʻʼʽʾʿˈˊˋ՚׳᾽᾿ꞌ＇"
_MINUSES = "−˗⁃"
_IGNORED = map(
    chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), 0x3164, 0xFFA0)
)
"""Characters without a width that are neither format characters nor combining ones."""
# Normalized, these would be a space and a combining accent.
_SPACING_ACCENTS = re.compile("[\u00b4\u1fbd\u1fbf\u1fcd-\u1fcf\u1ffd]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


class _Plain(dict[str, str]):
    """What each character is folded to, worked out when it is first met."""

    def __missing__(self, character: str) -> str:
        category = unicodedata.category(character)
        if unicodedata.combining(character) or category == "Cf" or "\U000e0000" <= character < "\U000e1000":
            self[character] = ""
        else:
            self[character] = "-" if category == "Pd" else character
        return self[character]


_plain = _Plain(
    {each[0]: each[1:] for each in _LETTERS.split()}
    | dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_MINUSES, "-")
    | dict.fromkeys(_IGNORED, "")
)


def folded(text: str) -> str:
    """Fold accents, case, letters with strokes, ligatures, apostrophes, hyphens and characters without a width away.

    « Zoé NABIL » is "zoe nabil", « Łukasz D’Angelo » is "lukasz d'angelo", « cœur » is "coeur".
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", _SPACING_ACCENTS.sub("'", text))
    decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    return _BEYOND_ASCII.sub(lambda found: _plain[found[0]], decomposed).replace("`", "'")

"""Full-text search: the text that each subject is searched by, without accents and case.

The folded texts are stored: a change of the folding needs a revision that folds them anew.
"""

from __future__ import annotations

import re
import unicodedata

from poec_workflow.model import Application, Candidate, TrainingAction, TrainingSession

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


def words(text: str) -> tuple[str, ...]:
    """Split a search text into folded words, each once; all of them must be found."""
    return tuple(dict.fromkeys(folded(text).split()))


def action_text(action: TrainingAction) -> str:
    """The searched text of an action: reference, title, funder, responsible."""
    return _text(action.reference, action.title, action.funder, action.responsible)


def session_text(session: TrainingSession) -> str:
    """The searched text of a session: reference, action, place, organisations."""
    return _text(
        session.reference,
        session.action,
        session.place,
        session.responsible,
        session.positioner,
        session.trainer,
    )


def application_text(application: Application) -> str:
    """The searched text of an application: references and prescriber. The candidate's name is searched in `people`."""
    sender = application.prescriber
    return _text(application.reference, application.candidate, sender.organization, sender.name)


def person_text(person: Candidate) -> str:
    """The searched text of a person: name and e-mail."""
    return _text(person.name, person.email)


def _text(*parts: str | None) -> str:
    # Parts are joined by spaces, and a word has none: no word matches across two parts.
    return folded(" ".join(part for part in parts if part))

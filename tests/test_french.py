"""French as French people write it: spaces, elisions, plurals, gender, dates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from poec_workflow import Advisory, ApplicationState, Refusal, locales
from poec_workflow.locales import elision

FOLDER = Path(locales.__file__).parent
FILES = sorted(FOLDER.glob("*fr.json"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.name)
def test_punctuation_stays_with_its_word(file: Path) -> None:
    """No line can begin with a colon, a semicolon, a question or exclamation mark, nor break inside « »."""
    texts = list(_texts(json.loads(file.read_text(encoding="utf-8"))))
    assert texts
    wrong = [
        each
        for each in texts
        if re.search(r" [:;?!»]|« |«\S|[^\s\u00a0]»", each.replace("«\u00a0", "").replace("\u00a0»", ""))
    ]
    assert not wrong


@pytest.mark.parametrize("file", FILES, ids=lambda each: each.name)
def test_nobody_is_addressed_in_brackets(file: Path) -> None:
    """No « préinscrit(e) », « candidat(s) »; the two headings are those of the platform's list."""
    texts = set(_texts(json.loads(file.read_text(encoding="utf-8")))) - {"Date(s)", "Session(s)"}
    assert not [each for each in texts if re.search(r"\w\((?:e|s|es|ne|x)\)", each)]


@pytest.mark.parametrize(
    "said",
    [
        "d'AFEC", "d'Élise", "d'E\u0301lise", "d'Henri", "d'Hôpital Nord", "d'IRTS", "d'Œuvre", "d'Yves", "d'Ødegaard",
        "d'Hubert", "d'université", "de GRETA", "de Zoé", "de Yannick", "de Yaoundé", "de Hongrie", "de Haute-Savoie",
        "de Hall 32", "de Onze", "de 8 mai", "de « AFEC »", "de ", "de Łukasz", "de FT-AGEN", "de 日本",
    ],
)  # fmt: skip
def test_de_is_elided_where_a_vowel_is_heard(said: str) -> None:
    """Before a vowel, accented or not, and a mute h; not before an aspirated one, nor a y that is a consonant."""
    name = said.removeprefix("d'").removeprefix("de ")
    assert elision.of(name) == said
    assert locales.filled("Rôle de {name}.", {"name": name}, "fr") == f"Rôle {said}."
    assert locales.filled("Role de {name}.", {"name": name}, "en") == f"Role de {name}."


@pytest.mark.parametrize(
    ("refusal", "french", "english"),
    [
        (Refusal("no-seat-left", {"retained": 1, "seats": 1}), "1 retenu pour 1 place.", "1 retained for 1 seat."),
        (Refusal("no-seat-left", {"retained": 0, "seats": 0}), "0 retenu pour 0 place.", "0 retained for 0 seats."),
        (Refusal("no-seat-left", {"retained": 3, "seats": 2}), "3 retenus pour 2 places.", "3 retained for 2 seats."),
        (
            Refusal("open-applications-remain", {"count": 1, "sessions": ("S",)}),
            "1 candidature est encore en cours (session S).",
            "1 application is still open (session S).",
        ),
        (
            Refusal("open-applications-remain", {"count": 2, "sessions": ("S", "T")}),
            "2 candidatures sont encore en cours (sessions S, T).",
            "2 applications are still open (sessions S, T).",
        ),
        (
            Refusal("field-not-editable", {"fields": ("a",)}),
            "Ce champ n'est pas modifiable : a.",
            "This field can't be changed: a.",
        ),
        (
            Refusal("too-many-information-dates", {"count": 4, "most": 3}),
            "4 dates d'information collective : 3 au maximum.",
            "4 information dates: at most 3.",
        ),
        (
            Refusal("capacity-below-retained", {"retained": 1, "seats": 0}),
            "1 candidat est déjà retenu, pour 0 place.",
            "1 candidate is retained already, for 0 seats.",
        ),
        (
            Refusal("no-transition", {"state": ApplicationState.PENDING, "possible": ("convoke",)}),
            "Impossible dans l'état « En attente » ; est possible : convoquer.",
            "Not possible in the state “Pending”; possible is: convoke.",
        ),
        (
            Refusal(
                "x",
                {"hours": Decimal("1.5")},
                {"fr": "{hours} {hours:heure|heures}", "en": "{hours} {hours:hour|hours}"},
            ),
            "1,5 heure",
            "1.5 hours",
        ),
        (
            Advisory("unusual-weekly-hours", {"weekly_hours": "40.5", "least": "8", "most": "35"}),
            "40,5 h par semaine : l'usage va de 8 à 35 h.",
            "40.5 hours a week: usual are 8 to 35.",
        ),
        (
            Refusal("registration-deadline-passed", {"deadline": date(2022, 3, 1)}),
            "La date limite d'inscription (01/03/2022) est passée.",
            "The registration deadline (2022-03-01) has passed.",
        ),
    ],
)
def test_numbers_agree(refusal: Refusal | Advisory, french: str, english: str) -> None:
    """1 place, 2 places; in French 0 place and 1,5 heure, in English 0 seats; a list of one too, and one of none."""
    assert refusal.message("fr").replace("\u00a0", " ").endswith(french)
    assert refusal.message("en").endswith(english)


def test_a_service_writes_its_own_plurals() -> None:
    """A template's `{seats:seat|seats}` is sound; a format with more words than two is not."""
    assert locales.fault_of_template("{seats} {seats:place|places}") is None
    assert locales.fault_of_template("{seats:a|b|c}") is not None

"""Cells as exports write them: what each means, or why nobody can know."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from poec_workflow.errors import Malformed
from poec_workflow.importing import read_mapping
from poec_workflow.importing.cell_cleaning import cleaned, stemmed
from poec_workflow.importing.compound_cells import outcome_of, parts_of, prescriber_parts
from poec_workflow.importing.day_cells import day_text, instant_text, time_text
from poec_workflow.importing.headings import READ_OVER, said_by
from poec_workflow.importing.mapping import DateMapping
from poec_workflow.importing.value_cells import decimal_text, integer, reference_text, word_of
from poec_workflow.locales import LANGUAGES, words
from poec_workflow.model import ActionState, ApplicationState, Origin, Outcome, SessionState, SubjectKind
from poec_workflow.policies.settings import Settings

PARIS = Settings().zone
AS_TOLD = DateMapping()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2025", "2025-12-31"),
        ("1/9/2025", "2025-09-01"),
        ("31-12-2025", "2025-12-31"),
        ("31.12.2025", "2025-12-31"),
        ("2025/12/31", "2025-12-31"),
        ("20251231", "2025-12-31"),
        ("31/12/2025 00:00:00", "2025-12-31"),
        ("2025-12-31T23:30:00Z", "2026-01-01"),
        ("mercredi 31 décembre 2025", "2025-12-31"),
        ("1er févr. 2026", "2026-02-01"),
        ("31 déc 2025", "2025-12-31"),
    ],
)
def test_days(text: str, day: str) -> None:
    """As French and international exports write them; of an instant the day in Paris."""
    assert day_text(text, AS_TOLD, PARIS) == day


@pytest.mark.parametrize(
    "text", ["31/12/25", "44561", "44561,5", "31/02/2025", "12/31/2025", "31/12-2025", "01/01/1800", "x"]
)
def test_what_is_no_day_or_several(text: str) -> None:
    """A century or an origin that nobody told, a day that is none."""
    with pytest.raises(ValueError):
        day_text(text, AS_TOLD, PARIS)


@pytest.mark.parametrize(
    ("text", "how", "day"),
    [
        ("31/12/25", {"two_digit_years": 2000}, "2025-12-31"),
        ("44561", {"day_numbers": 1900}, "2021-12-31"),
        ("44561", {"day_numbers": 1904}, "2026-01-01"),
        ("12/31/2025", {"order": "month-first"}, "2025-12-31"),
    ],
)
def test_days_that_a_mapping_settles(text: str, how: Mapping[str, object], day: str) -> None:
    """Told, they are taken."""
    assert day_text(text, DateMapping(**how), PARIS) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("03/11/2021", "2021-11-03T00:00:00+01:00"),
        ("03/07/2021 14:05", "2021-07-03T14:05:00+02:00"),
        ("03/11/2021 à 9h", "2021-11-03T09:00:00+01:00"),
        ("2021-11-03 09:00:00+00:00", "2021-11-03T09:00:00+00:00"),
    ],
)
def test_instants(text: str, instant: str) -> None:
    """Without an offset they are Paris's."""
    assert instant_text(text, AS_TOLD, PARIS) == instant


def test_an_hour_that_the_clocks_left_out() -> None:
    """On the last Sunday of March there is no half past two."""
    with pytest.raises(ValueError, match="no such instant"):
        instant_text("28/03/2021 02:30", AS_TOLD, PARIS)


@pytest.mark.parametrize(
    ("text", "time"), [("9h", "09:00"), ("9h30", "09:30"), ("09:30:00", "09:30"), ("à 14 h 05", "14:05")]
)
def test_times(text: str, time: str) -> None:
    """As people write them."""
    assert time_text(text) == time


@pytest.mark.parametrize("text", ["9", "25:00", "9h75", ""])
def test_what_is_no_time(text: str) -> None:
    """A bare number is none."""
    with pytest.raises(ValueError):
        time_text(text)


@pytest.mark.parametrize(
    ("text", "decimal"),
    [("35", "35"), ("35,50", "35.5"), ("30.25", "30.25"), ("35h30", "35.5"), ("1 234,5", "1234.5"), ("35 h", "35")],
)
def test_decimals(text: str, decimal: str) -> None:
    """With a comma, in hours, with thousands set apart."""
    assert decimal_text(text.replace(" ", "\u202f")) == decimal


@pytest.mark.parametrize("text", ["1.234,5", "h", "35h20", "--1"])
def test_what_is_no_decimal(text: str) -> None:
    """Twenty minutes are no two digits of an hour."""
    with pytest.raises(ValueError):
        decimal_text(text)


def test_whole_numbers() -> None:
    """A spreadsheet writes 12,0; 12,5 is none."""
    assert (integer("12"), integer("12,0"), integer("1\u00a0200")) == (12, 12, 1200)
    for text in ("12,5", "douze", "1" * 12):
        with pytest.raises(ValueError):
            integer(text)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="00123"', "00123"),
        ('="a ""b"""', 'a "b"'),
        ("'00123", "00123"),
        ("'=1+1", "=1+1"),
        ("'t Hooft", "'t Hooft"),
        ("\u00a0\u200b Zoé \u202f", "Zoé"),
        ("a\r\nb\rc", "a\nb\nc"),
        (" \t ", ""),
    ],
)
def test_what_stands_around_a_text_is_taken_off(cell: str, text: str) -> None:
    """Guards of spreadsheets, and blanks of every width."""
    assert cleaned(cell) == text


@pytest.mark.parametrize("cell", ["=A1", "#REF!", "#N/A", "####", "ZoÃ©", "Zo\ufffd"])
def test_what_stands_for_a_text_is_refused(cell: str) -> None:
    """Formulas, errors, letters that are lost."""
    with pytest.raises(ValueError):
        cleaned(cell)


@pytest.mark.parametrize("reference", ["2,02111E+11", "2.02111E+10", "1E5"])
def test_a_reference_that_became_a_number(reference: str) -> None:
    """Its last digits are lost."""
    with pytest.raises(ValueError, match="a spreadsheet made a number"):
        reference_text(reference)


@pytest.mark.parametrize("kind", [ApplicationState, SessionState, ActionState, Origin, Outcome])
def test_every_label_of_a_word_means_it(kind: type[ApplicationState]) -> None:
    """In both languages, in capitals, without accents; and no two words have one label."""
    section = {"Origin": "words", "Outcome": "outcomes"}.get(kind.__name__, "states")
    before = kind.__name__.removesuffix("State").lower() + "." if section == "states" else ""
    for each in kind:
        for label in (each.value, *(words(lang)[section][before + each.value] for lang in LANGUAGES)):
            assert word_of(label, kind) == each
            assert word_of(label.upper(), kind) == each


def test_gender_and_number_do_not_matter() -> None:
    """`Retenu(e)`, `retenus` and `RETENUE` are one state; `Recalée` is none."""
    assert {word_of(each, ApplicationState) for each in ("Retenu(e)", "retenus", "RETENUE")} == {"retained"}
    assert stemmed("Convoquées") == stemmed("convoqué")
    with pytest.raises(ValueError, match="none of these: pending"):
        word_of("Recalée", ApplicationState)


def test_what_france_travail_was_called() -> None:
    """An origin of before 2024 stands there by the name that it had, alone or after who sent the candidate."""
    assert word_of("POLE EMPLOI", Origin) == "france-travail"
    assert prescriber_parts("A. Martin, FT-AGEN, Pôle emploi")["prescriber.origin"] == "france-travail"


def test_months_that_come_first_are_told_of() -> None:
    """A day that is none, unless its month stands first, names the key that says so; another does not."""
    for text, told in (("11/25/2021", True), ("31/02/2021", False), ("13/13/2021", False)):
        with pytest.raises(ValueError, match="no such day") as raised:
            day_text(text, AS_TOLD, PARIS)
        assert ("order in [dates]" in str(raised.value)) is told


@pytest.mark.parametrize(
    ("kind", "heading", "field"),
    [
        (SubjectKind.APPLICATION, "RÉFÉRENCE", "application"),
        (SubjectKind.APPLICATION, "date de Préinscription", "registered_at"),
        (SubjectKind.APPLICATION, "registered_at", "registered_at"),
        (SubjectKind.APPLICATION, "candidate.name", "candidate.name"),
        (SubjectKind.APPLICATION, "Date de convocation 3", "convocations.3.on"),
        (SubjectKind.APPLICATION, "Responsable", READ_OVER),
        (SubjectKind.SESSION, "Places", "capacity"),
        (SubjectKind.SESSION, "Place", "place"),
        (SubjectKind.SESSION, "Date d'entrée tardive", "late_entry_deadline"),
        (SubjectKind.ACTION, "Financement", "funder"),
        (SubjectKind.ACTION, "Âge", None),
    ],
)
def test_headings(kind: SubjectKind, heading: str, field: str | None) -> None:
    """Wire names, labels of lists in both languages, what others write; the rest is not known."""
    assert said_by(heading, kind) == field


def test_cells_that_say_several_fields() -> None:
    """A span, a prescriber in three ways, an ending in two."""
    assert parts_of("period", "du 09/12/2021 au 04/03/2022") == {"start": "09/12/2021", "end": "04/03/2022"}
    assert parts_of("prescriber", "France Travail") == {"prescriber.origin": "france-travail"}
    assert parts_of("ending", "du 1/1/2021 au 2/2/2021, 35 h par semaine")["weekly_hours"] == "35"
    assert parts_of("ending", "Absence : non prévenu") == {"motive": "Absence", "reason": "non prévenu"}
    for name, text in (("period", "lundi"), ("prescriber", "FT-AGEN"), ("ending", "x"), ("convocations", "[")):
        with pytest.raises(ValueError):
            parts_of(name, text)


def test_who_was_absent_gave_notice_or_not() -> None:
    """Of a no alone nobody can know."""
    assert outcome_of("oui", None) == "present"
    assert outcome_of("non", "oui") == "absent-with-notice"
    assert outcome_of("non", "non") == "absent-without-notice"
    assert outcome_of(None, "non") is None
    with pytest.raises(ValueError):
        outcome_of("non", None)


def test_a_mapping_names_every_fault() -> None:
    """What no row has, of what type it is not, at its place."""
    text = '[sessions.rows.a]\ncoef = 3\n[sessions.columns]\nx = "y"\n[dates]\norder = "x"\n[y]\n'
    with pytest.raises(Malformed) as caught:
        read_mapping(text)
    assert {each.place for each in caught.value.faults} == {
        "$.sessions.rows.a.coef", "$.sessions.columns.x", "$.dates.order", "$.y",
    }  # fmt: skip

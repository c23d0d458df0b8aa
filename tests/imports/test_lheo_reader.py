"""LHEO in: samples as their producers write them, encodings, namespaces, the mapping file, and what is refused."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import fields
from lheo_samples import NAMES, SAMPLES, as_json, expected, read_sample

from poec_workflow import Malformed, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import ImportAction, ImportSession
from poec_workflow.importing import ImportRow, ReadOptions, RowFault, read_mapping
from poec_workflow.importing.lheo_mapping import LheoMapping, mapping_of
from poec_workflow.importing.lheo_reader import read_lheo
from poec_workflow.importing.source_files import read_files
from poec_workflow.model import Actor, ActorKind, SessionState

MAPPING = """
[lheo]
coefficient = 3
positioner = "@trainer"
registration_deadline = "start"
late_entry_deadline = 7
"""
SESSION = "<periode><debut>20230301</debut><fin>20230901</fin></periode>"
FUNDER = (
    "<organisme-financeur><code-financeur>4</code-financeur>"
    "<nb-places-financees>12</nb-places-financees></organisme-financeur>"
)
PLACE = "<lieu-de-formation><coordonnees><adresse><ville>Dax</ville></adresse></coordonnees></lieu-de-formation>"
ORGANIZATION = (
    "<organisme-formation-responsable><numero-activite>54860000186</numero-activite><SIRET-organisme-formation>"
    "<SIRET>30159912300011</SIRET></SIRET-organisme-formation><nom-organisme>Afec</nom-organisme>"
    "</organisme-formation-responsable>"
)
PLATFORM = Actor(kind=ActorKind.PLATFORM)


def document(
    session: str = SESSION,
    *,
    action: str = PLACE + FUNDER,
    formation: str = "<intitule-formation>POEC Soudeur</intitule-formation>",
    organization: str = ORGANIZATION,
    root: str = "<lheo>",
    before: str = "",
) -> str:
    return (
        f'{before}{root}<offres><formation numero="F">{formation}<action numero="A">{action}'
        f'<session numero="S">{session}</session></action>{organization}</formation></offres></lheo>'
    )


def read(text: str | bytes, mapping: str = MAPPING, **options: Any) -> list[ImportRow | RowFault]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_lheo(io.BytesIO(data), ReadOptions(mapping=read_mapping(mapping), **options)))


def session_of(rows: list[ImportRow | RowFault]) -> ImportSession:
    assert [type(each) for each in rows] == [ImportRow, ImportRow], rows
    _, row = rows
    assert isinstance(row, ImportRow)
    assert isinstance(row.command, ImportSession)
    return row.command


def action_of(rows: list[ImportRow | RowFault]) -> ImportAction:
    row = rows[0]
    assert isinstance(row, ImportRow), rows
    assert isinstance(row.command, ImportAction)
    return row.command


def problems(rows: list[ImportRow | RowFault]) -> list[str]:
    return [each.problem for each in rows if isinstance(each, RowFault)]


@pytest.mark.parametrize("name", NAMES)
def test_samples_come_out_as_expected(name: str) -> None:
    """Of each sample come the rows and faults that stand beside it."""
    assert as_json(read_sample(name)) == expected(name)


@pytest.mark.parametrize("name", [each for each in NAMES if each != "faulty"])
def test_samples_go_into_a_store_and_a_second_time_change_nothing(name: str) -> None:
    """What comes out of a sample is imported by the rules; done again, all of it is unchanged."""
    workflow = Workflow(MemoryStorage())
    rows = [each for each in read_sample(name) if isinstance(each, ImportRow)]
    report = workflow.import_(rows, PLATFORM)
    assert not report.faults
    assert sum(report.imported.values()) == len(rows)
    assert sum(workflow.import_(read_sample(name), PLATFORM, skip_faults=True).unchanged.values()) == len(rows)


def test_a_document_is_known_by_what_it_begins_with(tmp_path: Path) -> None:
    """A file of no ending, in whatever encoding, is read as LHEO where it begins as XML does."""
    for number, text in enumerate(
        (document().encode(), document().encode("utf-16"), b"\xef\xbb\xbf\n" + document().encode())
    ):
        place = tmp_path / str(number)
        place.write_bytes(text)
        rows = list(read_files([str(place)], ReadOptions(mapping=read_mapping(MAPPING)), None, io.BytesIO()))
        assert session_of(rows).source == str(number)


LAUGHS = '<!DOCTYPE lheo [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + number)} "{("&" + chr(97 + number) + ";") * 10}">' for number in range(9)
)  # fmt: skip
REFUSED = {
    "billion laughs": LAUGHS + "]><lheo>&j;</lheo>",
    "quadratic blow-up": f'<!DOCTYPE lheo [<!ENTITY a "{"a" * 50_000}">]><lheo>{"&a;" * 50_000}</lheo>',
    "external entity": '<!DOCTYPE lheo [<!ENTITY a SYSTEM "{secret}">]><lheo><formation>&a;</formation></lheo>',
    "external subset": '<!DOCTYPE lheo SYSTEM "{secret}"><lheo/>',
    "public subset": '<!DOCTYPE lheo PUBLIC "-//LHEO//DTD//FR" "{secret}"><lheo/>',
    "parameter entity": '<!DOCTYPE lheo [<!ENTITY % a SYSTEM "{secret}"> %a;]><lheo/>',
    "doctype alone": "<!DOCTYPE lheo><lheo/>",
    "undeclared entity": "<lheo><offres>&eacute;</offres></lheo>",
    "stylesheet": '<?xml-stylesheet href="{secret}"?><lheo/>',
    "instruction inside": "<lheo><offres><?php echo 1 ?></offres></lheo>",
    "elements in elements": "<lheo>" + "<extras>" * 100_000,
    "a long comment": "<lheo><!--" + "x" * 3_000_000 + "--></lheo>",
    "a long attribute": '<lheo tag="' + "x" * 3_000_000 + '"/>',
    "a tag that does not end": "<lheo " + "a " * 2_000_000,
    "not XML": "{}",
    "a spreadsheet": "Référence;Intitulé\n1;[POEC]",
    "nothing": "",
    "blanks": " \n ",
    "truncated": "<lheo><offres><formation>",
    "crossed": "<lheo><offres></lheo></offres>",
    "two roots": "<lheo/><lheo/>",
    "another root": "<html/>",
    "LHEO 1.3": '<lheo xmlns="http://www.lheo.org/1.3.0"/>',
    "unbound prefix": "<l:lheo/>",
    "an ampersand": "<lheo>R&D</lheo>",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_in_both_languages(name: str, tmp_path: Path) -> None:
    """What no exchange needs, and what is no document, is one fault with a line, and nothing is opened for it."""
    secret = tmp_path / "secret"
    secret.write_text("hidden", encoding="utf-8")
    [fault] = read(REFUSED[name].replace("{secret}", secret.as_uri()))
    assert isinstance(fault, RowFault)
    assert fault.line >= 1
    assert "hidden" not in fault.problem
    assert fault.message("fr") != fault.message("en"), fault.problem


def test_nothing_is_expanded() -> None:
    """Entities cost nothing: the document is refused where they are declared."""
    tracemalloc.start()
    read(REFUSED["billion laughs"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8", "utf8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-8-sig", None),
        ("utf-8", None),
        ("utf-16", "UTF-16"),
        ("utf-16", None),
        ("iso-8859-1", "ISO-8859-1"),
        ("iso-8859-1", "latin1"),
        ("iso-8859-15", "ISO-8859-15"),
        ("cp1252", "windows-1252"),
        ("cp1252", "Cp1252"),
    ],
)
def test_a_document_is_read_as_it_declares(encoding: str, declared: str | None) -> None:
    """Each encoding that French software writes is read, by any of its names."""
    before = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = document(formation="<intitule-formation>POEC Élève à Ô</intitule-formation>", before=before)
    assert action_of(read(text.encode(encoding))).title == "[POEC] POEC Élève à Ô"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp1252", "ISO-8859-1"),
        ("utf-8", "ISO-8859-1"),
        ("utf-8", "windows-1252"),
        ("cp1252", "UTF-8"),
        ("utf-8-sig", "ISO-8859-1"),
        ("utf-16", "UTF-8"),
        ("utf-8", "UTF-16"),
        ("utf-8", "shift_jis"),
        ("utf-8", "klingon"),
        ("utf-8", "hex"),
        ("utf-32", "UTF-32"),
    ],
)
def test_another_encoding_than_the_declared_one_is_told_not_guessed(encoding: str, declared: str) -> None:
    """A document that was written in another encoding than it declares, or in none that is read, gives no rows."""
    before = f'<?xml version="1.0" encoding="{declared}"?>'
    text = document(formation="<intitule-formation>POEC l’œuvre à 5 €</intitule-formation>", before=before)
    rows = read(text.encode(encoding))
    assert problems(rows)
    assert not [each for each in rows if isinstance(each, ImportRow)]
    assert all(each.message("fr") != each.message("en") for each in rows if isinstance(each, RowFault))


def test_the_option_says_what_a_document_is_written_in() -> None:
    """`--encoding` is stronger than a declaration that is wrong."""
    before = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    text = document(formation="<intitule-formation>POEC l’œuvre</intitule-formation>", before=before)
    assert action_of(read(text.encode("cp1252"), encoding="windows-1252")).title == "[POEC] POEC l’œuvre"
    assert problems(read(text.encode("cp1252"), encoding="klingon")) == ["unknown encoding 'klingon'"]


@pytest.mark.parametrize(
    "root",
    [
        '<lheo xmlns="http://www.lheo.org/2.0">',
        '<lheo xmlns="http://www.lheo.org/2.2">',
        '<lheo xmlns="http://lheo.gouv.fr/2.2">',
        '<lheo xmlns="http://lheo.gouv.fr/2.3">',
        '<lheo xmlns="https://www.lheo.org/2.2/">',
        '<lheo xmlns="https://www.of.moncompteformation.gouv.fr">',
        '<lheo xmlns:x="urn:x" x:tag="1">',
    ],
)
def test_both_namespaces_and_their_relatives_are_read(root: str) -> None:
    """Each namespace under which LHEO 2 is written is read, and a document without one."""
    assert session_of(read(document(root=root))).session == "S"


def test_names_are_read_in_any_case_and_with_any_prefix() -> None:
    """`siret` is `SIRET`, and `l:session` a session; what is of another namespace is nothing of LHEO."""
    text = document(f'<o:periode xmlns:o="urn:other"><o:debut>19990101</o:debut></o:periode>{SESSION.upper()}')
    assert session_of(read(text)).start == date(2023, 3, 1)
    prefixed = document(root='<lheo xmlns="http://lheo.gouv.fr/2.3">').replace("<", "<l:").replace("<l:/", "</l:")
    assert session_of(read(prefixed.replace("xmlns=", "xmlns:l="))).session == "S"


def test_a_formation_that_is_no_offer_is_none() -> None:
    """A `formation` in an `extra`, or of another namespace, is not one of the offers."""
    strays = '<extras><extra><formation numero="X"/></extra></extras><o:formation xmlns:o="urn:other" numero="Y"/>'
    assert session_of(read(document().replace("<offres>", f"<offres>{strays}"))).session == "S"
    assert session_of(read(document().replace("<offres>", "").replace("</offres>", ""))).session == "S"


def test_an_attribute_without_a_namespace_wins() -> None:
    """`numero` is the element's own, whatever else is called so."""
    text = document().replace('numero="S"', 'o:numero="T" numero="S" o:Numero="U"')
    assert session_of(read(text.replace("<lheo>", '<lheo xmlns:o="urn:other">'))).session == "S"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "iso-8859-1"])
def test_a_text_may_be_longer_than_a_tag(encoding: str) -> None:
    """Only a tag or a comment has to end soon; texts come piece by piece, and what comes after them is read."""
    text = "é" * 3_000_000
    before = f'<?xml version="1.0" encoding="{encoding}"?>'
    rows = read(document(f"{SESSION}<extras><extra>{text}</extra></extras>", before=before).encode(encoding))
    assert session_of(rows).session == "S"


def test_a_formation_is_yielded_before_the_next_is_read() -> None:
    """Rows come while the document is read: nothing waits for its end."""

    class Endless(io.RawIOBase):
        asked = 0

        def read(self, _size: int = -1) -> bytes:
            self.asked += 1
            return (document().removesuffix("</offres></lheo>") if self.asked == 1 else " " * 1000).encode()

    endless = Endless()
    rows = read_lheo(endless, ReadOptions(mapping=read_mapping(MAPPING)))  # type: ignore[arg-type]
    assert isinstance(next(rows), ImportRow)
    assert isinstance(next(rows), ImportRow)
    assert endless.asked == 1


def test_memory_does_not_grow_with_the_document() -> None:
    """A document of 60 MB is read in a few MB: other people's actions, 3 KB each, are let go of one by one."""
    text = "<objectif-formation>" + "x" * 30_000 + "</objectif-formation>"
    one = f'<formation numero="F"><intitule-formation>CAP</intitule-formation>{text}<action numero="A"/></formation>'

    class Long(io.RawIOBase):
        def __init__(self) -> None:
            self.pieces: Iterator[bytes] = iter([b"<lheo>", *[one.encode()] * 2000, b"</lheo>"])

        def read(self, _size: int = -1) -> bytes:
            return next(self.pieces, b"")

    tracemalloc.start()
    rows = list(read_lheo(Long(), ReadOptions()))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problems(rows) == ["none of 2000 actions is a POEC: set words, programmes or everything"]
    assert peak < 5_000_000


def test_one_formation_is_not_larger_than_memory() -> None:
    """A formation without an end is refused, not kept."""

    class Endless(io.RawIOBase):
        asked = 0

        def read(self, _size: int = -1) -> bytes:
            self.asked += 1
            return b"<lheo><formation>" if self.asked == 1 else b"x" * 1_000_000

    [fault] = list(read_lheo(Endless(), ReadOptions()))  # type: ignore[arg-type]
    assert isinstance(fault, RowFault)
    assert fault.problem == "a formation of more than 33554432 characters"


@pytest.mark.parametrize(
    ("title", "programme", "lheo", "wanted"),
    [
        ("POEC Soudeur", "", "", True),
        ("Soudeur (poec)", "", "", True),
        ("[POEC] Soudeur", "", "", True),
        ("Préparation opérationnelle à l’emploi  collective : soudeur", "", "", True),
        ("PREPARATION OPERATIONNELLE A L'EMPLOI COLLECTIVE", "", "", True),
        ("Soudeur", "POEC", "", True),
        ("Soudeur", "", "everything = true", True),
        ("Soudeur", "", 'words = ["soud"]', False),
        ("Soudeur", "PREPA-44", 'programmes = ["prépa-44"]', True),
        ("POEI Soudeur", "", "", False),
        ("Apoecien", "", "", False),
        ("Soudeur", "ASL", "", False),
        ("POEC Soudeur", "", "words = []", False),
    ],
)
def test_which_actions_are_poecs(title: str, programme: str, lheo: str, *, wanted: bool) -> None:
    """An action is imported by the words of its title or its funder's programme, as the mapping says."""
    extras = f'<extras info="specificites"><extra info="programme-financeur">{programme}</extra></extras>'
    action = PLACE + FUNDER.replace("</organisme-f", f"{extras}</organisme-f")
    text = document(formation=f"<intitule-formation>{title}</intitule-formation>", action=action)
    rows = read(text, MAPPING + lheo)
    assert bool([each for each in rows if isinstance(each, ImportRow)]) == wanted
    assert bool(problems(rows)) != wanted


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ('positioner = "@responsible"', {"positioner": "30159912300011"}),
    ('positioner = "ORG-7"', {"positioner": "ORG-7"}),
    ('registration_deadline = "end"', {"registration_deadline": date(2023, 9, 1)}),
    ("registration_deadline = -14", {"registration_deadline": date(2023, 2, 15)}),
    # Who registers on the last day may still enter, and nobody enters after the end.
    ("registration_deadline = 21", {"late_entry_deadline": date(2023, 3, 22)}),
    ("late_entry_deadline = 999", {"late_entry_deadline": date(2023, 9, 1)}),
    ('late_entry_deadline = "start"', {"late_entry_deadline": date(2023, 3, 1)}),
    ('organization = "numero-activite"', {"responsible": "54860000186", "trainer": "54860000186"}),
    ('organization = ["numero", "name"]', {"responsible": "Afec"}),
    ('[lheo.organizations]\n30159912300011 = "AFEC"', {"responsible": "AFEC"}),
    ('session_reference = "{formation}/{action}/{session}"', {"session": "F/A/S"}),
    ('action_reference = "{formation}-{action}"', {"action": "F-A"}),
    ("minimum_headcount = 4", {"minimum_headcount": 4}),
    ('source = "Carif"', {"source": "Carif"}),
    ("[sessions.constants]\ncoefficient = 5", {"coefficient": 5}),
    ('[sessions.rows.S]\ncapacity = 30\ntrainer = "T"', {"capacity": 30, "trainer": "T"}),
    ("[sessions.rows.S]\nstart = 2023-04-01", {"start": date(2023, 4, 1), "registration_deadline": date(2023, 4, 1)}),
    ('[sessions.defaults]\nsession_type = "Présentiel"\nplace = "?"', {"session_type": "Présentiel", "place": "Dax"}),
    ('[sessions.rows.S]\nstate = "Annulée"', {"state": SessionState.CANCELLED}),
]


@pytest.mark.parametrize(("lines", "changed"), CHANGES)
def test_the_mapping_says_what_lheo_does_not_know(lines: str, changed: dict[str, Any]) -> None:
    """Each key of the mapping changes what it is for."""
    key = lines.partition(" =")[0]
    kept = "\n".join(each for each in MAPPING.splitlines() if each.partition(" =")[0] != key)
    command = session_of(read(document(), f"{kept}\n{lines}"))
    assert {name: getattr(command, name) for name in changed} == changed


def test_what_is_missing_is_told_once_each() -> None:
    """Without a mapping the faults say which keys are missing."""
    assert problems(read(document(), "")) == [
        f"LHEO does not say it: set {name} in [lheo]"
        for name in ("positioner", "coefficient", "registration_deadline", "late_entry_deadline")
    ]


def test_defaults_of_the_mapping_file_serve_too() -> None:
    """What the table of sessions says where nothing is said does as well as a key of `[lheo]`."""
    defaults = """
    [sessions.defaults]
    coefficient = 2
    positioner = "P"
    registration_deadline = 2023-02-01
    late_entry_deadline = 2023-03-15
    capacity = 9
    place = "Pau"
    state = "complete"
    [actions.defaults]
    funder = "Région"
    title = "[POEC] Sans titre"
    [lheo]
    everything = true
    """
    command = session_of(read(document(action="", formation=""), defaults))
    assert (command.coefficient, command.capacity, command.place) == (2, 9, "Pau")
    assert (command.registration_deadline, command.late_entry_deadline) == (date(2023, 2, 1), date(2023, 3, 15))
    assert command.state is SessionState.COMPLETE


@pytest.mark.parametrize(
    "line",
    [
        "coefficient = '3'",
        "coefficient = true",
        "coefficent = 3",
        "positioner = 3",
        "registration_deadline = 'soon'",
        "registration_deadline = 1001",
        "registration_deadline = true",
        "organization = 'siren'",
        "organizations = 3",
        "session_reference = '{action'",
        "session_reference = 'S'",
        "session_reference = '{action.numero}'",
        "action_reference = '{session}'",
        "states = {'1' = 'open'}",
        "undated = true",
        "everything = 'yes'",
        "funders = {'16' = 3}",
        "public_code = '8000'",
    ],
)
def test_a_mapping_that_can_not_be_is_told(line: str) -> None:
    """A key that does not exist, or a value that can't be, is a fault at its place, before anything is read."""
    with pytest.raises(Malformed) as raised:
        read_lheo(io.BytesIO(b""), ReadOptions(mapping=read_mapping(f"[lheo]\n{line}")))
    [fault] = raised.value.faults
    assert fault.place == f"$.lheo.{line.partition(' ')[0]}"


def test_sessions_without_days_are_left_out_where_the_mapping_says_so() -> None:
    """Permanent entries are a fault, or left out."""
    text = document(SESSION.replace("20230901", "99999999"))
    assert len(problems(read(text))) == 1
    [row] = read(text, MAPPING + 'undated = "leave-out"')
    assert isinstance(row, ImportRow)


@pytest.mark.parametrize(
    ("session", "mapping", "capacity"),
    [
        ("", "", 12),
        ("<cycle><capacite-simultanee>8</capacite-simultanee></cycle>", "", 8),
        ('<extras><extra info="places">1 000</extra></extras>', 'capacity_extra = "places"', 1000),
        ("", "capacity = 5", 12),
    ],
)
def test_where_a_capacity_comes_from(session: str, mapping: str, capacity: int) -> None:
    """What the session says is nearer than what its funder pays for, and that than the mapping."""
    assert session_of(read(document(SESSION + session), MAPPING + mapping)).capacity == capacity


@pytest.mark.parametrize(
    ("code", "mapping", "state"),
    [
        ("", "", "active"),
        ("1", "", "active"),
        ("2", "", "complete"),
        ("3", "", "active"),
        ("2", "[lheo.states]\n2 = 'active'", "active"),
        ("3", "[lheo.states]\n3 = 'complete'", "complete"),
    ],
)
def test_the_state_of_recruitment_is_the_sessions(code: str, mapping: str, state: str) -> None:
    """`etat-recrutement` is the session's state, as the mapping says."""
    told = f"<etat-recrutement>{code}</etat-recrutement>" if code else ""
    assert session_of(read(document(SESSION + told), MAPPING + mapping)).state == state


@pytest.mark.parametrize(
    ("funders", "mapping", "name"),
    [
        (["16"], "", "OPCO"),
        (["4"], "[lheo.funders]\n4 = 'Pôle emploi'", "Pôle emploi"),
        (["4", "16"], 'funder_order = ["16", "4"]', "OPCO"),
        (["3", "16"], 'funder_order = ["4", "16"]', "OPCO"),
        (["16", "16"], "", "OPCO"),
        ([], 'funder = "Région"', "Région"),
    ],
)
def test_which_funder_is_the_actions(funders: list[str], mapping: str, name: str) -> None:
    """The funder's code has a name, and of several the mapping says which it is."""
    named = "".join(FUNDER.replace(">4<", f">{each}<") for each in funders)
    capacity = "capacity = 9\n"
    assert action_of(read(document(action=PLACE + named), MAPPING + capacity + mapping)).funder == name


def test_the_same_row_twice_is_one_row() -> None:
    """A formation that is written once for each of its sessions is one action with several sessions."""
    text = document()
    again = text.replace('<session numero="S">', '<session numero="S2">')
    joined = text.removesuffix("</offres></lheo>") + again.removeprefix("<lheo><offres>")
    rows = read(joined)
    assert [each.command.reference for each in rows if isinstance(each, ImportRow)] == ["A", "S", "S2"]
    assert not problems(rows)


def test_what_stands_twice_and_differs_is_told_with_both_lines() -> None:
    """One number for two different sessions is a collision: told on the second, with the line of the first."""
    session = SESSION + '</session>\n<session numero="S">' + SESSION.replace("20230301", "20230302")
    _, _, fault = read(document(session))
    assert isinstance(fault, RowFault)
    assert (fault.line, fault.problem) == (2, "S stands for something else on line 1")


def test_an_action_that_is_kept_out_keeps_its_sessions_out() -> None:
    """Faults of an action and of its sessions are told together, and no session comes without its action."""
    rows = read(document(SESSION.replace("20230301", "2023"), organization=""))
    assert [type(each) for each in rows] == [RowFault, RowFault]


def test_lheo_plus_is_read() -> None:
    """A document of the root `lheo-plus` holds an `lheo`."""
    text = document().replace("<lheo>", "<lheo-plus><lheo>").replace("</lheo>", "</lheo></lheo-plus>")
    assert session_of(read(text)).session == "S"


def test_every_fault_of_the_samples_has_its_sentence_in_french() -> None:
    """What keeps rows out is told in both languages."""
    faults = [each for name in NAMES for each in read_sample(name) if isinstance(each, RowFault)]
    assert len(faults) > 20
    assert [each.problem for each in faults if each.message("fr") == each.problem] == []


def test_samples_are_in_the_encodings_that_they_show() -> None:
    """The samples are what they are said to be: no editor made UTF-8 of them."""
    assert "é".encode("iso-8859-1") in (SAMPLES / "carif-2.2.xml").read_bytes()
    assert b"\x80" in (SAMPLES / "edof-windows-1252.xml").read_bytes()
    assert (SAMPLES / "formation-per-session-utf-16.xml").read_bytes().startswith(b"\xff\xfe")


def test_the_page_names_every_key_of_the_mapping() -> None:
    """The how-to has a mapping with every key that there is, and it is read."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "exchange-lheo.md").read_text(encoding="utf-8")
    [block] = [each for each in page.split("```") if each.startswith("toml\n# lheo.toml")]
    mapping = read_mapping(block.removeprefix("toml\n"))
    keys = {each.name for each in fields(LheoMapping) if each.init}
    assert set(mapping.formats["lheo"]) == keys
    assert mapping_of(mapping).organizations == {"30159912300011": "AFEC"}

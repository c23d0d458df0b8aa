"""Who is told, in words and as drawn: the sentence, the table in every format, the command line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from poec_workflow import Accepted, ActorKind, ApplicationState, Origin, commands, decide, events
from poec_workflow.cli.app import program
from poec_workflow.diagrams import FORMATS, NOTICE_FORMATS, render
from poec_workflow.messages import Addressee, Message
from poec_workflow.model import LIVE_STATES
from poec_workflow.notices import (
    CANDIDATE,
    NONE,
    NOTICES,
    PRESCRIBER,
    RESPONSIBLE,
    Notice,
    Notices,
    organization_roles,
    system,
    told_sentence,
)
from poec_workflow.notices.wording import MOST_NAMED
from world import NOW, SESSION, application, facts, related

LANG = pytest.mark.parametrize("lang", ["fr", "en"])
FORMAT = pytest.mark.parametrize("as_", NOTICE_FORMATS)
IMILO = system("i-milo", {Origin.MISSION_LOCALE})
OURS = NOTICES.without("N10").with_rows(
    Notice("N3", events.Retained, tell=(CANDIDATE.told("entry"), IMILO)),
    Notice("OWN", events.SessionReopened, tell=(RESPONSIBLE,), applications={("pending", "convoked"): (PRESCRIBER,)}),  # type: ignore[dict-item]
)


def accepted() -> Accepted:
    """A retained application, and who is told of it."""
    subject = application(ApplicationState.PRESENT)
    command = commands.Retain(
        subject.reference, entry=date(2021, 12, 9), exit=date(2022, 3, 4), weekly_hours=Decimal(35)
    )
    known = facts(related(ActorKind.ORGANIZATION), subject=subject, now=NOW)
    answer = decide(subject, command, known)
    assert isinstance(answer, Accepted)
    return NOTICES.told(answer, known)


def messages(*to: tuple[Any, str]) -> list[Message]:
    """Messages to some addressees."""
    about = accepted().notices[0].about
    return [
        Message(id=str(number), notice="N3", about=about, stream="C-1", to=Addressee(*each))
        for number, each in enumerate(to)
    ]


def test_a_decision_says_who_is_told() -> None:
    """In the order of the table, by kind and reference, a system by its name."""
    told = accepted().notices
    assert told_sentence(told, "fr") == "Seront informés\u00a0: candidat P-1, organisme FT, KAIROS."
    assert told_sentence(told, "en") == "Will be told: candidate P-1, organisation FT, KAIROS."


def test_an_organisation_is_called_by_its_one_role() -> None:
    """Where it holds several, it is an organisation."""
    answer = accepted()
    roles = organization_roles(answer.subject, SESSION)  # type: ignore[arg-type]
    assert roles[SESSION.trainer] == "trainer"
    assert told_sentence(answer.notices, "en", roles=roles) == "Will be told: candidate P-1, prescriber FT, KAIROS."
    person = {"AFEC": "trainer"}
    assert told_sentence(messages(("candidate", "AFEC")), "en", roles=person) == "Will be told: candidate AFEC."
    both = evolve(SESSION, positioner=SESSION.trainer)
    assert organization_roles(None, both) == {SESSION.responsible: "responsible"}


@LANG
def test_nobody_is_a_sentence_too(lang: str) -> None:
    """Without messages it says so."""
    assert told_sentence((), lang) == {"fr": "Personne ne sera informé.", "en": "Nobody will be told."}[lang]


def test_who_is_told_twice_is_named_once_and_many_are_counted() -> None:
    """A cancelled session tells an organisation of each application; a long list says how many there are more."""
    twice = messages(("organization", "FT"), ("candidate", "P-1"), ("organization", "FT"))
    assert told_sentence(twice, "en") == "Will be told: organisation FT, candidate P-1."
    many = messages(*(("candidate", f"P-{number}") for number in range(MOST_NAMED + 3)))
    assert told_sentence(many, "en").endswith("candidate P-7, … and 3 more.")
    assert "more" not in told_sentence(many[:MOST_NAMED], "en")


def lines(notices: Notices, as_: str, lang: str = "en") -> list[list[str]]:
    """The cells of a drawn table."""
    drawn = render(notices, as_, lang=lang).splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in drawn]


@LANG
@pytest.mark.parametrize("notices", [NOTICES, OURS], ids=["usual", "ours"])
def test_a_line_for_each_notice_a_column_for_each_audience(notices: Notices, lang: str) -> None:
    """Marked exactly where the row tells the audience."""
    head, _, *body = lines(notices, "table", lang)
    english = lines(notices, "table", "en")[0][2:]
    assert [line[0] for line in body] == [row.id for row in notices.rows]
    assert len(head) == len(set(head)) == 2 + len({each.name for row in notices.rows for each in row.audiences})
    for row, line in zip(notices.rows, body, strict=True):
        assert all(f"`{event.type}`" in line[1] for event in row.events)
        told = {name for name, cell in zip(english, line[2:], strict=True) if cell.startswith("●")}
        named = {"responsible": "responsible organisation"}
        assert told == {named.get(each.name, each.name) for each in row.audiences}


def test_the_rows_say_what_is_told_besides() -> None:
    """The invitation, KAIROS's fields, and for which of a session's applications."""
    _, _, *body = lines(NOTICES, "rows")
    told = {line[0]: line[2] for line in body}
    assert told["N2"] == "candidate (calendar invitation), prescriber"
    assert told["N3"] == "candidate, prescriber, KAIROS (entry, exit, weekly hours)"
    assert told["N9"].split("<br/>") == [
        "responsible organisation, positioner, trainer",
        "for each open or retained application: candidate, prescriber",
        "for each retained application: KAIROS",
    ]
    assert "once a day" in body[-1][1]
    own = {line[0]: line[2] for line in lines(OURS, "rows", "fr")}
    assert own["N3"] == "candidat (entrée), i-milo"
    assert own["OWN"].endswith(
        "pour chaque candidature à l'un de ces états\u00a0: En attente, Convoquée\u00a0: prescripteur"
    )


@pytest.mark.parametrize("notices", [NOTICES, OURS], ids=["usual", "ours"])
@pytest.mark.parametrize("as_", ["mermaid", "dot"])
def test_flowcharts_have_every_row(notices: Notices, as_: str) -> None:
    """Each id once; a dashed arc for each group of a session's applications."""
    drawn = render(notices, as_, lang="en")
    for row in notices.rows:
        assert len(re.findall(rf'"{row.id}"', drawn)) == 1
    groups = sum(len(row.applications) for row in notices.rows)
    assert len(re.findall(r"-\. |style=dashed", drawn)) == groups


@FORMAT
@LANG
def test_the_same_table_gives_the_same_bytes(as_: str, lang: str) -> None:
    """And both languages differ; one that tells nobody is drawn too."""
    assert render(NOTICES, as_, lang=lang) == render(NOTICES.without(), as_, lang=lang)
    assert render(NOTICES, as_, lang="fr") != render(NOTICES, as_, lang="en")
    assert "N1" not in render(NONE, as_, lang=lang)


def test_unknown_formats_and_languages_are_value_errors() -> None:
    """Notices have formats of their own."""
    for as_, lang in [*((each, "fr") for each in {*FORMATS, "html", "x"} - {*NOTICE_FORMATS}), ("rows", "de")]:
        with pytest.raises(ValueError, match="one of"):
            render(NOTICES, as_, lang=lang)


@FORMAT
def test_the_command_line_draws_them(as_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`diagram notices`, a service's own by --settings."""
    ran = CliRunner().invoke(program, ["diagram", "notices", "--as", as_, "--lang", "fr"])
    assert (ran.exit_code, ran.stdout) == (0, render(NOTICES, as_, lang="fr"))
    monkeypatch.syspath_prepend(".")
    ran = CliRunner().invoke(program, ["diagram", "notices", "--as", as_, "--settings", "test_told:OURS"])
    assert (ran.exit_code, ran.stdout) == (0, render(OURS, as_, lang="en"))


@pytest.mark.parametrize("words", [("--as", "svg"), ("--counts",), ("--application", "C-1"), ("--as", "html")])
def test_wrong_usage_exits_2(words: tuple[str, ...]) -> None:
    """Notices have neither paths nor counts, nor the formats of lifecycles."""
    ran = CliRunner().invoke(program, ["diagram", "notices", *words])
    assert ran.exit_code == 2
    assert "notices" in ran.stderr


def test_live_states_have_a_name_of_their_own() -> None:
    """Open and retained ones together are said so."""
    row = Notice("X", events.SessionRescheduled, tell=(), applications={LIVE_STATES: (CANDIDATE,)})
    assert "for each open or retained application: candidate" in render(Notices((row,)), "rows", lang="en")

"""The explorer says who will be told, as the table of notices does."""

from __future__ import annotations

from typing import Any

import pytest
from explored import inputs, page

from poec_workflow import Accepted, Application, Settings, decide, events
from poec_workflow.explorer.application_case import ApplicationCase
from poec_workflow.explorer.export import Export
from poec_workflow.machines import APPLICATION
from poec_workflow.messages import AddresseeKind
from poec_workflow.model import Origin
from poec_workflow.notices import CANDIDATE, NONE, NOTICES, PRESCRIBER, Audience, Notice, Notices, system, told_sentence

CASE = ApplicationCase(Settings())
DATA = page().data
ROLES = {"AFEC": "trainer", "GRETA": "positioner", "INFA": "responsible", "FT-AGEN": "prescriber"}


def told(data: dict[str, Any], rule: str, at: dict[str, int]) -> Any:
    """What the page looks up for a row: the sentence by language, or None."""
    number = data["rows"][rule]["told"]
    if number is None:
        return None
    table, index = data["tables"][number], 0
    for name in table["inputs"]:
        index = index * len(data["dimensions"][name]) + at[name]
    digits = table["cells"][index * table["width"] : (index + 1) * table["width"]]
    return table["results"][int(digits, 36) - 1]


@pytest.mark.parametrize("origin", range(len(CASE.dimensions["origin"])))
@pytest.mark.parametrize("rule", APPLICATION.steps, ids=lambda each: each.id)
def test_what_the_page_says_is_what_the_table_says(rule: Any, origin: int) -> None:
    """For each row and origin: the sentence of the messages that the decision leads to."""
    source = None if rule.source is None else min(rule.source)
    at = {**CASE.defaults(source or APPLICATION.initial), "origin": origin, "actor": 0}
    state = None if source is None else APPLICATION.states.index(source)
    subject, known, command = inputs(CASE, rule.command.type, {**at, "state": state})
    event = rule.make_event(subject, command, known.now)
    application = subject or registered(at)
    messages = NOTICES.of_application(event, application, known.session)
    expected = {lang: told_sentence(messages, lang, roles=ROLES) for lang in ("fr", "en")} if messages else None
    assert told(DATA, rule.id, at) == expected


def registered(at: dict[str, int]) -> Application:
    """The application that a registration makes, as far as it says who is told."""
    index = APPLICATION.states.index(APPLICATION.initial)
    subject, _, _ = inputs(CASE, "convoke", {**at, "state": index})
    assert isinstance(subject, Application)
    return subject


def test_a_services_own_notices() -> None:
    """Their rows, and their systems; a table that tells nobody says so everywhere."""
    ours = NOTICES.without("N1").with_rows(
        Notice("N3", events.Retained, tell=(PRESCRIBER, system("i-milo", {Origin.SELF})))
    )
    data = Export(CASE, APPLICATION, ours).data()
    at = {**CASE.defaults(APPLICATION.initial)}
    assert told(data, "L1", at) is None
    assert told(data, "L9", {**at, "origin": 0})["en"] == "Will be told: prescriber FT-AGEN."
    assert told(data, "L9", {**at, "origin": 1})["en"] == "Will be told: i-milo."
    nobody = Export(CASE, APPLICATION, NONE).data()
    assert {row["told"] for row in nobody["rows"].values()} == {None}
    assert not any(row["tells"] for row in nobody["rows"].values())


def test_who_is_found_by_what_the_page_does_not_vary_is_a_limitation() -> None:
    """The page names what an audience of one's own looks at."""
    by_place = Audience("agency", AddresseeKind.ORGANIZATION, lambda session: session.place, of_session=True)
    data = Export(CASE, APPLICATION, Notices((Notice("OWN", events.Convoked, tell=(CANDIDATE, by_place)),))).data()
    limitation = {"command": "convoke", "rule": "OWN", "reads": ["TrainingSession.place"], "tabulated": True}
    assert limitation in data["limitations"]
    assert [each for each in DATA["limitations"] if each["rule"].startswith("N")] == []


def test_the_page_says_what_a_decision_says() -> None:
    """A whole decision of the sample case, told by the table, is what the page looks up."""
    at = {**CASE.defaults(APPLICATION.initial), "actor": 10}
    subject, known, command = inputs(CASE, "preregister", {**at, "state": None})
    answer = decide(subject, command, known)
    assert isinstance(answer, Accepted)
    sentence = told_sentence(NOTICES.told(answer, known).notices, "en", roles=ROLES)
    assert sentence == "Will be told: positioner GRETA, prescriber FT-AGEN."
    assert told(DATA, "L1", at)["en"] == sentence

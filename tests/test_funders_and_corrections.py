"""What the funder does itself (on the actions that it funds), and what it has corrected (A9, S11)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from poec_workflow import Actor, CommandRefused, HistoryEntry, Malformed, Workflow, commands, from_json, to_json
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing.contracts.fixtures import PLATFORM, opening, workflow_with_session
from world import SESSION


@pytest.fixture
def workflow(storage: Storage) -> Workflow:
    """A published action of OPCO's, with one session."""
    return workflow_with_session(storage)


OURS = Actor(kind="funder", organization="OPCO")
OTHERS = [Actor(kind="funder", organization=each) for each in ("France Travail", "opco", "OPCO ", "RESP")]
OF_A_FUNDER: list[Command] = [
    opening("S-9"),
    commands.SetCapacity("S-1", capacity=9),
    commands.ReassignSession("S-1", trainer="OTHER"),
    commands.CorrectSession("S-1", place="Pau"),
    commands.RescheduleSession(
        "S-1",
        start=SESSION.start,
        end=SESSION.end,
        registration_deadline=SESSION.registration_deadline,
        late_entry_deadline=SESSION.late_entry_deadline,
    ),
    commands.CancelSession("S-1", reason="Trop peu d'inscrits"),
]


def refused(workflow: Workflow, command: Command, actor: Actor) -> list[str]:
    with pytest.raises(CommandRefused) as error:
        workflow.execute(command, actor)
    return sorted(error.value.codes)


def test_a_funder_works_for_an_organisation() -> None:
    """As an organisation and an adviser do: a fault of the actor in Python and on the wire."""
    with pytest.raises(Malformed, match=r"\$\.organization"):
        Actor(kind="funder")
    line = '{"at": "2022-01-01T09:00:00+01:00", "actor": {"kind": "funder"}, "command": {"type": "reopen-session"}}'
    with pytest.raises(Malformed) as error:
        journal_line(line)
    assert {each.place for each in error.value.faults} == {"$.actor.organization", "$.command.session"}


@pytest.mark.parametrize("command", OF_A_FUNDER, ids=lambda each: each.type)
def test_a_funder_acts_on_the_actions_that_it_funds(command: Command, workflow: Workflow) -> None:
    """Its own sessions, to the letter of its name; those of another funder's action it may not touch."""
    for each in OTHERS:
        assert refused(workflow, command, each) == ["not-permitted"]
    assert workflow.execute(command, OURS).events


def test_a_corrected_funder_acts_and_the_one_before_does_not(workflow: Workflow) -> None:
    """A9 changes whose action it is; the rest of it stays."""
    before = workflow.action("A-1")
    answer = workflow.execute(commands.CorrectAction("A-1", funder="France Travail"), PLATFORM)
    assert [each.type for each in answer.events] == ["action-corrected"]
    after = evolve(before, funder="France Travail", version=before.version + 1)
    assert answer.subject == workflow.action("A-1") == after
    assert refused(workflow, commands.SetCapacity("S-1", capacity=9), OURS) == ["not-permitted"]
    workflow.execute(commands.SetCapacity("S-1", capacity=9), OTHERS[0])


def test_who_is_responsible_edits_and_who_was_does_not(workflow: Workflow) -> None:
    """After a correction the new responsible organisation enriches the action, and the replaced one may not."""
    enrich = commands.EnrichAction("A-1", changes={"programme": "Soudure"})
    old, new = (Actor(kind="organization", organization=each) for each in ("RESP", "NEW"))
    assert refused(workflow, enrich, new) == ["not-permitted"]
    workflow.execute(enrich, old)
    workflow.execute(commands.CorrectAction("A-1", responsible="NEW"), PLATFORM)
    assert refused(workflow, enrich, old) == ["not-permitted"]
    workflow.execute(enrich, new)


@pytest.mark.parametrize("actor", [OURS, Actor(kind="organization", organization="RESP"), OTHERS[0]])
def test_corrections_of_an_action_are_the_platforms(workflow: Workflow, actor: Actor) -> None:
    """The funder asks for them, and Cap Métiers carries them out [S]."""
    assert refused(workflow, commands.CorrectAction("A-1", kind="SUPRA"), actor) == ["not-permitted"]


SOME: dict[str, Any] = {
    "title": "[POEC] Soudeuse",
    "funder": "France Travail",
    "responsible": "NEW",
    "kind": "SUPRA",
    "place": "Pau",
    "minimum_headcount": 1,
    "follow_on_ratio": Decimal("0.5"),
    "session_type": "Présentiel",
    "market": "2021-17",
    "measure": "POEC",
}


@given(names=st.sets(st.sampled_from(sorted(SOME))))
def test_what_is_not_given_stays(names: set[str]) -> None:
    """Of an action and of a session every given field changes, and no other; even nothing may be given."""
    workflow = workflow_with_session(MemoryStorage())
    for command, read, reference in (
        (commands.CorrectAction, workflow.action, "A-1"),
        (commands.CorrectSession, workflow.session, "S-1"),
    ):
        before: Any = read(reference)
        changes = {name: SOME[name] for name in names & {*fields_dict(command)}}
        workflow.execute(command(reference, **changes), PLATFORM)
        assert read(reference) == evolve(before, version=before.version + 1, **changes)


def test_corrections_keep_the_rules(workflow: Workflow) -> None:
    """A title without the prefix, and a headcount that the session can't have."""
    assert refused(workflow, commands.CorrectAction("A-1", title="Soudeuse"), PLATFORM) == ["title-without-poec-prefix"]
    capacity = workflow.session("S-1").capacity
    for wrong in (-1, capacity + 1):
        codes = refused(workflow, commands.CorrectSession("S-1", minimum_headcount=wrong), PLATFORM)
        assert codes == ["minimum-headcount-out-of-range"]
    workflow.execute(commands.CorrectSession("S-1", minimum_headcount=capacity), PLATFORM)


def test_what_is_recorded_of_an_action_and_a_session(workflow: Workflow) -> None:
    """The type of an action is SIMPLE unless given; session type, market and measure are optional [S]."""
    assert workflow.action("A-1").kind == "SIMPLE"
    session = workflow.session("S-1")
    assert (session.session_type, session.market, session.measure) == (None, None, None)
    more = evolve(opening("S-2"), session_type="Présentiel", market="2021-17", measure="POEC")
    workflow.execute(more, PLATFORM)
    session = workflow.session("S-2")
    assert (session.session_type, session.market, session.measure) == ("Présentiel", "2021-17", "POEC")


ENTRY = (
    '{"kind": "session", "reference": "S-1", "version": 2, "type": "capacity-set", "effective": '
    '"2021-11-04T09:00:00+01:00", "recorded": "2021-11-04T09:00:00+01:00", "actor": {"kind": "funder", "organization": '
    'null, "candidate": null, "reference": "u-1", "name": "F. Dupont"}, "from": "active", "to": "active", '
    '"rule": "S4", "command": "set-capacity", "decision": {"kind": "session", "reference": "S-1", "version": 2}, '
    '"fingerprint": "f", "advisories": [], "data": {"capacity": 3}}'
)


def test_a_history_of_the_first_release_names_funders_without_an_organisation() -> None:
    """Which it had not to say: the entry is read with an unknown one, and written as it was."""
    entry = from_json(ENTRY, HistoryEntry)
    assert (entry.actor.kind, entry.actor.organization, entry.actor.name) == ("funder", None, "F. Dupont")
    assert to_json(entry) == ENTRY
    with pytest.raises(Malformed, match=r"\$\.actor\.organization"):
        from_json(ENTRY.replace('"funder"', '"adviser"'), HistoryEntry)
    with pytest.raises(Malformed, match=r"\$\.actor\.name"):
        from_json(ENTRY.replace('"F. Dupont"', "5"), HistoryEntry)


def test_a_version_in_a_create_session_is_read_over() -> None:
    """Journals made from exported sessions carry one; any other unknown key is a fault."""
    text = to_json(opening("S-1"))
    assert from_json(text.replace("{", '{"version": 4, ', 1), Command) == opening("S-1")
    with pytest.raises(Malformed, match=r"\$\.versions"):
        from_json(text.replace("{", '{"versions": 4, ', 1), Command)

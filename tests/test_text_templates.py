"""Texts made from a template are what `to_json` writes of each value."""

from __future__ import annotations

import json

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from poec_workflow import HistoryEntry, to_dict, to_json
from poec_workflow.events import Expired
from poec_workflow.model import Application, ApplicationState, SubjectKind
from poec_workflow.ports import Position
from poec_workflow.serialization.text_templates import entry_template, move_template
from poec_workflow.testing.strategies import instants, references, values

versions = st.integers(1, 2**31 - 1)


@given(values(Application), values(Application), st.sampled_from(ApplicationState))
def test_a_moved_text_is_the_text_of_the_moved(first: Application, other: Application, state: ApplicationState) -> None:
    """Of another application in the same state, whatever else it holds; also of a text in another form."""
    other = evolve(other, state=first.state)
    moved = move_template(first, evolve(first, version=first.version + 1, state=state))
    expected = to_json(evolve(other, version=other.version + 1, state=state))
    assert moved(to_json(other), other.reference, other.version) == expected
    assert moved(json.dumps(to_dict(other), indent=1), other.reference, other.version) == expected


@given(values(HistoryEntry), instants(), references(), versions, references(), versions)
def test_an_entry_of_a_template_is_the_text_of_the_entry(
    drawn: HistoryEntry, at: object, first: str, its_version: int, other: str, version: int
) -> None:
    """Whoever acted, and whatever is advised."""

    def expired(reference: str, version: int) -> HistoryEntry:
        event = Expired(reference=reference, version=version, state="no-advice", effective_at=at)  # type: ignore[arg-type]
        return evolve(drawn, event=event, decision=Position(SubjectKind.APPLICATION, reference, version))

    assert entry_template(expired(first, its_version))(other, version) == to_json(expired(other, version))

"""The neutral form of messages: as its schema says, and nothing of a person beyond references."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from samples import samples, the

from poec_workflow import Candidate
from poec_workflow.adapters.message_document import message_document

SCHEMA = json.loads((files("poec_workflow.adapters") / "message.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
FOUND = samples(Candidate(reference="P-1", name="Zoé Nabil", email="zoe@example.org"))
DOCUMENTS = [message_document(*each) for each in FOUND]


def test_every_message_conforms() -> None:
    """Of every event, digest and addressee; the schema itself is one."""
    Draft202012Validator.check_schema(SCHEMA)
    for each in DOCUMENTS:
        VALIDATOR.validate(json.loads(json.dumps(each)))


def test_a_message_names_nobody() -> None:
    """No name, no e-mail, no comment: not of the candidate, nor of the adviser."""
    text = json.dumps(DOCUMENTS, ensure_ascii=False)
    for word in ("Zoé", "zoe@example.org", "Trop loin", "Martin"):
        assert word not in text


def test_kairos_hears_entry_exit_and_hours_of_the_retained_alone() -> None:
    """N3; N4 to N7 say the outcome alone."""
    retained = message_document(*the(FOUND, "retained", "system"))
    assert retained["told"] == {"entry": "2021-12-09", "exit": "2022-03-04", "weekly_hours": "35"}
    assert retained["application"]["state"] == "retained"
    others = [each for each in DOCUMENTS if each["to"]["kind"] == "system" and each["notice"] != "N3"]
    assert {each["notice"] for each in others} == {"N4", "N5", "N6", "N7", "N8", "N9"}
    assert not any("told" in each for each in others)


def _mutants(document: Any) -> Iterator[Any]:
    """The document with one thing wrong: a member more, a member of another type, a required one missing."""
    yield {**document, "name": "Zoé"}
    for name in ("id", "notice", "about", "stream", "to", "day"):
        yield {key: value for key, value in document.items() if key != name}
    for name, value in document.items():
        yield {**document, name: 7 if not isinstance(value, int) else "7"}
        if isinstance(value, dict) and name != "told":
            yield {**document, name: {**value, "name": "Zoé"}}
            for inner in value:
                changed = deepcopy(document)
                changed[name][inner] = ["x"]
                yield changed


@pytest.mark.parametrize("number", range(0, len(DOCUMENTS), 7))
def test_the_schema_is_strict(number: int) -> None:
    """What is not said is not allowed."""
    for mutant in _mutants(DOCUMENTS[number]):
        assert not VALIDATOR.is_valid(mutant), mutant

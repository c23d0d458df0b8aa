"""What is answered and sent conforms to its schema, and its schema refuses what is not answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from poec_workflow import (
    Actor,
    Candidate,
    CommandRefused,
    Conflict,
    Malformed,
    Refusal,
    Refused,
    SchemaOutdated,
    StorageUnavailable,
    Workflow,
    WorkflowError,
    schemas,
    to_dict,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.message_document import message_document
from poec_workflow.adapters.webhook.cloud_event import event_body
from poec_workflow.decider import Accepted
from poec_workflow.errors import KIND_OF_CODE, Fault, ProblemDocument
from poec_workflow.explanation import ExplanationDocument
from poec_workflow.locales import words
from poec_workflow.model import Page
from poec_workflow.schemas.json_schemas import maker_for
from poec_workflow.schemas.message_components import cloud_event
from poec_workflow.schemas.schema_dialects import standing_alone
from poec_workflow.serialization import journal_line
from poec_workflow.serialization.answers import (
    AcceptedDocument,
    RefusedDocument,
    accepted_document,
    refused_document,
)
from poec_workflow.serialization.neutral_message import NeutralMessageDocument
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.sample_messages import sample_messages
from poec_workflow.views import ActionRow, ApplicationRow, Dashboard, PageRequest, SessionRow, WorkQueue
from seasons import given_season

LINES = 500


@cache
def validator(cls: Any) -> Any:
    schema = schemas.schema_of(cls, "en")
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def conforms(cls: Any, data: object) -> list[str]:
    """What is wrong with some data, as others read it."""
    return [
        f"{each.json_path}: {each.message:.200}" for each in validator(cls).iter_errors(json.loads(json.dumps(data)))
    ]


@pytest.fixture(scope="module")
def workflow() -> Workflow:
    return Workflow(MemoryStorage(), clock=SettableClock("2022-01-10T09:00:00+01:00"))


@pytest.fixture(scope="module")
def answers(workflow: Workflow) -> list[Accepted | Refused]:
    """What a part of the season answers."""
    lines, _ = given_season()
    return workflow.execute_many(map(journal_line, lines[:LINES]), batch=50)


def _once_each(answers: Iterable[Accepted | Refused]) -> Iterator[Accepted | Refused]:
    """One answer of each row, and of each set of codes."""
    seen = set()
    for each in answers:
        name = each.codes if isinstance(each, Refused) else (each.change.rule, bool(each.advisories), each.final)
        if name not in seen:
            seen.add(name)
            yield each


def test_answers_to_commands_conform(answers: list[Accepted | Refused]) -> None:
    """Accepted ones with their events, advisories, consequences and messages; refused ones as both."""
    found = [*_once_each(answers)]
    assert len(found) > 30
    for each in found:
        if isinstance(each, Accepted):
            assert conforms(AcceptedDocument, accepted_document(each, "fr")) == []
        else:
            assert conforms(RefusedDocument, refused_document(each, "en")) == []
            assert conforms(ProblemDocument, CommandRefused(each.refusals).to_dict("fr")) == []


def test_lists_and_screens_conform(workflow: Workflow, answers: list[Accepted | Refused]) -> None:
    """Pages, the dashboard, the work queue and what an actor may do."""
    assert answers
    page = PageRequest(limit=5)
    applications = workflow.applications(page=page)
    assert conforms(Page[ApplicationRow], to_dict(applications)) == []
    assert conforms(Page[SessionRow], to_dict(workflow.sessions(page=page))) == []
    assert conforms(Page[ActionRow], to_dict(workflow.actions(page=page))) == []
    row = applications.items[0]
    assert conforms(Dashboard, to_dict(workflow.dashboard(row.trainer))) == []
    assert conforms(WorkQueue, to_dict(workflow.work_queue(row.trainer))) == []
    for actor in (Actor(kind="organization", organization=row.trainer), Actor(kind="platform")):
        for each in applications.items:
            for explanation in workflow.explain(each.reference, actor):
                assert conforms(ExplanationDocument, explanation.to_dict("fr")) == []


@pytest.mark.parametrize(
    "code", [*{**KIND_OF_CODE, **{each: None for each in words("en")["refusals"] if "." not in each}}]
)
def test_the_problem_of_every_code_conforms(code: str) -> None:
    """With details of every kind; with a code that no rule has it does not."""
    details = {
        "on": datetime(2021, 11, 2, tzinfo=UTC).date(),
        "count": 3,
        "codes": ("a", "b"),
        "nothing": None,
        "yes": True,
    }
    problem = CommandRefused([Refusal(code, details)]).to_dict("fr")
    assert conforms(ProblemDocument, problem) == []
    problem["refusals"][0]["code"] = "no-such-code"
    assert conforms(ProblemDocument, problem)


@pytest.mark.parametrize(
    "error",
    [Malformed([Fault("$.at", "required")]), Conflict("again"), StorageUnavailable("away"), SchemaOutdated("old")],
    ids=lambda error: type(error).__name__,
)
def test_other_problems_conform(error: WorkflowError) -> None:
    """A host may add members, as RFC 9457 lets it; another status is not theirs."""
    problem = error.to_dict("en")
    assert conforms(ProblemDocument, {**problem, "instance": "/commands/7"}) == []
    assert conforms(ProblemDocument, {**problem, "status": 418})
    assert conforms(ProblemDocument, {**problem, "type": "about:blank"})


def test_messages_and_their_envelopes_conform() -> None:
    """As channels send them; a person's name has no place in them."""
    make = maker_for("en")
    root = cloud_event(make)
    envelope = Draft202012Validator(standing_alone(root, make.table.schemas))
    found = sample_messages(Candidate(reference="P-1", name="Zoé Nabil"))
    assert {each.entry.event.type if each.entry else "digest" for _, each in found} >= {"retained", "digest"}
    for message, content in found:
        document = message_document(message, content)
        assert conforms(NeutralMessageDocument, document) == []
        assert conforms(NeutralMessageDocument, {**document, "name": "Zoé Nabil"})
        body = event_body(message, content, source="urn:cap", now=datetime(2022, 1, 10, tzinfo=UTC))
        assert [each.message for each in envelope.iter_errors(json.loads(body))] == []


def test_what_is_sent_stands_in_the_asyncapi_document() -> None:
    """Each sample goes over the channel of its addressee's kind, as the message of its event."""
    channels = schemas.document("asyncapi", "en")["channels"]
    sent = {
        (str(message.to.kind), content.entry.event.type if content.entry else "applications-expiring")
        for message, content in sample_messages(Candidate(reference="P-1", name="Zoé Nabil"))
    }
    said = {(kind, each) for kind, channel in channels.items() if kind != "broker" for each in channel["messages"]}
    assert sent <= said
    assert len(sent) > 20

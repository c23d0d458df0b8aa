"""Explanations of sessions and training actions, out of a storage: what they say, the workflow then does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from poec_workflow import (
    Accepted,
    Actor,
    CommandRefused,
    Malformed,
    Refused,
    SubjectKind,
    Workflow,
    commands,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.machines import LIFECYCLES
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from seasons import given_season

WITHOUT_PAYLOAD = (
    commands.DeclareSessionFull,
    commands.ReopenSession,
    commands.ApproveCertification,
    commands.DeclineCertification,
    commands.PublishAction,
    commands.ArchiveAction,
    commands.RestoreAction,
    commands.DeleteAction,
)
"""Commands of which an explanation knows all that a decision does."""


def played(storage: Storage) -> Workflow:
    """Some of the season, up to a day in the middle of it."""
    requests = [journal_line(each) for each in given_season()[0][:900]]
    workflow = Workflow(storage, clock=SettableClock(max(each.at for each in requests if each.at)))
    workflow.execute_many(requests, batch=100)
    return workflow


@pytest.fixture(params=["memory", "sqlite"], scope="module")
def workflow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workflow]:
    if request.param == "memory":
        yield played(MemoryStorage())
        return
    with SqlStorage.open(f"sqlite:///{tmp_path_factory.mktemp('explained')}/a.db") as storage:
        yield played(storage)


def asked(workflow: Workflow) -> Iterator[tuple[SubjectKind, str, Actor]]:
    """Every session and action, with who may have something to say about it."""
    for session in map(workflow.session, workflow.storage.queries.states(SubjectKind.SESSION)):
        funder = workflow.action(session.action).funder
        yield SubjectKind.SESSION, session.reference, Actor(kind="organization", organization=session.trainer)
        yield SubjectKind.SESSION, session.reference, Actor(kind="organization", organization="ELSEWHERE")
        yield SubjectKind.SESSION, session.reference, Actor(kind="funder", organization=funder[:64])
    for reference in workflow.storage.queries.states(SubjectKind.ACTION):
        yield SubjectKind.ACTION, reference, Actor(kind="platform", organization="CAP")
        yield SubjectKind.ACTION, reference, Actor(kind="organization", organization="ELSEWHERE")


def test_what_is_explained_is_what_is_decided(workflow: Workflow) -> None:
    """Of commands without a payload, both say the same: allowed, or the same reasons."""
    allowed = refused = 0
    for kind, reference, actor in asked(workflow):
        explained = {each.command: each for each in workflow.explain_subject(kind, reference, actor)}
        assert set(explained) == {each for each in LIFECYCLES[kind].by_command if not LIFECYCLES[kind].creates(each)}
        for command in WITHOUT_PAYLOAD:
            if command.subject_kind is not kind:
                continue
            answer = workflow.preview(command(reference), actor)
            codes = {each.code for each in explained[command].refusals}
            assert codes == (answer.codes if isinstance(answer, Refused) else set()), (command, reference)
            allowed += isinstance(answer, Accepted)
            refused += isinstance(answer, Refused)
    assert allowed >= 4
    assert refused > 100


def test_of_an_application_both_ways_are_one(workflow: Workflow) -> None:
    """`explain` is the shorter way to ask."""
    reference = next(iter(workflow.storage.queries.states(SubjectKind.APPLICATION)))
    actor = Actor(kind="platform", organization="CAP")
    assert workflow.explain_subject("application", reference, actor) == workflow.explain(reference, actor)


def test_a_subject_is_read_by_its_kind(workflow: Workflow) -> None:
    """The same as by the method of that kind, and the day is the clock's in the settings' time zone."""
    for kind, read in (
        (SubjectKind.APPLICATION, workflow.application),
        (SubjectKind.SESSION, workflow.session),
        (SubjectKind.ACTION, workflow.action),
    ):
        reference = next(iter(workflow.storage.queries.states(kind)))
        assert workflow.subject(kind, reference) == workflow.subject(kind.value, reference) == read(reference)
    assert workflow.today() == workflow.clock.now().astimezone(workflow.settings.zone).date()


def test_what_does_not_exist_is_unknown(workflow: Workflow) -> None:
    """By its own code; a kind that there is not is malformed."""
    actor = Actor(kind="platform", organization="CAP")
    for kind in ("session", "action", "application"):
        with pytest.raises(CommandRefused) as refused:
            workflow.explain_subject(kind, "nowhere", actor)
        assert refused.value.codes == {f"unknown-{kind}"}
        with pytest.raises(CommandRefused) as refused:
            workflow.subject(kind, "nowhere")
        assert refused.value.codes == {f"unknown-{kind}"}
    with pytest.raises(Malformed):
        workflow.subject("person", "P-1")
    with pytest.raises(Malformed):
        workflow.explain_subject("person", "P-1", actor)


def test_another_day_is_explained(workflow: Workflow) -> None:
    """As of the day that is asked: the same commands, with other answers."""
    reference = next(iter(workflow.storage.queries.states(SubjectKind.SESSION)))
    session = workflow.session(reference)
    actor = Actor(kind="organization", organization=session.trainer)
    at = datetime.fromisoformat("2031-01-01T09:00:00+01:00")
    late = workflow.explain_subject("session", reference, actor, at=at)
    now = workflow.explain_subject("session", reference, actor)
    assert [each.command for each in late] == [each.command for each in now]

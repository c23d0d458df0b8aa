"""Reading one subject, and an organisation's figures."""

from __future__ import annotations

from datetime import UTC, datetime

from poec_workflow import commands
from poec_workflow.commands import Request
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    PLATFORM,
    TRAINER,
    check,
    opening,
    registering,
    retaining,
    tally_of,
    workflow_with_session,
)


class ReadingContract(Contract):
    """What was stored is what is read, outside of any transaction."""

    def test_explaining_needs_no_transaction(self, storage: Storage) -> None:
        """What a decision on an application would know can be read outside of one, its neighbours included."""
        workflow = workflow_with_session(storage)
        for each in (1, 2):
            workflow.execute(registering(each), ADVISER)
        around = storage.queries.around(workflow.application("C-1"))
        assert around.enrolment
        assert [each.reference for each in around.enrolment.open_applications] == ["C-1", "C-2"]
        assert {each.command.type for each in workflow.explain("C-1", TRAINER) if each.allowed} == {
            "convoke",
            "withdraw",
        }

    def test_the_dashboard_since_a_day(self, storage: Storage) -> None:
        """Applications registered earlier are not counted; the role is held all the same."""
        workflow = workflow_with_session(storage, seats=5)
        for day, number in ((18, 1), (19, 2), (20, 3)):
            at = datetime(2021, 11, day, 0, 30, tzinfo=UTC)
            workflow.submit(Request(command=registering(number), actor=ADVISER, at=at))
        counts = [
            [row.pending for row in workflow.dashboard("TRAIN", since=datetime(2021, 11, day, tzinfo=UTC).date()).rows]
            for day in (18, 19, 20, 21)
        ]
        assert counts == [[3], [2], [1], [0]]
        assert workflow.dashboard("NOBODY").rows == ()

    def test_one_subject_and_its_history(self, storage: Storage) -> None:
        """A subject, its states by kind, and its history oldest first; nothing of what is not there."""
        workflow = workflow_with_session(storage)
        answer = workflow.execute(registering(1), ADVISER)
        retained = [workflow.execute(each, TRAINER) for each in retaining(1)]
        queries = storage.queries
        assert queries.subject(SubjectKind.APPLICATION, "C-1") == retained[-1].subject
        assert queries.subject(SubjectKind.SESSION, "C-1") is None
        entries = queries.history(SubjectKind.APPLICATION, "C-1")
        assert [each.event for each in entries] == [each.events[0] for each in (answer, *retained)]
        assert [each.actor for each in entries] == [ADVISER, *[TRAINER] * 3]
        assert list(queries.history(SubjectKind.APPLICATION, "C-2")) == []
        assert queries.states(SubjectKind.APPLICATION) == {"C-1": "retained"}
        assert queries.organizations() == ["POS", "RESP", "TRAIN"]
        check(storage)

    def test_a_subject_counts_its_own_session_only(self, storage: Storage) -> None:
        """Two sessions of one action: each has its counts, and its open applications."""
        workflow = workflow_with_session(storage)
        workflow.execute(opening("S-2"), PLATFORM)
        for number, session in ((1, "S-1"), (2, "S-2"), (3, "S-2")):
            workflow.execute(registering(number, session), ADVISER)
        assert [tally_of(storage, each).pending for each in ("S-1", "S-2")] == [1, 2]
        workflow.execute(commands.CancelSession("S-2", reason="Trop peu d'inscrits"), PLATFORM)
        assert workflow.application("C-1").state == "pending"
        assert [workflow.application(each).state for each in ("C-2", "C-3")] == ["cancelled"] * 2
        check(storage)

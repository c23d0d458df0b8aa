"""`Workflow.import_`: what is stored, what is there already, what is refused with its line, and what is told of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from import_rows_made import SOME, action, application, convoked, retained, rows, session

from poec_workflow import Accepted, Actor, ActorKind, ApplicationState, Candidate, Prescriber, Workflow, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command
from poec_workflow.importing import ImportProgress, ImportReport, ImportRow, RowFault
from poec_workflow.model import ActionState, Origin, SessionState, SubjectKind
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.fixtures import (
    NOW,
    PLATFORM,
    check,
    emptied_outbox,
    everything,
    opening,
    registering,
    workflow_on,
    workflow_with_session,
)

APPLICATION, SESSION, ACTION = SubjectKind.APPLICATION, SubjectKind.SESSION, SubjectKind.ACTION


def imported(workflow: Workflow, *given: Command, **options: Any) -> ImportReport:
    """What comes of an import of these."""
    return workflow.import_(rows(*given), PLATFORM, **options)


def faults(report: ImportReport) -> list[tuple[int, str | None]]:
    """Line and code of each fault."""
    return [(each.line, each.code) for each in report.faults]


def counts(report: ImportReport) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Imported and unchanged actions, sessions and applications."""
    return tuple(report.imported.values()), tuple(report.unchanged.values())


def test_all_is_stored_whatever_its_order(storage: Storage) -> None:
    """Applications before their session before its action; it folds, it counts, and nobody is told."""
    workflow = workflow_on(storage)
    report = imported(workflow, *reversed(SOME))
    assert counts(report) == ((1, 1, 3), (0, 0, 0))
    assert report.stored
    assert workflow.application("C-2").state is ApplicationState.RETAINED
    assert workflow.enrolment("S-1").tally.registered == 3
    check(storage)
    assert not emptied_outbox(storage)


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_second_run_changes_nothing(storage: Storage, batch: int) -> None:
    """Also from another file, and whatever became of the subjects since."""
    workflow = workflow_on(storage)
    imported(workflow, *SOME, batch=batch)
    trainer = Actor(kind=ActorKind.ORGANIZATION, organization="TRAIN")
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), trainer)
    workflow.erase_candidate("P-3")
    before = everything(storage)
    report = imported(workflow, *(evolve(each, source="again.csv") for each in SOME), batch=batch)
    assert counts(report) == ((0, 0, 0), (1, 1, 3))
    assert not report.faults
    assert everything(storage) == before


def test_a_stopped_import_goes_on(storage: Storage) -> None:
    """What was stored is passed over, the rest is stored."""
    workflow = workflow_on(storage)
    imported(workflow, *SOME[:3])
    assert counts(imported(workflow, *SOME)) == ((0, 0, 2), (1, 1, 1))


def test_the_same_reference_with_other_values(storage: Storage) -> None:
    """A fault with its line, which says what differs; nothing is stored."""
    workflow = workflow_on(storage)
    imported(workflow, *SOME)
    others = (evolve(SOME[1], capacity=3, place="Pau"), convoked(1), application(9))
    report = imported(workflow, *others)
    assert faults(report) == [(1, "duplicate-reference"), (2, "duplicate-reference")]
    told = [each.message("en") for each in report.faults]
    assert "place Agen ≠ Pau, " in told[0]
    assert "capacity 2 ≠ 3" in told[0]
    assert "state pending ≠ convoked" in told[1]
    assert "convocations – ≠ 2021-11-20" in told[1]
    assert all("d'autres valeurs" in each.message("fr") for each in report.faults)
    assert not report.stored
    assert not any(report.imported.values())
    assert "C-9" not in storage.queries.states(APPLICATION)


def test_what_was_not_imported_is_not_the_same(storage: Storage) -> None:
    """A subject that began here by another command keeps its reference."""
    workflow = workflow_with_session(storage)
    workflow.execute(registering(1), Actor(kind=ActorKind.ADVISER, organization="FT"))
    report = imported(workflow, application(1), action("A-1"), session("S-1"))
    assert faults(report) == [(1, "duplicate-reference"), (2, "duplicate-reference"), (3, "duplicate-reference")]
    assert {each.problem for each in report.faults} == {"it was not imported"}


def test_a_reference_that_stands_twice_in_the_file(storage: Storage) -> None:
    """With the same content it is unchanged; with another one the later row is at fault."""
    workflow = workflow_on(storage)
    assert counts(imported(workflow, *SOME, SOME[2])) == ((1, 1, 3), (0, 0, 1))
    report = imported(workflow, application(7), application(7), evolve(application(7), comment="x"), check=True)
    assert [(each.line, each.problem) for each in report.faults] == [(3, "C-7 stands on line 1 with other values")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (application(9, session="S-9"), "unknown-session"),
        (session("S-9", action="A-9"), "unknown-action"),
        (application(9, state=ApplicationState.CONVOKED), "imported-state-contradicted"),
        (evolve(application(9), motive="profile"), "imported-state-contradicted"),
        (session("S-9", cancellation_reason="x"), "imported-state-contradicted"),
        (application(9, session="S-C"), "session-cancelled"),
        (application(9, session="S-F"), "session-complete"),
    ],
)
def test_contradictions(storage: Storage, row: Command, code: str) -> None:
    """Between rows, or within one: a fault with its line, found before anything is stored, with `check` too."""
    full = session("S-F", state=SessionState.COMPLETE)
    given = (row, *SOME, session("S-C", state=SessionState.CANCELLED), full)
    workflow = workflow_on(storage)
    for options in ({"check": True}, {}):
        assert faults(imported(workflow, *given, **options)) == [(1, code)]
        assert not storage.queries.states(ACTION)


def test_faults_are_skipped_where_that_is_asked(storage: Storage) -> None:
    """The other rows are stored; what hangs on a row at fault says so."""
    workflow = workflow_on(storage)
    bad = session("S-2", cancellation_reason="x")
    report = imported(workflow, *SOME, bad, application(9, session="S-2"), skip_faults=True)
    assert counts(report) == ((1, 1, 3), (0, 0, 0))
    assert faults(report) == [(6, "imported-state-contradicted"), (7, "unknown-session")]
    assert "Its row, on line 6, is at fault" in report.faults[1].message("en")
    check(storage)


def test_readers_faults_are_among_the_faults() -> None:
    """And keep everything from being stored."""
    workflow = workflow_on(MemoryStorage())
    report = workflow.import_([RowFault(9, "Âge", "expected a whole number"), *rows(*SOME)], PLATFORM)
    assert [(each.line, each.place) for each in report.faults] == [(9, "Âge")]
    assert not report.stored


def test_checking_stores_nothing_and_finds_the_same(storage: Storage) -> None:
    """Faults, advisories, and what would be imported; the quota and the seats are counted as the file goes on."""
    crowd = (*SOME, *(retained(number) for number in range(10, 16)), application(20, candidate=SOME[2].candidate))
    workflow = workflow_on(storage)
    before = everything(storage)
    checked = imported(workflow, *reversed(crowd), check=True)
    assert everything(storage) == before
    assert not checked.stored
    done = imported(workflow, *reversed(crowd))
    assert counts(checked) == counts(done)
    assert checked.advisories == done.advisories
    assert checked.advisory_counts == {"quota-reached": 6, "no-seat-left": 5, "already-applied": 1}
    check(storage)


def test_batches_find_the_same() -> None:
    """However few rows share a transaction."""
    crowd = (*SOME, *(retained(number) for number in range(10, 16)), session("S-2"), retained(30, session="S-2"))
    found = [imported(workflow_on(MemoryStorage()), *crowd, batch=each).advisories for each in (1, 2, 3, 500)]
    assert all(each == found[0] for each in found)


def test_a_session_of_the_store_goes_on_counting(storage: Storage) -> None:
    """What is imported on it comes after what is registered there."""
    workflow = workflow_with_session(storage, seats=1, coefficient=2)
    adviser = Actor(kind=ActorKind.ADVISER, organization="FT")
    for number in (1, 2):
        workflow.execute(registering(number), adviser)
    report = imported(workflow, application(9))
    assert report.advisory_counts == {"quota-reached": 1}
    check(storage)


def test_zeros_that_a_spreadsheet_dropped(storage: Storage) -> None:
    """An unknown number that is a known one without its zeros is told of, in the file or in the store."""
    workflow = workflow_on(storage)
    given = (action(), session("00301234"), application(1, session="301234"))
    assert "There is 00301234" in imported(workflow, *given).faults[0].message("en")
    imported(workflow, *given[:2])
    assert "pas. Un tableur" in (told := imported(workflow, given[2]).faults[0].message("fr"))
    assert "Il y a 00301234" in told
    assert "zeros" not in imported(workflow, application(1, session="999")).faults[0].message("en")


def test_who_may_not_import_is_refused() -> None:
    """The platform alone may."""
    report = workflow_on(MemoryStorage()).import_(rows(action()), Actor(kind=ActorKind.FUNDER, organization="OPCO"))
    assert faults(report) == [(1, "not-permitted")]


def test_a_row_that_does_not_conform() -> None:
    """What is made by hand is checked as the wire format has it; a command that imports nothing is a fault."""
    workflow = workflow_on(MemoryStorage())
    given: list[ImportRow] = [
        ImportRow(1, application(comment="\0")),
        ImportRow(2, opening("S-1")),
        ImportRow(3, action(title="x" * 10_001)),
    ]
    report = workflow.import_(given, PLATFORM, check=True)
    assert [each.line for each in report.faults] == [1, 2, 3]
    with pytest.raises(ValueError, match="one row or more"):
        workflow.import_([], PLATFORM, batch=0)


def test_words_of_states_are_taken() -> None:
    """As everywhere where an enum is expected."""
    workflow = workflow_on(MemoryStorage())
    given = (action(state="archived"), session(state="complete"), retained(state="retained"))
    assert counts(imported(workflow, *given)) == ((1, 1, 1), (0, 0, 0))
    assert counts(imported(workflow, *given)) == ((0, 0, 0), (1, 1, 1))
    assert workflow.action("A-1").state is ActionState.ARCHIVED


def test_how_far_it_is_is_told() -> None:
    """Rows read, checked and stored, each up to all."""
    seen: list[ImportProgress] = []
    imported(workflow_on(MemoryStorage()), *SOME, batch=2, progress=seen.append)
    assert [each.done for each in seen if each.phase == "store"][-1] == 5
    assert {each.total for each in seen if each.phase == "check"} == {5}


def test_an_erased_person_stays_erased(storage: Storage) -> None:
    """The same row again brings no name back, and is unchanged though the prescriber's name went with it."""
    themself = Prescriber(origin=Origin.SELF, name="Zoé Nabil")
    mine = application(1, candidate=Candidate(reference="P-1", name="Zoé Nabil"), prescriber=themself)
    workflow = workflow_on(storage)
    imported(workflow, action(), session(), mine)
    workflow.erase_candidate("P-1")
    assert counts(imported(workflow, action(), session(), mine)) == ((0, 0, 0), (1, 1, 1))
    assert storage.queries.candidate("P-1") is None


def test_a_candidate_without_a_name_is_nobody_known(storage: Storage) -> None:
    """An empty name says that it was erased where the row comes from."""
    workflow = workflow_on(storage)
    imported(workflow, action(), session(), application(1, candidate=Candidate(reference="P-1", name="")))
    assert storage.queries.candidate("P-1") is None


def test_who_comes_first_meanwhile() -> None:
    """Another import of the same rows between check and store: what is there now is unchanged, and no fault."""
    storage = MemoryStorage()
    workflow = workflow_on(storage)

    def other(each: ImportProgress) -> None:
        if each.phase == "check" and each.done == each.total:
            imported(workflow_on(storage), *SOME[:3])

    report = imported(workflow, *SOME, progress=other)
    assert counts(report) == ((0, 0, 2), (1, 1, 1))
    assert not report.faults


def test_a_rehearsal_sees_what_came_before_it(storage: Storage) -> None:
    """`preview_many` decides each request after those before it, and leaves nothing."""
    workflow = workflow_on(storage)
    asked = [commands.Request(each, PLATFORM, at=NOW + timedelta(hours=1)) for each in SOME]
    assert all(isinstance(each, Accepted) for each in workflow.preview_many(asked))
    assert not storage.queries.states(ACTION)

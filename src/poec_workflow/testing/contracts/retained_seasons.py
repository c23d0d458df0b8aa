"""Drawn seasons: whenever `retain_until` runs, it erases exactly who is due, and everything else answers as before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from poec_workflow.commands import Request
from poec_workflow.model import Application, Origin
from poec_workflow.ports import Storage
from poec_workflow.ports.keeping import CandidateFile, keeps_records
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import ADVISER, NOW, check, everything
from poec_workflow.testing.contracts.record_keeping import kept
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.testing.strategies import journals
from poec_workflow.views import PageRequest
from poec_workflow.workflow import Workflow

SEASONS, LINES = 3, 45


class RetentionContract(Contract):
    """Who is due is erased; nobody before, and nothing more."""

    def test_retained_seasons_answer_as_before(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Whenever `retain_until` runs, it erases exactly who is due; lists, figures, rules and folds stay."""

        @settings(
            deadline=None,
            max_examples=min(self.examples or SEASONS, SEASONS),
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(journals(longest=LINES, shortest=LINES // 2), st.integers(-1, 1), st.data())
        def hold(journal: list[Request], days: int, data: st.DataObject) -> None:
            with self.empty_storage(tmp_path_factory.mktemp("season")) as storage:
                workflow = Workflow(storage, clock=SettableClock(NOW), settings=kept(storage))
                workflow.execute_many(journal, batch=LINES)
                last = max(each.at or NOW for each in journal)
                if data.draw(st.booleans()):
                    evolve(workflow, clock=SettableClock(last + timedelta(days=data.draw(st.integers(0, 300))))).sweep()
                _hold_on_a_day(workflow, data, days)
                _hold_on_a_day(workflow, data, None)

        hold()


def _hold_on_a_day(workflow: Workflow, data: st.DataObject, days: int | None) -> None:
    """Erase so many days from the last one on which somebody is kept, or once all are due; and look at everything."""
    files = {each: workflow.candidate_file(each) for each in _candidates(workflow.storage)}
    due = [
        day
        for each in files.values()
        for day in (each.personal_data_kept_until, each.file_kept_until)
        if day is not None
    ]
    last = max(due, default=date(2026, 1, 1))
    shown = data.draw(st.sampled_from(sorted(due))) if due and days is not None else last
    day = shown + timedelta(days=1 if days is None else days)
    late = evolve(workflow, clock=SettableClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))
    before = _answers(late)
    named = {each for each, file in files.items() if _is_named(file)}
    noted = {each for each, file in files.items() if _is_noted(file)}
    report = late.retain_until()
    assert set(report.people) == {each for each in named if _is_over(files[each].personal_data_kept_until, day)}
    full = late.storage.run(keeps_records, write=False)
    assert set(report.files) == {each for each in noted if full and _is_over(files[each].file_kept_until, day)}
    after = {each: late.candidate_file(each) for each in files}
    assert {each for each, file in after.items() if _is_named(file)} == named - set(report.people)
    assert {each for each, file in after.items() if _is_noted(file)} == noted - set(report.files)
    assert _answers(late) == before
    check(late.storage)


def _is_over(until: date | None, day: date) -> bool:
    return until is not None and until < day


def _is_named(file: CandidateFile) -> bool:
    """Whether anything that goes with the person is there."""
    own = [
        entry.actor for each in file.applications for entry in each.history if entry.actor.candidate == file.reference
    ]
    senders = [each.application.prescriber for each in file.applications]
    return (
        file.person is not None
        or any(each.name or each.reference for each in own)
        or any(each.origin is Origin.SELF and each.name for each in senders)
    )


def _is_noted(file: CandidateFile) -> bool:
    """Whether anything that goes with the file, and not with the person, is there."""
    others = [
        entry.actor for each in file.applications for entry in each.history if entry.actor.candidate != file.reference
    ]
    senders = [each.application.prescriber for each in file.applications]
    return (
        any(each.name or each.reference for each in others)
        or any(each.origin is not Origin.SELF and each.name for each in senders)
        or any(each.application.comment is not None for each in file.applications)
    )


def _answers(workflow: Workflow) -> list[Any]:
    """What is read of a season, without names: lists, figures, explanations, what a sweep would do, decisions."""
    rows = workflow.applications(page=PageRequest(limit=0)).items
    organizations = workflow.storage.queries.organizations()
    subjects = everything(workflow.storage)
    explained = [workflow.explain(each.reference, ADVISER) for each in rows[:5]]
    return [
        [evolve(each, candidate_name=None, prescriber=evolve(each.prescriber, name=None)) for each in rows],
        workflow.sessions(page=PageRequest(limit=0)),
        workflow.actions(page=PageRequest(limit=0)),
        [workflow.dashboard(each) for each in organizations],
        subjects.tallies,
        explained,
        workflow.sweep(dry_run=True),
        [(each.event.type, each.rule, each.event.state) for one in subjects.histories.values() for each in one],
    ]


def _candidates(storage: Storage) -> set[str]:
    found = (each for _, each in everything(storage).subjects.items())
    return {each.candidate for each in found if isinstance(each, Application)}

"""What came of a convocation: which event says it of which convocation, and that endings leave it."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve as changed
from hypothesis import given
from hypothesis import strategies as st

from guarantees import check
from poec_workflow import Application, Workflow, commands, evolve
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.events import EVENTS, ApplicationEvent
from poec_workflow.folding import only_moves
from poec_workflow.model import ApplicationState, Outcome
from poec_workflow.ports import Storage
from poec_workflow.serialization import to_dict
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import ADVISER, TRAINER, registering, workflow_with_session
from poec_workflow.testing.strategies import values
from world import NOW

SAYS = {
    "presence-recorded": Outcome.PRESENT,
    "absence-notified": Outcome.ABSENT_WITH_NOTICE,
    "absent-at-last-convocation": Outcome.ABSENT_WITH_NOTICE,
    "absent-without-notice": Outcome.ABSENT_WITHOUT_NOTICE,
    "attendance-corrected": None,
}
OTHERS = sorted(
    name
    for name, event in EVENTS.items()
    if issubclass(event, ApplicationEvent)
    and name not in {*SAYS, "preregistered", "imported", "convoked", "convocation-moved"}
)


def after(subject: Application, event: Any) -> Application:
    made: Application = evolve(subject, changed(event, reference=subject.reference, version=subject.version + 1))
    return made


@pytest.mark.parametrize(("name", "outcome"), SAYS.items())
@given(subject=values(Application), data=st.data())
def test_attendance_is_said_of_the_last_convocation(
    name: str, outcome: Outcome | None, subject: Application, data: st.DataObject
) -> None:
    """And of no other; where there is none, as a service's own row may have it, nothing is said."""
    found = after(subject, data.draw(values(EVENTS[name]))).convocations
    assert found[:-1] == subject.convocations[:-1]
    assert found[-1:] == tuple(changed(each, outcome=outcome) for each in subject.convocations[-1:])
    assert not only_moves(EVENTS[name])


@pytest.mark.parametrize("name", ["convoked", "convocation-moved"])
@given(subject=values(Application), data=st.data())
def test_nothing_has_come_of_a_new_appointment(name: str, subject: Application, data: st.DataObject) -> None:
    """A moved one is a new appointment, and those before it keep theirs."""
    found = after(subject, data.draw(values(EVENTS[name]))).convocations
    kept = subject.convocations if name == "convoked" else subject.convocations[:-1]
    assert found[:-1] == kept
    assert found[-1].outcome is None


@pytest.mark.parametrize("name", OTHERS)
@given(subject=values(Application), data=st.data())
def test_no_other_event_changes_a_convocation(name: str, subject: Application, data: st.DataObject) -> None:
    """An application that expires after an absence keeps what came of it."""
    assert after(subject, data.draw(values(EVENTS[name]))).convocations == subject.convocations


@pytest.fixture(params=["memory", "sqlite"])
def storage(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    return MemoryStorage() if request.param == "memory" else SqlStorage.open(f"sqlite:///{tmp_path}/poec.db")


@pytest.mark.parametrize(("notified", "corrected"), [(True, False), (True, True)])
def test_who_expires_after_an_absence_keeps_the_outcome(storage: Storage, *, notified: bool, corrected: bool) -> None:
    """Also where many expire together, and no application is parsed for it."""
    workflow = workflow_with_session(storage, seats=4)
    for number in range(1, 5):
        workflow.execute(registering(number), ADVISER)
    for number in range(1, 4):
        workflow.execute(commands.Convoke(f"C-{number}", on=NOW.date(), place="Agen"), TRAINER)
        workflow.execute(commands.RecordAbsence(f"C-{number}", notified=notified), TRAINER)
        if corrected:
            workflow.execute(commands.CorrectAttendance(f"C-{number}"), TRAINER)
    late = Workflow(storage, clock=SettableClock("2023-01-02T09:00:00+01:00"))
    assert len(late.sweep().expired) == 4
    expected = None if corrected else "absent-with-notice"
    for number in range(1, 4):
        ended = workflow.application(f"C-{number}")
        assert ended.state is ApplicationState.NO_ADVICE
        assert [each.outcome for each in ended.convocations] == [expected]
    assert to_dict(workflow.application("C-4"))["convocations"] == []
    check(storage)

"""`explain`: what a person may do now, and every reason why not, as far as the payload does not matter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from attrs import evolve
from hypothesis import given, settings

from poec_workflow import (
    Accepted,
    Actor,
    ActorKind,
    ApplicationState,
    Refused,
    SessionState,
    Settings,
    commands,
    decide,
)
from poec_workflow.explanation import Explanation, explain
from poec_workflow.machines import APPLICATION, LIFECYCLES
from poec_workflow.model import Tally
from poec_workflow.policies.access import PERMISSIONS, Grant
from poec_workflow.policies.check import messages
from test_decide import situations
from world import SESSION, application, facts, related

TRAINER = related(ActorKind.ORGANIZATION)


def by_command(explanations: tuple[Explanation, ...]) -> dict[str, set[str]]:
    return {each.command.type: {refusal.code for refusal in each.refusals} for each in explanations}


def test_a_present_candidate_and_a_full_session() -> None:
    """Retaining is refused for want of a seat, rejecting is allowed, the system's commands are not this actor's."""
    subject = application(ApplicationState.PRESENT)
    found = explain(subject, facts(TRAINER, subject=subject, tally=Tally(present=1, retained=2)))
    assert by_command(found) == {
        "convoke": {"no-transition"},
        "record-presence": {"no-transition"},
        "record-absence": {"no-transition"},
        "correct-attendance": set(),
        "move-convocation": {"no-transition"},
        "retain": {"no-seat-left"},
        "reject": set(),
        "withdraw": set(),
        "expire": {"not-permitted"},
        "refuse-session-full": {"not-permitted"},
        "cancel": {"not-permitted"},
    }
    assert [each.command for each in found if each.allowed] == [
        commands.CorrectAttendance,
        commands.Reject,
        commands.Withdraw,
    ]


def test_one_row_that_is_free_allows_the_command() -> None:
    """Before its day an absence with notice may be recorded: the command is allowed, though without it is not."""
    subject = application(ApplicationState.CONVOKED)
    early = facts(TRAINER, subject=subject, now=datetime.fromisoformat("2021-11-19T10:00:00+01:00"))
    found = by_command(explain(subject, early))
    assert found["record-absence"] == set()
    assert found["record-presence"] == {"convocation-not-due"}


def test_where_every_row_is_refused_all_reasons_are_given() -> None:
    """Past the deadline each row of the absence is refused; the reasons are joined, each code once."""
    subject = application(ApplicationState.CONVOKED)
    late = facts(TRAINER, subject=subject, now=datetime.fromisoformat("2022-04-01T10:00:00+02:00"))
    found = explain(subject, late)
    absence = next(each for each in found if each.command is commands.RecordAbsence)
    assert [refusal.code for refusal in absence.refusals] == ["advice-deadline-passed"]


def test_a_services_own_policies_are_asked_where_they_need_no_payload() -> None:
    """`refuse_also` counts like the row's own; one that looks at the command is left out."""

    @messages(fr="Fermé.", en="Closed.")
    def office_closed(_subject: Any, _facts: Any) -> dict[str, Any]:
        return {}

    def on_sunday(_subject: Any, _facts: Any, command: Any) -> dict[str, Any] | None:
        return {"on": command.on} if command.on.isoweekday() == 7 else None

    own = Settings(refuse_also={commands.Convoke: (office_closed, on_sunday)})
    subject = application()
    convoke = explain(subject, facts(TRAINER, subject=subject, settings=own))[0]
    assert [refusal.code for refusal in convoke.refusals] == ["office-closed"]
    assert convoke.refusals[0].message("en") == "Closed."


def test_the_systems_own_commands() -> None:
    """To the system: an application of a running session in time can neither expire nor be ended."""
    subject = application()
    system = Actor(kind=ActorKind.SYSTEM)
    found = by_command(explain(subject, facts(system, subject=subject)))
    assert found["expire"] == {"advice-deadline-not-passed"}
    assert found["refuse-session-full"] == {"session-not-complete"}
    assert found["cancel"] == {"session-not-cancelled"}
    cancelled = evolve(SESSION, state=SessionState.CANCELLED)
    assert by_command(explain(subject, facts(system, subject=subject, session=cancelled)))["cancel"] == set()


@given(situations())
@settings(max_examples=600, deadline=None)
def test_what_explain_refuses_decide_refuses(situation: Any) -> None:
    """A command that is explained as refused is refused whatever its payload: here, the drawn one."""
    subject, command, known = situation
    if subject is None or LIFECYCLES[command.subject_kind].creates(type(command)):
        return
    explained = {each.command: each for each in explain(subject, known)}[type(command)]
    answer = decide(subject, command, known)
    if not explained.allowed:
        assert isinstance(answer, Refused)
        row = LIFECYCLES[command.subject_kind].executor.choose(subject, known, command)
        if row is None:
            assert answer.codes == {"no-transition"} == {each.code for each in explained.refusals}
        else:
            payload_free = {check.code for check in row.refusal_checks if check.payload_free}
            assert answer.codes & payload_free <= {each.code for each in explained.refusals}


def test_creating_is_not_explained() -> None:
    """There is nothing to create or to import: neither is in the list, and all else is."""
    subject = application()
    listed = [each.command for each in explain(subject, facts(TRAINER, subject=subject))]
    assert listed == [each for each in APPLICATION.step_commands if each is not commands.Preregister]


def test_a_permission_that_looks_at_the_payload_is_left_open() -> None:
    """A service's own relation that needs the command can't be asked yet: the kind of actor counts alone."""

    def on_a_weekday(_subject: Any, _facts: Any, command: Any) -> bool:
        return bool(command.on.isoweekday() <= 5)

    own = Settings(permissions={**PERMISSIONS, commands.Convoke: (Grant(ActorKind.ORGANIZATION, on_a_weekday),)})
    subject = application()
    known = facts(TRAINER, subject=subject, settings=own)
    assert explain(subject, known)[0].allowed
    assert "not-permitted" in decide(subject, commands.Convoke("C-1", on=date(2021, 11, 27)), known).codes  # type: ignore[union-attr]
    assert isinstance(decide(subject, commands.Convoke("C-1", on=date(2021, 11, 26)), known), Accepted)

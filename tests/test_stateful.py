"""`Workflow` against a small model: one session, a handful of candidates, and time that passes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from poec_workflow import (
    SYSTEM,
    Actor,
    ActorKind,
    CommandRefused,
    Origin,
    Prescriber,
    Settings,
    SubjectKind,
    Workflow,
    commands,
    fold,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command
from poec_workflow.model import Tally
from poec_workflow.notices import NOTICES
from poec_workflow.testing import SettableClock
from world import ACTION, CANDIDATE, SAMPLES

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="TRAIN")
START, END = date(2021, 12, 1), date(2021, 12, 10)
DEADLINE = date(2021, 12, 31)
OPEN = ("pending", "convoked", "present", "absent")
LATE = "advice-deadline-passed"
NUMBERS = st.integers(1, 5)


@define
class Applicant:
    """What the model knows of an application."""

    registered_on: date
    state: str = "pending"
    days: list[date] = field(factory=list)


@define
class Model:
    """The rules of one session, in plain Python: each command answers the codes that it is refused with."""

    today: date = date(2021, 11, 20)
    seats: int = 2
    quota: int = 4
    session: str = "active"
    everyone: dict[int, Applicant] = field(factory=dict)

    def retained(self) -> int:
        return sum(each.state == "retained" for each in self.everyone.values())

    def late(self) -> set[str]:
        return {LATE} if self.today > DEADLINE else set()

    def of(self, number: int, *states: str) -> set[str]:
        if number not in self.everyone:
            return {"unknown-application"}
        return set() if self.everyone[number].state in states else {"no-transition"}

    def register(self, number: int) -> set[str]:
        if number in self.everyone:
            return {"duplicate-reference"}
        reasons = {f"session-{self.session}"} - {"session-active"}
        if self.today > START:
            reasons.add("registration-deadline-passed")
        if len(self.everyone) >= self.quota:
            reasons.add("quota-reached")
        if not reasons:
            self.everyone[number] = Applicant(registered_on=self.today)
        return reasons

    def convoke(self, number: int, day: date) -> set[str]:
        if wrong := self.of(number, "pending", "absent"):
            return wrong
        one = self.everyone[number]
        reasons = self.late()
        if one.days and day <= one.days[-1]:
            reasons.add("convocation-not-after-previous")
        if day < one.registered_on:
            reasons.add("convocation-before-registration")
        if day > DEADLINE:
            reasons.add("convocation-after-advice-deadline")
        if not reasons:
            one.state = "convoked"
            one.days.append(day)
        return reasons

    def attend(self, number: int, outcome: str) -> set[str]:
        if wrong := self.of(number, "convoked"):
            return wrong
        one = self.everyone[number]
        reasons = self.late()
        if outcome != "notified" and self.today < one.days[-1]:
            reasons.add("convocation-not-due")
        if not reasons:
            last = len(one.days) == 3
            one.state = {"present": "present", "notified": "rejected" if last else "absent"}.get(outcome, "rejected")
        return reasons

    def correct(self, number: int) -> set[str]:
        return self.move(number, "convoked", "present", "absent")

    def move(self, number: int, target: str, *sources: str) -> set[str]:
        reasons = self.of(number, *sources) or self.late()
        if not reasons:
            self.everyone[number].state = target
        return reasons

    def retain(self, number: int) -> set[str]:
        reasons = self.of(number, "present")
        if not reasons:
            full = {"no-seat-left"} if self.retained() >= self.seats else set()
            reasons = self.late() | full
            if not reasons:
                self.everyone[number].state = "retained"
        return reasons

    def expire_all(self) -> None:
        if self.today > DEADLINE:
            self.end_all("no-advice")

    def end_all(self, state: str) -> None:
        for each in self.everyone.values():
            if each.state in OPEN:
                each.state = state

    def end_session(self, state: str, ending: str, *sources: str) -> set[str]:
        if self.session not in sources:
            return {"no-transition"}
        if state == "complete" and self.retained() < self.seats:
            return {"seats-remain"}
        self.expire_all()
        self.end_all(ending)
        self.session = state
        return set()

    def set_capacity(self, capacity: int) -> set[str]:
        if self.session == "cancelled":
            return {"no-transition"}
        reasons = {"capacity-out-of-range"} if capacity < 1 else set()
        if capacity < self.retained():
            reasons.add("capacity-below-retained")
        if not reasons:
            self.seats, self.quota = capacity, capacity * 2
        return reasons


class WorkflowMachine(RuleBasedStateMachine):
    """Commands in any order, on the workflow and on the model: same refusals, same states."""

    @initialize()
    def open_a_session(self) -> None:
        self.model = Model()
        self.clock = SettableClock(self.noon())
        self.workflow = Workflow(MemoryStorage(), clock=self.clock, settings=Settings())
        sample: Any = SAMPLES["create-session"]
        session = evolve(
            sample,
            session="S-1",
            capacity=2,
            coefficient=2,
            start=START,
            end=END,
            registration_deadline=START,
            late_entry_deadline=END,
        )
        for command in (
            commands.CreateAction("A-1", title=ACTION.title, funder="OPCO", responsible="RESP"),
            commands.PublishAction("A-1"),
            session,
        ):
            self.workflow.execute(command, PLATFORM)

    def noon(self) -> datetime:
        return datetime.fromisoformat(f"{self.model.today}T12:00:00+01:00")

    def same(self, command: Command, actor: Actor, expected: set[str]) -> None:
        try:
            self.workflow.execute(command, actor)
        except CommandRefused as refused:
            found = set(refused.codes)
        else:
            found = set()
        assert found == expected, command

    @rule(number=NUMBERS)
    def register(self, number: int) -> None:
        command = commands.Preregister(
            f"C-{number}",
            session="S-1",
            candidate=evolve(CANDIDATE, reference=f"P-{number}"),
            prescriber=Prescriber(origin=Origin.OTHER),
        )
        self.same(command, PLATFORM, self.model.register(number))

    @rule(number=NUMBERS, ahead=st.integers(-5, 20))
    def convoke(self, number: int, ahead: int) -> None:
        day = self.model.today + timedelta(days=ahead)
        self.same(commands.Convoke(f"C-{number}", on=day), TRAINER, self.model.convoke(number, day))

    @rule(number=NUMBERS)
    def record_presence(self, number: int) -> None:
        self.same(commands.RecordPresence(f"C-{number}"), TRAINER, self.model.attend(number, "present"))

    @rule(number=NUMBERS, notified=st.booleans())
    def record_absence(self, number: int, *, notified: bool) -> None:
        expected = self.model.attend(number, "notified" if notified else "unannounced")
        self.same(commands.RecordAbsence(f"C-{number}", notified=notified), TRAINER, expected)

    @rule(number=NUMBERS)
    def correct(self, number: int) -> None:
        self.same(commands.CorrectAttendance(f"C-{number}"), TRAINER, self.model.correct(number))

    @rule(number=NUMBERS)
    def retain(self, number: int) -> None:
        command = commands.Retain(f"C-{number}", entry=START, exit=END, weekly_hours=Decimal(30))
        self.same(command, TRAINER, self.model.retain(number))

    @rule(number=NUMBERS)
    def reject(self, number: int) -> None:
        command = commands.Reject(f"C-{number}", motive="other", reason="other")
        self.same(command, TRAINER, self.model.move(number, "rejected", "present"))

    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        command = commands.Withdraw(f"C-{number}", reason="found-employment")
        self.same(command, TRAINER, self.model.move(number, "rejected", *OPEN))

    @rule()
    def declare_full(self) -> None:
        expected = self.model.end_session("complete", "session-full", "active")
        self.same(commands.DeclareSessionFull("S-1"), PLATFORM, expected)

    # Rarely: after it there is little left to do.
    @precondition(lambda self: self.model.retained() == 2)
    @rule()
    def cancel_session(self) -> None:
        expected = self.model.end_session("cancelled", "cancelled", "active", "complete")
        self.same(commands.CancelSession("S-1", reason="…"), PLATFORM, expected)

    @rule(capacity=st.integers(0, 3))
    def set_capacity(self, capacity: int) -> None:
        self.same(commands.SetCapacity("S-1", capacity=capacity), PLATFORM, self.model.set_capacity(capacity))

    @rule(days=st.sampled_from([1, 1, 2, 5, 15, 30]))
    def pass_time(self, days: int) -> None:
        self.model.today += timedelta(days=days)
        self.clock.set(self.noon())

    @rule()
    def sweep(self) -> None:
        self.model.expire_all()
        self.workflow.sweep()
        assert self.workflow.sweep(dry_run=True).expired == ()

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        states = self.workflow.storage.queries.states(SubjectKind.APPLICATION)
        assert states == {f"C-{number}": each.state for number, each in self.model.everyone.items()}
        assert self.workflow.session("S-1").state == self.model.session

    @invariant()
    def counts_history_and_outbox_fit(self) -> None:
        queries = self.workflow.storage.queries
        applications = [self.workflow.application(each) for each in queries.states(SubjectKind.APPLICATION)]
        recount = Tally()
        entries = [*self.workflow.history("session", "S-1")]
        for each in applications:
            recount = recount.moved(None, each.state)
            history = [*self.workflow.history("application", each.reference)]
            assert fold(entry.event for entry in history) == each
            assert len(history) == each.version
            entries += history
        if applications:
            assert queries.around(applications[0]).enrolment.tally == recount  # type: ignore[union-attr]
        told = {each.message.about for each in self.workflow.storage.outbox.queued()}
        assert told == {each.position for each in entries if type(each.event) in NOTICES.by_event}

    @invariant()
    def nothing_moves_by_the_systems_hand_alone(self) -> None:
        for number in self.model.everyone:
            for command in (commands.RefuseSessionFull(f"C-{number}"), commands.Cancel(f"C-{number}")):
                with pytest.raises(CommandRefused):
                    self.workflow.execute(command, SYSTEM)


TestWorkflow = WorkflowMachine.TestCase
TestWorkflow.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)

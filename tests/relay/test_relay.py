"""The relay in one process: what it delivers, what it puts off or aside, and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Event, Thread
from typing import Any, ClassVar

import pytest
from relay_world import NotingChannel, at, fill, judge, noted

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, retaining, workflow_with_session
from poec_workflow import (
    Backoff,
    Content,
    Malformed,
    Message,
    NotNow,
    Relay,
    RelayReport,
    Undeliverable,
    Workflow,
    commands,
    remind,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.messages import Addressee
from poec_workflow.ports import Delivery, MessageState, Storage
from poec_workflow.testing import SettableClock

HOUR = timedelta(hours=1)


class Failing:
    """A channel that raises what it is given for some addressees, and keeps the rest."""

    def __init__(self, error: Exception, *to: str) -> None:
        self.error, self.to = error, to
        self.kept: list[Message] = []
        self.tried: list[Message] = []

    def deliver(self, message: Message, content: Content) -> None:
        del content
        self.tried.append(message)
        if message.to.reference in self.to:
            raise self.error
        self.kept.append(message)


@pytest.fixture
def world() -> tuple[Storage, SettableClock, Workflow]:
    """An application that was registered, convoked, seen and retained, in memory."""
    storage, clock = MemoryStorage(), SettableClock(NOW)
    workflow_with_session(storage)
    workflow = Workflow(storage, clock=clock)
    workflow.execute(registering(1), ADVISER)
    for command in retaining(1):
        workflow.execute(command, TRAINER)
    return storage, clock, workflow


World = tuple[Storage, SettableClock, Workflow]


def test_everything_arrives_in_order(storage: Storage, tmp_path: Path) -> None:
    """Each message of each stream once, in the order of its events, whatever the number of workers."""
    told = fill(storage, 6)
    report = Relay(at(storage, HOUR), NotingChannel(tmp_path / "log"), workers=4).run_once()
    assert report == RelayReport(delivered=len(told))
    assert judge(noted(tmp_path / "log"), told) == 0
    assert storage.outbox.queued() == []
    assert Relay(at(storage, HOUR), NotingChannel(tmp_path / "log")).run_once() == RelayReport()


def test_an_undeliverable_message_holds_up_nothing(world: World) -> None:
    """It is put aside with its reason, its successors are sent, and it can be sent again."""
    storage, _, workflow = world
    broken = Failing(Undeliverable("no such address"), "P-1")
    report = Relay(workflow, broken).run_once()
    assert (report.dead, report.postponed) == (2, 0)
    dead = storage.outbox.queued(MessageState.DEAD)
    assert [each.message.notice for each in dead] == ["N2", "N3"]
    assert {each.answer for each in dead} == {"no such address"}
    assert storage.outbox.queued() == []
    storage.outbox.retry(dead[0].message.id)
    mended = Failing(Undeliverable("never"))
    assert Relay(workflow, mended).run_once() == RelayReport(delivered=1)
    assert mended.kept == [dead[0].message]


def test_an_answer_names_nobody(world: World) -> None:
    """What a channel quotes of the person is not kept: who is erased while a message is tried stays erased."""
    storage, _, workflow = world
    person = workflow.storage.queries.candidate("P-1")
    assert person is not None
    assert person.email is not None
    said = f"550 <{person.email.upper()}> ({person.name}): no such address"
    Relay(workflow, Failing(Undeliverable(said), "P-1")).run_once()
    assert {each.answer for each in storage.outbox.queued(MessageState.DEAD)} == {"550 <***> (***): no such address"}


def test_a_failure_waits_and_its_successors_wait_with_it(world: World) -> None:
    """The next attempt is later and later; the attempts and the last answer are known; then it is dead."""
    storage, clock, workflow = world
    backoff = Backoff(attempts=4, random=Random(1))  # noqa: S311 - jitter
    broken = Failing(ConnectionError("refused"), "P-1")
    relay = Relay(workflow, broken, backoff=backoff)
    waits = []
    for attempt in (1, 2, 3):
        relay.run_once()
        first = storage.outbox.queued()[0]
        assert (first.message.notice, first.attempts, first.answer) == ("N2", attempt, "ConnectionError: refused")
        assert first.due_at is not None
        waits.append(first.due_at - clock.now())
        assert [each.notice for each in broken.tried if each.to.reference == "P-1"] == ["N2"] * attempt
        clock.set(first.due_at)
    assert all(backoff.first * 3**step / 2 <= wait <= backoff.first * 3**step for step, wait in enumerate(waits))
    assert relay.run_once().dead == 1
    [dead] = storage.outbox.queued(MessageState.DEAD)
    assert dead.answer == "4 attempts, the last: ConnectionError: refused"
    clock.set(clock.now() + HOUR)
    assert relay.run_once().postponed == 1
    assert broken.tried[-1].notice == "N3"


def test_who_says_when_is_asked_then(world: World) -> None:
    """A receiver's own wait is kept, where it is longer than ours."""
    storage, clock, workflow = world
    Relay(workflow, Failing(NotNow("503", after=3 * HOUR), "P-1")).run_once()
    [first, *_] = storage.outbox.queued()
    assert (first.due_at, first.answer) == (clock.now() + 3 * HOUR, "503")


def test_an_addressee_rests_after_a_failure() -> None:
    """Nothing more is tried for an addressee whose delivery failed, for a while; everybody else is told."""
    storage = MemoryStorage()
    fill(storage, 20)
    clock = SettableClock(NOW)
    broken = Failing(ConnectionError(), "FT")
    relay = Relay(Workflow(storage, clock=clock), broken, workers=2)
    relay.run_once()
    tried = [each for each in broken.tried if each.to.reference == "FT"]
    assert len(tried) == 1
    assert {each.message.to.reference for each in storage.outbox.queued()} == {"FT"}
    relay.run_once()
    assert len([each for each in broken.tried if each.to.reference == "FT"]) == 1
    clock.set(NOW + timedelta(minutes=2))
    broken.to = ()
    relay.run_once()
    assert storage.outbox.queued() == []
    judge([each.id for each in broken.kept], {each.id: each for each in broken.tried}.values())


def test_one_that_hangs_holds_up_nobody_else() -> None:
    """While the deliveries to one addressee hang, all others arrive."""
    storage = MemoryStorage()
    told = fill(storage, 10)
    others = {each.id for each in told if each.to.reference != "FT"}
    arrived: set[str] = set()
    done = Event()

    class Hanging:
        def deliver(self, message: Message, content: Content) -> None:
            del content
            if message.to.reference == "FT":
                assert done.wait(30), "the others never arrived"
            arrived.add(message.id)
            if others <= arrived:
                done.set()

    Relay(at(storage, HOUR), Hanging(), workers=4).run_once()
    assert arrived == {each.id for each in told}


def test_an_erased_candidate_gets_nothing(world: World) -> None:
    """Their messages leave the outbox unsent; organisations hear without a name."""
    _, _, workflow = world
    workflow.erase_candidate("P-1")
    contents: list[tuple[Message, Content]] = []

    class Keeping:
        def deliver(self, message: Message, content: Content) -> None:
            contents.append((message, content))

    report = Relay(workflow, Keeping()).run_once()
    assert report.unneeded == 2
    assert {each.to.kind for each, _ in contents} == {"organization", "system"}
    assert {content.candidate for _, content in contents} == {None}
    unneeded = [each for each in workflow.deliveries("application", "C-1") if each.outcome is Delivery.UNNEEDED]
    assert [each.message.to for each in unneeded] == [Addressee("candidate", "P-1")] * 2


def test_a_content_is_as_of_its_event(world: World) -> None:
    """However late it is sent: the convocation of then, KAIROS's figures, the session as it was rescheduled."""
    _, _, workflow = world
    session = workflow.session("S-1")
    moved = commands.RescheduleSession(
        "S-1",
        start=session.start + timedelta(days=7),
        end=session.end,
        registration_deadline=session.registration_deadline,
        late_entry_deadline=session.end,
    )
    for command in (moved, commands.CancelSession("S-1", reason="Trop peu d'inscrits")):
        workflow.execute(command, PLATFORM)
    said: dict[tuple[str, str], Content] = {}

    class Keeping:
        def deliver(self, message: Message, content: Content) -> None:
            said[message.notice, message.to.reference] = content

    Relay(workflow, Keeping()).run_once()
    convoked = said["N2", "P-1"].application
    assert convoked is not None
    assert (convoked.state, len(convoked.convocations)) == ("convoked", 1)
    assert {*said["N3", "KAIROS"].told} == {"entry", "exit", "weekly_hours"}
    assert not said["N8", "KAIROS"].told
    rescheduled, cancelled = said["N9", "RESP"].session, said["N8", "RESP"].session
    assert rescheduled is not None
    assert cancelled is not None
    assert (rescheduled.state, rescheduled.start) == ("active", moved.start)
    assert (cancelled.state, cancelled.cancellation_reason) == ("cancelled", "Trop peu d'inscrits")
    assert said["N8", "RESP"].application is None
    assert said["N9", "P-1"].candidate is not None
    assert {each.day for each in said.values()} == {NOW.date()}


def test_messages_without_a_channel_wait(world: World) -> None:
    """By kind of addressee, or by addressee; what has none is not touched."""
    storage, _, workflow = world
    everybody = Failing(Undeliverable(""))
    Relay(workflow, {"candidate": everybody}).run_once()
    assert {each.to.kind for each in everybody.kept} == {"candidate"}
    Relay(workflow, {"system:KAIROS": everybody, "organization:FT": everybody}).run_once()
    assert {each.to.reference for each in everybody.kept} == {"P-1", "KAIROS", "FT"}
    waiting = storage.outbox.queued()
    assert {each.message.to.reference for each in waiting} == {"POS"}
    assert {each.attempts for each in waiting} == {0}


@pytest.mark.parametrize(
    ("channels", "place"),
    [
        ({"person": Failing(Undeliverable(""))}, "$.channels.person"),
        ({"system:": Failing(Undeliverable(""))}, "$.channels.system:"),
        ({"candidate": object()}, "$.channels.candidate"),
        (object(), "$.channels.organization"),
    ],
)
def test_wrong_channels_are_said(channels: Any, place: str) -> None:
    """Before anything is claimed."""
    with pytest.raises(Malformed) as raised:
        Relay(Workflow(MemoryStorage()), channels)
    assert place in [each.place for each in raised.value.faults]


def test_a_message_that_kills_its_relays_is_put_aside(world: World) -> None:
    """Claimed so often without a word of what came of it, it is dead before it is tried again."""
    storage, clock, workflow = world
    lease = timedelta(minutes=5)
    for _ in range(3):
        assert storage.outbox.claim(limit=1, now=clock.now(), lease=lease)
        clock.set(clock.now() + lease)
    working = Failing(Undeliverable(""))
    report = Relay(workflow, working, backoff=Backoff(attempts=3)).run_once()
    assert report.dead == 1
    [dead] = storage.outbox.queued(MessageState.DEAD)
    assert dead.answer is not None
    assert "without an answer" in dead.answer
    assert dead.message not in working.tried


def test_a_stopped_relay_finishes_what_it_began() -> None:
    """What was begun is delivered and settled, the rest is given back at once, with no attempt counted."""
    storage = MemoryStorage()
    told = fill(storage, 10)
    stop, begun = Event(), Barrier(3)

    class Stopping:
        kept: ClassVar[list[Message]] = []

        def deliver(self, message: Message, content: Content) -> None:
            del content
            if not stop.is_set():
                begun.wait(30)
                begun.wait(30)
            self.kept.append(message)

    channel = Stopping()
    relay = Relay(at(storage, HOUR), channel, workers=2)
    thread = Thread(target=relay.run, args=(stop,))
    thread.start()
    begun.wait(30)
    stop.set()
    begun.wait(30)
    thread.join(30)
    assert not thread.is_alive()
    assert len(channel.kept) == 2
    waiting = storage.outbox.queued()
    assert len(waiting) == len(told) - 2
    assert {(each.attempts, each.due_at) for each in waiting} == {(0, None)}


def test_a_following_relay_sends_what_comes(world: World) -> None:
    """At once after a command of its own process, which wakes it."""
    storage, clock, _ = world
    stop, arrived = Event(), Event()

    class Waking:
        def deliver(self, message: Message, content: Content) -> None:
            del content
            if message.about.reference == "C-2":
                arrived.set()

    relay = Relay(Workflow(storage, clock=clock), Waking(), poll=3600)
    thread = Thread(target=relay.run, args=(stop,))
    thread.start()
    try:
        Workflow(storage, clock=clock, observe=relay.wake).execute(registering(2), ADVISER)
        assert arrived.wait(30)
    finally:
        stop.set()
        relay.wake()
        thread.join(30)


def test_a_digest_a_day_an_organisation() -> None:
    """However often it is asked for: to positioner and trainer, of what is expiring; nothing once all is advised on."""
    storage = MemoryStorage()
    workflow_with_session(storage)
    clock = SettableClock(NOW)
    workflow = Workflow(storage, clock=clock)
    for number in (1, 2):
        workflow.execute(registering(number), ADVISER)
    Relay(workflow, Failing(Undeliverable(""))).run_once()
    assert remind(workflow).organizations == ()
    session = workflow.session("S-1")
    clock.set(clock.now().replace(year=session.end.year, month=session.end.month, day=session.end.day) + 10 * 24 * HOUR)
    assert remind(workflow).organizations == (session.positioner, session.trainer)
    assert remind(workflow).organizations == ()
    said: list[tuple[Message, Content]] = []

    class Keeping:
        def deliver(self, message: Message, content: Content) -> None:
            said.append((message, content))

    Relay(workflow, Keeping()).run_once()
    assert {(each.notice, each.stream) for each, _ in said} == {("N10", "POS"), ("N10", "TRAIN")}
    for _, digest in said:
        assert [each.application.reference for each in digest.expiring] == ["C-1", "C-2"]
        assert {each.deadline for each in digest.expiring} == {session.end + timedelta(days=21)}
    clock.set(clock.now() + 24 * HOUR)
    assert remind(workflow).organizations == (session.positioner, session.trainer)
    for number in (1, 2):
        workflow.execute(commands.Withdraw(f"C-{number}", reason="found-employment"), ADVISER)
    quiet = Failing(Undeliverable(""))
    assert Relay(workflow, quiet).run_once().unneeded == 2
    assert {each.notice for each in quiet.kept} == {"N5"}

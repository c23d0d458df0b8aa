"""The use cases on a storage: keys, versions, batches, previews, cascades, the sweep, who is told of what."""

from __future__ import annotations

import copy
import itertools
import logging
import pickle
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import (
    SYSTEM,
    Accepted,
    Actor,
    ActorKind,
    Application,
    ApplicationState,
    CommandRefused,
    Malformed,
    Origin,
    Prescriber,
    Refused,
    Request,
    Settings,
    StorageUnavailable,
    SubjectKind,
    Workflow,
    commands,
    fold,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command
from poec_workflow.testing import SettableClock
from poec_workflow.views import ActionFilter, ApplicationFilter, SessionFilter
from world import ACTION, CANDIDATE, SAMPLES, SESSION

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="TRAIN")
OVERDUE = "2022-03-26T00:00:00+01:00"


class House:
    """A workflow on a fresh memory, with one published action and one session of two seats."""

    def __init__(self, **settings: Any) -> None:
        self.clock = SettableClock("2021-11-20T10:00:00+01:00")
        self.seen: list[Any] = []
        self.workflow = Workflow(
            MemoryStorage(), clock=self.clock, settings=Settings(**settings), observe=self.seen.append
        )
        self.do(commands.CreateAction("A-1", title=ACTION.title, funder="OPCO", responsible="RESP"))
        self.do(commands.PublishAction("A-1"))
        created: Any = SAMPLES["create-session"]
        self.do(evolve(created, session="S-1", capacity=2, coefficient=3))
        self.seen.clear()

    def do(self, command: Command, actor: Actor = PLATFORM, **how: Any) -> Accepted:
        return self.workflow.execute(command, actor, **how)

    def refused(self, command: Command, actor: Actor = PLATFORM, **how: Any) -> frozenset[str]:
        with pytest.raises(CommandRefused) as caught:
            self.do(command, actor, **how)
        return caught.value.codes

    def register(self, *numbers: int) -> None:
        for number in numbers:
            self.do(registering(number))

    def present(self, *numbers: int) -> None:
        self.register(*numbers)
        for number in numbers:
            self.do(convoking(number), TRAINER)
            self.do(commands.RecordPresence(f"C-{number}"), TRAINER)

    def retain(self, number: int) -> Accepted:
        return self.do(retaining(number), TRAINER)

    def states(self) -> dict[str, str]:
        return dict(self.workflow.storage.queries.states(SubjectKind.APPLICATION))


def registering(number: int) -> commands.Preregister:
    return commands.Preregister(
        f"C-{number}",
        session="S-1",
        candidate=evolve(CANDIDATE, reference=f"P-{number}"),
        prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT"),
    )


def convoking(number: int) -> commands.Convoke:
    return commands.Convoke(f"C-{number}", on=date(2021, 11, 20))


def retaining(number: int) -> commands.Retain:
    return commands.Retain(f"C-{number}", entry=SESSION.start, exit=SESSION.end, weekly_hours=Decimal(35))


@pytest.fixture
def house() -> House:
    return House()


# Keys and versions


def test_a_used_key_gets_the_first_answer_again(house: House) -> None:
    """Whatever happened since: the same subject, events, advisories and consequences, and nothing stored twice."""
    house.present(1)
    command = evolve(retaining(1), weekly_hours=Decimal(40))
    first = house.do(command, TRAINER, key="k")
    assert [each.code for each in first.advisories] == ["unusual-weekly-hours"]
    house.do(commands.CancelSession("S-1", reason="…"))
    house.clock.set("2030-01-01T00:00:00+01:00")
    again = house.do(evolve(command, weekly_hours=Decimal("40.0")), TRAINER, key="k", expected_version=99)
    assert again == evolve(first, replayed=True)
    assert len(house.workflow.history("application", "C-1")) == 4


def test_a_cascade_is_replayed_whole(house: House) -> None:
    """The endings that a session command caused come again with its answer."""
    house.register(1, 2)
    first = house.do(commands.CancelSession("S-1", reason="…"), key="k")
    assert [each.subject.reference for each in first.consequences] == ["C-1", "C-2"]
    assert house.do(commands.CancelSession("S-1", reason="…"), key="k") == evolve(first, replayed=True)


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (registering(2), PLATFORM),
        (commands.CancelSession("S-1", reason="…"), PLATFORM),
        (registering(1), Actor(kind=ActorKind.ADVISER, organization="FT")),
        (registering(1), evolve(PLATFORM, organization="OTHER")),
        (commands.PublishAction("A-9"), PLATFORM),
    ],
)
def test_a_key_used_for_anything_else(house: House, command: Command, actor: Actor) -> None:
    """Another command or another actor gets `key-reused`, alone, even for what does not exist."""
    house.do(registering(1), key="k")
    assert house.refused(command, actor, key="k") == {"key-reused"}


def test_the_person_behind_an_organisation_may_change(house: House) -> None:
    """The same command from the same organisation is the same, whoever sits there."""
    house.do(registering(1), evolve(PLATFORM, name="A"), key="k")
    assert house.do(registering(1), evolve(PLATFORM, name="B", reference="u-2"), key="k").replayed


def test_a_refused_command_leaves_its_key_free(house: House) -> None:
    """Its key may then be used by anything."""
    assert house.refused(retaining(1), TRAINER, key="k") == {"unknown-application"}
    assert not house.do(registering(1), key="k").replayed


def test_expected_versions(house: House) -> None:
    """A differing one is refused alone; 0 says that there is nothing yet."""
    house.do(registering(1), expected_version=0)
    assert house.refused(registering(1), expected_version=0) == {"stale-version"}
    assert house.refused(registering(1), expected_version=1) == {"duplicate-reference"}
    assert house.refused(commands.Withdraw("C-1", reason="nonsense"), expected_version=2) == {"stale-version"}
    assert house.do(commands.Withdraw("C-1", reason="found-employment"), expected_version=1).subject.version == 2


# Batches, previews, observers


@pytest.mark.parametrize("batch", [0, -1])
def test_a_batch_has_a_request(house: House, batch: int) -> None:
    """A smaller one is the caller's mistake, and nothing is done."""
    with pytest.raises(ValueError, match="one request or more"):
        house.workflow.execute_many([Request(command=registering(1), actor=PLATFORM)], batch=batch)


def test_execute_many_answers_each_in_order(house: House) -> None:
    """Accepted ones are stored, refused ones change nothing; `at` is the request's own."""
    at = datetime.fromisoformat("2021-11-01T00:00:00+01:00")
    answers = house.workflow.execute_many(
        [Request(command=each, actor=PLATFORM, at=at) for each in (registering(1), registering(1), registering(2))]
    )
    assert [isinstance(each, Accepted) for each in answers] == [True, False, True]
    assert house.states() == {"C-1": "pending", "C-2": "pending"}
    assert house.workflow.history("application", "C-2")[0].recorded_at == at


def test_an_atomic_batch_is_all_or_nothing(house: House) -> None:
    """Each sees those before it; one refusal undoes them all, and the answers say which."""
    good = [Request(command=each, actor=PLATFORM, key=each.application) for each in (registering(1), registering(2))]
    bad = house.workflow.execute_many([*good, Request(command=registering(1), actor=PLATFORM)], atomic=True)
    assert [isinstance(each, Refused) for each in bad] == [False, False, True]
    assert house.states() == {}
    assert house.workflow.storage.queries.candidate("P-1") is None
    assert all(isinstance(each, Accepted) for each in house.workflow.execute_many(good, atomic=True))
    assert house.states() == {"C-1": "pending", "C-2": "pending"}


def test_an_undone_batch_is_told_of_by_its_refusals_alone(house: House) -> None:
    """Nobody hears of what was taken back."""
    requests = [Request(registering(1), PLATFORM), Request(registering(1), PLATFORM)]
    house.workflow.execute_many(requests, atomic=True)
    assert [type(each) for each in house.seen] == [Refused]
    house.seen.clear()
    house.workflow.execute_many(requests[:1], atomic=True)
    assert [type(each) for each in house.seen] == [Accepted]


def test_what_was_stored_before_a_storage_fails_is_told(house: House) -> None:
    """Without `atomic` each request is stored, and heard of, before the next one is tried."""

    class Failing(MemoryStorage):
        runs = 0

        def run(self, work: Any, *, write: bool = True) -> Any:
            self.runs += 1
            if self.runs > 1:
                raise StorageUnavailable("gone")
            return super().run(work, write=write)

    failing = house.workflow.using(Failing())
    create = commands.CreateAction("A-1", title=ACTION.title, funder="OPCO", responsible="RESP")
    with pytest.raises(StorageUnavailable):
        failing.execute_many([Request(create, PLATFORM), Request(commands.PublishAction("A-1"), PLATFORM)])
    assert [type(each) for each in house.seen] == [Accepted]
    assert failing.action("A-1").state == "awaiting-publication"


def test_a_history_can_not_be_rewritten(house: House) -> None:
    """What an event, a command, a refusal or the settings hold can't be changed; they hash, and survive pickling."""
    house.do(commands.EnrichAction("A-1", changes={"objective": "x"}))
    entry = house.workflow.history("action", "A-1")[-1]
    with pytest.raises(TypeError):
        entry.event.changes["objective"] = "y"  # type: ignore[union-attr]
    with pytest.raises(AttributeError):
        entry.event.changes._items = {}  # type: ignore[union-attr]  # noqa: SLF001 - the point
    asked = [date(2021, 11, 1)]
    dates = commands.SetInformationDates("S-1", dates=asked)
    asked.clear()
    assert dates.dates == (date(2021, 11, 1),)
    own = Settings(overbooking=1)
    assert own.checks == {}
    for value in (entry, commands.EnrichAction("A-1", changes={"a": "b"}), own, dates):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
        assert hash(copy.deepcopy(value)) == hash(value)
    assert repr(entry.event.changes) == "{'objective': 'x'}"  # type: ignore[union-attr]


def test_a_preview_stores_nothing(house: House) -> None:
    """It gives the decision that `execute` would take, and says whether it is final."""
    house.present(1)
    before = house.workflow.history("application", "C-1")
    previewed = house.workflow.preview(retaining(1), TRAINER)
    assert isinstance(previewed, Accepted)
    assert previewed.final
    assert house.workflow.history("application", "C-1") == before
    assert previewed == house.retain(1)
    refused = house.workflow.preview(retaining(1), TRAINER)
    assert isinstance(refused, Refused)


def test_a_preview_with_a_used_key_is_what_sending_it_again_would_give(house: House) -> None:
    """The first answer again to the same command, `key-reused` to another; a free key stays free."""
    house.register(1)
    previewed = house.workflow.preview(convoking(1), TRAINER, key="once")
    assert isinstance(previewed, Accepted)
    assert not previewed.replayed
    done = house.do(convoking(1), TRAINER, key="once")
    assert not done.replayed
    again = house.workflow.preview(convoking(1), TRAINER, key="once")
    assert isinstance(again, Accepted)
    assert again.replayed
    assert again == evolve(done, replayed=True)
    other = house.workflow.preview(commands.RecordPresence("C-1"), TRAINER, key="once")
    assert isinstance(other, Refused)
    assert other.codes == {"key-reused"}


def test_a_preview_of_a_version_that_is_no_more(house: House) -> None:
    """It is refused as sending it would be."""
    house.register(1)
    assert isinstance(house.workflow.preview(convoking(1), TRAINER, expected_version=1), Accepted)
    refused = house.workflow.preview(convoking(1), TRAINER, expected_version=2)
    assert isinstance(refused, Refused)
    assert refused.codes == {"stale-version"}


def test_an_observer_hears_every_answer_after_commit(house: House) -> None:
    """Accepted, refused, replayed and swept ones; a preview is no answer."""
    house.register(1)
    house.refused(registering(1))
    house.workflow.preview(registering(2), PLATFORM)
    house.clock.set(OVERDUE)
    house.workflow.sweep()
    assert [type(each) for each in house.seen] == [Accepted, Refused, Accepted]


def test_an_observer_that_fails_changes_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """What it raises is logged, and the command was carried out."""

    def fail(_answer: object) -> None:
        raise RuntimeError("no")

    failing = evolve(house.workflow, observe=fail)
    with caplog.at_level(logging.ERROR):
        assert failing.execute(registering(1), PLATFORM).subject.version == 1
    assert "an observer failed" in caplog.text
    assert not evolve(house.workflow, observe=None).execute(registering(2), PLATFORM).replayed


def test_malformed_input_is_refused_before_anything_is_done(house: House) -> None:
    """Every fault at once, each with its place; of a batch nothing is carried out."""
    bad = commands.Convoke("", on=datetime(2021, 1, 1), time="25:00")  # type: ignore[arg-type]  # noqa: DTZ001
    with pytest.raises(Malformed) as caught:
        house.workflow.execute_many(
            [Request(command=registering(1), actor=PLATFORM), Request(command=bad, actor=PLATFORM)]
        )
    assert [each.place for each in caught.value.faults] == ["$.command.application", "$.command.on", "$.command.time"]
    assert house.states() == {}


def test_a_naive_clock_is_refused(house: House) -> None:
    """Its instants would mean another time on every machine."""

    class Naive:
        def now(self) -> datetime:
            return datetime(2021, 1, 1)  # noqa: DTZ001 - the point

    with pytest.raises(Malformed, match="aware"):
        evolve(house.workflow, clock=Naive()).execute(registering(1), PLATFORM)


# Sessions and their applications


def test_cancelling_tells_each_application_why(house: House) -> None:
    """Open ones are cancelled by the system in the session's transaction; retained ones stay."""
    house.present(1)
    house.retain(1)
    house.register(2)
    accepted = house.do(commands.CancelSession("S-1", reason="…"))
    assert house.states() == {"C-1": "retained", "C-2": "cancelled"}
    assert [each.subject.reference for each in accepted.consequences] == ["C-2"]
    entry = house.workflow.history("application", "C-2")[-1]
    assert (entry.rule, entry.command, entry.actor, entry.from_state) == ("L14", "cancel-session", SYSTEM, "pending")
    assert entry.decision == house.workflow.history("session", "S-1")[-1].position


def test_overdue_ones_expire_first(house: House) -> None:
    """Past the deadline a cancellation finds only expired ones, effective at the first instant after it."""
    house.register(1)
    house.clock.set("2022-05-01T09:00:00+02:00")
    house.do(commands.CancelSession("S-1", reason="…"))
    assert house.states() == {"C-1": "no-advice"}
    entry = house.workflow.history("application", "C-1")[-1]
    assert entry.event.effective_at == datetime.fromisoformat(OVERDUE)
    assert entry.recorded_at == house.clock.now()
    assert (entry.rule, entry.command) == ("L12", "cancel-session")


def test_a_refused_session_command_expires_nothing(house: House) -> None:
    """Only an accepted one first expires what is overdue."""
    house.register(1)
    house.clock.set(OVERDUE)
    assert house.refused(commands.DeclareSessionFull("S-1")) == {"seats-remain"}
    assert house.states() == {"C-1": "pending"}


def test_archiving_counts_overdue_ones_as_ended(house: House) -> None:
    """In time, an open application forbids it; overdue, it expires in the same transaction."""
    house.register(1)
    assert house.refused(commands.ArchiveAction("A-1")) == {"open-applications-remain"}
    house.clock.set(OVERDUE)
    accepted = house.do(commands.ArchiveAction("A-1"), key="k")
    assert [each.event.type for each in accepted.consequences] == ["expired"]
    assert house.states() == {"C-1": "no-advice"}
    assert house.do(commands.ArchiveAction("A-1"), key="k") == evolve(accepted, replayed=True)


def test_the_last_seat_closes_the_session_automatically() -> None:
    """With `close_when_full="automatic"`: one transaction declares it full and refuses who waits."""
    house = House(close_when_full="automatic")
    house.present(1, 2, 3)
    assert house.retain(1).consequences == ()
    accepted = house.retain(2)
    assert [(each.subject.reference, each.subject.state, each.command) for each in accepted.consequences] == [
        ("S-1", "complete", "retain"),
        ("C-3", "session-full", "declare-session-full"),
    ]
    assert all(each.actor == SYSTEM for each in accepted.consequences)
    assert house.workflow.session("S-1").state == "complete"


def test_manually_the_session_stays_open(house: House) -> None:
    """By default the last seat declares nothing, and the next retention finds none left."""
    house.present(1, 2, 3)
    house.retain(1)
    house.retain(2)
    assert house.workflow.session("S-1").state == "active"
    assert house.refused(retaining(3), TRAINER) == {"no-seat-left"}


def test_a_session_that_a_complete_capacity_raise_reopened_is_not_closed_twice() -> None:
    """A complete session that got a seat more takes a retention, and stays complete."""
    house = House(close_when_full="automatic", overbooking=1)
    house.present(1, 2, 3, 4)
    for number in (1, 2, 3):
        last = house.retain(number)
    assert [each.event.type for each in last.consequences] == ["session-declared-full", "session-full-refused"]
    assert house.states()["C-4"] == "session-full"


# The sweep


def test_a_sweep_is_idempotent_and_reports(house: House) -> None:
    """A dry run says what a sweep then does; a second sweep finds nothing."""
    house.register(1, 2)
    house.clock.set(OVERDUE)
    heard: list[int] = []
    dry = house.workflow.sweep(dry_run=True)
    assert (dry.expired, dry.dry_run) == (("C-1", "C-2"), True)
    assert house.states() == {"C-1": "pending", "C-2": "pending"}
    assert house.workflow.sweep(progress=heard.append).expired == ("C-1", "C-2")
    assert heard == [2]
    assert house.states() == {"C-1": "no-advice", "C-2": "no-advice"}
    assert house.workflow.sweep().expired == ()
    assert len(house.workflow.history("application", "C-1")) == 2


def test_a_sweep_that_the_settings_forbid() -> None:
    """Permissions that let the system expire nothing are said aloud, not passed over."""
    house = House(permissions={**Settings().permissions, commands.Expire: ()})
    house.register(1)
    house.clock.set(OVERDUE)
    with pytest.raises(CommandRefused, match="not-permitted"):
        house.workflow.sweep()


# Reading


def test_unknown_references(house: House) -> None:
    """Each read of one subject says that it is unknown."""
    workflow = house.workflow
    for read, code in (
        (lambda: workflow.application("C-9"), "unknown-application"),
        (lambda: workflow.session("S-9"), "unknown-session"),
        (lambda: workflow.action("A-9"), "unknown-action"),
        (lambda: workflow.history("session", "S-9"), "unknown-session"),
        (lambda: workflow.explain("C-9", PLATFORM), "unknown-application"),
    ):
        with pytest.raises(CommandRefused) as caught:
            read()
        assert caught.value.codes == {code}
        assert caught.value.http_status == 404


def test_a_history_of_no_kind(house: House) -> None:
    """A kind that does not exist is malformed."""
    with pytest.raises(Malformed, match="expected one of application, session, action"):
        house.workflow.history("candidate", "P-1")


def test_reading_one_subject(house: House) -> None:
    """The subject as stored, its history folding to it, and the explanation of its commands."""
    house.register(1)
    subject = house.workflow.application("C-1")
    assert isinstance(subject, Application)
    assert fold(each.event for each in house.workflow.history("application", "C-1")) == subject
    assert house.workflow.action("A-1").state == "published"
    allowed = {each.command.type for each in house.workflow.explain("C-1", TRAINER) if each.allowed}
    assert allowed == {"convoke", "withdraw"}


def test_a_dashboard_since_a_day(house: House) -> None:
    """Only applications registered on the day or later count; an unknown organisation has no rows."""
    house.register(1)
    house.clock.set("2021-11-21T00:00:00+01:00")
    house.register(2)
    assert [row.pending for row in house.workflow.dashboard("TRAIN").rows] == [2]
    assert [row.pending for row in house.workflow.dashboard("TRAIN", since=date(2021, 11, 21)).rows] == [1]
    assert [row.expiring for row in house.workflow.dashboard("TRAIN", at=date(2022, 3, 10)).rows] == [2]
    assert house.workflow.dashboard("NOBODY").rows == ()


@pytest.mark.parametrize("day", [{"at": date.min}, {"since": date.min}, {"at": date.max}, {"since": date.max}])
def test_a_day_beyond_the_wire_format(house: House, day: dict[str, date]) -> None:
    """Is malformed for a dashboard, and no overflow of dates."""
    with pytest.raises(Malformed):
        house.workflow.dashboard("TRAIN", **day)


def test_another_storage(house: House) -> None:
    """`using` is the same workflow elsewhere."""
    other = house.workflow.using(MemoryStorage())
    assert other.settings is house.workflow.settings
    with pytest.raises(CommandRefused):
        other.action("A-1")


def test_correcting_and_moving_keep_the_convocation(house: House) -> None:
    """L7 and L8 use up no convocation: a third one is still there after both."""
    house.register(1)
    for day in (20, 21, 22):
        house.clock.set(f"2021-11-{day}T10:00:00+01:00")
        house.do(commands.Convoke("C-1", on=date(2021, 11, day)), TRAINER)
        house.do(commands.MoveConvocation("C-1", on=date(2021, 11, day)), TRAINER)
        house.do(commands.RecordPresence("C-1"), TRAINER)
        house.do(commands.CorrectAttendance("C-1"), TRAINER)
        house.do(commands.RecordAbsence("C-1", notified=True), TRAINER)
    subject = house.workflow.application("C-1")
    assert [each.on.day for each in subject.convocations] == [20, 21, 22]
    assert (subject.state, subject.reason) == (ApplicationState.REJECTED, "absent-at-last-convocation")
    assert {each.outcome for each in subject.convocations} == {"absent-with-notice"}


FOREIGN: dict[str, tuple[Any, str]] = {
    "no filter": (lambda house, kind: getattr(house, kind)(3), "$.filter"),
    "no filter to count": (lambda house, kind: getattr(house, f"{kind[:-1]}_count")(None), "$.filter"),
    "no filter of tabs": (lambda house, kind: getattr(house, f"{kind[:-1]}_tabs")("x"), "$.filter"),
    "no page": (lambda house, kind: getattr(house, kind)(page=5), "$.page"),
}


@pytest.mark.parametrize("kind", ["applications", "sessions", "actions"])
@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_filter_is_malformed(name: str, kind: str) -> None:
    """Each list says so, before it looks for anything."""
    ask, place = FOREIGN[name]
    with pytest.raises(Malformed, match="expected ") as error:
        ask(House().workflow, kind)
    assert [each.place for each in error.value.faults] == [place]


def test_a_list_takes_its_own_filter_only() -> None:
    """Filters of two lists may have the same fields, and mean other rows."""
    workflow: Any = House().workflow
    filters = {"application": ApplicationFilter(), "session": SessionFilter(), "action": ActionFilter()}
    for (name, _), (other, asked) in itertools.permutations(filters.items(), 2):
        for ask in (f"{name}s", f"{name}_tabs", f"{name}_count"):
            with pytest.raises(
                Malformed, match=rf"^\$\.filter: expected {name.title()}Filter, not {other.title()}Filter"
            ):
                getattr(workflow, ask)(asked)


def test_nobody_is_not_everybody() -> None:
    """A candidate whose reference is missing has no applications, and gets nobody else's."""
    house = House()
    house.register(1, 2)
    workflow: Any = house.workflow
    strange: tuple[Any, ...] = (None, 0, [])
    for missing in strange:
        with pytest.raises(Malformed, match=r"^\$\.candidate: expected str, not "):
            workflow.candidate_applications(missing)
    for wrong in ("", "x" * 65):
        with pytest.raises(Malformed, match=r"^\$\.candidate: expected 1 to 64 characters"):
            workflow.candidate_applications(wrong)


@pytest.mark.parametrize("since", ["", 0, False, []])
def test_what_is_no_day_is_malformed(since: Any) -> None:
    """Nothing that is false is taken for nothing said."""
    with pytest.raises(Malformed, match=r"^\$\.since: "):
        House().workflow.dashboard("POS", since=since)


def test_what_is_no_request_is_malformed() -> None:
    """And nothing of what came with it is done."""
    workflow: Any = House().workflow
    for call in (
        workflow.submit,
        workflow.remedy,
        workflow.submit_or_remedy,
        lambda each: workflow.execute_many([each]),
    ):
        for given in (3, None, SAMPLES["convoke"]):
            with pytest.raises(Malformed, match=r"^\$: expected Request, not "):
                call(given)
    with pytest.raises(Malformed, match=r"^\$\.settings: expected Settings, not 3"):
        evolve(workflow, settings=3)


def test_a_reference_in_another_normal_form_is_another(house: House) -> None:
    """Letter by letter: É as one character and as two are two candidates, whom a search finds both."""
    composed, decomposed = (f"{each}loïse" for each in ("\u00c9", "E\u0301"))
    for number, reference in enumerate((composed, decomposed), 1):
        register = registering(number)
        house.do(evolve(register, candidate=evolve(register.candidate, reference=reference)))
    assert [each.reference for each in house.workflow.candidate_applications(composed)] == ["C-1"]
    assert [each.reference for each in house.workflow.candidate_applications(decomposed)] == ["C-2"]
    found = house.workflow.applications(ApplicationFilter(text="eloise")).items
    assert [each.reference for each in found] == ["C-1", "C-2"]

"""Instants at the edges of what can be written: what is accepted can be read again, on every storage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from attrs import evolve

from poec_workflow import SYSTEM, Accepted, Actor, Facts, Malformed, Request, Settings, Workflow, commands, decide
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.policies import messages
from poec_workflow.ports import Storage
from poec_workflow.testing import SettableClock
from world import ACTION, SAMPLES, SESSION, facts, related

PLATFORM = Actor(kind="platform", organization="CAP")
CREATE = commands.CreateAction("A", title="[POEC]", funder="F", responsible="R")

OUTSIDE = [
    datetime.fromisoformat("1900-01-01T00:00:00+01:00"),  # in Paris, 9 minutes ahead, the year before
    datetime.fromisoformat("1899-12-31T23:59:59+00:00"),
    datetime.fromisoformat("2999-12-31T23:59:59-11:00"),
    datetime.fromisoformat("2999-12-31T23:00:00+00:00"),
    datetime.fromisoformat("3000-01-01T00:00:00+00:00"),
    datetime.max.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
    datetime.min.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
]
INSIDE = ["1900-01-01T00:00:00+00:00", "2999-12-31T22:59:59.999999+00:00", "2999-12-31T23:59:59+01:00"]


class Standing:
    """A clock that stands."""

    def __init__(self, instant: Any) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant  # type: ignore[no-any-return]


@pytest.mark.parametrize("instant", OUTSIDE, ids=str)
def test_an_instant_that_could_not_be_read_again_is_malformed(storage: Storage, instant: datetime) -> None:
    """In a request and of a clock, with the place; nothing is stored."""
    workflow = Workflow(storage, clock=SettableClock("2021-11-02T09:00:00+01:00"))
    request = Request(command=CREATE, actor=PLATFORM, at=instant)
    for act in (
        workflow.submit,
        workflow.remedy,
        workflow.submit_or_remedy,
        lambda each: workflow.execute_many([each]),
    ):
        with pytest.raises(Malformed) as caught:
            act(request)
        assert [each.place for each in caught.value.faults] == ["$.at"]
    late: Workflow = evolve(workflow, clock=Standing(instant))
    for ask in (
        lambda: late.execute(CREATE, PLATFORM),
        lambda: late.preview(CREATE, PLATFORM),
        late.sweep,
        lambda: late.sweep(dry_run=True),
        lambda: late.dashboard("R"),
        lambda: late.work_queue("R"),
        late.applications,
    ):
        with pytest.raises(Malformed) as caught:
            ask()
        assert [each.place for each in caught.value.faults] == ["$.clock"]
    assert storage.queries.subject(CREATE.subject_kind, "A") is None


@pytest.mark.parametrize("instant", INSIDE)
def test_what_is_accepted_is_read_again(storage: Storage, instant: str) -> None:
    """The first and the last instants: the subject, its history, and the answer to its key."""
    workflow = Workflow(storage, clock=SettableClock(instant))
    first = workflow.execute(CREATE, PLATFORM, key="k")
    assert workflow.action("A") == first.subject
    [entry] = workflow.history("action", "A")
    assert entry.recorded_at == entry.event.effective_at == datetime.fromisoformat(instant)
    assert workflow.execute(CREATE, PLATFORM, key="k") == evolve(first, replayed=True)


class Nowhere(tzinfo):
    """A zone that knows no offset, so that its instants are naive."""

    def utcoffset(self, _instant: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


@pytest.mark.parametrize(
    "clock",
    [None, "2021-11-02", datetime(2021, 11, 2), datetime(2021, 11, 2, tzinfo=Nowhere()), 5],  # noqa: DTZ001 - the point
)
def test_a_clock_gives_instants(clock: Any) -> None:
    """A naive one, or what is no instant at all, is malformed."""
    with pytest.raises(Malformed, match=r"^\$\.clock: an instant must be aware$"):
        Workflow(MemoryStorage(), clock=Standing(clock)).execute(CREATE, PLATFORM)


def test_a_batch_with_one_such_instant_does_nothing() -> None:
    """As with every other malformed request."""
    workflow = Workflow(MemoryStorage())
    good = Request(command=CREATE, actor=PLATFORM)
    with pytest.raises(Malformed):
        workflow.execute_many([good, evolve(good, at=OUTSIDE[0])])
    assert workflow.actions().items == ()


def test_a_session_that_ends_on_the_last_day(storage: Storage) -> None:
    """Its deadline is a day that no clock reaches: applications end by a decision, and everything can be read."""
    workflow = Workflow(storage, clock=SettableClock("2999-12-30T12:00:00+01:00"), settings=Settings(grace_days=3_660))
    last = date(2999, 12, 31)
    created: Any = SAMPLES["create-session"]
    days = {"start": last, "end": last, "registration_deadline": last, "late_entry_deadline": last}
    workflow.execute(evolve(CREATE, action="A-1"), PLATFORM)
    workflow.execute(commands.PublishAction("A-1"), PLATFORM)
    workflow.execute(evolve(created, session="S-1", **days), PLATFORM)
    registered: Any = SAMPLES["preregister"]
    workflow.execute(registered, PLATFORM)
    refused, remedy = workflow.submit_or_remedy(Request(command=commands.Expire("C-2"), actor=SYSTEM))
    assert not isinstance(refused, Accepted)
    assert refused.refusals[0].details["deadline"] == date(3010, 1, 8)
    assert "08/01/3010" in refused.refusals[0].message("fr")
    assert remedy is None
    trainer = Actor(kind="organization", organization="TRAIN")
    late = workflow.preview(commands.Convoke("C-2", on=last), trainer)
    assert isinstance(late, Accepted)
    assert {each.command.type for each in workflow.explain("C-2", trainer) if each.allowed} == {"convoke", "withdraw"}
    assert workflow.sweep().expired == ()
    assert workflow.work_queue("TRAIN").expiring == ()
    workflow.execute(commands.CancelSession("S-1", reason="…"), PLATFORM)
    assert [each.event.type for each in workflow.history("application", "C-2")] == ["preregistered", "cancelled"]


@messages(en="Only until {until}.")
def until_the_end(_application: object, _facts: object) -> dict[str, date]:
    """A service's own limit, at an end of Python's days."""
    return {"until": date.max, "since": date.min, "on": date(2999, 12, 31), "from": date(1900, 1, 1)}


def test_a_remedy_is_a_day_that_can_be_said() -> None:
    """Days of a service's own limits that no command and no clock can name are passed over."""
    own = Settings(refuse_also={commands.Convoke: (until_the_end,)})
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-20T10:00:00+01:00"), settings=own)
    workflow.execute(evolve(CREATE, action="A-1"), PLATFORM)
    workflow.execute(commands.PublishAction("A-1"), PLATFORM)
    created: Any = SAMPLES["create-session"]
    workflow.execute(evolve(created, session="S-1"), PLATFORM)
    registered: Any = SAMPLES["preregister"]
    workflow.execute(registered, PLATFORM)
    trainer = Actor(kind="organization", organization="TRAIN")
    convoke = commands.Convoke("C-2", on=date(2021, 11, 25))
    answer, remedy = workflow.submit_or_remedy(Request(command=convoke, actor=trainer))
    assert (isinstance(answer, Accepted), remedy) == (False, None)
    assert not next(each for each in workflow.explain("C-2", trainer) if each.command is commands.Convoke).allowed


@pytest.mark.parametrize("name", ["at", "since"])
@pytest.mark.parametrize(
    "day", [date.min, date(1899, 12, 31), date(3000, 1, 1), date.max, datetime(2022, 3, 1, tzinfo=UTC), "soon"]
)
def test_the_days_of_a_dashboard_have_a_place(name: str, day: Any) -> None:
    """What the wire format can't say is malformed, with the parameter's name."""
    with pytest.raises(Malformed) as caught:
        Workflow(MemoryStorage()).dashboard("AFEC", **{name: day})
    assert [each.place for each in caught.value.faults] == [f"$.{name}"]


@pytest.mark.parametrize("name", ["at", "since"])
@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2999, 12, 31)])
def test_the_first_and_the_last_day_of_a_dashboard(storage: Storage, name: str, day: date) -> None:
    """Can be asked for, with the longest delays too."""
    workflow = Workflow(storage, settings=Settings(grace_days=3_660, warning_days=3_660))
    assert workflow.dashboard("AFEC", **{name: day}).rows == ()


# Facts


@pytest.mark.parametrize(
    "instant", ["2022-03-25T23:30:00+00:00", "2022-03-26T04:30:00+05:00", "2022-03-25T12:30:00-11:00"]
)
def test_now_is_an_instant_of_the_zone(instant: str) -> None:
    """Whatever offset the clock writes, `facts.now.date()` is the day that the rules count with."""
    now = datetime.fromisoformat(instant)
    known = facts(SYSTEM, now=now)
    assert (known.now, known.now.isoformat()) == (now, "2022-03-26T00:30:00+01:00")
    assert known.now.date() == known.today == date(2022, 3, 26)
    assert evolve(known, settings=Settings(time_zone="America/Cayenne")).now.date() == date(2022, 3, 25)
    answer = decide(None, CREATE, evolve(known, actor=related(PLATFORM.kind)))
    assert isinstance(answer, Accepted)
    assert answer.events[0].effective_at.isoformat() == "2022-03-26T00:30:00+01:00"


@pytest.mark.parametrize("instant", OUTSIDE, ids=str)
def test_facts_have_an_instant_that_can_be_kept(instant: datetime) -> None:
    """A pure decision is held to it too, for its events are stored by somebody."""
    with pytest.raises(Malformed, match=r"\$\.now"):
        Facts(now=instant, actor=SYSTEM)


def test_today_is_worked_out_once() -> None:
    """Every policy that asks gets the same object."""
    known = facts(SYSTEM, action=ACTION, session=SESSION)
    assert known.today is known.today


ODD = [
    ("Europe/Paris", "1905-06-01T23:55:00+00:00"),
    ("Africa/Monrovia", "1960-01-01T00:30:00+00:00"),
    ("Asia/Kathmandu", "1912-03-01T19:00:00-05:00"),
    ("Pacific/Kiritimati", "1950-07-01T10:59:00+00:00"),
]


@pytest.mark.parametrize(("zone", "instant"), ODD)
def test_the_day_of_an_offset_with_odd_seconds(storage: Storage, zone: str, instant: str) -> None:
    """A policy may take `now.date()` for the day there too; what is stored says the same instant, and is read again."""
    at, seen = datetime.fromisoformat(instant), []

    def note(_subject: object, facts: Facts, _command: object) -> None:
        seen.append((facts.now.date(), facts.today))

    ours = Settings(time_zone=zone, refuse_also={commands.CreateAction: (note,)})
    workflow = Workflow(storage, clock=SettableClock(at), settings=ours)
    workflow.submit(Request(command=CREATE, actor=PLATFORM, at=at))
    local = at.astimezone(ours.zone).date()
    assert seen == [(local, local)]
    [entry] = workflow.history("action", "A")
    assert entry.recorded_at == entry.event.effective_at == at


def test_the_year_is_the_zones() -> None:
    """In Monrovia, some 43 minutes behind, the first moments of 1900 in UTC are still 1899."""
    ours = Settings(time_zone="Africa/Monrovia")
    for instant in ("1900-01-01T00:00:00+00:00", "1900-01-01T00:40:00+00:00"):
        with pytest.raises(Malformed, match=r"\$\.now"):
            facts(PLATFORM, now=datetime.fromisoformat(instant), settings=ours)
    facts(PLATFORM, now=datetime.fromisoformat("1900-01-01T00:45:00+00:00"), settings=ours)


@pytest.mark.parametrize("actor", ["x", None, 3, CREATE])
def test_explain_wants_an_actor(actor: Any) -> None:
    """Anything else is malformed, as everywhere."""
    with pytest.raises(Malformed):
        Workflow(MemoryStorage()).explain("C-1", actor)

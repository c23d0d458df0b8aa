"""Days and deadlines: the last instant and the first after it, in any offset, across clock changes and leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from poec_workflow import SYSTEM, Accepted, Malformed, Refused, Settings, commands, decide
from poec_workflow.model import ActorKind, ApplicationState
from poec_workflow.policies.calendar import first_instant, in_zone, later_day, local_day, local_instant, local_time
from poec_workflow.policies.deadlines import (
    adjacent_days,
    advice_deadline,
    ended_before,
    file_kept_until,
    is_overdue,
    personal_data_kept_until,
    session_ends_expiring,
)
from world import SAMPLES, SESSION, application, facts, related

PARIS = Settings().zone
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ALMOST_A_DAY = timedelta(hours=23, minutes=59)
DAYS = st.dates(date(1950, 1, 1), date(2990, 1, 1))

# The session's end ▸ the first instant after the advice deadline, in UTC.
FIRST_INSTANTS = [
    (date(2022, 3, 4), "2022-03-25T23:00:00+00:00"),  # the domain page's example, in winter time
    (date(2022, 3, 6), "2022-03-27T22:00:00+00:00"),  # the deadline is the day that the clocks go forward
    (date(2022, 3, 5), "2022-03-26T23:00:00+00:00"),  # …and the day before it
    (date(2021, 10, 10), "2021-10-31T23:00:00+00:00"),  # the day that they go back
    (date(2021, 10, 9), "2021-10-30T22:00:00+00:00"),  # …and the day before it
    (date(2024, 2, 8), "2024-02-29T23:00:00+00:00"),  # 29 February
    (date(2024, 2, 7), "2024-02-28T23:00:00+00:00"),
    (date(2023, 2, 7), "2023-02-28T23:00:00+00:00"),  # a year without one
    (date(2021, 12, 10), "2021-12-31T23:00:00+00:00"),  # the turn of the year
]


@pytest.mark.parametrize(("end", "first"), FIRST_INSTANTS)
@pytest.mark.parametrize("hours", [-10, -1, 0, 1, 2, 5.5, 14])
def test_the_last_instant_and_the_first_after_it(end: date, first: str, hours: float) -> None:
    """A microsecond before Paris midnight an advice is in time and nothing expires; at midnight it is the contrary."""
    after = datetime.fromisoformat(first).astimezone(timezone(timedelta(hours=hours)))
    before = after - timedelta(microseconds=1)
    session = evolve(SESSION, start=date(2021, 9, 1), end=end, late_entry_deadline=end)
    subject = application(ApplicationState.PRESENT)
    expire = commands.Expire("C-1")
    correct = commands.CorrectAttendance("C-1")
    trainer = Settings(
        permissions={**Settings().permissions, commands.CorrectAttendance: Settings().permissions[commands.Expire]}
    )
    known = facts(SYSTEM, session=session, subject=subject, settings=trainer)

    early = decide(subject, expire, evolve(known, now=before))
    assert isinstance(early, Refused)
    assert early.codes == {"advice-deadline-not-passed"}
    assert isinstance(decide(subject, correct, evolve(known, now=before)), Accepted)

    late = decide(subject, correct, evolve(known, now=after))
    assert isinstance(late, Refused)
    assert late.codes == {"advice-deadline-passed"}
    expired = decide(subject, expire, evolve(known, now=after + timedelta(days=40)))
    assert isinstance(expired, Accepted)
    assert expired.events[0].effective_at == datetime.fromisoformat(first)


OVERDUE = ["convoke", "move-convocation", "record-presence", "record-absence", "correct-attendance"]
OVERDUE += ["retain", "reject", "withdraw"]


def test_whatever_is_overdue_is_refused() -> None:
    """Every command that works on an application, in every state that the table has it in, whoever gave notice."""
    late = datetime.fromisoformat("2022-03-26T00:00:00+01:00")
    refused = []
    for state, name, notified in product(ApplicationState, OVERDUE, (True, False)):
        subject = application(state)
        command = SAMPLES[name]
        if isinstance(command, commands.RecordAbsence):
            command = evolve(command, notified=notified)
        answer = decide(subject, command, facts(related(ActorKind.ORGANIZATION), subject=subject, now=late))
        assert isinstance(answer, Refused)
        if answer.codes != {"no-transition"}:
            assert "advice-deadline-passed" in answer.codes
            refused.append(name)
    assert sorted(set(refused)) == sorted(OVERDUE)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2990, 1, 1)), OFFSETS, OFFSETS)  # noqa: DTZ001 - made aware below
def test_the_day_does_not_depend_on_the_offset_written(naive: datetime, one: timezone, other: timezone) -> None:
    """An instant falls on the same Paris day, whatever offset it was written with."""
    instant = naive.replace(tzinfo=one)
    assert local_day(instant, PARIS) == local_day(instant.astimezone(other), PARIS)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2990, 1, 1)), OFFSETS, OFFSETS, st.integers(-3, 3))  # noqa: DTZ001
@example(datetime(2021, 11, 1, 23, 30), timezone(-ALMOST_A_DAY), timezone(ALMOST_A_DAY), 1)  # noqa: DTZ001
def test_a_later_day_is_told_whatever_the_offsets(naive: datetime, one: timezone, zone: timezone, away: int) -> None:
    """Also where the zone's day is two days after the day that is written."""
    instant = naive.replace(tzinfo=one)
    day, falls_on = instant.date() + timedelta(days=away), local_day(instant, zone)
    assert later_day(day, instant, zone) == (falls_on if day < falls_on else None)


@given(DAYS)
def test_a_day_begins_with_its_first_instant(day: date) -> None:
    """The first instant is on the day, and a microsecond earlier is not."""
    first = first_instant(day, PARIS)
    assert local_day(first, PARIS) == day
    assert local_day(first - timedelta(microseconds=1), PARIS) == day - timedelta(days=1)
    assert first.utcoffset() == first.astimezone(PARIS).utcoffset()


@given(DAYS, DAYS, st.integers(0, 400), st.integers(0, 400))
def test_the_two_ways_to_ask_agree(end: date, today: date, grace: int, warning: int) -> None:
    """Overdue is today > end + grace, expiring today ≤ end + grace ≤ today + warning: as sums, and solved."""
    settings = Settings(grace_days=grace, warning_days=warning)
    session = evolve(SESSION, end=end)
    deadline = end + timedelta(days=grace)
    assert advice_deadline(session, settings) == deadline
    assert is_overdue(session, today, settings) is (today > deadline)
    assert (end < ended_before(today, settings)) is (today > deadline)
    first, last = session_ends_expiring(today, settings)
    assert (first <= end <= last) is (today <= deadline <= today + timedelta(days=warning))


def test_an_instant_in_a_zone_has_that_moments_offset() -> None:
    """A fixed offset, so that two instants of one autumn night compare as instants and not by the clock face."""
    before = in_zone(datetime(2021, 10, 31, 0, 30, tzinfo=UTC), PARIS)
    after = in_zone(datetime(2021, 10, 31, 1, 30, tzinfo=UTC), PARIS)
    assert before.isoformat() == "2021-10-31T02:30:00+02:00"
    assert after.isoformat() == "2021-10-31T02:30:00+01:00"
    assert before < after


def test_the_hour_that_comes_twice_is_two_instants() -> None:
    """Though the clock face, and Python's comparison within the zone, are the same."""
    first = datetime(2021, 10, 31, 2, 30, tzinfo=PARIS)
    again = [local_time(first.replace(fold=fold), PARIS).instant for fold in (0, 1, 0)]
    assert [each.isoformat() for each in again] == [f"2021-10-31T02:30:00+0{offset}:00" for offset in (2, 1, 2)]


def test_another_time_zone() -> None:
    """A service elsewhere counts its own days: at 23:30 in Paris, Réunion already has tomorrow."""
    instant = datetime.fromisoformat("2022-03-25T23:30:00+01:00")
    reunion = Settings(time_zone="Indian/Reunion")
    assert local_day(instant, reunion.zone) == date(2022, 3, 26)
    assert facts(SYSTEM, now=instant).today == date(2022, 3, 25)
    assert facts(SYSTEM, now=instant, settings=reunion).today == date(2022, 3, 26)


def test_adjacent_days() -> None:
    """What a limit that names a day may mean: it, the one before and the one after, also where a month ends."""
    assert adjacent_days(date(2022, 2, 28)) == (date(2022, 2, 28), date(2022, 2, 27), date(2022, 3, 1))


def test_an_offset_of_odd_minutes_is_kept() -> None:
    """RFC 3339 can say it, as it can't say seconds."""
    nepal = in_zone(datetime(2022, 3, 25, 12, tzinfo=UTC), ZoneInfo("Asia/Kathmandu"))
    assert nepal.isoformat() == "2022-03-25T17:45:00+05:45"


MONROVIA = ZoneInfo("Africa/Monrovia")  # in 1900, 43 minutes and 8 seconds behind


@pytest.mark.parametrize(
    ("instant", "zone", "local"),
    [
        ("1900-01-01T00:00:00+00:00", PARIS, "1900-01-01T00:09:21+00:09:21"),
        ("1900-12-31T23:55:00+00:00", PARIS, "1901-01-01T00:04:21+00:09:21"),
        ("2999-12-31T22:59:59.999999+00:00", PARIS, "2999-12-31T23:59:59.999999+01:00"),
        ("1900-01-01T00:43:08+00:00", MONROVIA, "1900-01-01T00:00:00-00:43:08"),
    ],
)
def test_a_local_instant_is_at_the_offset_of_its_zone(instant: str, zone: ZoneInfo, local: str) -> None:
    """To the second; its date is the day there, and the year may be another one than where it is written down."""
    found = local_instant(datetime.fromisoformat(instant), zone, "$").instant
    assert (found, found.isoformat()) == (datetime.fromisoformat(instant), local)


@pytest.mark.parametrize(
    ("instant", "zone"),
    [
        (datetime.fromisoformat("1899-12-31T23:59:59+00:00"), PARIS),  # written down in UTC, of the year before
        (datetime.fromisoformat("1900-01-01T00:43:07+00:00"), MONROVIA),
        (datetime.fromisoformat("2999-12-31T23:00:00+00:00"), PARIS),
        (datetime.max.replace(tzinfo=UTC), PARIS),
        (datetime.min.replace(tzinfo=UTC), MONROVIA),
        (datetime(2022, 1, 1), PARIS),  # noqa: DTZ001 - the point
        ("2022-01-01T00:00:00Z", PARIS),
        (None, PARIS),
    ],
)
def test_what_is_no_local_instant_is_malformed(instant: object, zone: ZoneInfo) -> None:
    """Naive, of another type, or of a year that can't be written or read, here or there."""
    with pytest.raises(Malformed):
        local_instant(instant, zone, "$")


# The last movement, in UTC ▸ years ▸ the last day on which something is kept.
KEPT = [
    ("2022-03-25T09:00:00+00:00", 2, date(2024, 3, 25)),
    ("2024-02-29T12:00:00+00:00", 2, date(2026, 2, 28)),  # « le dernier jour du mois »
    ("2024-02-29T12:00:00+00:00", 4, date(2028, 2, 29)),
    ("2022-02-28T12:00:00+00:00", 2, date(2024, 2, 28)),
    ("2023-12-31T22:59:59.999999+00:00", 1, date(2024, 12, 31)),  # the last instant of the year in Paris
    ("2023-12-31T23:00:00+00:00", 1, date(2025, 1, 1)),
    ("1999-12-31T12:00:00+00:00", 100, date(2099, 12, 31)),
    ("2000-02-29T12:00:00+00:00", 100, date(2100, 2, 28)),  # a century without a leap day
]


@pytest.mark.parametrize(("last_movement", "years", "until"), KEPT)
def test_years_are_kept_to_the_same_day(last_movement: str, years: int, until: date) -> None:
    """The day of the movement is the one in the settings' zone; the same day some years later is the last."""
    settings = Settings(keep_personal_data_years=years, keep_file_years=years)
    at = datetime.fromisoformat(last_movement)
    assert personal_data_kept_until(at, settings) == file_kept_until(at, settings) == until


@given(DAYS, st.integers(1, 9))
def test_a_day_more_is_never_kept_less(day: date, years: int) -> None:
    """What moved later is kept as long or longer, and a clock that is not set keeps for good."""
    settings = Settings(keep_personal_data_years=years)
    one, next_one = (datetime(each.year, each.month, each.day, 12, tzinfo=UTC) for each in (day, day + timedelta(1)))
    assert personal_data_kept_until(one, settings) <= personal_data_kept_until(next_one, settings)
    assert file_kept_until(one, settings) is None

"""Invitations as calendars read them: two programs that are not ours find in them what was written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from calendar_readers import Read, by_ical, by_ical_js, raw_by_ical_js
from calendar_samples import PARIS, message_of, story, told
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from poec_workflow.adapters.icalendar_file import calendar, method
from poec_workflow.invitations import Invitation

MAIL, NAME, CANDIDATE = "poec@cap-metiers.example", "Cap Métiers", "zoe@example.org"
PLAIN = Invitation(uid="u-1", sequence=0, cancelled=False, on=date(2022, 1, 10), time=time(9, 30), place="Pau")
NAMES = {
    *("prodid", "version", "method", "tzid", "uid", "sequence", "dtstamp", "status", "class", "organizer", "attendee"),
    *("summary", "description", "location", "dtstart", "dtend", "duration", "transp"),
}
"""The properties that an invitation may have."""


def written(
    invitation: Invitation,
    *,
    title: str = "",
    organizer_name: str = NAME,
    language: str = "fr",
    attendee: str | None = CANDIDATE,
    zone: ZoneInfo = PARIS,
    duration: timedelta = timedelta(hours=1),
) -> bytes:
    message, content = message_of(invitation, title=title)
    return calendar(
        message,
        content,
        organizer=MAIL,
        organizer_name=organizer_name,
        language=language,
        attendee=attendee,
        zone=zone,
        duration=duration,
    )


def read_by_both(calendars: list[bytes]) -> list[Read]:
    """What both programs find, which must be the same."""
    one, other = by_ical_js(calendars), [by_ical(each) for each in calendars]
    assert one == other
    return one


def test_an_invitation_says_all_that_was_given() -> None:
    """Every value, in French and in English; the stamp is the event's recording."""
    french, english = read_by_both([written(PLAIN), written(PLAIN, language="en")])
    assert french == Read(
        method="REQUEST",
        uid="u-1",
        sequence=0,
        status="CONFIRMED",
        stamp=int(datetime(2021, 11, 20, 8, 30, 1, tzinfo=UTC).timestamp()),
        summary="Convocation\xa0: [POEC] Soudeur",
        description="Formation\xa0: [POEC] Soudeur\nSession\xa0: S-1, du 09/12/2021 au 04/03/2022\n"
        "Candidature\xa0: C-1",
        place="Pau",
        organizer=f"mailto:{MAIL}",
        organizer_name=NAME,
        attendee=f"mailto:{CANDIDATE}",
        start=int(datetime(2022, 1, 10, 8, 30, tzinfo=UTC).timestamp()),
        end=int(datetime(2022, 1, 10, 9, 30, tzinfo=UTC).timestamp()),
    )
    assert english.summary == "Appointment: [POEC] Soudeur"
    assert english.description.startswith("Training: [POEC] Soudeur\nSession: S-1, from 2021-12-09 to 2022-03-04\n")


def test_a_cancellation_has_method_and_status_and_the_day_that_was_shown() -> None:
    """CANCEL with STATUS:CANCELLED, by the same organizer; all-day, and nobody is asked for an answer."""
    cancelled = evolve(PLAIN, cancelled=True, sequence=3, time=None, place=None)
    (read,) = read_by_both([written(cancelled)])
    assert (read.method, read.status, read.sequence, read.uid) == ("CANCEL", "CANCELLED", 3, "u-1")
    assert (read.start, read.end, read.place) == ("2022-01-10", "2022-01-11", None)
    assert read.summary.startswith("Annulée\xa0: ")
    assert [method(each) for each in (cancelled, PLAIN)] == ["CANCEL", "REQUEST"]
    assert raw_by_ical_js([written(cancelled)])[0]["rsvp"] == "FALSE"


@pytest.mark.parametrize(
    ("on", "at", "instant"),
    [
        (date(2022, 1, 10), time(9, 30), "2022-01-10T08:30Z"),
        (date(2022, 7, 10), time(9, 30), "2022-07-10T07:30Z"),
        (date(2022, 3, 27), time(1, 59), "2022-03-27T00:59Z"),
        (date(2022, 3, 27), time(2, 30), "2022-03-27T01:30Z"),  # skipped: as if winter went on (RFC 5545, 3.3.5)
        (date(2022, 3, 27), time(3), "2022-03-27T01:00Z"),
        (date(2022, 10, 30), time(1, 30), "2022-10-29T23:30Z"),
        (date(2022, 10, 30), time(2, 30), "2022-10-30T00:30Z"),  # twice: the first one (RFC 5545, 3.3.5)
        (date(2022, 10, 30), time(2), "2022-10-30T00:00Z"),
        (date(2022, 10, 30), time(3), "2022-10-30T02:00Z"),
        (date(2022, 10, 30), time(9), "2022-10-30T08:00Z"),
        (date(1997, 1, 1), time(0), "1996-12-31T23:00Z"),
        (date(1995, 9, 24), time(12), "1995-09-24T11:00Z"),  # summer ended in September then
        (date(1950, 7, 1), time(12), "1950-07-01T11:00Z"),
        (date(2999, 12, 31), time(23, 59), "2999-12-31T22:59Z"),
    ],
)
def test_an_hour_is_an_hour_whatever_clocks_do(on: date, at: time, instant: str) -> None:
    """The instant at which it begins, and an hour later."""
    (read,) = read_by_both([written(evolve(PLAIN, on=on, time=at))])
    begins = int(datetime.fromisoformat(instant).timestamp())
    assert (read.start, read.end) == (begins, begins + 3600)


def test_the_zone_is_named_where_a_time_is_and_its_rule_is_known() -> None:
    """Paris since 1997 with its VTIMEZONE; else UTC, and no zone of a day alone."""
    reunion = written(PLAIN, zone=ZoneInfo("Indian/Reunion"))
    old, day = written(evolve(PLAIN, on=date(1996, 12, 31))), written(evolve(PLAIN, time=None))
    found = raw_by_ical_js([written(PLAIN), reunion, old, day])
    assert [each["zones"] for each in found] == [["Europe/Paris"], [], [], []]
    assert found[1]["start"] == datetime(2022, 1, 10, 5, 30, tzinfo=UTC).timestamp()
    assert b"DTSTART;TZID=Europe/Paris:20220110T093000\r\n" in written(PLAIN)


def test_summer_and_winter_begin_when_they_do_in_paris() -> None:
    """What VTIMEZONE says of the first change of each kind is so: an observance begins in the time before it."""
    lines = r"BEGIN:(?:STANDARD|DAYLIGHT)\r\nDTSTART:(\w+)\r\n.*?TZOFFSETFROM:(\S+)\r\nTZOFFSETTO:(\S+)\r\n"
    found = re.findall(lines, written(PLAIN).decode(), re.DOTALL)
    assert len(found) == 2
    for begins, before, after in found:
        instant = datetime.strptime(f"{begins}{before}", "%Y%m%dT%H%M%S%z")
        beside = [(instant + timedelta(seconds=each)).astimezone(PARIS).strftime("%z") for each in (-1, 0)]
        assert beside == [before, after]


def test_how_long_it_takes_can_be_said() -> None:
    """Two hours and a half."""
    (read,) = read_by_both([written(PLAIN, duration=timedelta(hours=2, minutes=30))])
    assert isinstance(read.start, int)
    assert read.end == read.start + 9000


TEXTS = st.text(max_size=60) | st.text(st.sampled_from("a:;,\\\r\n\t\"'^=nN\x0b\x85\u2028é€😀 "), max_size=90)
INVITATIONS = st.builds(
    Invitation,
    uid=st.uuids().map(str),
    sequence=st.integers(0, 40),
    cancelled=st.booleans(),
    on=st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    time=st.none() | st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0)),
    place=st.none() | TEXTS,
)
NAMED = TEXTS.map(lambda each: each.replace("\\", ""))
"""Without backslashes: ical.js takes one in a parameter for an escape, which RFC 5545 has not there."""
SOME = st.lists(st.tuples(INVITATIONS, TEXTS, NAMED, st.sampled_from(["fr", "en"])), min_size=10, max_size=30)


def seen(text: str | None) -> str:
    """What of a text can be seen, without blanks."""
    return "".join(each for each in text or "" if each.isprintable() and not each.isspace())


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # a program each
@given(SOME)
def test_both_programs_find_what_was_written(drawn: list[tuple[Invitation, str, str, str]]) -> None:
    """Any day from 1900 to 2999, any time or none, any text: nothing is lost, and no property is added."""
    texts = [written(one, title=title, organizer_name=name, language=lang) for one, title, name, lang in drawn]
    for (one, title, name, _), text, read in zip(drawn, texts, read_by_both(texts), strict=True):
        assert (read.uid, read.sequence, read.method) == (one.uid, one.sequence, method(one))
        assert (seen(read.place), read.place is None) == (seen(one.place), one.place is None)
        assert seen(title) in seen(read.summary)
        assert seen(title) in seen(read.description)
        assert seen(read.organizer_name) == seen(name.replace('"', "'"))
        if one.time is None:
            assert read.start == one.on.isoformat()
        else:
            assert read.start == int(datetime.combine(one.on, one.time, PARIS).timestamp())
        lines = text.split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert not any(b"\n" in each or b"\r" in each for each in lines)


@pytest.mark.parametrize(
    "hostile", ["a@b.fr\r\nX-EVIL:1", "a@b.fr\nBEGIN:VALARM", 'a"@b.fr;CN=x', "zoé@exámple.fr", "a@b.fr?subject=x"]
)
def test_nothing_is_put_in_by_an_address(hostile: str) -> None:
    """What an address may not contain is percent-encoded."""
    (found,) = raw_by_ical_js([written(PLAIN, attendee=hostile)])
    assert set(found["names"]) <= NAMES
    assert "\n" not in found["attendee"]
    assert "?" not in found["attendee"]
    assert by_ical(written(PLAIN, attendee=hostile)).attendee == found["attendee"]


@pytest.mark.parametrize(
    "hostile", ["Pau\r\nX-EVIL:1", "Pau\nBEGIN:VALARM\nEND:VALARM", "Pau;X=1,2\\n\\N", "\x00\x1bPau"]
)
def test_nothing_is_put_in_by_a_text(hostile: str) -> None:
    """A place or a title with the format's own characters is a place or a title."""
    text = written(evolve(PLAIN, place=hostile), title=hostile, organizer_name=hostile)
    (found,) = raw_by_ical_js([text])
    assert set(found["names"]) <= NAMES
    begun = [each.removeprefix(b"BEGIN:").decode() for each in text.split(b"\r\n") if each.startswith(b"BEGIN:")]
    assert begun == ["VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT"]
    assert seen(found["place"]) == seen(hostile)


def test_nobody_is_named_where_there_is_no_address_and_each_attempt_is_the_same() -> None:
    """No ATTENDEE; the same bytes again."""
    (read,) = read_by_both([written(PLAIN, attendee=None)])
    assert read.attendee is None
    assert written(PLAIN) == written(PLAIN)


def test_a_message_without_an_invitation_has_no_calendar() -> None:
    """A fault of the caller's."""
    message, content = message_of(None)
    with pytest.raises(ValueError, match="no invitation"):
        calendar(message, content, organizer=MAIL, organizer_name=NAME, language="fr")


def test_a_calendar_follows_an_application() -> None:
    """Made, moved, ended: taken in any order, once or twice, each program ends with nothing shown (RFC 5546, 2.1.4)."""
    monday, tuesday, friday = date(2021, 11, 22), date(2021, 11, 23), date(2021, 11, 26)
    steps = (("convoked", monday, tuesday), ("convocation-moved", monday, friday), ("cancelled", tuesday, None))
    texts = [written(each) for each in told(story(*steps)) if each is not None]
    read = read_by_both(texts)
    assert [(each.method, each.start) for each in read] == [
        ("REQUEST", "2021-11-23"),
        ("REQUEST", "2021-11-26"),
        ("CANCEL", "2021-11-26"),
    ]
    assert len({(each.uid, each.organizer) for each in read}) == 1
    for arrived in ([0, 1, 2], [2, 1, 0], [1, 0, 0, 2, 1], [0, 2, 1, 2]):
        shown: Read | None = None
        for each in (read[number] for number in arrived):
            shown = each if shown is None or each.sequence > shown.sequence else shown
        assert shown is not None
        assert shown.status == "CANCELLED"

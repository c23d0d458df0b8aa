"""An invitation as an iCalendar object (RFC 5545, RFC 5546), for a candidate's calendar.

No clock is read, so that each attempt at a message has the same bytes. Needs the extra `email`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from poec_workflow.invitations import Invitation
from poec_workflow.locales import shown, words
from poec_workflow.messages import Message
from poec_workflow.policies.deadlines import adjacent_days
from poec_workflow.ports import Content

ONE_HOUR = timedelta(hours=1)
"""How long an appointment takes in a calendar, for nobody enters when one ends [R]."""
_PARIS = "Europe/Paris"

_PRODUCT = "-//poec_workflow//invitations//{language}"
_IN_ADDRESSES = "@+!$&'*=.-_~"
_RULED_FROM = 1997
"""The first whole year of the European rule that `_VTIMEZONE` states."""
_VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
""".replace("\n", "\r\n")
# icalendar's own, from a `ZoneInfo`, begins each summer an hour late.


def method(invitation: Invitation) -> Literal["REQUEST", "CANCEL"]:
    """The method, which the content type of what carries the calendar repeats."""
    return "CANCEL" if invitation.cancelled else "REQUEST"


def calendar(
    message: Message,
    content: Content,
    *,
    organizer: str,
    organizer_name: str,
    language: str,
    attendee: str | None = None,
    zone: ZoneInfo | None = None,
    duration: timedelta = ONE_HOUR,
) -> bytes:
    """The invitation of a message, or its cancellation.

    The appointment is all-day where no time is known, and takes `duration` where one is.

    Args:
        message: that the calendar comes with.
        content: of the message, with an event and an invitation.
        organizer: an e-mail address that stays the same, or calendars take no change for the same appointment.
        organizer_name: as people are shown it.
        language: `fr` or `en`.
        attendee: the candidate's e-mail address; None: nobody is named.
        zone: that days and times are of, as `settings.zone`; Paris by default.
        duration: of an appointment whose time is known.

    Raises:
        ValueError: there is no invitation in the content, or no such language.
    """
    invitation, entry = content.invitation, content.entry
    if invitation is None or entry is None:
        raise ValueError(f"message {message.id} comes with no invitation")
    event = Event()
    event.add("UID", invitation.uid)
    event.add("SEQUENCE", invitation.sequence)
    event.add("DTSTAMP", entry.recorded_at.astimezone(UTC))
    event.add("STATUS", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    event.add("ORGANIZER", _address(organizer, CN=_line(organizer_name).replace('"', "'")))
    if attendee is not None:
        event.add("ATTENDEE", _address(attendee, CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", RSVP="FALSE"))
    _add_texts(event, invitation, message, content, language)
    zone_named = _add_times(event, invitation, zone or ZoneInfo(_PARIS), duration)
    whole = Calendar()
    whole.add("PRODID", _PRODUCT.format(language=language.upper()))
    whole.add("VERSION", "2.0")
    whole.add("METHOD", method(invitation))
    if zone_named:
        whole.add_component(Timezone.from_ical(_VTIMEZONE))
    whole.add_component(event)
    written: bytes = whole.to_ical(sorted=False)
    return written


def _add_times(event: Event, invitation: Invitation, zone: ZoneInfo, duration: timedelta) -> bool:
    """Add when it is, and say whether the zone is named; where that would not be clear, UTC is."""
    if invitation.time is None:
        event.add("DTSTART", invitation.on)
        event.add("DTEND", adjacent_days(invitation.on)[2])
        event.add("TRANSP", "TRANSPARENT")
        return False
    # Through UTC: a time that clocks skip is named as they show it then, and an hour is one when they change.
    start = datetime.combine(invitation.on, invitation.time, zone).astimezone(UTC)
    times = start, start + duration
    local = [each.astimezone(zone) for each in times]
    zone_named = zone.key == _PARIS and invitation.on.year >= _RULED_FROM and not any(map(_comes_twice, local))
    for name, value in zip(("DTSTART", "DTEND"), local if zone_named else times, strict=True):
        event.add(name, value)
    event.add("TRANSP", "OPAQUE")
    return zone_named


def _comes_twice(local: datetime) -> bool:
    """Whether clocks show it again, when they are turned back: programs differ in which one they take."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _add_texts(event: Event, invitation: Invitation, message: Message, content: Content, language: str) -> None:
    texts = words(language)["invitations"]
    about = content.action.title if content.action else message.session or message.stream
    summary = texts["summary"].format(about=_line(about))
    event.add("SUMMARY", texts["cancelled"].format(summary=summary) if invitation.cancelled else summary)
    event.add("DESCRIPTION", "\n".join(_description(invitation, message, content, language)))
    if invitation.place is not None:
        event.add("LOCATION", _text(invitation.place))


def _description(invitation: Invitation, message: Message, content: Content, language: str) -> Iterator[str]:
    texts = words(language)["invitations"]
    if invitation.cancelled:
        yield texts["dropped"]
    if content.action is not None:
        yield texts["action"].format(title=_line(content.action.title))
    if content.session is not None:
        start, end = (shown(each, language) for each in (content.session.start, content.session.end))
        yield texts["session"].format(session=_line(content.session.reference), start=start, end=end)
    yield texts["application"].format(application=_line(message.stream))


def _address(address: str, **parameters: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{quote(address, safe=_IN_ADDRESSES)}")
    made.params.update(parameters)
    return made


def _text(value: str) -> str:
    """A text whose lines end in one way, without characters that some readers take for the end of a line."""
    return "\n".join(_line(each) for each in value.splitlines())


def _line(value: str) -> str:
    """A text in one line, without control characters."""
    line = "".join(each if each.isprintable() else " " for each in " ".join(value.splitlines()))
    # icalendar takes a backslash before an N for the end of a line.
    return line.replace("\\N", "\\ N")

"""Write an invitation as an iCalendar object (RFC 5545, RFC 5546), for a mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from poec_workflow.invitations import Invitation
from poec_workflow.locales import label
from poec_workflow.ports import Content

PARIS = "Europe/Paris"
PRODID = "-//poec_workflow//invitations//FR"
LENGTH = timedelta(hours=1)
"""How long an appointment with a time takes in the calendar: nobody says it."""

_PARIS_RULES = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19970330T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""
"""The rules of Paris time since 1996, without an end."""


def method(invitation: Invitation) -> str:
    """The iTIP method: `REQUEST`, or `CANCEL`."""
    return "CANCEL" if invitation.cancelled else "REQUEST"


def calendar(
    content: Content,
    *,
    organizer: str,
    organizer_name: str,
    language: str = "fr",
    attendee: str | None = None,
) -> bytes:
    """The calendar of a message that has an invitation; the same at every attempt.

    An appointment without a time takes the whole day; one with a time an hour, in Paris time with its rules.

    Args:
        content: has the invitation, the session and the instant of the event.
        organizer: an e-mail address, the same for all appointments: a calendar lets none but the organiser change one.
        organizer_name: its name.
        language: of the texts.
        attendee: the candidate's e-mail address.

    Raises:
        ValueError: the content has no invitation.
    """
    invitation, entry = content.invitation, content.entry
    if invitation is None or entry is None:
        raise ValueError("the message has no invitation")
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", entry.recorded_at)
    event.add("summary", _text(label("invitation", "summary", language), content))
    event.add("description", _text(label("invitation", "description", language), content))
    if invitation.place is not None:
        event.add("location", invitation.place)
    _add_times(event, invitation)
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE")
    event.add("organizer", _person(organizer, organizer_name))
    if attendee is not None:
        person = _person(attendee, content.candidate.name if content.candidate else attendee)
        person.params["RSVP"] = vText("FALSE")
        person.params["ROLE"] = vText("REQ-PARTICIPANT")
        person.params["PARTSTAT"] = vText("NEEDS-ACTION")
        event.add("attendee", person)
    made = Calendar()
    made.add("prodid", PRODID)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", method(invitation))
    if invitation.time is not None:
        made.add_component(Timezone.from_ical(_PARIS_RULES))
    made.add_component(event)
    return bytes(made.to_ical())


def _add_times(event: Event, invitation: Invitation) -> None:
    if invitation.time is None:
        # Without an end an all-day event lasts its day (RFC 5545, 3.6.1).
        event.add("dtstart", invitation.on)
        return
    event.add("dtstart", datetime.combine(invitation.on, invitation.time, ZoneInfo(PARIS)))
    event.add("duration", LENGTH)


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(_plain(name))
    return person


def _plain(name: str) -> str:
    """A name as a parameter takes it: without quotes and controls."""
    return "".join(each for each in name if each.isprintable() and each not in '"^')


def _text(template: str, content: Content) -> str:
    title = content.action.title if content.action else ""
    session = content.session.reference if content.session else ""
    return template.format(title=title, session=session)

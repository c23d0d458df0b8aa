"""Calendars read by programs that are not ours: npm's `ical.js` under Node, and `ical` of PyPI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import fields_dict, frozen
from ical.calendar_stream import CalendarStream

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@frozen(kw_only=True)
class Read:
    """What a program finds in an invitation; instants in seconds since 1970, days as they are written."""

    method: str
    uid: str
    sequence: int
    status: str
    stamp: int
    summary: str
    description: str
    place: str | None
    organizer: str
    organizer_name: str
    attendee: str | None
    start: int | str
    end: int | str


def needed() -> None:
    """Pass the test over where `ical.js` or Node is missing; in CI, fail it."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "ical.js").is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "no other reader: Node or ical.js is missing: npm install"
        )


def raw_by_ical_js(calendars: Sequence[bytes]) -> list[dict[str, Any]]:
    """All that `ical.js` finds in each."""
    needed()
    given = json.dumps([each.decode() for each in calendars])
    done = subprocess.run(["node", "calendar.mjs"], cwd=HERE, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def by_ical_js(calendars: Sequence[bytes]) -> list[Read]:
    """What `ical.js` finds in each."""
    return [Read(**{name: each[name] for name in fields_dict(Read)}) for each in raw_by_ical_js(calendars)]


def by_ical(calendar: bytes) -> Read:
    """What `ical` finds in one."""
    (read,) = CalendarStream.from_ics(calendar.decode()).calendars
    (event,) = read.events
    assert event.organizer is not None
    return Read(
        method=str(read.method),
        uid=event.uid,
        sequence=event.sequence or 0,
        status=str(event.status.value if event.status else None),
        stamp=_seconds(event.dtstamp),
        summary=event.summary or "",
        description=event.description or "",
        place=event.location,
        organizer=str(event.organizer.uri),
        organizer_name=event.organizer.common_name or "",
        attendee=str(event.attendees[0].uri) if event.attendees else None,
        start=_when(event.start),
        end=_when(event.end),
    )


def _when(value: date) -> int | str:
    return _seconds(value) if isinstance(value, datetime) else value.isoformat()


def _seconds(value: date) -> int:
    assert isinstance(value, datetime)
    assert value.tzinfo is not None
    return int(value.timestamp())

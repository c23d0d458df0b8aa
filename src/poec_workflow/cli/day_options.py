"""Days and instants as options: `2022-03-25`, and where it is said so `2022-03-25T09:00:00+01:00`."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import overload

import click

from poec_workflow.errors import Malformed
from poec_workflow.policies.calendar import local_day
from poec_workflow.serialization import from_dict


class Day(click.ParamType[date]):
    """A day, as `2022-03-25`."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that a text says; a usage error otherwise."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date YYYY-MM-DD", param, ctx)


class DayOrInstant(click.ParamType["date | datetime"]):
    """A day, or an instant of RFC 3339."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        """What a text says; a usage error otherwise."""
        if isinstance(value, date):
            return value
        kind = datetime if "T" in str(value).upper() else date
        try:
            return from_dict(str(value), kind)
        except Malformed as error:
            self.fail(f"{value!r}: {error.faults[0].problem}", param, ctx)


@overload
def day_of(at: date, zone: tzinfo) -> date: ...
@overload
def day_of(at: date | None, zone: tzinfo) -> date | None: ...
def day_of(at: date | datetime | None, zone: tzinfo) -> date | None:
    """The day that is meant, in a zone."""
    return local_day(at, zone) if isinstance(at, datetime) else at


AS_OF = click.option("--at", type=DayOrInstant(), help="As of this day; today by default.")

"""How far an exploration goes, and the few days that it knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

from attrs import frozen

from poec_workflow.errors import Malformed
from poec_workflow.policies.calendar import in_zone
from poec_workflow.policies.settings import Settings

_FIRST = date(2021, 11, 2)
_MOST_ATTEMPTS = 4
_HALF_HOURS = (time(0, 30), time(23, 30))


@frozen(kw_only=True)
class Bounds:
    """How far an exploration goes, with one action and one session on it.

    Attributes:
        applications: at most so many applications.
        capacities: the capacities that a session may have.
        coefficients: its coefficients; by default the least two that the settings allow.
        attempts: convocations of an application; by default as many as the settings allow, at most four.
        states: where to stop, whatever is left.

    Raises:
        Malformed: a bound below one.
    """

    applications: int = 2
    capacities: tuple[int, ...] = (1, 2)
    coefficients: tuple[int, ...] | None = None
    attempts: int | None = None
    states: int = 200_000

    def __attrs_post_init__(self) -> None:
        for name, value in (
            ("applications", self.applications),
            ("capacities", min(self.capacities, default=0)),
            ("coefficients", 1 if self.coefficients is None else min(self.coefficients, default=0)),
            ("attempts", 1 if self.attempts is None else self.attempts),
            ("states", self.states),
        ):
            if value < 1:
                raise Malformed.at(f"$.{name}", "expected 1 or more")

    def within(self, settings: Settings) -> Bounds:
        """The same bounds with what they left to the settings filled in."""
        least, most = settings.coefficient_min, settings.coefficient_max
        return Bounds(
            applications=self.applications,
            capacities=self.capacities,
            coefficients=self.coefficients or tuple(range(least, min(least + 1, most) + 1)),
            attempts=self.attempts or min(settings.max_convocations, _MOST_ATTEMPTS),
            states=self.states,
        )

    def covers(self, other: Bounds) -> bool:
        """Whether every world within the others is within these."""
        return (
            self.applications >= other.applications
            and {*self.capacities} >= {*other.capacities}
            and {*(self.coefficients or ())} >= {*(other.coefficients or ())}
            and (self.attempts or 0) >= (other.attempts or 0)
        )


@frozen(slots=False)
class Calendar:
    """The days that an exploration knows.

    `days` are the classes of time: registration is open; its last day; the last day for an advice; the day after.
    Between two of them lies room for every convocation that is given on the first.
    """

    grace: int
    room: int
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings, bounds: Bounds) -> Calendar:
        """The calendar of settings, whose days of grace make the deadline."""
        return cls(settings.grace_days, max(7, (bounds.attempts or 1) + 1), settings.zone)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The classes of time, each by its one day."""
        return (_FIRST, self.registration, self.deadline, after(self.deadline))

    @cached_property
    def registration(self) -> date:
        """The last day on which to register."""
        return after(_FIRST, self.room)

    @cached_property
    def start(self) -> date:
        """The session's first day."""
        return after(self.registration, self.room)

    @cached_property
    def late_entry(self) -> date:
        """The last day on which to enter."""
        return after(self.start, self.room)

    @cached_property
    def end(self) -> date:
        """The session's last day."""
        return after(self.late_entry, self.room)

    @cached_property
    def deadline(self) -> date:
        """The last day for an advice, reckoned here once more: what is judged is not asked."""
        return after(self.end, self.grace)

    @cached_property
    def _instants(self) -> dict[date, datetime]:
        return {}

    def instant(self, day: date) -> datetime:
        """When everything happens on a day: in the half hour in which it is another day in Greenwich."""
        if day not in self._instants:
            morning, evening = (in_zone(datetime.combine(day, each, self.zone), self.zone) for each in _HALF_HOURS)
            self._instants[day] = morning if morning.astimezone(UTC).date() < day else evening
        return self._instants[day]


def after(day: date, days: int = 1) -> date:
    """The day so many days later; counted here, for an exploration judges the package's own counting."""
    return date.fromordinal(day.toordinal() + days)

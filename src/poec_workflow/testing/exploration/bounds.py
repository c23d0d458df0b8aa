"""How far an exploration goes, and the few days that it knows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from attrs import field, frozen

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
        """Return the same bounds with what they leave to the settings filled in."""
        least, most = settings.coefficient_min, settings.coefficient_max
        return Bounds(
            applications=self.applications,
            capacities=self.capacities,
            coefficients=self.coefficients or tuple(range(least, min(least + 1, most) + 1)),
            attempts=self.attempts or min(settings.max_convocations, _MOST_ATTEMPTS),
            states=self.states,
        )

    def covers(self, other: Bounds) -> bool:
        """Say whether every state within the others is within these."""
        return (
            self.applications >= other.applications
            and {*self.capacities} >= {*other.capacities}
            and {*(self.coefficients or ())} >= {*(other.coefficients or ())}
            and (self.attempts or 0) >= (other.attempts or 0)
        )


@frozen(kw_only=True)
class Calendar:
    """The days that an exploration knows, counted here: the package's own counting is judged.

    Between two of the session's dates lies room for every convocation that is given on the first.

    Attributes:
        days: the classes of time, each by its one day: registration is open; its last day; the last day for an advice;
            the day after.
    """

    zone: ZoneInfo
    days: tuple[date, ...]
    registration: date
    start: date
    late_entry: date
    end: date
    deadline: date
    _instants: dict[date, datetime] = field(factory=dict, eq=False)

    @classmethod
    def of(cls, settings: Settings, bounds: Bounds) -> Calendar:
        """Make the calendar of settings, whose days of grace make the deadline."""
        room = max(7, (bounds.attempts or 1) + 1)
        registration, start, late_entry, end = (after(_FIRST, room * times) for times in range(1, 5))
        deadline = after(end, settings.grace_days)
        return cls(
            zone=settings.zone,
            days=(_FIRST, registration, deadline, after(deadline)),
            registration=registration,
            start=start,
            late_entry=late_entry,
            end=end,
            deadline=deadline,
        )

    @property
    def session_dates(self) -> dict[str, date]:
        """The dates of the session, as `create-session` and `reschedule-session` have them."""
        return {
            "start": self.start,
            "end": self.end,
            "registration_deadline": self.registration,
            "late_entry_deadline": self.late_entry,
        }

    def instant(self, day: date) -> datetime:
        """Return when everything happens on a day: in the half hour in which it is another day in Greenwich."""
        if day not in self._instants:
            morning, evening = (in_zone(datetime.combine(day, each, self.zone), self.zone) for each in _HALF_HOURS)
            self._instants[day] = morning if morning.astimezone(UTC).date() < day else evening
        return self._instants[day]


def after(day: date, days: int = 1) -> date:
    """Return the day so many days later."""
    return date.fromordinal(day.toordinal() + days)

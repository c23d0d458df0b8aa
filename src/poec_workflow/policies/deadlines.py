"""Time limits: the only file that adds days to dates.

The advice deadline is the session's end + `Settings.grace_days`, that whole day included [S]: « vous avez jusqu'à
trois semaines après la date de fin de session ».
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from poec_workflow.errors import Details
from poec_workflow.model import Application, TrainingSession
from poec_workflow.policies.calendar import first_instant, local_day
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.settings import Settings

_CLOSING_DAYS = 7


@cache
def _days(number: int) -> timedelta:
    return timedelta(days=number)


def adjacent_days(day: date) -> tuple[date, date, date]:
    """A day, the one before and the one after: what a limit that names it may mean."""
    return day, day - timedelta(days=1), day + timedelta(days=1)


def day_from(day: date, days: int) -> date:
    """The day that is so many days after another one; before it where they are negative."""
    return day + _days(days)


def advice_deadline(session: TrainingSession, settings: Settings) -> date:
    """The last day on which an advice may be given."""
    return deadline_after(session.end, settings)


def deadline_after(end: date, settings: Settings) -> date:
    """The same, of a session that ends on a day."""
    return end + _days(settings.grace_days)


def days_left(end: date, today: date, settings: Settings) -> int:
    """How many days are left to advise on an application of a session that ends on a day: 0 on the last one."""
    return days_until(deadline_after(end, settings), today)


def days_until(deadline: date, today: date) -> int:
    """How many days are left until a day: none on the day itself, less than none after it."""
    return (deadline - today).days


def ended_before(today: date, settings: Settings) -> date:
    """Open applications are overdue when their session ended before this day."""
    return today - _days(settings.grace_days)


def is_overdue(session: TrainingSession, today: date, settings: Settings) -> bool:
    """Whether a session's open applications are past their advice deadline."""
    return session.end < ended_before(today, settings)


def session_ends_expiring(today: date, settings: Settings) -> tuple[date, date]:
    """« Passage en avis non transmis d'ici 15 jours »: the first and last end with today ≤ deadline ≤ today + 15."""
    first = ended_before(today, settings)
    return first, first + timedelta(days=settings.warning_days)


def registration_deadlines_near(today: date) -> tuple[date, date]:
    """The first and last registration deadline that is near: within 7 days [R]."""
    return today, today + timedelta(days=_CLOSING_DAYS)


def personal_data_kept_until(last_movement: datetime, settings: Settings) -> date:
    """The last day on which a candidate's name and e-mail are kept, if none of their applications is open."""
    return _years_after(local_day(last_movement, settings.zone), settings.keep_personal_data_years)


def file_kept_until(last_movement: datetime, settings: Settings) -> date | None:
    """The last day on which the comments and the people of their applications are kept; None: for good."""
    years = settings.keep_file_years
    return None if years is None else _years_after(local_day(last_movement, settings.zone), years)


def _years_after(day: date, years: int) -> date:
    """The same day some years later; of 29 February, in a year without one, the last of the month [R].

    « À défaut d'un quantième identique, le délai expire le dernier jour du mois » (code de procédure civile, art. 641).
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def expired_at(_application: Application, facts: Facts) -> datetime:
    """The first instant after the advice deadline: when an expiry takes effect, however late it is recorded."""
    deadline = advice_deadline(facts.session, facts.settings)
    return first_instant(deadline + timedelta(days=1), facts.settings.zone)


def advice_deadline_passed(_application: Application, facts: Facts) -> Details | None:
    """The application is overdue, whether or not the sweep has run yet."""
    return _deadline(facts) if is_overdue(facts.session, facts.today, facts.settings) else None


def advice_deadline_not_passed(_application: Application, facts: Facts) -> Details | None:
    """The contrary: L12 waits for the day after the deadline."""
    return None if is_overdue(facts.session, facts.today, facts.settings) else _deadline(facts)


def _deadline(facts: Facts) -> Details:
    return {"deadline": advice_deadline(facts.session, facts.settings), "today": facts.today}

"""The facts of a session's page: its dates, its counts, who holds its roles, and what its commands carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from poec_workflow.explorer.dimensions import (
    END,
    FIRST_DAY,
    LATE_ENTRY,
    REGISTRATION_DEADLINE,
    ROLES,
    START,
    Dimensions,
    day_option,
    plain_option,
    states_of,
)
from poec_workflow.explorer.organization_options import actor_options, holder_options, or_unchanged
from poec_workflow.model import ActionState, SessionState
from poec_workflow.policies.deadlines import deadline_after
from poec_workflow.policies.settings import Settings

DATES = {
    "registration": (REGISTRATION_DEADLINE, LATE_ENTRY, date(2021, 12, 20), date(2022, 3, 7)),
    "starts": (START, LATE_ENTRY, date(2022, 1, 10)),
    "late-entry": (date(2021, 11, 30), START, LATE_ENTRY, END),
    "ends": (LATE_ENTRY, END, date(2022, 4, 1)),
}
"""Each date of a session, with days that are equal to another's, before it and after it."""
SEATS = 2
_MOST_RETAINED = 60
"""With so many seats that more could be retained, the page does not fill them."""


def session_dimensions(settings: Settings) -> Dimensions:
    """Every dimension, in the page's order."""
    counted = {name: tuple(map(plain_option, values)) for name, values in numbers(settings).items()}
    dates = {name: tuple(day_option(day, {}) for day in days) for name, days in DATES.items()}
    roles = {role: holder_options(role) for role in ROLES}
    given = {**dates, "capacity": counted["capacity"], "coefficient": counted["coefficient"]}
    return {
        "today": tuple(day_option(day, {}) for day in _days(settings)),
        "actor": actor_options(),
        "action": states_of(ActionState),
        "state": states_of(SessionState),
        **{name: counted[name] for name in ("retained", "waiting", "registrations")},
        **roles,
        **given,
        **{f"new-{name}": options for name, options in given.items()},
        "other-late-entry": or_unchanged(dates["late-entry"]),
        "headcount": counted["headcount"],
        "meetings": counted["meetings"],
        **{f"new-{role}": or_unchanged(options) for role, options in roles.items()},
    }


def numbers(settings: Settings) -> Mapping[str, list[int]]:
    """The options of each number, about its limits."""
    least, most, seats = settings.coefficient_min, settings.coefficient_max, SEATS + settings.overbooking
    retained = sorted(each for each in {0, 1, SEATS, seats} if each <= _MOST_RETAINED)
    waiting = [0, 1, 2]
    sums = {one + other for one in retained for other in waiting}
    return {
        "retained": retained,
        "waiting": waiting,
        "registrations": sorted(sums | {SEATS * least, SEATS * least + 1, (SEATS + 1) * most + 1}),
        "capacity": [0, 1, SEATS, SEATS + 1],
        "coefficient": sorted({least - 1, least, (least + most) // 2, most, most + 1}),
        "headcount": [-1, 0, 1, SEATS, SEATS + 2],
        "meetings": [0, 1, 3, 4],
    }


def _days(settings: Settings) -> list[date]:
    """The first day, and the last day of the advice deadline and the day after it, for the two earliest ends."""
    deadlines = [deadline_after(end, settings) for end in DATES["ends"][:2]]
    return sorted({FIRST_DAY, *deadlines, *(each + timedelta(days=1) for each in deadlines)})

"""A `session` of LHEO, with its `action`, as a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from attrs import frozen

from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_funders import Funding
from poec_workflow.importing.lheo_mapping import END, RESPONSIBLE, START, TRAINER, LheoMapping, Undated, WhichDay
from poec_workflow.importing.lheo_own_extras import Given, extra_of, is_own
from poec_workflow.importing.lheo_values import Reading, Unknown
from poec_workflow.importing.lheo_vocabulary import DISTANCE, NO_POSTCODE
from poec_workflow.model import SessionState
from poec_workflow.policies.deadlines import day_from

T = TypeVar("T")

_NAMED = {RESPONSIBLE: "responsible", TRAINER: "trainer"}
_PERIOD = "periode"
_DEADLINE = ("periode-inscription", "periode", "fin")
_AT_A_DISTANCE = "À distance"


@frozen(kw_only=True)
class Surroundings:
    """What a session has from its action.

    Attributes:
        responsible, trainer, funding, place: None where it is not known.
        information_dates: of all its sessions; as the wire format has them.
        faulty: whether the action is kept out, and what it lacks was said of it.
    """

    responsible: str | None
    trainer: str | None
    funding: Funding | None
    place: str | None
    information_dates: tuple[str, ...] = ()
    faulty: bool = False


class LeftOut(Exception):
    """The mapping leaves the session out."""


def session_values(session: Reading, given: Given, around: Surroundings, mapping: LheoMapping) -> dict[str, object]:
    """The fields of an imported session, as the wire format has them; none that is not known.

    Raises:
        LeftOut: it has no days, and the mapping leaves such sessions out.
    """
    start, end = _days(session, given, mapping)
    funding = around.funding
    values: dict[str, object | None] = {
        "start": start and start.isoformat(),
        "end": end and end.isoformat(),
        "place": around.place,
        "responsible": around.responsible,
        "trainer": around.trainer,
        "information_dates": [each for each in around.information_dates if end and each <= end.isoformat()] or None,
        "minimum_headcount": _headcount(session, mapping),
        "market": funding and funding.market,
        "measure": funding and funding.programme,
    }
    looked_for: Mapping[str, Callable[[], object | None]] = {
        "positioner": lambda: _positioner(session, given, around, mapping),
        "capacity": lambda: _capacity(session, given, around, mapping),
        "coefficient": lambda: _said_by_mapping(session, given, "coefficient", mapping.coefficient),
        "state": lambda: _state(session, given, mapping),
        "registration_deadline": lambda: _registration_deadline(session, given, start, end, mapping),
    }
    values |= {name: look() for name, look in looked_for.items() if name not in given.values}
    if "late_entry_deadline" not in given.values:
        registration = given.values.get("registration_deadline", values.get("registration_deadline"))
        values["late_entry_deadline"] = _late_entry(session, given, start, end, registration, mapping)
    return given.filled(values)


def place_of(action: Reading, mapping: LheoMapping, *, required: bool) -> str | None:
    """Where an action takes place: every address that it has. `required`: that it has none is a fault."""
    known: dict[str, None] = {}
    for each in action.element.named("lieu-de-formation"):
        if said := address(action.inside(each, "lieu-de-formation")):
            known[said] = None
    if known:
        return " ; ".join(known)
    if action.line("modalites-enseignement") == DISTANCE:
        return _AT_A_DISTANCE
    if mapping.place is None and required:
        action.wrong("no place: set place for actions without one", "lieu-de-formation")
    return mapping.place


def address(place: Reading) -> str | None:
    """A place as one line: its name, street, postcode and town, each once."""
    at = ("coordonnees", "adresse")
    found = place.element.first(*at)
    pieces = [place.line(*at, "denomination"), None if found else place.line("coordonnees", "nom")]
    if found is not None:
        pieces += [place.inside(each, *at).line() for each in found.named("ligne")]
    postcode, town = place.line(*at, "codepostal"), place.line(*at, "ville")
    if town is not None and (postcode in {None, NO_POSTCODE}):
        pieces.append(town)
    elif town or postcode:
        pieces.append(" ".join(each for each in (postcode, town) if each))
    return ", ".join(dict.fromkeys(each for each in pieces if each)) or None


def information_dates(action: Reading) -> tuple[str, ...]:
    """The days of the meetings of an action, those that are known."""
    days = []
    for each in action.element.named("date-information"):
        day = action.inside(each, "date-information").day("date")
        if isinstance(day, date):
            days.append(day.isoformat())
    return tuple(days)


def _days(session: Reading, given: Given, mapping: LheoMapping) -> tuple[date | None, date | None]:
    start, end = (_bound(session, given, name, field, mapping) for name, field in (("debut", "start"), ("fin", "end")))
    if start and end and end < start:
        session.wrong(f"the session ends on {end}, before it begins on {start}", _PERIOD)
    return start, end


def _bound(session: Reading, given: Given, name: str, field: str, mapping: LheoMapping) -> date | None:
    """A bound of the period; what the mapping file says of it for this row is reckoned with too."""
    if field in given.values:
        return _as_day(given.values[field])
    faults = len(session.faults)
    day = session.day(_PERIOD, name)
    if isinstance(day, date):
        return day
    if len(session.faults) > faults:
        return None
    if field in given.defaults:
        return _as_day(given.defaults[field])
    if mapping.undated is Undated.LEAVE_OUT:
        raise LeftOut
    problem = day.problem if isinstance(day, Unknown) else "no day: a session begins and ends on one"
    session.wrong(problem, _PERIOD, name)
    return None


def _registration_deadline(
    session: Reading, given: Given, start: date | None, end: date | None, mapping: LheoMapping
) -> str | None:
    """The last day of registration: what the file says, else what the mapping does."""
    faults = len(session.faults)
    day = session.day(*_DEADLINE)
    if isinstance(day, date):
        return day.isoformat()
    if len(session.faults) > faults:
        return None
    name = "registration_deadline"
    return _text(_reckoned(session, given, name, mapping.registration_deadline, start, end))


def _late_entry(
    session: Reading, given: Given, start: date | None, end: date | None, registration: object, mapping: LheoMapping
) -> str | None:
    """The last day of entry, which LHEO does not know."""
    day = _reckoned(session, given, "late_entry_deadline", mapping.late_entry_deadline, start, end)
    last = _as_day(registration)
    if day and end and last:
        # Who registers on the last day may still enter, and nobody enters after the end.
        day = min(max(day, last), end)
    return _text(day)


def _reckoned(
    session: Reading, given: Given, name: str, which: WhichDay | None, start: date | None, end: date | None
) -> date | None:
    said = _said_by_mapping(session, given, name, which)
    if isinstance(said, int):
        return start and day_from(start, said)
    return {START: start, END: end}.get(str(said))


def _said_by_mapping(session: Reading, given: Given, name: str, said: T | None) -> T | None:
    """What the mapping says of something that LHEO does not."""
    if said is None and not given.supplies(name):
        session.wrong(f"LHEO does not say it: set {name} in [lheo]", name)
    return said


def _positioner(session: Reading, given: Given, around: Surroundings, mapping: LheoMapping) -> object:
    said = _said_by_mapping(session, given, "positioner", mapping.positioner)
    known = given.filled({"responsible": around.responsible, "trainer": around.trainer})
    return known.get(_NAMED.get(said or "", ""), said)


def _capacity(session: Reading, given: Given, around: Surroundings, mapping: LheoMapping) -> int | None:
    """How many may come: what the session says, else its funder, else the mapping."""
    if mapping.capacity_extra and (found := extra_of(session.element, mapping.capacity_extra)):
        return session.number_of(found.text.strip(), f"extra[@info='{mapping.capacity_extra}']")
    if session.element.first("cycle", "capacite-simultanee") is not None:
        return session.number("cycle", "capacite-simultanee")
    if around.funding is not None and around.funding.places is not None:
        return around.funding.places
    if mapping.capacity is None and not given.supplies("capacity") and not around.faulty:
        session.wrong("no number of places (nb-places-financees): set capacity for sessions without one", "capacity")
    return mapping.capacity


def _headcount(session: Reading, mapping: LheoMapping) -> int | None:
    if session.element.first("cycle", "effectif-minimal") is not None:
        return session.number("cycle", "effectif-minimal")
    return mapping.minimum_headcount


def _state(session: Reading, given: Given, mapping: LheoMapping) -> str | None:
    said = session.line("etat-recrutement")
    if said is None:
        return None if "state" in given.defaults else SessionState.ACTIVE.value
    state = mapping.states.get(said)
    if state is None:
        session.wrong(f"expected one of {', '.join(mapping.states)}, not {said[:40]!r}", "etat-recrutement")
        return None
    return state.value


def _as_day(value: object) -> date | None:
    """A day of the wire format; None where it is none, which is told where the row is read."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def numbered(element: Element) -> str:
    """An element's own number, which stands in its attribute `numero`; of this package's own, to the letter."""
    number = element.attributes.get("numero", "")
    return number if is_own(element) else number.strip()

"""A `session` of LHEO, with its `action`, as a session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_funders import Funding
from poec_workflow.importing.lheo_mapping import END, RESPONSIBLE, START, TRAINER, LheoMapping, Undated, WhichDay
from poec_workflow.importing.lheo_own_extras import extra_of
from poec_workflow.importing.lheo_values import Reading, Unknown, day_of
from poec_workflow.importing.lheo_vocabulary import DISTANCE, NO_POSTCODE
from poec_workflow.model import SessionState
from poec_workflow.policies.deadlines import day_from

_PERIOD = "periode"
_DEADLINE = ("periode-inscription", "periode", "fin")
_AT_A_DISTANCE = "À distance"


@frozen(kw_only=True)
class Surroundings:
    """What a session has from its action.

    Attributes:
        responsible, trainer, funding, place: None where it is not known, which was said once, of the action.
        information_dates: as the wire format has them.
    """

    responsible: str | None
    trainer: str | None
    funding: Funding | None
    place: str | None
    information_dates: tuple[str, ...] = ()


class LeftOut(Exception):
    """The mapping leaves the session out."""


def session_values(
    session: Reading, own: Mapping[str, object], around: Surroundings, mapping: LheoMapping
) -> dict[str, object]:
    """The fields of an imported session, as the wire format has them; none that is not known.

    Raises:
        LeftOut: it has no days, and the mapping leaves such sessions out.
    """
    start, end = _days(session, mapping)
    funding = around.funding
    values: dict[str, object | None] = {
        "start": start and start.isoformat(),
        "end": end and end.isoformat(),
        "place": around.place,
        "responsible": around.responsible,
        "trainer": around.trainer,
        "positioner": None if "positioner" in own else _positioner(session, around, mapping),
        "capacity": None if "capacity" in own else _capacity(session, funding, mapping),
        "minimum_headcount": _headcount(session, mapping),
        "coefficient": None if "coefficient" in own else _coefficient(session, mapping),
        "information_dates": list(around.information_dates),
        "market": funding and funding.market,
        "measure": funding and funding.programme,
        "state": None if "state" in own else _state(session, mapping),
        **_deadlines(session, start, end, own, mapping),
    }
    return {name: value for name, value in {**values, **own}.items() if value is not None}


def place_of(action: Reading, mapping: LheoMapping) -> str | None:
    """Where an action takes place: every address that it has."""
    known: dict[str, None] = {}
    for each in action.element.named("lieu-de-formation"):
        if said := address(action.inside(each, "lieu-de-formation")):
            known[said] = None
    if known:
        return " ; ".join(known)
    if action.line("modalites-enseignement") == DISTANCE:
        return _AT_A_DISTANCE
    if mapping.place is None:
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


def _days(session: Reading, mapping: LheoMapping) -> tuple[date | None, date | None]:
    start, end = _bound(session, "debut", mapping), _bound(session, "fin", mapping)
    if start and end and end < start:
        session.wrong(f"the session ends on {end}, before it begins on {start}", _PERIOD)
    return start, end


def _bound(session: Reading, name: str, mapping: LheoMapping) -> date | None:
    faults = len(session.faults)
    day = session.day(_PERIOD, name)
    if isinstance(day, date):
        return day
    if len(session.faults) > faults:
        return None
    if mapping.undated is Undated.LEAVE_OUT:
        raise LeftOut
    problem = day.problem if isinstance(day, Unknown) else "no day: a session begins and ends on one"
    session.wrong(problem, _PERIOD, name)
    return None


def _deadlines(
    session: Reading, start: date | None, end: date | None, own: Mapping[str, object], mapping: LheoMapping
) -> dict[str, object | None]:
    """The last days of registration and of entry. LHEO knows the first alone, and not of every session."""
    given = session.day(*_DEADLINE)
    registration = given if isinstance(given, date) else None
    if registration is None and not (given is None and session.element.first(*_DEADLINE) and _is_wrong(session)):
        registration = _reckoned(session, "registration_deadline", mapping.registration_deadline, start, end)
    late: date | None = None
    if "late_entry_deadline" not in own:
        late = _reckoned(session, "late_entry_deadline", mapping.late_entry_deadline, start, end)
        if late and end and registration:
            # Who registers on the last day may still enter, and nobody enters after the end.
            late = min(max(late, registration), end)
    return {
        "registration_deadline": registration and registration.isoformat(),
        "late_entry_deadline": late and late.isoformat(),
    }


def _is_wrong(session: Reading) -> bool:
    """Whether what stands there was said to be no day."""
    said = session.text(*_DEADLINE)
    return said is not None and isinstance(day_of(said), str)


def _reckoned(session: Reading, name: str, which: WhichDay | None, start: date | None, end: date | None) -> date | None:
    if which is None:
        session.wrong(f"LHEO does not say it: set {name} in [lheo]", name)
        return None
    if which in (START, END):
        return start if which == START else end
    return None if start is None else day_from(start, int(which))


def _positioner(session: Reading, around: Surroundings, mapping: LheoMapping) -> str | None:
    if mapping.positioner is None:
        session.wrong("LHEO does not say it: set positioner in [lheo]", "positioner")
    known = {RESPONSIBLE: around.responsible, TRAINER: around.trainer}
    return known.get(mapping.positioner or "", mapping.positioner)


def _coefficient(session: Reading, mapping: LheoMapping) -> int | None:
    if mapping.coefficient is None:
        session.wrong("LHEO does not say it: set coefficient in [lheo]", "coefficient")
    return mapping.coefficient


def _capacity(session: Reading, funding: Funding | None, mapping: LheoMapping) -> int | None:
    """How many may come: what the session says, else its funder, else the mapping."""
    if mapping.capacity_extra and (found := extra_of(session.element, mapping.capacity_extra)):
        return session.number_of(found.text.strip(), f"extra[@info='{mapping.capacity_extra}']")
    if session.element.first("cycle", "capacite-simultanee") is not None:
        return session.number("cycle", "capacite-simultanee")
    if funding is not None and funding.places is not None:
        return funding.places
    if mapping.capacity is None:
        session.wrong("no number of places (nb-places-financees): set capacity for sessions without one", "capacity")
    return mapping.capacity


def _headcount(session: Reading, mapping: LheoMapping) -> int | None:
    if session.element.first("cycle", "effectif-minimal") is not None:
        return session.number("cycle", "effectif-minimal")
    return mapping.minimum_headcount


def _state(session: Reading, mapping: LheoMapping) -> str | None:
    said = session.line("etat-recrutement")
    if said is None:
        return SessionState.ACTIVE.value
    state = mapping.states.get(said)
    if state is None:
        session.wrong(f"expected one of {', '.join(mapping.states)}, not {said[:40]!r}", "etat-recrutement")
        return None
    return state.value


def numbered(element: Element) -> str:
    """An element's own number, as it stands in its attribute `numero`."""
    return element.attributes.get("numero", "").strip()

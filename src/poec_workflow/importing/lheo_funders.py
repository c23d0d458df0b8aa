"""Who pays for an action of LHEO, for how many places, within which programme and market."""

from __future__ import annotations

from attrs import frozen

from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_mapping import LheoMapping, folded
from poec_workflow.importing.lheo_own_extras import extra_of
from poec_workflow.importing.lheo_values import Reading

_FUNDER, _CODE, _PLACES = "organisme-financeur", "code-financeur", "nb-places-financees"
_PROGRAMME, _MARKET = "programme-financeur", "ref-action-marche-financeur"


@frozen(kw_only=True)
class Funding:
    """What one funder gives to an action.

    Attributes:
        places: how many it pays for.
        programme, market: as the Carif-Oref write them in extras.
    """

    name: str
    places: int | None = None
    programme: str | None = None
    market: str | None = None


def programmes(action: Element) -> list[str]:
    """The programmes of an action's funders."""
    return [said for each in action.named(_FUNDER) if (said := _extra(each, _PROGRAMME))]


def funding(action: Reading, mapping: LheoMapping, *, required: bool) -> Funding | None:
    """The funder of an action; None where it is not known, which the reading says where it is required."""
    named = [action.inside(each, _FUNDER) for each in action.element.named(_FUNDER)]
    if not named:
        if mapping.funder is not None:
            return Funding(name=mapping.funder)
        if required:
            action.wrong(f"no {_FUNDER}: set funder for actions without one")
        return None
    chosen = _chosen(named, mapping)
    if chosen is None:
        codes = ", ".join(str(each.line(_CODE)) for each in named)
        action.wrong(f"several funders ({codes}): set funder_order to say which one is the action's", _FUNDER)
        return None
    return _read(chosen, mapping)


def _chosen(named: list[Reading], mapping: LheoMapping) -> Reading | None:
    """One of several: the first of the mapping's order, the one whose programme is a POEC, or none."""
    if len({each.line(_CODE) for each in named}) == 1:
        return named[0]
    for code in mapping.funder_order:
        for each in named:
            if each.line(_CODE) == code:
                return each
    wanted = {folded(each) for each in mapping.programmes}
    fitting = [each for each in named if folded(_extra(each.element, _PROGRAMME) or "") in wanted]
    return fitting[0] if len(fitting) == 1 else None


def _read(reading: Reading, mapping: LheoMapping) -> Funding | None:
    places = reading.number(_PLACES)
    code = reading.line(_CODE)
    if code is None:
        reading.wrong(f"no {_CODE}")
        return None
    name = mapping.funders.get(code)
    if name is None:
        reading.wrong(f"{_CODE} {code[:40]!r} has no name: give it one in [lheo.funders]", _CODE)
        return None
    return Funding(
        name=name,
        places=places,
        programme=_extra(reading.element, _PROGRAMME),
        market=_extra(reading.element, _MARKET),
    )


def _extra(element: Element, info: str) -> str | None:
    found = extra_of(element, info)
    return (" ".join(found.text.split()) or None) if found else None

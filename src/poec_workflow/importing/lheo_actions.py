"""An `action` of LHEO, with its `formation`, as a training action: the offer that one funder pays for.

LHEO's `formation` says what is taught, its `action` who pays, where and by whom: a training action of ours has the
funder, and is the `action`. Two of one formation are two training actions with the same texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.lheo_funders import Funding
from poec_workflow.importing.lheo_mapping import LheoMapping
from poec_workflow.importing.lheo_own_extras import Given
from poec_workflow.importing.lheo_values import Reading

_HOURS = (
    ("nombre-heures-centre", "h en centre"),
    ("nombre-heures-entreprise", "h en entreprise"),
    ("nombre-heures-total", "h au total"),
)
_CERTIFICATES: Mapping[str, str] = FrozenMap({"code-RNCP": "RNCP", "code-RS": "RS", "code-CERTIFINFO": "Certif Info"})


def action_values(
    formation: Reading,
    action: Reading,
    given: Given,
    responsible: str | None,
    funding: Funding | None,
    mapping: LheoMapping,
) -> dict[str, object]:
    """The fields of an imported training action, as the wire format has them; none that is not known."""
    values: dict[str, object | None] = {
        "state": mapping.action_state.value,
        "responsible": responsible,
        "funder": funding and funding.name,
        "title": _title(formation, given, mapping),
        "objective": formation.text("objectif-formation"),
        "programme": formation.text("contenu-formation"),
        "certification": certification(formation),
        "durations": durations(action),
        "prerequisites": action.text("conditions-specifiques"),
    }
    return given.filled(values)


def _title(formation: Reading, given: Given, mapping: LheoMapping) -> str | None:
    if "title" in given.values:
        return None
    said = formation.line("intitule-formation")
    if said is None:
        if not given.supplies("title"):
            formation.wrong("no title", "intitule-formation")
        return None
    prefix = mapping.title_prefix
    return said if said.startswith(prefix) else f"{prefix} {said}"


def durations(action: Reading) -> str | None:
    """How long an action lasts: the text that says so, and the hours."""
    hours = (f"{said} {unit}" for name, unit in _HOURS if (said := action.line(name)))
    return _joined([action.line("duree-indicative"), *hours])


def certification(formation: Reading) -> str | None:
    """What a formation ends in, by its codes."""
    return _joined(_codes(formation))


def _codes(formation: Reading) -> Iterator[str]:
    for each in formation.element.named("certification"):
        reading = formation.inside(each, "certification")
        for name, label in _CERTIFICATES.items():
            if said := reading.line(name):
                yield f"{label} {said.upper().removeprefix(label.upper()).strip()}"


def _joined(texts: Iterable[str | None]) -> str | None:
    return ", ".join(each for each in texts if each) or None

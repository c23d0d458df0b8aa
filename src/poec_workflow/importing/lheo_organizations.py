"""Who is who in LHEO: the reference of an organisation, by the identifier that the mapping names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_mapping import LheoMapping
from poec_workflow.importing.lheo_values import Reading

_RESPONSIBLE = "organisme-formation-responsable"
_TRAINER = "organisme-formateur"
_PATHS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = FrozenMap(
    {
        _RESPONSIBLE: {
            "siret": (("SIRET-organisme-formation", "SIRET"),),
            "numero-activite": (("numero-activite",),),
            "name": (("nom-organisme",), ("raison-sociale",)),
        },
        _TRAINER: {"siret": (("SIRET-formateur", "SIRET"),), "name": (("raison-sociale-formateur",),)},
    }
)
"""Organisation ▸ identifier ▸ where it stands, the first that is there."""
_DIGITS = {"siret": 14, "numero-activite": 11}
_SPACES = re.compile(r"[\s\u00a0\u202f.]+")


def responsible(formation: Reading, mapping: LheoMapping) -> str | None:
    """The organisation that answers for a formation; None where it is not known, which the reading says."""
    found = formation.element.first(_RESPONSIBLE)
    if found is None:
        formation.wrong(f"no {_RESPONSIBLE}: every formation has one")
        return None
    return _reference(formation.inside(found, _RESPONSIBLE), _RESPONSIBLE, mapping)


def trainer(action: Reading, mapping: LheoMapping, responsible: str | None) -> str | None:
    """The organisation that carries an action out: the responsible one where no other is named."""
    named = [*action.element.named(_TRAINER)]
    if not named:
        return responsible
    if len(named) > 1 and not mapping.first_trainer:
        known = {_quiet(each, mapping) for each in named}
        if len(known) > 1:
            action.wrong(
                f"{len(named)} trainers, and LHEO does not say which sessions are whose: set first_trainer", _TRAINER
            )
            return None
    return _reference(action.inside(named[0], _TRAINER), _TRAINER, mapping)


def _quiet(element: Element, mapping: LheoMapping) -> str | None:
    """The reference of one of several, of which nothing is said."""
    return _reference(Reading(element, _TRAINER), _TRAINER, mapping)


def _reference(reading: Reading, organization: str, mapping: LheoMapping) -> str | None:
    for identifier in mapping.organization:
        if known := _identifier(reading, organization, identifier):
            return mapping.organizations.get(known, known)
    reading.wrong(f"no {' nor '.join(mapping.organization)}: choose by organization what organisations are known by")
    return None


def _identifier(reading: Reading, organization: str, identifier: str) -> str | None:
    """An identifier of an organisation; None where there is none, or one of zeros."""
    if identifier == "numero":
        return reading.attribute("numero") or None
    for path in _PATHS[organization].get(identifier, ()):
        said = reading.line(*path)
        if said is None:
            continue
        digits = _DIGITS.get(identifier)
        if digits is None:
            return said
        said = _SPACES.sub("", said)
        if not said.strip("0"):
            continue
        if len(said) != digits or not said.isascii() or not said.isdigit():
            # A text in place of an identifier is told, and stands in for none, so that one fault is told once.
            reading.wrong(f"expected {digits} digits, not {said[:40]!r}", *path)
        return said
    return None

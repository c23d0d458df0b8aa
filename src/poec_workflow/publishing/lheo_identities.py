"""How organisations are known in a catalogue: by the SIRET or the number of activity that the mapping has of them."""

from __future__ import annotations

from poec_workflow.importing.lheo_mapping import LheoMapping
from poec_workflow.importing.lheo_values import plain_line
from poec_workflow.importing.lheo_vocabulary import NO_NUMBER, NO_SIRET, UNSAID


def siret_of(reference: str, mapping: LheoMapping) -> str:
    """Its SIRET; zeros where it is not known, as files of LHEO have them."""
    return _digits(reference, mapping, NO_SIRET)


def activity_number(reference: str, mapping: LheoMapping) -> str:
    """Its number of activity; zeros where it is not known."""
    return _digits(reference, mapping, NO_NUMBER)


def name_of(reference: str, mapping: LheoMapping) -> str:
    """Its name; its reference where that is not known."""
    return plain_line(mapping.names.get(reference, reference)) or UNSAID


def _digits(reference: str, mapping: LheoMapping, unknown: str) -> str:
    identifiers = (known for known, translated in mapping.organizations.items() if translated == reference)
    fitting = (each for each in (reference, *identifiers) if len(each) == len(unknown))
    return next((each for each in fitting if each.isascii() and each.isdigit()), unknown)

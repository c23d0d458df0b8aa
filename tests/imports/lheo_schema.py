"""The structure of LHEO 2.3, as its schema has it, of the elements that a catalogue writes; and what a document breaks.

Facts of the language, written down anew: which elements stand in which, in which order and how often, and which texts
they may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, fromstring

NAMESPACE = "{http://lheo.gouv.fr/2.3}"
MANY = 10**9
One = tuple[str, int, int]


def _texts(least: int, most: int) -> re.Pattern[str]:
    return re.compile(rf".{{{least},{most}}}", re.DOTALL)


def _codes(*codes: str) -> re.Pattern[str]:
    return re.compile("|".join(codes))


_DAY = re.compile("[0-9]{4}[019][0-9][01239][0-9]")
_EXTRAS: One = ("extras", 0, MANY)
LEAVES: Mapping[str, re.Pattern[str]] = {
    "intitule-formation": _texts(1, 255),
    "objectif-formation": _texts(1, 3000),
    "resultats-attendus": _texts(1, 3000),
    "contenu-formation": _texts(1, 3000),
    "certifiante": _codes("0", "1"),
    "parcours-de-formation": _codes("1", "2", "3", "4"),
    "code-niveau-entree": _codes(*"012345678", "11", "12", "13", "14", "15", "16", "17", "18"),
    "code-RNCP": _texts(1, 10),
    "code-RS": _texts(3, 10),
    "rythme-formation": _texts(1, 3000),
    "code-public-vise": _texts(5, 5),
    "niveau-entree-obligatoire": _codes("0", "1"),
    "modalites-alternance": _texts(1, 3000),
    "modalites-enseignement": _codes("0", "1", "2"),
    "conditions-specifiques": _texts(1, 3000),
    "prise-en-charge-frais-possible": _codes("0", "1"),
    "modalites-entrees-sorties": _codes("0", "1"),
    "duree-indicative": _texts(0, 150),
    "code-financeur": _codes(*(str(each) for each in range(21))),
    "nb-places-financees": re.compile("[0-9]+"),
    "etat-recrutement": _codes("1", "2", "3"),
    "numero-activite": _texts(11, 11),
    "SIRET": _texts(14, 14),
    "nom-organisme": _texts(1, 250),
    "raison-sociale": _texts(1, 250),
    "raison-sociale-formateur": _texts(1, 250),
    "nom": _texts(1, 50),
    "ligne": _texts(1, 50),
    "codepostal": _texts(5, 5),
    "ville": _texts(1, 50),
    "debut": _DAY,
    "fin": _DAY,
    "date": _DAY,
}
"""Element ▸ its text."""
BRANCHES: Mapping[str, tuple[One, ...]] = {
    "lheo": (("offres", 1, 1), _EXTRAS),
    "offres": (("formation", 1, MANY), _EXTRAS),
    "formation": (
        ("domaine-formation", 1, 1),
        ("intitule-formation", 1, 1),
        ("objectif-formation", 1, 1),
        ("resultats-attendus", 1, 1),
        ("contenu-formation", 1, 1),
        ("certifiante", 1, 1),
        ("contact-formation", 1, MANY),
        ("parcours-de-formation", 1, 1),
        ("code-niveau-entree", 1, 1),
        ("certification", 0, 5),
        ("action", 1, MANY),
        ("organisme-formation-responsable", 1, 1),
        _EXTRAS,
    ),
    "domaine-formation": (_EXTRAS,),
    "contact-formation": (("coordonnees", 1, 1), _EXTRAS),
    "certification": (("code-RNCP", 0, 1), ("code-RS", 0, 1), _EXTRAS),
    "action": (
        ("rythme-formation", 1, 1),
        ("code-public-vise", 1, 10),
        ("niveau-entree-obligatoire", 1, 1),
        ("modalites-alternance", 1, 1),
        ("modalites-enseignement", 1, 1),
        ("conditions-specifiques", 1, 1),
        ("prise-en-charge-frais-possible", 1, 1),
        ("lieu-de-formation", 0, MANY),
        ("modalites-entrees-sorties", 1, 1),
        ("session", 1, MANY),
        ("date-information", 0, 3),
        ("duree-indicative", 0, 1),
        ("organisme-formateur", 0, MANY),
        ("organisme-financeur", 0, 8),
        _EXTRAS,
    ),
    "lieu-de-formation": (("coordonnees", 1, 1), _EXTRAS),
    "session": (
        ("periode", 1, 1),
        ("adresse-inscription", 1, 1),
        ("periode-inscription", 0, 1),
        ("etat-recrutement", 0, 1),
        _EXTRAS,
    ),
    "periode": (("debut", 1, 1), ("fin", 1, 1), _EXTRAS),
    "periode-inscription": (("periode", 1, 1),),
    "adresse-inscription": (("adresse", 1, 1), _EXTRAS),
    "date-information": (("date", 1, 1), _EXTRAS),
    "organisme-formateur": (("SIRET-formateur", 1, 1), ("raison-sociale-formateur", 1, 1), _EXTRAS),
    "SIRET-formateur": (("SIRET", 1, 1), _EXTRAS),
    "organisme-financeur": (("code-financeur", 1, 1), ("nb-places-financees", 0, 1), _EXTRAS),
    "organisme-formation-responsable": (
        ("numero-activite", 1, 1),
        ("SIRET-organisme-formation", 1, 1),
        ("nom-organisme", 1, 1),
        ("raison-sociale", 1, 1),
        ("coordonnees-organisme", 1, 1),
        ("contact-organisme", 1, MANY),
        _EXTRAS,
    ),
    "SIRET-organisme-formation": (("SIRET", 1, 1), _EXTRAS),
    "coordonnees-organisme": (("coordonnees", 1, 1), _EXTRAS),
    "contact-organisme": (("coordonnees", 1, 1), _EXTRAS),
    "coordonnees": (("nom", 0, 1), ("adresse", 0, 1), _EXTRAS),
    "adresse": (("ligne", 1, 4), ("codepostal", 1, 1), ("ville", 1, 1), _EXTRAS),
}
"""Element ▸ the elements in it, in their order, each with how often at least and at most."""
_ATTRIBUTES = {"numero", "info"}


def parsed(text: str) -> Element:
    """A document of our own, as an independent parser reads it."""
    return fromstring(text)  # noqa: S314 - what we wrote ourselves


def breaches(element: Element) -> Iterator[str]:
    """What a document, or a part of one, breaks."""
    name = element.tag.removeprefix(NAMESPACE)
    if name == element.tag:
        yield f"{element.tag} is of no namespace"
    yield from (f"{name} has an attribute {each}" for each in element.attrib if each not in _ATTRIBUTES)
    if name == "extra":  # Of any content.
        return
    if name == "extras":
        children = [each.tag.removeprefix(NAMESPACE) for each in element]
        yield from (f"{each} in extras" for each in children if each not in {"extra", "extras"})
    elif name in LEAVES:
        if len(element) or not LEAVES[name].fullmatch(element.text or ""):
            yield f"{name} can't be {element.text!r}"
    elif name in BRANCHES:
        yield from _disorder(element, name)
    else:
        yield f"{name} is not known"
    for child in element:
        yield from breaches(child)


def _disorder(element: Element, name: str) -> Iterator[str]:
    if (element.text or "").strip():
        yield f"{name} has a text"
    children = [each.tag.removeprefix(NAMESPACE) for each in element]
    expected = [each for each, _, _ in BRANCHES[name]]
    if [each for each in children if each not in expected]:
        yield f"{name} has {children}"
    elif children != sorted(children, key=expected.index):
        yield f"{name} has {children}, in another order"
    for child, least, most in BRANCHES[name]:
        if not least <= children.count(child) <= most:
            yield f"{name} has {children.count(child)} {child}"

"""An offer as a `formation` of LHEO, in the order of its schema; what is required and not known says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.lheo_mapping import LheoMapping
from poec_workflow.importing.lheo_values import plain_line, plain_text
from poec_workflow.importing.lheo_vocabulary import (
    CLOSED,
    NO_POSTCODE,
    OPEN,
    OTHER_FUNDER,
    SUSPENDED,
    UNKNOWN_DAY,
    UNSAID,
)
from poec_workflow.model import TrainingAction, TrainingSession
from poec_workflow.offers import Offer, OfferedSession
from poec_workflow.policies.recruitment import Recruitment
from poec_workflow.publishing.lheo_extras import action_extras, session_extras
from poec_workflow.publishing.lheo_identities import activity_number, name_of, siret_of
from poec_workflow.publishing.lheo_writer import DURATION, LINE, NAME, TEXT, TITLE, Lines, branch, cut, empty, leaf

_STATES: Mapping[Recruitment, str] = FrozenMap(
    {Recruitment.OPEN: OPEN, Recruitment.CLOSED: CLOSED, Recruitment.SUSPENDED: SUSPENDED}
)
_MOST_LINES, _MOST_DATES, _MOST_CERTIFICATES = 4, 3, 5
_IN_GROUP, _NOT_COMMUNICATED, _PRESENT, _FIXED_DATES, _NO, _YES = "1", "0", "0", "0", "0", "1"
_ADDRESS = re.compile(r"(?:(?P<street>.*), )?(?P<postcode>[0-9]{5}) (?P<town>.+)", re.DOTALL)
_CERTIFICATE = re.compile(r"\b(RNCP|RS)\s?([0-9]{3,8})\b")


def formation(offer: Offer, mapping: LheoMapping) -> Lines:
    """The offer of one training action."""
    action = offer.action
    return branch(
        "formation",
        empty("domaine-formation"),
        leaf("intitule-formation", _said(plain_line(action.title), TITLE)),
        leaf("objectif-formation", _said(plain_text(action.objective), TEXT)),
        leaf("resultats-attendus", UNSAID),
        leaf("contenu-formation", _said(plain_text(action.programme), TEXT)),
        leaf("certifiante", _YES if action.certification else _NO),
        branch("contact-formation", _named(action.responsible, mapping)),
        leaf("parcours-de-formation", _IN_GROUP),
        leaf("code-niveau-entree", _NOT_COMMUNICATED),
        *_certifications(action),
        _action(offer, mapping),
        _responsible(action.responsible, mapping),
        numero=action.reference,
    )


def _action(offer: Offer, mapping: LheoMapping) -> Lines:
    action, sessions = offer.action, [each.session for each in offer.sessions]
    trainers, durations = dict.fromkeys(each.trainer for each in sessions), plain_line(action.durations)
    return branch(
        "action",
        leaf("rythme-formation", UNSAID),
        leaf("code-public-vise", mapping.public_code),
        leaf("niveau-entree-obligatoire", _NO),
        leaf("modalites-alternance", UNSAID),
        leaf("modalites-enseignement", _PRESENT),
        leaf("conditions-specifiques", _said(plain_text(action.prerequisites), TEXT)),
        leaf("prise-en-charge-frais-possible", _YES),
        *(branch("lieu-de-formation", branch("coordonnees", _address(each))) for each in _places(sessions)),
        leaf("modalites-entrees-sorties", _FIXED_DATES),
        *map(_session, offer.sessions),
        *(branch("date-information", leaf("date", _day(each))) for each in _meetings(sessions)),
        *([leaf("duree-indicative", cut(durations, DURATION))] if durations else []),
        *(_trainer(each, mapping) for each in trainers),
        _funder(action, sessions, mapping),
        action_extras(action),
        numero=action.reference,
    )


def _session(offered: OfferedSession) -> Lines:
    session, recruits = offered.session, offered.recruitment
    return branch(
        "session",
        branch("periode", leaf("debut", _day(session.start)), leaf("fin", _day(session.end))),
        branch("adresse-inscription", _address(session.place)),
        branch(
            "periode-inscription",
            branch("periode", leaf("debut", UNKNOWN_DAY), leaf("fin", _day(session.registration_deadline))),
        ),
        *([leaf("etat-recrutement", _STATES[recruits])] if recruits else []),
        session_extras(session, offered.seats),
        numero=session.reference,
    )


def _responsible(reference: str, mapping: LheoMapping) -> Lines:
    name = cut(name_of(reference, mapping), NAME)
    return branch(
        "organisme-formation-responsable",
        leaf("numero-activite", activity_number(reference, mapping)),
        branch("SIRET-organisme-formation", leaf("SIRET", siret_of(reference, mapping))),
        leaf("nom-organisme", name),
        leaf("raison-sociale", name),
        branch("coordonnees-organisme", _named(reference, mapping)),
        branch("contact-organisme", _named(reference, mapping)),
        numero=reference,
    )


def _trainer(reference: str, mapping: LheoMapping) -> Lines:
    return branch(
        "organisme-formateur",
        branch("SIRET-formateur", leaf("SIRET", siret_of(reference, mapping))),
        leaf("raison-sociale-formateur", cut(name_of(reference, mapping), NAME)),
        numero=reference,
    )


def _funder(action: TrainingAction, sessions: Iterable[TrainingSession], mapping: LheoMapping) -> Lines:
    codes = {name.casefold(): code for code, name in mapping.funders.items()}
    return branch(
        "organisme-financeur",
        leaf("code-financeur", codes.get(action.funder.casefold(), OTHER_FUNDER), info=action.funder),
        leaf("nb-places-financees", str(sum(each.capacity for each in sessions))),
    )


def _named(reference: str, mapping: LheoMapping) -> Lines:
    return branch("coordonnees", leaf("nom", cut(name_of(reference, mapping), LINE)))


def _certifications(action: TrainingAction) -> Iterator[Lines]:
    found = list(dict.fromkeys(_CERTIFICATE.findall(action.certification)))
    for register, number in found[:_MOST_CERTIFICATES]:
        yield branch("certification", leaf(f"code-{register}", number))


def _address(place: str) -> Lines:
    """A place as an address: its postcode and town where it ends in them, else as it is."""
    said = plain_line(place) or UNSAID
    found = _ADDRESS.fullmatch(said)
    street = (found["street"] or found["town"]) if found else said
    return branch(
        "adresse",
        *(leaf("ligne", each) for each in _pieces(street)),
        leaf("codepostal", found["postcode"] if found else NO_POSTCODE),
        leaf("ville", cut(found["town"] if found else said, LINE)),
    )


def _pieces(street: str) -> list[str]:
    """A street in lines as long as they may be; the rest is cut off."""
    pieces = [cut(each, LINE) for each in street.split(", ") if each]
    return pieces if len(pieces) <= _MOST_LINES else [*pieces[: _MOST_LINES - 1], cut(", ".join(pieces[3:]), LINE)]


def _places(sessions: Iterable[TrainingSession]) -> Iterable[str]:
    return dict.fromkeys(each.place for each in sessions)


def _meetings(sessions: Iterable[TrainingSession]) -> list[date]:
    """The days of information meetings; the latest, where there are more than an action may have."""
    return sorted({day for each in sessions for day in each.information_dates})[-_MOST_DATES:]


def _said(text: str | None, most: int) -> str:
    return cut(text or UNSAID, most)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"

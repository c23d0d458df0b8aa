"""The tables of LHEO: its namespaces, its codes, and the names of what this package adds in `extras`."""

from __future__ import annotations

from collections.abc import Mapping

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import SessionState

VERSION = "2.3"
NAMESPACE = "http://lheo.gouv.fr/2.3"
"""That of what is written."""
NAMESPACES = frozenset(
    {
        "",
        *(
            f"{scheme}://{host}/{version}"
            for scheme in ("http", "https")
            for host in ("www.lheo.org", "lheo.org", "lheo.gouv.fr", "www.lheo.gouv.fr")
            for version in ("2.0", "2.1", "2.2", "2.2.0", VERSION, "2.3.0")
        ),
        # What training bodies send to Mon Compte Formation is LHEO 2.2 under a name of its own.
        "https://www.of.moncompteformation.gouv.fr",
    }
)
"""Those that are read; a document without one is taken for LHEO by its root."""
READ_NAMESPACES = "those of LHEO 2.0 to 2.3"

FUNDERS: Mapping[str, str] = FrozenMap(
    {
        "0": "Autre",
        "2": "Région",
        "3": "Fonds européens - FSE",
        "4": "France Travail",
        "5": "Entreprise",
        "6": "ACSÉ",
        "7": "AGEFIPH",
        "8": "Conseil départemental",
        "9": "Commune",
        "10": "Bénéficiaire de l'action",
        "11": "État - Ministère chargé de l'emploi",
        "12": "État - Ministère de l'éducation nationale",
        "13": "État - Autre",
        "14": "Fonds européens - Autre",
        "15": "Collectivité territoriale - Autre",
        "16": "OPCO",
        "17": "OPACIF",
    }
)
"""`code-financeur` ▸ name, in today's words: Pôle emploi is France Travail, an OPCA an OPCO."""
OTHER_FUNDER = "0"

OPEN, CLOSED, SUSPENDED = "1", "2", "3"
"""`etat-recrutement`."""
SESSION_STATES: Mapping[str, SessionState] = FrozenMap(
    {OPEN: SessionState.ACTIVE, CLOSED: SessionState.COMPLETE, SUSPENDED: SessionState.ACTIVE}
)
"""`etat-recrutement` ▸ the state of an imported session, where the mapping says no other."""

UNKNOWN_DAY, NO_END = "00000000", "99999999"
DISTANCE = "2"
"""`modalites-enseignement`: wholly at a distance."""
PERMANENT = "1"
"""`modalites-entrees-sorties`: people come and go at any time."""
UNSAID = "Non renseigné"
"""What is written where LHEO requires a text and there is none; read as none."""
NO_SIRET, NO_NUMBER, NO_POSTCODE = "0" * 14, "0" * 11, "0" * 5
"""What real files write where LHEO requires a number that nobody has."""

OWN = "poec-workflow"
"""`info` of the `extras` that hold what LHEO does not know; a catalogue of another origin has none."""

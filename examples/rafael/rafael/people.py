"""Who is who in the season: the structures, the users and on whose behalf each may act, the names of candidates."""

from __future__ import annotations

from attrs import frozen

from poec_workflow import Actor, ActorKind

RESPONSIBLE, POSITIONER, TRAINER, OTHER_TRAINER = "AFPA-NA", "PLIE-BORDEAUX", "AFEC", "GRETA-47"
FUNDER, OTHER_FUNDER = "France Travail Nouvelle-Aquitaine", "OPCO Commerce"
ADVISERS = ("FT-AGEN", "FT-PAU", "FT-BORDEAUX")
YOUTH_ADVISER, DISABILITY_ADVISER = "ML-AGEN", "CE-47"
PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP-METIERS", name="Cap Métiers")

FIRST_NAMES = (
    "Amina", "Bastien", "Chloé", "David", "Élodie", "Fatou", "Gaël", "Hugo", "Inès", "Jules", "Karim", "Léa", "Manon",
    "Noël", "Océane", "Paul", "Rachid", "Soline", "Théo", "Zoé",
)  # fmt: skip
LAST_NAMES = (
    "Benali", "Castaing", "Dubois", "Etcheverry", "Faure", "Garnier", "Haddad", "Lefèvre", "Moreau", "Nabil", "Olivier",
    "Perrin", "Roche", "Sarr", "Traoré", "Vidal", "Weber", "Yilmaz", "Zerbib", "Aubert",
)  # fmt: skip


@frozen(kw_only=True)
class Role:
    """A user of the demonstration.

    Attributes:
        username: to sign in with.
        name: first and last.
        fr: what they do, in French.
        en: the same in English.
        actors: on whose behalf they may act.
    """

    username: str
    name: tuple[str, str]
    fr: str
    en: str
    actors: tuple[Actor, ...]


def organization(reference: str) -> Actor:
    """A training body."""
    return Actor(kind=ActorKind.ORGANIZATION, organization=reference)


def adviser(reference: str) -> Actor:
    """An adviser of a prescriber."""
    return Actor(kind=ActorKind.ADVISER, organization=reference)


def candidate_of(number: int) -> str:
    """The reference of a candidate."""
    return f"P-{number + 1:04}"


def name_of(number: int) -> str:
    """The name of a candidate: another one for each of the first four hundred."""
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]}"


ROLES = (
    Role(
        username="formatrice",
        name=("Lise", "Roy"),
        fr=f"Organisme formateur ({TRAINER})",
        en=f"Trainer ({TRAINER})",
        actors=(organization(TRAINER),),
    ),
    Role(
        username="positionneur",
        name=("Marc", "Petit"),
        fr=f"Organisme positionneur ({POSITIONER})",
        en=f"Positioner ({POSITIONER})",
        actors=(organization(POSITIONER),),
    ),
    Role(
        username="responsable",
        name=("Nadia", "Lopez"),
        fr=f"Organisme responsable ({RESPONSIBLE})",
        en=f"Responsible organisation ({RESPONSIBLE})",
        actors=(organization(RESPONSIBLE),),
    ),
    Role(
        username="plusieurs",
        name=("Omar", "Diallo"),
        fr="Rattaché à plusieurs structures",
        en="Attached to several structures",
        actors=(organization(OTHER_TRAINER), organization(TRAINER), adviser(ADVISERS[0])),
    ),
    Role(
        username="conseillere",
        name=("Anne", "Martin"),
        fr=f"Conseillère ({ADVISERS[0]})",
        en=f"Adviser ({ADVISERS[0]})",
        actors=(adviser(ADVISERS[0]),),
    ),
    Role(
        username="financeur",
        name=("Éric", "Blanc"),
        fr=f"Financeur ({FUNDER})",
        en=f"Funder ({FUNDER})",
        actors=(Actor(kind=ActorKind.FUNDER, organization=FUNDER),),
    ),
    Role(
        username="candidate",
        name=("Amina", "Benali"),
        fr="Candidate",
        en="Candidate",
        actors=(Actor(kind=ActorKind.CANDIDATE, candidate=candidate_of(0)),),
    ),
    Role(
        username="plateforme",
        name=("Cap", "Métiers"),
        fr="Plateforme (Cap Métiers)",
        en="Platform (Cap Métiers)",
        actors=(PLATFORM,),
    ),
)
"""In the order in which the sign-in page offers them: who has most to do comes first."""

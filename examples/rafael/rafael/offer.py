"""The offer of the season: the actions, and their sessions, told in days before and after today."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from rafael.people import FUNDER, OTHER_FUNDER, OTHER_TRAINER, POSITIONER, RESPONSIBLE, TRAINER

FULL, CANCELLED = "declared full", "cancelled"


@frozen(kw_only=True)
class Action:
    """A training action.

    Attributes:
        reference: its reference.
        title: its title, without prefix.
        trainer: who trains on its sessions.
        certification: in force from the beginning.
        claimed: another one, that the platform has not answered.
        prerequisites: without them it is incomplete.
        became: what it is now.
    """

    reference: str
    title: str
    funder: str = FUNDER
    responsible: str = RESPONSIBLE
    positioner: str = POSITIONER
    trainer: str = TRAINER
    certification: str = "Titre professionnel"
    claimed: str = ""
    prerequisites: str = "Savoir lire, écrire, compter."
    became: str = "published"


@frozen(kw_only=True)
class Session:
    """A session, in days from today, and how many applications came to what.

    Attributes:
        reference: its reference.
        action: of which action.
        begins: its first day.
        ends: its last day.
        opened: the day when it was created.
        outcomes: how many applications came to what; see `stories.TELL`.
        registration: its registration deadline; two days before it begins where it does not say.
        became: `FULL` or `CANCELLED`, ten days ago.
        sought: whether the candidate who can sign in applied to it.
    """

    reference: str
    action: str
    begins: int
    ends: int
    opened: int
    outcomes: Mapping[str, int]
    place: str = "47 - AGEN"
    capacity: int = 12
    coefficient: int = 3
    registration: int | None = None
    became: str = ""
    sought: bool = False


ACTIONS = (
    Action(reference="20260102000", title="Employé de rayon"),
    Action(reference="20260104700", title="Agent de restauration", funder=OTHER_FUNDER),
    Action(
        reference="20260106100",
        title="Préparateur de commandes",
        responsible=TRAINER,
        positioner=TRAINER,
        claimed="CACES R489 catégories 1A et 3",
    ),
    Action(reference="20260107300", title="Soudeur", trainer=OTHER_TRAINER, positioner=OTHER_TRAINER),
    Action(reference="20260109900", title="Conseiller de vente", positioner=TRAINER, prerequisites=""),
    Action(
        reference="20260111000", title="Aide à domicile", responsible=TRAINER, positioner=TRAINER, became="awaiting"
    ),
    Action(reference="20250093000", title="Agent de propreté", became="archived"),
    Action(reference="20250091200", title="Téléconseiller", trainer=OTHER_TRAINER, became="deleted"),
)

SESSIONS = (
    # Over long ago: every advice is given, or was given too late.
    Session(
        reference="00301100", action="20250093000", begins=-230, ends=-140, opened=-280, place="64 - PAU",
        outcomes={"retained": 11, "rejected": 9, "absent-without-notice": 3, "withdrawn": 2, "expired": 4},
    ),
    Session(
        reference="00301180", sought=True, action="20260102000", begins=-150, ends=-70, opened=-210,
        outcomes={"retained": 12, "rejected": 10, "three-absences": 2, "absent-without-notice": 3, "expired": 5},
    ),
    # The deadline was yesterday, and nothing has swept yet.
    Session(
        reference="00301234", action="20260104700", begins=-95, ends=-22, opened=-160, place="33 - BORDEAUX",
        outcomes={"retained": 9, "rejected": 8, "withdrawn": 2, "present": 2, "convoked-due": 1},
    ),
    # Ended, and advices are due within days.
    Session(
        reference="00301301", action="20260102000", begins=-80, ends=-15, opened=-140,
        outcomes={"retained": 8, "rejected": 6, "three-absences": 1, "present": 4, "convoked-due": 3, "absent": 2,
                  "pending": 2},
    ),
    Session(
        reference="00301322", action="20260107300", begins=-70, ends=-8, opened=-130, place="47 - MARMANDE",
        outcomes={"retained": 7, "rejected": 6, "present": 3, "convoked-due": 2, "pending": 1},
    ),
    # Under way: one is full, one was cancelled.
    Session(
        reference="00301350", action="20260106100", begins=-25, ends=45, opened=-90, capacity=10, place="33 - BORDEAUX",
        outcomes={"retained": 10, "rejected": 5, "withdrawn": 1, "pending": 4, "present": 3, "convoked-due": 1},
        became=FULL,
    ),
    Session(
        reference="00301366", sought=True, action="20260104700", begins=-5, ends=60, opened=-75, place="64 - PAU",
        outcomes={"retained": 3, "rejected": 4, "pending": 5, "present": 2, "absent": 2}, became=CANCELLED,
    ),
    Session(
        reference="00301377", action="20260102000", begins=-12, ends=66, opened=-80, registration=-4,
        outcomes={"retained": 9, "rejected": 7, "present": 3, "convoked-due": 2, "absent-twice": 1, "withdrawn": 1},
    ),
    # Still to come: the queue of every day.
    Session(
        reference="00301402", sought=True, action="20260102000", begins=30, ends=107, opened=-45, place="33 - BORDEAUX",
        outcomes={"pending": 9, "convoked": 5, "convoked-due": 4, "present": 4, "absent": 2, "absent-twice": 1,
                  "retained": 4, "rejected": 3, "withdrawn": 1},
    ),
    Session(
        reference="00301410", sought=True, action="20260106100", begins=20, ends=95, opened=-45,
        outcomes={"pending": 6, "convoked": 3, "convoked-due": 2, "present": 3, "retained": 2, "rejected": 2},
    ),
    Session(
        reference="00301418", action="20260109900", begins=8, ends=70, opened=-40, coefficient=5, registration=5,
        place="47 - VILLENEUVE-SUR-LOT",
        outcomes={"pending": 4, "convoked-due": 1, "present": 2, "retained": 3, "absent": 1},
    ),
    Session(
        reference="00301425", action="20260107300", begins=40, ends=120, opened=-40, capacity=8,
        outcomes={"pending": 7, "convoked": 3, "present": 2, "absent": 1, "retained": 1, "rejected": 1},
    ),
)  # fmt: skip
"""Each state, each alert, and work in every queue."""

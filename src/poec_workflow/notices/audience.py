"""Who can be told: found from an application and its session."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from attrs import evolve, field, frozen

from poec_workflow.messages import AddresseeKind
from poec_workflow.model import Origin, Role, TrainingSession

_ORGANIZATION, _CANDIDATE, _SYSTEM = AddresseeKind


@frozen
class Audience:
    """Who is told, found from an application and its session.

    Attributes:
        name: as the table and its pictures show it; labels stand in `locales`.
        kind: of the addressee.
        find: the reference of the addressee, from the application and its session; None where there is nobody.
        of_application: whether `find` looks at the application: only of one can such an audience be told.
        fields: the fields of the event that are told besides what happened.
        invited: whether an appointment comes with an invitation to a calendar, unless its day is before today.
    """

    name: str
    kind: AddresseeKind
    find: Callable[[Any, TrainingSession], str | None] = field(repr=False)
    of_application: bool = field(default=True, kw_only=True)
    fields: tuple[str, ...] = field(default=(), kw_only=True)
    invited: bool = field(default=False, kw_only=True)

    def told(self, *fields: str) -> Audience:
        """The same audience, told some fields of the event too."""
        return evolve(self, fields=fields)

    def with_invitation(self) -> Audience:
        """The same audience, invited to the appointment too."""
        return evolve(self, invited=True)


def holder_of(role: Role) -> Audience:
    """The organisation that holds a role on the session."""
    return Audience(role.value, _ORGANIZATION, lambda _, session: session.organization(role), of_application=False)


def system(name: str, origins: Collection[Origin]) -> Audience:
    """Another system, which hears of the candidates that prescribers of some origins sent."""
    return Audience(name, _SYSTEM, lambda application, _: name if application.prescriber.origin in origins else None)


RESPONSIBLE, POSITIONER, TRAINER = map(holder_of, Role)
CANDIDATE = Audience("candidate", _CANDIDATE, lambda application, _: application.candidate)
PRESCRIBER = Audience("prescriber", _ORGANIZATION, lambda application, _: application.prescriber.organization)
KAIROS = system("KAIROS", {Origin.FRANCE_TRAVAIL})

"""Who can be told: found from an application and its session."""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

from attrs import evolve, field, frozen

from poec_workflow.enum_values import must_be
from poec_workflow.messages import AddresseeKind, AddresseeKindName
from poec_workflow.model import Application, Origin, OriginName, Role, RoleName

Find = Callable[[Any], str | None]


def _kind(value: AddresseeKind | AddresseeKindName) -> AddresseeKind:
    return must_be(AddresseeKind, value, "$.kind")


def _role(value: Role | RoleName | None) -> Role | None:
    return None if value is None else must_be(Role, value, "$.role")


@frozen
class Audience:
    """Who is told, found from an application or from its session.

    Attributes:
        name: as the table and its pictures show it; labels stand in `locales`.
        kind: of the addressee.
        find: the reference of the addressee, from the application or the session; None where there is nobody.
        of_session: whether `find` is given the session, else it is the application.
        role: the role on the session that its holder is told for; None of others.
        fields: the fields of the event that are told besides what happened.
        invited: whether an appointment comes with an invitation to a calendar, unless its day is before today.

    Raises:
        Malformed: there is no such kind or role.
    """

    name: str
    kind: AddresseeKind = field(converter=_kind)
    find: Find = field(repr=False)
    of_session: bool = field(default=False, kw_only=True)
    role: Role | None = field(default=None, converter=_role, kw_only=True)
    fields: tuple[str, ...] = field(default=(), kw_only=True)
    invited: bool = field(default=False, kw_only=True)

    def told(self, *fields: str) -> Audience:
        """The same audience, told some fields of the event too."""
        return evolve(self, fields=fields)

    def with_invitation(self) -> Audience:
        """The same audience, invited to the appointment too."""
        return evolve(self, invited=True)


def holder_of(role: Role | RoleName) -> Audience:
    """The organisation that holds a role on the session.

    Raises:
        Malformed: there is no such role.
    """
    held = must_be(Role, role, "$.role")
    return Audience(held.value, AddresseeKind.ORGANIZATION, attrgetter(held.value), of_session=True, role=held)


def system(name: str, origins: Collection[Origin | OriginName]) -> Audience:
    """Another system, which hears of the candidates that prescribers of some origins sent.

    Raises:
        Malformed: there is no such origin.
    """
    known = frozenset(must_be(Origin, each, f"$.origins[{place}]") for place, each in enumerate(origins))

    def find(application: Application) -> str | None:
        return name if application.prescriber.origin in known else None

    return Audience(name, AddresseeKind.SYSTEM, find)


RESPONSIBLE, POSITIONER, TRAINER = map(holder_of, Role)
CANDIDATE = Audience("candidate", AddresseeKind.CANDIDATE, attrgetter("candidate"))
PRESCRIBER = Audience("prescriber", AddresseeKind.ORGANIZATION, attrgetter("prescriber.organization"))
KAIROS = system("KAIROS", frozenset({Origin.FRANCE_TRAVAIL}))

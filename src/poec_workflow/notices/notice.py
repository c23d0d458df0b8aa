"""A row of the table: when an event happens, who is told, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import field, fields, frozen

from poec_workflow.events import AnyEvent, ApplicationEvent, SessionEvent
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.invitations import APPOINTMENTS
from poec_workflow.model import LIVE_STATES, Application, ApplicationState
from poec_workflow.notices.audience import Audience

LONGEST_ID = 16
"""Of a row's id, in characters: it is stored with each message."""


def _listed(given: type[AnyEvent] | Iterable[type[AnyEvent]]) -> tuple[type[AnyEvent], ...]:
    return (given,) if isinstance(given, type) else tuple(given)


def _audiences(given: Iterable[Audience]) -> tuple[Audience, ...]:
    return tuple(given)


ToldOfEach = Mapping[Collection[ApplicationState], Iterable[Audience]]


def _of_each(given: ToldOfEach) -> Mapping[frozenset[ApplicationState], tuple[Audience, ...]]:
    return FrozenMap({frozenset(states): tuple(tell) for states, tell in given.items()})


@frozen
class Notice:
    """A row: when one of some events happens, who is told.

    Attributes:
        id: as `N1`.
        events: the events; none of a digest, which sums up once a day what time brings.
        tell: who is told of the event; of a digest, the roles whose holders get it.
        applications: of a session's event, who else is told for each of its applications that is in some states then.
    """

    id: str
    events: tuple[type[AnyEvent], ...] = field(converter=_listed, default=())
    tell: tuple[Audience, ...] = field(converter=_audiences, kw_only=True)
    applications: Mapping[frozenset[ApplicationState], tuple[Audience, ...]] = field(
        converter=_of_each, default=FrozenMap({}), kw_only=True, hash=False
    )

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Everybody whom the row names, each once."""
        return tuple(dict.fromkeys((*self.tell, *(each for some in self.applications.values() for each in some))))

    def told_of(self, application: Application) -> Iterator[Audience]:
        """Who is told for one application of the session that the event happened to."""
        for states, audiences in self.applications.items():
            if application.state in states:
                yield from audiences


def faults_of(row: Notice) -> Iterator[str]:
    """What is wrong with a row by itself."""
    if not 1 <= len(row.id) <= LONGEST_ID:
        yield f"an id has 1 to {LONGEST_ID} characters"
    if not row.audiences:
        yield "tells nobody"
    yield from _faults_of_events(row)
    for states in row.applications:
        if others := sorted(states - LIVE_STATES):
            yield f"applications are told of while they are open or retained, not {', '.join(others)}"
    for audience in row.audiences:
        yield from _faults_of_audience(audience, row)


def _faults_of_events(row: Notice) -> Iterator[str]:
    if row.applications and not row.events:
        yield "a digest tells of no application by itself"
    if not row.events:
        yield from (f"a digest tells holders of roles, not the {each.name}" for each in row.tell if each.role is None)
    for event in row.events:
        if not issubclass(event, ApplicationEvent | SessionEvent):
            yield f"{event.type} happens to an action, of which nobody is told"
        elif row.applications and not issubclass(event, SessionEvent):
            yield f"{event.type} happens to one application alone"


def _faults_of_audience(audience: Audience, row: Notice) -> Iterator[str]:
    of_application = bool(row.events) and all(issubclass(each, ApplicationEvent) for each in row.events)
    if audience in row.tell and not audience.of_session and not of_application:
        yield f"the {audience.name} is told of an application, not of a session"
    for event in row.events:
        if missing := sorted({*audience.fields} - {each.name for each in fields(event)}):
            yield f"{event.type} has no {', '.join(missing)} to tell the {audience.name}"
        if audience.invited and event not in APPOINTMENTS:
            yield f"{event.type} makes no appointment to invite the {audience.name} to"

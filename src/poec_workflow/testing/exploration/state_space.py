"""The states that an exploration tells apart: one action, one session on it, a few applications, and a day.

Two states are the same where the rules can't tell them apart: references, instants and versions do not count, and
applications stand in no order.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import date

from attrs import frozen

from poec_workflow.commands import Request
from poec_workflow.decider import Change
from poec_workflow.model import Application, State, Subject, TrainingAction, TrainingSession
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.reference.lazy_property import lazy_property

ACTION, SESSION = "A-1", "S-1"


# Not slotted: `lazy_property` keeps what is looked up for every command.
@frozen(eq=False, slots=False)
class Node:
    """A state, and how it was reached.

    Attributes:
        day: the index of today among the calendar's days.
        request, changes: what led here from the parent, and what it changed.
    """

    snapshot: Snapshot
    day: int = 0
    parent: Node | None = None
    request: Request | None = None
    changes: tuple[Change, ...] = ()

    @lazy_property
    def action(self) -> TrainingAction | None:
        """The action, once it exists."""
        return self.snapshot.action(ACTION)

    @lazy_property
    def session(self) -> TrainingSession | None:
        """The session, once it exists."""
        return self.snapshot.session(SESSION)

    @lazy_property
    def applications(self) -> tuple[Application, ...]:
        """The applications, in the order of registration."""
        return self.snapshot.applications(SESSION)

    @lazy_property
    def _by_reference(self) -> dict[str, Subject]:
        return {each.reference: each for each in self.snapshot.subjects.values()}

    def subject(self, reference: str) -> Subject | None:
        """Return the subject of a reference, which no other kind of subject has here."""
        return self._by_reference.get(reference)

    def is_live(self, candidate: str) -> bool:
        """Say whether a candidate has an open or retained application."""
        return self.snapshot.is_live(SESSION, candidate)

    def way(self) -> tuple[Node, ...]:
        """Return the nodes that lead here, this one last."""
        nodes = [self]
        while nodes[-1].parent is not None:
            nodes.append(nodes[-1].parent)
        return tuple(reversed(nodes))

    def journal(self) -> tuple[Request, ...]:
        """Return the requests that lead here."""
        return tuple(node.request for node in self.way() if node.request is not None)

    def key(self, today: date, final: Collection[State]) -> Hashable:
        """Return what the rules can tell of it; of applications in final states not how they came there."""
        people: dict[str, list[tuple[str, int, bool]]] = {}
        for each in self.applications:
            people.setdefault(each.candidate, []).append(progress(each, today, final))
        session, action = self.session, self.action
        return (
            self.day,
            action and (action.state, action.pending_certification is not None),
            session and (session.state, session.capacity, session.coefficient),
            tuple(sorted(tuple(sorted(each)) for each in people.values())),
        )


def progress(application: Application, today: date, final: Collection[State]) -> tuple[str, int, bool]:
    """Return an application's state, the convocations used, and whether the day of the last has come."""
    if application.state in final:
        return (application.state, 0, False)
    used = application.convocations
    return (application.state, len(used), bool(used) and used[-1].on <= today)

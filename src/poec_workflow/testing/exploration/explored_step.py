"""A step: a command that was accepted, the worlds around it, and what is reckoned of them independently.

Counts are counted again, days added again. No policy is asked; of the settings only the numbers count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.decider import Accepted, Change
from poec_workflow.model import (
    OPEN_STATES,
    ActionState,
    Application,
    ApplicationState,
    SessionState,
    State,
    TrainingSession,
)
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.small_world import World

FINAL: frozenset[State] = frozenset({*ApplicationState} - OPEN_STATES | {SessionState.CANCELLED, ActionState.DELETED})
OVER = frozenset({SessionState.COMPLETE, SessionState.CANCELLED})


@frozen(kw_only=True)
class Step:
    """A command that was accepted, and the worlds around it."""

    before: World
    after: World
    command: Command
    today: date
    answer: Accepted
    settings: Settings

    def moved(self) -> Iterator[tuple[Change, Application]]:
        """The changes of applications, each with what it made of its application."""
        return ((each, each.subject) for each in self.answer.changes if isinstance(each.subject, Application))

    @property
    def seats(self) -> int:
        """How many may be retained."""
        return seats(self.after, self.settings)


def seats(world: World, settings: Settings) -> int:
    """Capacity and overbooking of the world's session."""
    return world.session.capacity + settings.overbooking if world.session else 0


def retained(world: World) -> int:
    """The retained, counted."""
    return sum(each.state is ApplicationState.RETAINED for each in world.applications)


def overdue(session: TrainingSession, today: date, settings: Settings) -> bool:
    """Today is past the session's end and the days of grace."""
    return today.toordinal() > session.end.toordinal() + settings.grace_days

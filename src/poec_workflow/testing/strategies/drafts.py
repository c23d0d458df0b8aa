"""The fields of each command to a world: good ones that its limits let through, and for strays also bad ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from poec_workflow.commands import Command
from poec_workflow.model import Application, SubjectKind
from poec_workflow.testing.strategies.known_subjects import World

DAY = timedelta(days=1)


class Draft:
    """One command in the making.

    Attributes:
        subject: the one that it is for, or that something is created under; None for nobody.
        wild: whether bad fields are drawn too.
    """

    def __init__(self, draw: st.DrawFn, world: World, subject: Any, *, wild: bool) -> None:  # noqa: ANN401 - any subject
        self.draw, self.world, self.subject, self.wild = draw, world, subject, wild

    def pick(self, *good: Any, bad: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401 - any field
        """One of the good ones, or, for a stray, of all; the first is the simplest."""
        return self.draw(st.sampled_from(good + bad if self.wild else good))

    @property
    def session(self) -> Any:  # noqa: ANN401 - one that is there, or nothing but dates
        """The subject's session; where it has none, any, for a stray's dates."""
        if isinstance(self.subject, Application):
            return self.world.snapshot.session(self.subject.session)
        sessions = self.world.of(SubjectKind.SESSION)
        if self.subject in sessions:
            return self.subject
        return sessions[0] if sessions else None

    def days(self, *good: date, bad: tuple[date, ...] = ()) -> Any:  # noqa: ANN401 - a day
        """One of some days."""
        return self.pick(*good, bad=bad)

    @staticmethod
    def first_day(world: World, application: Application, *, moved: bool = False) -> date | None:
        """The first day from today on for which a candidate can be convoked; None where it is too late for any."""
        session = world.snapshot.session(application.session)
        convocations = application.convocations[:-1] if moved else application.convocations
        earliest = max(world.today, *(each.on + DAY for each in convocations)) if convocations else world.today
        return earliest if session and earliest <= world.case(None).deadline(session) else None


Made = tuple[Command, datetime]
Maker = Callable[[Draft, str], Made]


def plain(kind: Callable[[str], Command]) -> Maker:
    """Of a command without fields."""
    return lambda draft, reference: (kind(reference), draft.world.now)

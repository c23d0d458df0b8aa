"""One step of a trial: what was stored before it and after it, what was asked, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property

from attrs import frozen

from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.events import HistoryEntry, Position
from poec_workflow.model import State
from poec_workflow.policies.check import code_of
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.reference.command_case import Case
from poec_workflow.testing.reference.expected_outcomes import WAYS
from poec_workflow.testing.reference.expected_refusals import LIMITS
from poec_workflow.testing.reference.snapshot import Snapshot, Where


# Not slotted: `cached_property` keeps what several promises ask.
@frozen(kw_only=True, slots=False)
class Moment:
    """One step of a trial.

    Attributes:
        before, after: all that was stored.
        now: the clock's instant.
        request: what was asked; None for a sweep.
        answer: to the request; None for a sweep.
        foretold: what `preview` had answered; None where it was not asked.
        swept: the references that the sweep reported.
        sent: what came into the outbox, in order.
        answered: whether the request's key was used before.
    """

    before: Snapshot
    after: Snapshot
    now: datetime
    settings: Settings
    request: Request | None = None
    answer: Accepted | Refused | None = None
    foretold: Accepted | Refused | None = None
    swept: tuple[str, ...] = ()
    sent: tuple[Position, ...] = ()
    answered: bool = False

    @cached_property
    def case(self) -> Case | None:
        """The command and what it came upon; None for a sweep, and for a key that was used."""
        if self.request is None or self.answered:
            return None
        return Case(self.before, self.request.command, self.now, self.settings)

    @property
    def accepted(self) -> Accepted | None:
        """The answer where it is yes, for the first time."""
        return self.answer if isinstance(self.answer, Accepted) and not self.answered else None

    @property
    def refused(self) -> frozenset[str]:
        """The codes of the answer where it is no."""
        return self.answer.codes if isinstance(self.answer, Refused) else frozenset()

    @cached_property
    def states(self) -> Mapping[Where, State]:
        """Who stands elsewhere than before, and where."""
        return {
            where: after.state
            for where, before, after in self.before.moved(self.after)
            if after is not None and (before is None or before.state != after.state)
        }

    @cached_property
    def entries(self) -> Mapping[Where, tuple[HistoryEntry, ...]]:
        """What was written into each history; all of it where the earlier entries changed."""
        written = {}
        for where, history in self.after.histories.items():
            known = self.before.histories.get(where, ())
            if history != known:
                written[where] = history[len(known) :] if history[: len(known)] == known else history
        return written

    @property
    def own_codes(self) -> frozenset[str]:
        """The codes of the service's own policies for the command."""
        policies = self.settings.refuse_also.get(type(self.request.command), ()) if self.request else ()
        return frozenset(map(code_of, policies))


Promise = Callable[[Moment], Iterable[str]]
"""Something that holds at every moment, named after what it says; it yields what contradicts it."""


def expected(case: Case) -> frozenset[str]:
    """The codes that must be given, permission, versions and a service's own policies apart."""
    sources, _ = WAYS[type(case.command)]
    if case.parent is not None:
        return frozenset({case.parent})
    if not sources:
        if case.subject is not None:
            return frozenset({"duplicate-reference"})
    elif case.subject is None:
        return frozenset({f"unknown-{case.command.kind}"})
    elif case.subject.state not in sources:
        return frozenset({"no-transition"})
    return frozenset(code for code, holds in LIMITS[type(case.command)].items() if holds(case))

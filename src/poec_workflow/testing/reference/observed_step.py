"""One step: what existed before and after it, what was requested, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from attrs import frozen

from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.events import AnyEvent
from poec_workflow.history import HistoryEntry
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycles
from poec_workflow.messages import Message
from poec_workflow.model import State, Subject, SubjectKind
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.check import code_of
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.reference.expected_refusals import expected_refusals
from poec_workflow.testing.reference.lazy_property import lazy_property
from poec_workflow.testing.reference.situation import CommandCase
from poec_workflow.testing.reference.snapshot import Snapshot, SubjectKey, key_of


# Not slotted: `lazy_property` keeps what several promises ask.
@frozen(kw_only=True, slots=False)
class ObservedStep:
    """One step of a scenario on a storage, or one decision of an exploration.

    Attributes:
        before, after: everything that existed.
        now: the clock's instant.
        request: what was requested; None for a sweep.
        answer: to the request; None for a sweep.
        previewed: what `preview` had answered; None where it was not asked.
        swept: the references that the sweep reported.
        sent: the messages that came into the outbox, in order.
        key_used: whether the request's key had been used before.
        own_codes: codes of rows of other tables, which the domain page does not know.
        notices: the table of notices, of which the reference reads the rows alone.
        lifecycles: the tables, of which the reference reads a service's own rows alone.
    """

    before: Snapshot
    after: Snapshot
    now: datetime
    settings: Settings
    request: Request | None = None
    answer: Accepted | Refused | None = None
    previewed: Accepted | Refused | None = None
    swept: tuple[str, ...] = ()
    sent: tuple[Message, ...] = ()
    key_used: bool = False
    own_codes: frozenset[str] = frozenset()
    lifecycles: Lifecycles = LIFECYCLES
    notices: Notices = NOTICES

    @lazy_property
    def case(self) -> CommandCase | None:
        """The command and what it came upon; None for a sweep, and where the key had been used."""
        if self.request is None or self.key_used:
            return None
        return CommandCase(self.before, self.now, self.settings, self.request.command, lifecycles=self.lifecycles)

    @lazy_property
    def due(self) -> frozenset[str]:
        """The codes that the command must be refused with, a service's own apart."""
        return expected_refusals(self.case) if self.case is not None else frozenset()

    @property
    def accepted(self) -> Accepted | None:
        """The answer, where it accepts and is no replay."""
        return self.answer if isinstance(self.answer, Accepted) and not self.key_used else None

    @property
    def refused(self) -> frozenset[str]:
        """The codes of the answer, where it refuses, without those of a service's own policies and rows."""
        if not isinstance(self.answer, Refused) or self.request is None:
            return frozenset()
        policies = self.settings.refuse_also.get(type(self.request.command), ())
        own = {code for each in self.own_rows for code in each.codes}
        return self.answer.codes - self.own_codes - {*map(code_of, policies)} - (own - self.due)

    @property
    def own_rows(self) -> tuple[AnyRule, ...]:
        """The service's own rows, one of which the command meets."""
        return self.case.own_rows if self.case is not None else ()

    @lazy_property
    def left_by_own_rows(self) -> frozenset[tuple[SubjectKind, State | None]]:
        """The states that a service's own rows lead out of, by kind: an application and a session may be cancelled."""
        rows = [(kind, rule) for kind, each in self.lifecycles.items() for rule in each.own_rules]
        return frozenset((kind, state) for kind, rule in rows for state in rule.targets if rule.targets[state] != state)

    @lazy_property
    def moved(self) -> tuple[tuple[SubjectKey, Subject | None, Subject | None], ...]:
        """What the step changed: the key, the subject before, and after."""
        return tuple(self.before.moved(self.after))

    @lazy_property
    def states(self) -> Mapping[SubjectKey, State]:
        """The states that subjects came to in this step."""
        return {
            key: after.state
            for key, before, after in self.moved
            if after is not None and (before is None or before.state != after.state)
        }

    @lazy_property
    def entries(self) -> Mapping[SubjectKey, tuple[HistoryEntry, ...]]:
        """What was appended to each history; all of it where earlier entries changed."""
        written = {}
        for key, history in self.after.histories.items():
            known = self.before.histories.get(key, ())
            if history != known:
                written[key] = history[len(known) :] if history[: len(known)] == known else history
        return written

    @lazy_property
    def events(self) -> Mapping[SubjectKey, tuple[AnyEvent, ...]]:
        """The events of the step: as the histories have them, or, where none are kept, the answer."""
        if self.after.histories or self.accepted is None:
            return {key: tuple(each.event for each in entries) for key, entries in self.entries.items()}
        return {key_of(each.subject): (each.event,) for each in self.accepted.changes}


Promise = Callable[[ObservedStep], Iterable[str] | None]
"""Something that holds at every step, named after what it says; it yields or returns what contradicts it, or None."""

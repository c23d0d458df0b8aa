"""Remedies: the one change of one fact after which a refused command would be accepted.

No rule is repeated here. One thing is changed at a time (a value of the command; a session's coefficient, seats,
registration deadline or state; its action's state; the day), and all the rules are evaluated again.
What a command to the session or to its action would set is set by that command's own row, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, NotRequired, TypedDict, cast

from attrs import evolve, fields_dict, frozen

from poec_workflow import commands, locales
from poec_workflow.commands import Command
from poec_workflow.decider import Accepted, Refused, adjudicate, decide
from poec_workflow.errors import Refusal, RefusalDocument, RefusalKind, plain, refusal_document
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import FIRST_YEAR, LAST_YEAR, Subject, SubjectKind, TrainingAction, TrainingSession
from poec_workflow.policies.calendar import first_instant
from poec_workflow.policies.deadlines import adjacent_days
from poec_workflow.policies.facts import Enrolment, Facts

_REACH = 8
"""How many seats more or less, and how far another coefficient, are tried."""
_ORDERED = (int, Decimal, date)
_YEARS = range(FIRST_YEAR + 1, LAST_YEAR + 1)


class RemedyDocument(TypedDict):
    """A remedy as JSON."""

    fact: str
    value: Any
    message: str


class RemediedRefusalDocument(RefusalDocument):
    """A refusal as JSON, with the remedy if there is one."""

    remedy: NotRequired[RemedyDocument]


@frozen(kw_only=True)
class Remedy:
    """One change that makes a refused command pass.

    Attributes:
        fact: what is changed: `today`, `coefficient`, `capacity`, `registration-deadline`, `session-state`,
            `action-state`, or a field of the command by its name.
        value: to what.
        was: from what.
        command: the command that would change it, where one does.
    """

    fact: str
    value: Any
    was: Any
    command: Command | None = None

    def applied(
        self, subject: Subject | None, command: Command, facts: Facts, lifecycles: Lifecycles = LIFECYCLES
    ) -> tuple[Subject | None, Command, Facts]:
        """The same question after the change."""
        return _Question(subject, command, facts, lifecycles).after(self)

    def message(self, lang: str = "fr") -> str:
        """What it takes, in words that go on from "it would pass": `with one more seat`, `until 2022-03-25`."""
        more = self.value - self.was if type(self.value) is type(self.was) is int else 0
        details = {"value": self.value, "fact": self.fact, "count": more}
        return locales.sentence("remedies", self._sentence(more), details, lang)

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """`{"fact", "value", "message"}`, with plain JSON values."""
        return {**self.document(lang)}

    def document(self, lang: str) -> RemedyDocument:
        """The same, by the names of its members."""
        return {"fact": self.fact, "value": plain(self.value), "message": self.message(lang)}

    def _sentence(self, more: int) -> str:
        if self.fact == "today":
            return "until" if self.value < self.was else "from"
        if self.command is None:
            name = f"field.{self.fact}"
            return name if name in locales.words("en")["remedies"] else "field"
        if self.fact == "capacity" and more > 0:
            return "one-seat" if more == 1 else "seats"
        return self.fact


def remedy(
    subject: Subject | None, command: Command, facts: Facts, lifecycles: Lifecycles = LIFECYCLES
) -> Remedy | None:
    """Find the change after which a refused command would be accepted; None if it is accepted, or there is none."""
    answer = decide(subject, command, facts, lifecycles)
    if not isinstance(answer, Refused):
        return None
    return remedy_of(
        answer.refusals,
        subject,
        facts,
        command,
        lambda own, asked, changed: isinstance(decide(own, asked, changed, lifecycles), Accepted),
        lifecycles,
    )


Passes = Callable[[Any, Any, Facts], bool]
"""Whether a subject, a command (None where only its kind is known) and facts go together."""


def with_remedy(refusal: Refusal, remedy: Remedy | None, lang: str) -> RemediedRefusalDocument:
    """A refusal as JSON, and what would help."""
    document = cast("RemediedRefusalDocument", refusal_document(refusal, lang))
    if remedy is not None:
        document["remedy"] = remedy.document(lang)
    return document


def remedy_of(
    refusals: Iterable[Refusal],
    subject: Subject | None,
    facts: Facts,
    command: Command | None,
    passes: Passes,
    lifecycles: Lifecycles = LIFECYCLES,
) -> Remedy | None:
    """The first change under which a question passes: of the command if there is one, then of the facts.

    Args:
        refusals: why it does not; only a rule's can be remedied.
        subject: the question's.
        facts: the question's.
        command: the question's, if its payload is known.
        passes: asks again.
        lifecycles: the tables by which the session and the action change.
    """
    reasons = tuple(refusals)
    if not reasons or any(each.kind is not RefusalKind.RULE for each in reasons):
        return None
    question = _Question(subject, command, facts, lifecycles)
    changes = chain(_of_the_command(command, reasons), question.of_the_session(), question.of_the_day(reasons))
    return next((each for each in changes if passes(*question.after(each))), None)


@frozen
class _Question:
    subject: Subject | None
    command: Any
    facts: Facts
    lifecycles: Lifecycles

    def after(self, change: Remedy) -> tuple[Subject | None, Any, Facts]:
        """The question with one thing changed."""
        if change.fact == "today":
            now = first_instant(change.value, self.facts.settings.zone)
            return self.subject, self.command, evolve(self.facts, now=now)
        if change.command is None:
            return self.subject, evolve(self.command, **{change.fact: change.value}), self.facts
        return self._with(self._moved(change.command))

    def of_the_session(self) -> Iterator[Remedy]:
        """What a command to the session or to its action would change, where its row lets it."""
        for each in self._preparations():
            after = self._moved(each)
            if after is not None:
                yield from _changes(self._of_kind(each.subject_kind), after, each)

    def of_the_day(self, refusals: Iterable[Refusal]) -> Iterator[Remedy]:
        """The days that the refusals speak of, and their neighbours, the nearest first."""
        today = self.facts.today
        for day in sorted(_days_near(_dates(refusals)) - {today}, key=lambda each: (abs(each - today), each)):
            yield Remedy(fact="today", value=day, was=today)

    def _preparations(self) -> Iterator[Command]:
        session, action = self._of_kind(SubjectKind.SESSION), self._of_kind(SubjectKind.ACTION)
        if isinstance(session, TrainingSession):
            reference = session.reference
            for size in _near(session.coefficient):
                yield commands.SetCoefficient(reference, coefficient=size)
            for size in _near(session.capacity):
                yield commands.SetCapacity(reference, capacity=size)
            yield commands.SetRegistrationDeadline(reference, on=self.facts.today)
            if not isinstance(self.subject, TrainingSession):
                yield commands.ReopenSession(reference)
        if isinstance(action, TrainingAction) and not isinstance(self.subject, TrainingAction):
            yield commands.PublishAction(action.reference)
            yield commands.RestoreAction(action.reference)

    def _of_kind(self, kind: SubjectKind) -> TrainingSession | TrainingAction | None:
        if kind is SubjectKind.ACTION:
            return self.facts.action
        return self.facts.enrolment.session if self.facts.enrolment else None

    def _moved(self, command: Command) -> Subject | None:
        """The session or the action after a command to it; None where its row refuses."""
        answer = adjudicate(self._of_kind(command.subject_kind), command, self.facts, self.lifecycles)
        return answer.subject if isinstance(answer, Accepted) else None

    def _with(self, changed: Subject | None) -> tuple[Subject | None, Any, Facts]:
        """The question where the session or the action is another; it may be the question's own subject."""
        facts = self.facts
        if isinstance(changed, TrainingAction):
            return self.subject, self.command, evolve(facts, action=changed)
        around_it = evolve(cast("Enrolment", facts.enrolment), session=cast("TrainingSession", changed))
        own = changed if isinstance(self.subject, TrainingSession) else self.subject
        return own, self.command, evolve(facts, enrolment=around_it)


def _changes(before: Subject | None, after: Subject, command: Command) -> Iterator[Remedy]:
    for name in ("coefficient", "capacity", "registration_deadline", "state"):
        was, value = getattr(before, name, None), getattr(after, name, None)
        if was != value:
            fact = f"{command.subject_kind}-state" if name == "state" else name.replace("_", "-")
            yield Remedy(fact=fact, value=value, was=was, command=command)


def _of_the_command(command: Command | None, refusals: Iterable[Refusal]) -> Iterator[Remedy]:
    """A field that a refusal names, with each other value that the refusal speaks of."""
    if command is None:
        return
    names = fields_dict(cast("Any", type(command)))
    for refusal in refusals:
        for name in (each for each in refusal.details if each in names):
            was = getattr(command, name)
            for value in _limits(was, refusal):
                yield Remedy(fact=name, value=value, was=was)


def _limits(was: Any, refusal: Refusal) -> list[Any]:  # noqa: ANN401 - of any type, of which three have limits
    if type(was) not in _ORDERED:
        return []
    named = {each for each in refusal.details.values() if type(each) is type(was)}
    if isinstance(was, date):
        named = _days_near(named)
    return sorted(named - {was}, key=lambda each: (abs(each - was), each))


def _dates(refusals: Iterable[Refusal]) -> Iterator[date]:
    values = (value for refusal in refusals for value in refusal.details.values())
    return (each for each in values if isinstance(each, date) and not isinstance(each, datetime))


def _days_near(days: Iterable[date]) -> set[date]:
    """Those days and their neighbours, without those that a command or a clock cannot name in every time zone."""
    near = (day for each in days if each.year in _YEARS for day in adjacent_days(each))
    return {day for day in near if day.year in _YEARS}


def _near(number: int) -> Iterator[int]:
    for distance in range(1, _REACH + 1):
        yield number + distance
        yield number - distance

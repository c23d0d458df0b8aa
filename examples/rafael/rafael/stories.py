"""What became of one application: each outcome with the commands that led to it, on which days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from random import Random

from attrs import frozen

from poec_workflow import SYSTEM, Actor, ActorKind, commands
from poec_workflow.commands import Command, CreateSession, Request
from poec_workflow.policies.deadlines import deadline_after
from poec_workflow.policies.settings import Settings
from rafael.people import organization

NOON, AFTERNOON, EVENING = time(11), time(14), time(16)
REASONS = (
    ("profile", "prerequisites-not-met"),
    ("profile", "project-not-matching"),
    ("profile", "insufficient-motivation"),
    ("eligibility", "status-not-eligible"),
    ("organisation", "travel-constraints"),
)
LEFT = ("found-employment", "chose-another-training", "personal-constraints")


def working_day(day: date, *, back: bool = False) -> date:
    """The day, or the next one (the one before) that is on no weekend."""
    while day.weekday() > 4:
        day += timedelta(days=-1 if back else 1)
    return day


@frozen(kw_only=True)
class Story:
    """One application.

    Attributes:
        reference: its reference.
        candidate: the candidate's reference.
        session: as it was created.
        registered: the day of pre-registration.
        today: until when it is told.
        settings: the rules' settings.
        random: draws what differs from one to the next.
    """

    reference: str
    candidate: str
    session: CreateSession
    registered: date
    today: date
    settings: Settings
    random: Random

    @property
    def zone(self) -> tzinfo:
        """That the times of day are of."""
        return self.settings.zone

    def at(self, day: date, hour: time, command: Command, actor: Actor | None = None) -> Request:
        """A step; the trainer's where it says nothing else."""
        who = actor or organization(self.session.trainer)
        return Request(command=command, actor=who, at=datetime.combine(day, hour, self.zone))

    def met(self, number: int = 1) -> date:
        """The day of a convocation that is over."""
        return working_day(self.registered + timedelta(days=6 * number), back=True)

    def convoked(self, number: int = 1, on: date | None = None) -> Iterator[Request]:
        """Convoked: days before, to the day of the number or another one."""
        asked = self.registered if number == 1 else self.met(number - 1)
        command = commands.Convoke(
            self.reference, on=on or self.met(number), time=time(9, 30), place=self.session.place
        )
        yield self.at(asked, EVENING, command)

    def present(self) -> Iterator[Request]:
        """Convoked, and there."""
        yield from self.convoked()
        yield self.at(self.met(), NOON, commands.RecordPresence(self.reference))

    def absent(self, times: int = 1) -> Iterator[Request]:
        """Convoked so many times, and absent with notice each time."""
        for number in range(1, times + 1):
            yield from self.convoked(number)
            yield self.at(self.met(number), NOON, commands.RecordAbsence(self.reference, notified=True))

    def absent_without_notice(self) -> Iterator[Request]:
        """Convoked, and not there."""
        yield from self.convoked()
        yield self.at(self.met(), NOON, commands.RecordAbsence(self.reference, notified=False))

    def retained(self) -> Iterator[Request]:
        """There, and retained."""
        yield from self.present()
        hours = Decimal(self.random.choice(("35", "35", "30.5", "24")))
        retain = commands.Retain(self.reference, entry=self.session.start, exit=self.session.end, weekly_hours=hours)
        yield self.at(self.met(), AFTERNOON, retain)

    def rejected(self) -> Iterator[Request]:
        """There, and not retained."""
        yield from self.present()
        motive, reason = self.random.choice(REASONS)
        yield self.at(self.met(), AFTERNOON, commands.Reject(self.reference, motive=motive, reason=reason))

    def withdrawn(self) -> Iterator[Request]:
        """Gave up before the appointment."""
        yield from self.convoked()
        me = Actor(kind=ActorKind.CANDIDATE, candidate=self.candidate)
        yield self.at(self.met(), NOON, commands.Withdraw(self.reference, reason=self.random.choice(LEFT)), me)

    def due(self) -> Iterator[Request]:
        """Convoked to one of the last days: who came is to be recorded."""
        last = working_day(self.today - timedelta(days=self.random.randrange(4)), back=True)
        yield from self.convoked(on=max(self.registered, min(last, self.advice_deadline)))

    def coming(self) -> Iterator[Request]:
        """Convoked to one of the next days."""
        yield from self.convoked(on=working_day(self.today + timedelta(days=self.random.randrange(1, 12))))

    def expired(self) -> Iterator[Request]:
        """There, and nobody gave an advice in time."""
        yield from self.present()
        day = self.advice_deadline + timedelta(days=1)
        yield self.at(day, time(0, 5), commands.Expire(self.reference), SYSTEM)

    @property
    def advice_deadline(self) -> date:
        """The last day for an advice."""
        return deadline_after(self.session.end, self.settings)


def _nothing(_story: Story) -> Iterator[Request]:
    return iter(())


TELL: Mapping[str, Callable[[Story], Iterator[Request]]] = {
    "pending": _nothing,
    "convoked": Story.coming,
    "convoked-due": Story.due,
    "present": Story.present,
    "absent": Story.absent,
    "absent-twice": lambda story: story.absent(2),
    "three-absences": lambda story: story.absent(3),
    "absent-without-notice": Story.absent_without_notice,
    "retained": Story.retained,
    "rejected": Story.rejected,
    "withdrawn": Story.withdrawn,
    "expired": Story.expired,
}
"""What leads to each outcome."""

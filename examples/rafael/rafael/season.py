"""A season around a day: every command that led to it, in the order of its instants, the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from random import Random

from attrs import frozen

from poec_workflow import Actor, ActorKind, Candidate, Origin, Prescriber, commands
from poec_workflow.commands import Command, CreateSession, Request
from poec_workflow.policies.settings import Settings
from rafael.offer import ACTIONS, CANCELLED, FULL, SESSIONS, Action, Session
from rafael.people import ADVISERS, DISABILITY_ADVISER, PLATFORM, YOUTH_ADVISER, adviser, candidate_of, name_of
from rafael.stories import TELL, Story, working_day

CANDIDATES = 400
MORNING = time(9)
LEAST_DAYS = 24
"""So many days before today the latest of those was registered who has been convoked."""
ORIGINS = (
    *((Origin.FRANCE_TRAVAIL, each) for each in (*ADVISERS, ADVISERS[0], ADVISERS[0])),
    (Origin.MISSION_LOCALE, YOUTH_ADVISER),
    (Origin.CAP_EMPLOI, DISABILITY_ADVISER),
    (Origin.SELF, None),
    (Origin.OTHER, None),
)
BECAME: dict[str, tuple[Callable[[str], Command], ...]] = {
    "published": (commands.PublishAction,),
    "awaiting": (),
    "archived": (commands.PublishAction, commands.ArchiveAction),
    "deleted": (commands.DeleteAction,),
}


def season(today: date, settings: Settings) -> list[Request]:
    """What happened until a day.

    Args:
        today: the day.
        settings: the rules' settings.
    """
    told = [each for action in ACTIONS for each in _Told(action=action, today=today, settings=settings).steps()]
    # Sorted by instant alone: what happens at the same one stays in its order.
    return sorted(told, key=attrgetter("at"))


@frozen(kw_only=True)
class _Told:
    """One action, told until today."""

    action: Action
    today: date
    settings: Settings

    def steps(self) -> Iterator[Request]:
        """What became of it and its sessions."""
        action = self.action
        yield self._at(
            -300,
            commands.CreateAction(
                action.reference,
                title=f"[POEC] {action.title}",
                funder=action.funder,
                responsible=action.responsible,
                objective="Retour à l'emploi durable",
                programme="Gestes du métier, sécurité, immersion en entreprise.",
                certification=action.certification,
                durations="400 heures, dont 140 en entreprise",
                prerequisites=action.prerequisites or None,
            ),
        )
        if action.claimed:
            changes = {"certification": action.claimed}
            who = Actor(kind=ActorKind.ORGANIZATION, organization=action.responsible)
            yield self._at(-3, commands.EnrichAction(action.reference, changes=changes), who=who)
        for command in BECAME[action.became]:
            archived = command is commands.ArchiveAction
            yield self._at(-60 if archived else -299, command(action.reference))
        for each in SESSIONS:
            if each.action == action.reference:
                yield from self._session(each)

    def _at(self, days: int, command: Command, hour: time = MORNING, who: Actor = PLATFORM) -> Request:
        return Request(command=command, actor=who, at=self._instant(self._day(days), hour))

    def _instant(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.settings.zone)

    def _day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _session(self, told: Session) -> Iterator[Request]:
        created = self._creation(told)
        yield self._at(told.opened, created, time(10))
        random = Random(told.reference)  # noqa: S311 - the same season each time
        outcomes = [each for each, many in told.outcomes.items() for _ in range(many)]
        random.shuffle(outcomes)
        people = random.sample(range(1, CANDIDATES), len(outcomes))
        if told.sought:
            people[0] = 0
        for number, (outcome, person) in enumerate(zip(outcomes, people, strict=True), 1):
            story = Story(
                reference=f"{told.reference}-{number:02}",
                candidate=candidate_of(person),
                session=created,
                registered=self._registered(told, outcome, random),
                today=self.today,
                settings=self.settings,
                random=random,
            )
            yield self._registration(story, person, number)
            yield from TELL[outcome](story)
        if told.became == FULL:
            yield self._at(-2, commands.DeclareSessionFull(told.reference), time(17))
        if told.became == CANCELLED:
            yield self._at(-2, commands.CancelSession(told.reference, reason="L'entreprise a renoncé."), time(17))

    def _creation(self, told: Session) -> CreateSession:
        start = working_day(self._day(told.begins))
        registration = self._day(told.registration) if told.registration is not None else start - timedelta(days=2)
        return commands.CreateSession(
            told.reference,
            action=self.action.reference,
            start=start,
            end=working_day(self._day(told.ends), back=True),
            place=told.place,
            responsible=self.action.responsible,
            positioner=self.action.positioner,
            trainer=self.action.trainer,
            capacity=told.capacity,
            coefficient=told.coefficient,
            minimum_headcount=6,
            registration_deadline=registration,
            late_entry_deadline=max(start, registration) + timedelta(days=10),
            information_dates=(working_day(start - timedelta(days=21)),),
            session_type="Présentiel",
            market="2026-POEC-017",
            measure="POEC",
        )

    def _registered(self, told: Session, outcome: str, random: Random) -> date:
        """A day between the opening and the last one that leaves time for what came of it."""
        last = min(-1, told.begins - 3, told.registration if told.registration is not None else -1)
        if outcome not in ("pending", "convoked"):
            last = min(last, -LEAST_DAYS)
        return working_day(self._day(random.randint(told.opened + 3, last)), back=True)

    def _registration(self, story: Story, person: int, number: int) -> Request:
        origin, prescriber = story.random.choice(ORIGINS)
        name = name_of(person)
        email = f"{story.candidate.lower()}@example.org"
        command = commands.Preregister(
            story.reference,
            session=story.session.session,
            candidate=Candidate(reference=story.candidate, name=name, email=email),
            prescriber=Prescriber(origin=origin, organization=prescriber, name="A. Martin" if prescriber else None),
        )
        who = adviser(prescriber) if prescriber else PLATFORM
        if origin is Origin.SELF:
            who = Actor(kind=ActorKind.CANDIDATE, candidate=story.candidate)
        return Request(command=command, actor=who, at=self._instant(story.registered, time(12, number)))

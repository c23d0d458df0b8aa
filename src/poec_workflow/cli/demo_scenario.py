"""The scenario of the command `demo`: each step with a sentence, an instant, an actor and a command.

Three sessions of one training action, told in days before and after a Saturday: the last one that is not after today,
so that nobody is convoked on a weekend. The first session's advice deadline was the day before; on the second advices
are due within days; the third begins in a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from attrs import frozen

from poec_workflow import commands, locales
from poec_workflow.commands import Command
from poec_workflow.model import Actor, ActorKind, Candidate, Origin, Prescriber

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP", name="Cap Métiers")
ADVISER = Actor(kind=ActorKind.ADVISER, organization="FT-AGEN", name="A. Martin")
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="AFEC", name="L. Roy")

ACTION = "20211102000"
ENDED, ENDING, COMING = "00301234", "00301301", "00301402"
CANDIDATES = ("Zoé Nabil", "Hugo Lefèvre", "Inès Moreau", "Noël Müller", "Léa Petit")
SATURDAY = 5
MORNING = time(9)


@frozen
class Step:
    """One command of the scenario, with a sentence about it in both languages."""

    fr: str
    en: str
    at: datetime
    actor: Actor
    command: Command


def _of(noun: str, name: str, more: str = "") -> str:
    return locales.filled(f"{noun} de {{name}}{more}.", {"name": name}, "fr")


@frozen
class Scenario:
    """What happened until a day.

    Attributes:
        today: that day.
        zone: that days and times are of.
    """

    today: date
    zone: tzinfo

    def steps(self) -> Iterator[Step]:
        """The steps, in the order of their instants within each session."""
        yield from self._opening()
        yield from self._registrations()
        yield from self._three_convocations()
        yield from self._last_seat()
        yield from self._second_session()
        yield from self._third_session()

    def _day(self, days: int) -> date:
        """So many days after the Saturday."""
        saturday = self.today - timedelta((self.today.weekday() - SATURDAY) % 7)
        return saturday + timedelta(days)

    def _step(self, fr: str, en: str, days: int, actor: Actor, command: Command, at: time = MORNING) -> Step:
        instant = datetime.combine(self._day(days), at, self.zone)
        return Step(fr, en, instant, actor, command)

    def _session(self, reference: str, place: str, start: int, end: int, registration: int, capacity: int) -> Command:
        return commands.CreateSession(
            session=reference,
            action=ACTION,
            start=self._day(start),
            end=self._day(end),
            place=place,
            responsible="AFEC",
            positioner="AFEC",
            trainer="AFEC",
            capacity=capacity,
            coefficient=2,
            registration_deadline=self._day(registration),
            late_entry_deadline=self._day(registration),
        )

    def _opening(self) -> Iterator[Step]:
        yield self._step(
            "Cap Métiers crée l'action de formation à partir des données du financeur.",
            "Cap Métiers creates the training action from the funder's data.",
            -144,
            PLATFORM,
            commands.CreateAction(
                action=ACTION,
                title="[POEC] Employé de rayon",
                funder="France Travail Nouvelle-Aquitaine",
                responsible="AFEC",
                objective="Retour à l'emploi durable",
            ),
        )
        yield self._step(
            "L'action est publiée.",
            "The action is published.",
            -144,
            PLATFORM,
            commands.PublishAction(ACTION),
            time(10),
        )
        yield self._step(
            "Une session s'ouvre\u00a0: 2 places, coefficient 2, donc 4 candidatures au plus.",
            "A session opens: 2 seats, coefficient 2, so 4 applications at most.",
            -144,
            PLATFORM,
            self._session(ENDED, "47 - AGEN", start=-107, end=-22, registration=-99, capacity=2),
            time(11),
        )

    def _registered(self, number: int, name: str, session: str, days: int, more: tuple[str, str] = ("", "")) -> Step:
        """An adviser registers a candidate; `more`: what is to be said of it, in both languages."""
        return self._step(
            _of("Préinscription", name, more[0]),
            f"{name} is registered{more[1]}.",
            days,
            ADVISER,
            commands.Preregister(
                application=f"C-{number}",
                session=session,
                candidate=Candidate(reference=f"P-{number}", name=name),
                prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT-AGEN", name="A. Martin"),
            ),
            time(9, number),
        )

    def _registrations(self) -> Iterator[Step]:
        too_many = "\u00a0: une candidature de trop", ": one application too many"
        for number, name in enumerate(CANDIDATES, 1):
            yield self._registered(number, name, ENDED, -143, too_many if number == len(CANDIDATES) else ("", ""))

    def _three_convocations(self) -> Iterator[Step]:
        last = -124
        for number, days in enumerate((-138, -131, last), 1):
            yield self._step(
                f"Zoé Nabil est convoquée (convocation {number}).",
                f"Zoé Nabil is convoked (convocation {number}).",
                days - 3,
                TRAINER,
                commands.Convoke("C-1", on=self._day(days)),
            )
            yield self._step(
                "Elle prévient de son absence" + ("\u00a0: la dernière, donc non retenue." if days == last else "."),
                "She gives notice that she will be absent" + (": the last time, so rejected." if days == last else "."),
                days,
                TRAINER,
                commands.RecordAbsence("C-1", notified=True),
            )

    def _convoked(self, application: str, name: str, days: int, on: int) -> Step:
        command = commands.Convoke(application, on=self._day(on))
        return self._step(_of("Convocation", name), f"{name} is convoked.", days, TRAINER, command)

    def _present(self, application: str, name: str, days: int) -> Step:
        command = commands.RecordPresence(application)
        return self._step(_of("Présence", name), f"{name} came.", days, TRAINER, command)

    def _last_seat(self) -> Iterator[Step]:
        several = list(zip(("C-2", "C-3", "C-4"), CANDIDATES[1:], strict=False))
        yield from (self._convoked(application, name, -123, -121) for application, name in several)
        yield from (self._present(application, name, -121) for application, name in several)
        for application, fr, en in (
            (
                "C-2",
                "Hugo Lefèvre est retenu\u00a0: il reste une place pour deux candidatures.",
                "Hugo Lefèvre is retained: one seat is left for two applications.",
            ),
            (
                "C-3",
                "Inès Moreau est retenue\u00a0: c'était la dernière place.",
                "Inès Moreau is retained: that was the last seat.",
            ),
            ("C-4", "Noël Müller arrive trop tard.", "Noël Müller comes too late."),
        ):
            retain = commands.Retain(application, entry=self._day(-107), exit=self._day(-22), weekly_hours=Decimal(35))
            yield self._step(fr, en, -120, TRAINER, retain)

    def _second_session(self) -> Iterator[Step]:
        yield self._step(
            "Une deuxième session s'ouvre\u00a0; elle est finie, et ses avis sont encore attendus.",
            "A second session opens; it has ended, and its advices are still due.",
            -100,
            PLATFORM,
            self._session(ENDING, "64 - PAU", start=-75, end=-11, registration=-68, capacity=6),
        )
        yield self._registered(6, "Chloé Garnier", ENDING, -96)
        yield self._registered(7, "Youssef Benali", ENDING, -96)
        yield self._convoked("C-6", "Chloé Garnier", -89, -86)
        yield self._convoked("C-7", "Youssef Benali", -89, -86)
        yield self._present("C-6", "Chloé Garnier", -86)

    def _third_session(self) -> Iterator[Step]:
        yield self._step(
            "Une troisième session commence dans un mois.",
            "A third session begins in a month.",
            -19,
            PLATFORM,
            self._session(COMING, "33 - BORDEAUX", start=30, end=107, registration=37, capacity=8),
        )
        for number, name in enumerate(("Manon Roux", "Karim Haddad", "Élodie Faure"), 8):
            yield self._registered(number, name, COMING, -12)
        yield self._convoked("C-9", "Karim Haddad", -5, -2)
        yield self._convoked("C-10", "Élodie Faure", -5, -2)
        yield self._present("C-10", "Élodie Faure", -2)

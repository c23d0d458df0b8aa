"""The scenario of the command `demo`: each step with a sentence, an instant, an actor and a command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import Actor, ActorKind, Candidate, Origin, Prescriber

PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP", name="Cap Métiers")
ADVISER = Actor(kind=ActorKind.ADVISER, organization="FT-AGEN", name="A. Martin")
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="AFEC", name="L. Roy")

ACTION, SESSION = "20211102000", "00301234"
AFTER_THE_DEADLINE = datetime.fromisoformat("2022-03-26T06:00:00+01:00")
CANDIDATES = ("Zoé Nabil", "Hugo Lefèvre", "Inès Moreau", "Noël Müller", "Léa Petit")


@frozen
class Step:
    """One command of the scenario, with a sentence about it in both languages."""

    fr: str
    en: str
    at: datetime
    actor: Actor
    command: Command


def steps() -> Iterator[Step]:
    """The scenario's steps, from the creation of the action to the last seat."""
    yield from _opening()
    yield from _registrations()
    yield from _three_convocations()
    yield from _last_seat()


def _at(day: str, hour: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}:00+01:00")


def _opening() -> Iterator[Step]:
    yield Step(
        "Cap Métiers crée l'action de formation à partir des données du financeur.",
        "Cap Métiers creates the training action from the funder's data.",
        _at("2021-11-02"),
        PLATFORM,
        commands.CreateAction(
            action=ACTION,
            title="[POEC] Employé de rayon",
            funder="France Travail Nouvelle-Aquitaine",
            responsible="AFEC",
            objective="Retour à l'emploi durable",
        ),
    )
    yield Step(
        "L'action est publiée.",
        "The action is published.",
        _at("2021-11-02", "10:00"),
        PLATFORM,
        commands.PublishAction(ACTION),
    )
    yield Step(
        "Une session s'ouvre : 2 places, coefficient 2, donc 4 candidatures au plus.",
        "A session opens: 2 seats, coefficient 2, so 4 applications at most.",
        _at("2021-11-02", "11:00"),
        PLATFORM,
        commands.CreateSession(
            session=SESSION,
            action=ACTION,
            start=date(2021, 12, 9),
            end=date(2022, 3, 4),
            place="47 - AGEN",
            responsible="AFEC",
            positioner="AFEC",
            trainer="AFEC",
            capacity=2,
            coefficient=2,
            registration_deadline=date(2021, 12, 17),
            late_entry_deadline=date(2021, 12, 17),
        ),
    )


def _registrations() -> Iterator[Step]:
    for number, name in enumerate(CANDIDATES, 1):
        too_many = number == len(CANDIDATES)
        yield Step(
            f"Préinscription de {name}" + ("\u00a0: une candidature de trop." if too_many else "."),
            f"{name} is registered" + (": one application too many." if too_many else "."),
            _at("2021-11-03", f"09:{number:02}"),
            ADVISER,
            commands.Preregister(
                application=f"C-{number}",
                session=SESSION,
                candidate=Candidate(reference=f"P-{number}", name=name),
                prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT-AGEN", name="A. Martin"),
            ),
        )


def _three_convocations() -> Iterator[Step]:
    for number, day in enumerate((8, 15, 22), 1):
        yield Step(
            f"Zoé Nabil est convoquée (convocation {number}).",
            f"Zoé Nabil is convoked (convocation {number}).",
            _at(f"2021-11-{day - 3:02}"),
            TRAINER,
            commands.Convoke("C-1", on=date(2021, 11, day)),
        )
        yield Step(
            "Elle prévient de son absence" + (" : la dernière, donc non retenue." if day == 22 else "."),  # noqa: PLR2004
            "She gives notice that she will be absent" + (": the last time, so rejected." if day == 22 else "."),  # noqa: PLR2004
            _at(f"2021-11-{day:02}"),
            TRAINER,
            commands.RecordAbsence("C-1", notified=True),
        )


def _last_seat() -> Iterator[Step]:
    for application in ("C-2", "C-3", "C-4"):
        yield Step(
            f"{application} est convoquée.",
            f"{application} is convoked.",
            _at("2021-11-23"),
            TRAINER,
            commands.Convoke(application, on=date(2021, 11, 25)),
        )
    for application in ("C-2", "C-3", "C-4"):
        yield Step(
            f"{application} s'est présentée.",
            f"{application} came.",
            _at("2021-11-25"),
            TRAINER,
            commands.RecordPresence(application),
        )
    for application, fr, en in (
        (
            "C-2",
            "C-2 est retenue : il reste une place pour deux.",
            "C-2 is retained: one seat is left for two.",
        ),
        ("C-3", "C-3 est retenue : c'était la dernière place.", "C-3 is retained: that was the last seat."),
        ("C-4", "C-4 arrive trop tard.", "C-4 comes too late."),
    ):
        yield Step(
            fr,
            en,
            _at("2021-11-26"),
            TRAINER,
            commands.Retain(application, entry=date(2021, 12, 9), exit=date(2022, 3, 4), weekly_hours=Decimal(35)),
        )

"""A small world behind the screens: one action of everybody's, one of strangers', a subject in each state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from poec_workflow import Actor, ActorKind, Candidate, Origin, Prescriber, commands
from poec_workflow.commands import Command, Request
from poec_workflow.testing import SettableClock

TODAY = date(2026, 3, 10)
CLOCK = SettableClock("2026-03-10T10:00:00+01:00")
PARIS = ZoneInfo("Europe/Paris")


def organization(reference: str) -> Actor:
    """A training body."""
    return Actor(kind=ActorKind.ORGANIZATION, organization=reference)


def adviser(reference: str) -> Actor:
    """An adviser."""
    return Actor(kind=ActorKind.ADVISER, organization=reference)


def funder(reference: str) -> Actor:
    """A funder."""
    return Actor(kind=ActorKind.FUNDER, organization=reference)


def candidate(reference: str) -> Actor:
    """A candidate."""
    return Actor(kind=ActorKind.CANDIDATE, candidate=reference)


PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
USERS: Mapping[str, Sequence[Actor]] = {
    "responsible": [organization("RESP")],
    "positioner": [organization("POS")],
    "trainer": [organization("TRAIN")],
    "action-responsible": [organization("ACT-RESP")],
    "adviser": [adviser("FT-1")],
    "funder": [funder("OPCO-1")],
    "candidate": [candidate("P-1")],
    "platform": [PLATFORM],
    # Who has nothing to do with what the others do.
    "other-organization": [organization("OTHER")],
    "other-adviser": [adviser("FT-2")],
    "other-funder": [funder("OPCO-2")],
    "other-candidate": [candidate("P-2")],
    # The same names in another capacity.
    "adviser-called-trainer": [adviser("TRAIN")],
    "organization-called-adviser": [organization("FT-1")],
    "several": [organization("TRAIN"), organization("OTHER"), adviser("FT-1")],
    "nobody": [],
}
"""Each user with on whose behalf they may act."""


def requests() -> Iterator[Request]:
    """Everything that happened."""
    for day, actor, command in _story():
        yield Request(command=command, actor=actor, at=datetime.combine(day, time(9), PARIS))


Told = Iterator[tuple[date, Actor, Command]]
BEGAN, MET, LATELY = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 9)


def _story() -> Told:
    yield from _actions()
    yield from _sessions()
    for number, state in enumerate(("pending", "convoked", "due", "present", "absent"), 1):
        person = "P-1" if state == "pending" else f"P-1{number}"
        yield from _application(f"C-{state}", "S-mine", person, "FT-1", "TRAIN", state)
        yield from _application(f"X-{state}", "S-other", f"P-2{number}", "FT-2", "OTHER", state)
    for session in ("S-full", "S-complete"):
        yield from _application(f"C-{session}", session, "P-30", "FT-1", "TRAIN", "retained")
    yield LATELY, PLATFORM, commands.DeclareSessionFull("S-complete")
    yield LATELY, PLATFORM, commands.SetCapacity("S-complete", capacity=2)


def _actions() -> Told:
    for reference, money, body in (
        ("A-mine", "OPCO-1", "ACT-RESP"),
        ("A-other", "OPCO-2", "OTHER"),
        ("A-empty", "OPCO-1", "ACT-RESP"),
        ("A-claim", "OPCO-1", "ACT-RESP"),
        ("A-archived", "OPCO-1", "ACT-RESP"),
        ("A-draft", "OPCO-1", "ACT-RESP"),
    ):
        yield (
            BEGAN,
            PLATFORM,
            commands.CreateAction(reference, title=f"[POEC] {reference}", funder=money, responsible=body),
        )
        if reference != "A-draft":
            yield BEGAN, PLATFORM, commands.PublishAction(reference)
    yield LATELY, PLATFORM, commands.ArchiveAction("A-archived")
    yield LATELY, PLATFORM, commands.EnrichAction("A-claim", changes={"certification": "CACES"})


def _sessions() -> Told:
    for reference, action, bodies, capacity in (
        ("S-mine", "A-mine", ("RESP", "POS", "TRAIN"), 10),
        ("S-full", "A-mine", ("RESP", "POS", "TRAIN"), 1),
        ("S-complete", "A-mine", ("RESP", "POS", "TRAIN"), 1),
        ("S-other", "A-other", ("OTHER", "OTHER", "OTHER"), 10),
    ):
        yield (
            BEGAN,
            PLATFORM,
            commands.CreateSession(
                reference,
                action=action,
                start=date(2026, 4, 6),
                end=date(2026, 6, 26),
                place="47 - AGEN",
                responsible=bodies[0],
                positioner=bodies[1],
                trainer=bodies[2],
                capacity=capacity,
                coefficient=3,
                registration_deadline=date(2026, 4, 3),
                late_entry_deadline=date(2026, 4, 17),
            ),
        )


def _application(reference: str, session: str, person: str, adviser_of: str, trainer: str, state: str) -> Told:
    sent = Prescriber(origin=Origin.FRANCE_TRAVAIL, organization=adviser_of, name="A. Martin")
    who = Candidate(reference=person, name=f"Zoé {person}", email=f"{person}@example.org")
    registered = commands.Preregister(reference, session=session, candidate=who, prescriber=sent)
    yield date(2026, 1, 20), adviser(adviser_of), registered
    clerk = organization(trainer)
    if state != "pending":
        on = {"convoked": date(2026, 3, 17), "due": LATELY}.get(state, MET)
        yield date(2026, 1, 26), clerk, commands.Convoke(reference, on=on)
    if state in ("present", "retained"):
        yield MET, clerk, commands.RecordPresence(reference)
    if state == "absent":
        yield MET, clerk, commands.RecordAbsence(reference, notified=True)
    if state == "retained":
        retain = commands.Retain(reference, entry=date(2026, 4, 6), exit=date(2026, 6, 26), weekly_hours=Decimal(35))
        yield MET, clerk, retain


SignedIn = Callable[..., Any]
"""Makes a client of a user, by name."""


def codes_of(page: str) -> set[str]:
    """The codes of refusals that a page shows."""
    return set(re.findall(r"<code>([a-z-]+)</code>", page))

"""The fields of each command: good ones, which the limits let through, and for strays also bad ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from poec_workflow import commands
from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.commands import Command
from poec_workflow.model import Application, Candidate, Origin, Prescriber, SubjectKind, TrainingSession
from poec_workflow.testing.strategies.choice import Choose
from poec_workflow.testing.strategies.drawing_context import DAY, DrawingContext

NAMES = ("Zoé Nabil", "Hugo Lefèvre", "Inès Moreau", "Noël Müller", "Léa Petit", "Œnone d'Arc")


class Draft:
    """One command in the making.

    Attributes:
        subject: what it is for, or what something is created under; None for nothing.
        wild: whether bad fields are drawn too.
        session: the subject's session; where it has none, any, for the dates of a stray.
    """

    def __init__(self, choose: Choose, world: DrawingContext, subject: Any, *, wild: bool) -> None:  # noqa: ANN401 - any subject
        self.choose, self.world, self.subject, self.wild = choose, world, subject, wild
        self.session: Any = None
        if isinstance(subject, Application):
            self.session = world.snapshot.session(subject.session)
        elif isinstance(subject, TrainingSession):
            self.session = subject
        else:
            self.session = next(iter(world.snapshot.of_kind(SubjectKind.SESSION)), None)

    def pick(self, *good: Any, bad: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401 - any field
        """Draw one of the good ones, or, if bad ones are drawn too, as often a bad one; the first is the simplest."""
        wrong = self.wild and bool(bad) and self.choose((False, True))
        return self.choose(bad if wrong else good)

    def instant_of(self, command: Command) -> datetime:
        """Return the first instant at which the time is right for a command; for a stray now."""
        if self.wild or self.session is None or not isinstance(self.subject, Application):
            return self.world.now
        if isinstance(command, commands.Expire):
            return max(self.world.now, self.world.after_deadline(self.session))
        waits = isinstance(command, commands.RecordPresence) or not getattr(command, "notified", True)
        convocations = self.subject.convocations
        return self.world.later(convocations[-1].on) if waits and convocations else self.world.now


def _create_action(draft: Draft) -> dict[str, Any]:
    return {
        "title": _title(draft),
        "funder": "OPCO",
        "responsible": "RESP",
        "kind": draft.pick("SIMPLE", "SUPRA"),
        "certification": draft.pick(None, "CléA"),
    }


def _title(draft: Draft) -> str:
    prefix = draft.world.settings.title_prefix
    title: str = draft.pick(f"{prefix} Soudeur", bad=("Soudeur", f" {prefix} Soudeur"))
    return title


def _correct_action(draft: Draft) -> dict[str, Any]:
    return {
        "title": _title(draft) if draft.pick(False, True) else None,  # noqa: FBT003 - one of the two
        "funder": draft.pick(None, "OPCO", "France Travail"),
        "responsible": draft.pick(None, "RESP", "OTHER"),
        "kind": draft.pick(None, "SUPRA"),
    }


def _correct_session(draft: Draft) -> dict[str, Any]:
    capacity = draft.session.capacity if draft.session else 1
    return {
        "place": draft.pick(None, "Pau"),
        "minimum_headcount": draft.pick(None, 0, capacity, bad=(-1, capacity + 1)),
        "follow_on_ratio": draft.pick(None, Decimal("0.5")),
        "session_type": draft.pick(None, "Présentiel"),
        "market": draft.pick(None, "2021-17"),
        "measure": draft.pick(None, "POEC"),
    }


def _enrich(draft: Draft) -> dict[str, Any]:
    texts: tuple[dict[str, str], ...] = (
        {"certification": "CléA"},
        {},
        {"programme": "Gestes et postures"},
        {"certification": ""},
    )
    return {"changes": draft.pick(*texts, bad=({"title": "[POEC] Autre"},))}


def _dates(draft: Draft, *first: date) -> dict[str, Any]:
    """Draw the days of a session that starts about one of some days."""
    begin = draft.pick(*first)
    # Mostly with time for what is to come.
    start = draft.pick(*[begin + 28 * DAY] * 4, begin + 10 * DAY, begin + 2 * DAY, begin)
    late = start + draft.pick(5, 0) * DAY
    return {
        "start": start,
        "end": late + draft.pick(15, 15, 0, bad=(-1, -6)) * DAY,
        "registration_deadline": late - draft.pick(0, 0, 5, bad=(-1,)) * DAY,
        "late_entry_deadline": late,
    }


def _reschedule(draft: Draft) -> dict[str, Any]:
    """Draw dates from today on, or so long ago that whoever is open now is, or just is not, overdue."""
    world = draft.world
    grace = world.settings.grace_days * DAY
    return _dates(draft, *[world.today] * 6, world.today - grace - 40 * DAY, world.today - grace - 20 * DAY)


def _create_session(draft: Draft) -> dict[str, Any]:
    world = draft.world
    actions = world.snapshot.of_kind(SubjectKind.ACTION)
    under = draft.subject if draft.subject in actions else next(iter(actions), None)
    capacity = draft.pick(1, 1, 2, 3, bad=(0,))
    return {
        "action": under.reference if under else "A-0",
        "place": "Agen",
        "responsible": "RESP",
        "positioner": "POS",
        "trainer": "TRAIN",
        "capacity": capacity,
        **_coefficient(draft),
        "minimum_headcount": draft.pick(0, capacity, bad=(-1, capacity + 1)),
        "information_dates": (world.today,) * draft.pick(0, 3, bad=(4,)),
        **_dates(draft, world.today),
    }


def _coefficient(draft: Draft) -> dict[str, Any]:
    least, most = draft.world.settings.coefficient_min, draft.world.settings.coefficient_max
    return {"coefficient": draft.pick(least, least, min(least + 1, most), most, bad=(least - 1, most + 1))}


def _registration_deadline(draft: Draft) -> dict[str, Any]:
    today, session = draft.world.today, draft.session
    latest, last = (session.late_entry_deadline, session.end) if session else (today, today)
    on, late = draft.pick(
        *[(latest, None)] * 3,
        (min(today, latest), None),
        (min(today - DAY, latest), None),
        (last, last),
        bad=((latest + DAY, None), (last + DAY, None), (last + DAY, last), (latest, last + DAY), (latest, today)),
    )
    return {"on": on, "late_entry_deadline": late}


def _capacity(draft: Draft) -> dict[str, Any]:
    retained = draft.world.retained(draft.session) if draft.session else 0
    least = max(1, retained - draft.world.settings.overbooking)
    return {"capacity": draft.pick(least + 1, least, least + 2, bad=(least - 1, 0))}


def _preregister(draft: Draft) -> dict[str, Any]:
    session = draft.session
    applied = {each.candidate for each in draft.world.snapshot.applications(session.reference)} if session else set()
    free = [each for each in (f"P-{number}" for number in range(1, 15)) if each not in applied]
    person = draft.pick(*free[:3], bad=tuple(sorted(applied)))
    return {
        "session": session.reference if session else "S-0",
        "candidate": Candidate(reference=person, name=NAMES[int(person[2:]) % len(NAMES)]),
        # `origin` self with an organisation: its adviser may register, and the candidate too.
        "prescriber": Prescriber(origin=draft.pick(Origin.FRANCE_TRAVAIL, Origin.SELF), organization="FT"),
    }


def _appointment(draft: Draft, *, moved: bool) -> dict[str, Any]:
    world, first = draft.world, draft.world.today
    bad = [world.today - 40 * DAY, world.today - DAY]
    if isinstance(draft.subject, Application):
        first = world.first_day(draft.subject, moved=moved) or world.today
        bad += [each.on for each in draft.subject.convocations]
    if draft.session:
        bad += [world.deadline(draft.session) + DAY * beyond for beyond in (0, 1)]
    return {
        # Any day of the week, and the same day of the next.
        "on": draft.pick(*(first + DAY * days for days in range(8)), bad=tuple(bad)),
        "time": draft.pick(None, time(9, 30)),
        "place": draft.pick(None, "Agen"),
    }


_HOURS = (Decimal(35), Decimal(30), Decimal(24), Decimal(20), Decimal("7.5"))


def _between(first: date, last: date) -> tuple[date, ...]:
    """Return a day in the middle of two, if there is one."""
    return (first + (last - first) // 2,) if (last - first).days > 1 else ()


def _retain(draft: Draft) -> dict[str, Any]:
    session, most, today = draft.session, draft.world.settings.weekly_hours_max, draft.world.today
    first, last, end = (session.start, session.late_entry_deadline, session.end) if session else (today,) * 3
    return {
        "entry": draft.pick(first, last, *_between(first, last), bad=(first - DAY, last + DAY)),
        "exit": draft.pick(end, *_between(last, end), bad=(end + DAY, first - DAY)),
        "weekly_hours": draft.pick(*(min(each, most) for each in _HOURS), most, bad=(Decimal(0), most + 1)),
    }


def _reject(draft: Draft) -> dict[str, Any]:
    motives = draft.world.settings.catalogue.motives
    pairs = {
        (motive.code, reason.code): not (motive.reserved or motive.retired or reason.retired)
        for motive in motives
        for reason in motive.reasons
    }
    good = [pair for pair, usable in pairs.items() if usable]
    bad = [("nothing", "nothing"), *((motive.code, "nothing") for motive in motives), *(pairs.keys() - {*good})]
    motive, reason = draft.pick(*(good or sorted(bad)), bad=tuple(sorted(bad)))
    return {"motive": motive, "reason": reason, "comment": draft.pick(None, "À revoir")}


def _withdraw(draft: Draft) -> dict[str, Any]:
    motive = draft.world.settings.catalogue.motive(WITHDRAWAL)
    reasons = [each.code for each in motive.reasons if not each.retired] if motive else []
    return {"reason": draft.pick(*(reasons or ["nothing"]), bad=("nothing",))}


FIELDS: Mapping[type[Command], Callable[[Draft], dict[str, Any]]] = {
    commands.CreateAction: _create_action,
    commands.EnrichAction: _enrich,
    commands.CreateSession: _create_session,
    commands.SetRegistrationDeadline: _registration_deadline,
    commands.SetCoefficient: _coefficient,
    commands.SetCapacity: _capacity,
    commands.SetInformationDates: lambda draft: {"dates": (draft.world.today,) * draft.pick(0, 1, 3, bad=(4,))},
    commands.RescheduleSession: _reschedule,
    commands.ReassignSession: lambda draft: {
        "trainer": draft.pick("OTHER", "TRAIN", None),
        "positioner": draft.pick(None, "POS", "OTHER"),
    },
    commands.CorrectAction: _correct_action,
    commands.CorrectSession: _correct_session,
    commands.CancelSession: lambda _: {"reason": "Trop peu d'inscrits"},
    commands.Preregister: _preregister,
    commands.Convoke: lambda draft: _appointment(draft, moved=False),
    commands.MoveConvocation: lambda draft: _appointment(draft, moved=True),
    # Without notice it may be too early.
    commands.RecordAbsence: lambda draft: {"notified": draft.pick(*[True] * 5, False, bad=(False,))},  # noqa: FBT003
    commands.Retain: _retain,
    commands.Reject: _reject,
    commands.Withdraw: _withdraw,
}
"""The fields of each command that has some."""
_INFALLIBLE = {commands.CancelSession, commands.ReassignSession}
FALLIBLE = (*(each for each in FIELDS if each not in _INFALLIBLE), commands.RecordPresence, commands.Expire)
"""The commands that may come with a bad field, or too early."""

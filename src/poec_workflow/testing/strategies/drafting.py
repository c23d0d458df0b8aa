"""The fields of each command to a world: good ones that its limits let through, and for strays also bad ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from poec_workflow import commands
from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.commands import Command
from poec_workflow.model import Application, Candidate, Origin, Prescriber, SubjectKind
from poec_workflow.testing.strategies.world import World

DAY = timedelta(days=1)
NAMES = ("Zoé Nabil", "Hugo Lefèvre", "Inès Moreau", "Noël Müller", "Léa Petit", "Œnone d'Arc")


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


def _plain(kind: Callable[[str], Command]) -> Maker:
    return lambda draft, reference: (kind(reference), draft.world.now)


def _preregister(draft: Draft, reference: str) -> Made:
    world = draft.world
    session = draft.session
    applied = {each.candidate for each in world.snapshot.applications(session.reference)} if session else set()
    everybody = [f"P-{number}" for number in range(1, 15)]
    person = draft.pick(*[each for each in everybody if each not in applied][:3], bad=tuple(sorted(applied)))
    # `origin` self with an organisation: its adviser may register, and the candidate too.
    prescriber = Prescriber(origin=draft.pick(Origin.FRANCE_TRAVAIL, Origin.SELF), organization="FT")
    return commands.Preregister(
        reference,
        session=session.reference if session else "S-0",
        candidate=Candidate(reference=person, name=NAMES[int(person[2:]) % len(NAMES)]),
        prescriber=prescriber,
    ), world.now


def _appointment(kind: type[commands.Convoke | commands.MoveConvocation]) -> Maker:
    def make(draft: Draft, reference: str) -> Made:
        world, session = draft.world, draft.session
        first = world.today
        bad = [world.today - 40 * DAY, world.today - DAY]
        if isinstance(draft.subject, Application):
            first = draft.first_day(world, draft.subject, moved=kind is commands.MoveConvocation) or world.today
            bad += [each.on for each in draft.subject.convocations]
        if session:
            bad += [world.case(None).deadline(session) + DAY * beyond for beyond in (0, 1)]
        on = draft.days(first, first + DAY, first + 5 * DAY, bad=tuple(bad))
        return kind(reference, on=on, time=draft.pick(None, time(9, 30)), place=draft.pick(None, "Agen")), world.now

    return make


def _convoked_for(draft: Draft) -> datetime:
    """The morning of the current convocation, or now where it was; for a stray now."""
    if draft.wild or not draft.subject.convocations:
        return draft.world.now
    return draft.world.morning(draft.subject.convocations[-1].on)


def _presence(draft: Draft, reference: str) -> Made:
    return commands.RecordPresence(reference), _convoked_for(draft)


def _absence(draft: Draft, reference: str) -> Made:
    notified = draft.pick(True, True, False)  # noqa: FBT003 - a field of the command
    return commands.RecordAbsence(reference, notified=notified), draft.world.now if notified else _convoked_for(draft)


def _retain(draft: Draft, reference: str) -> Made:
    session, settings = draft.session, draft.world.settings
    if session is None:
        first = last = end = draft.world.today
    else:
        first, last, end = session.start, session.late_entry_deadline, session.end
    return commands.Retain(
        reference,
        entry=draft.days(first, last, bad=(first - DAY, last + DAY)),
        exit=draft.days(end, bad=(end + DAY, first - DAY)),
        weekly_hours=draft.pick(
            min(Decimal(35), settings.weekly_hours_max),
            settings.weekly_hours_max,
            bad=(Decimal(0), settings.weekly_hours_max + 1),
        ),
    ), draft.world.now


def _reject(draft: Draft, reference: str) -> Made:
    motives = draft.world.settings.catalogue.motives
    pairs = [(motive, reason) for motive in motives for reason in motive.reasons]
    good = [
        (motive.code, reason.code)
        for motive, reason in pairs
        if not (motive.reserved or motive.retired or reason.retired)
    ]
    bad = [("nothing", "nothing"), *((motive.code, "nothing") for motive in motives)]
    bad += [(motive.code, reason.code) for motive, reason in pairs if motive.reserved or motive.retired]
    motive, reason = draft.pick(*(good or bad), bad=tuple(bad))
    return commands.Reject(reference, motive=motive, reason=reason, comment=draft.pick(None, "À revoir")), (
        draft.world.now
    )


def _withdraw(draft: Draft, reference: str) -> Made:
    motive = draft.world.settings.catalogue.motive(WITHDRAWAL)
    reasons = [each.code for each in motive.reasons if not each.retired] if motive else []
    return commands.Withdraw(reference, reason=draft.pick(*(reasons or ["nothing"]), bad=("nothing",))), draft.world.now


def _expire(draft: Draft, reference: str) -> Made:
    session = draft.session
    if draft.wild or session is None:
        return commands.Expire(reference), draft.world.now
    return commands.Expire(reference), max(draft.world.now, draft.world.case(None).after_deadline(session))


def _create_action(draft: Draft, reference: str) -> Made:
    return commands.CreateAction(
        reference,
        title=draft.pick("[POEC] Soudeur", bad=("Soudeur", " [POEC] Soudeur")),
        funder="OPCO",
        responsible="RESP",
        certification=draft.pick(None, "CléA"),
    ), draft.world.now


def _enrich(draft: Draft, reference: str) -> Made:
    changes = draft.pick(
        {"certification": "CléA"},
        {},
        {"programme": "Gestes et postures"},
        {"certification": ""},
        bad=({"title": "[POEC] Autre"},),
    )
    return commands.EnrichAction(reference, changes=changes), draft.world.now


def _dates(draft: Draft, first: date) -> dict[str, Any]:
    """Days of a session that starts about a day."""
    start = draft.days(first + 10 * DAY, first + 2 * DAY, first)
    late = start + draft.pick(5, 0) * DAY
    return {
        "start": start,
        "end": late + draft.pick(15, 0, bad=(-1, -6)) * DAY,
        "registration_deadline": late - draft.pick(0, 5, bad=(-1,)) * DAY,
        "late_entry_deadline": late,
    }


def _create_session(draft: Draft, reference: str) -> Made:
    world = draft.world
    actions = world.of(SubjectKind.ACTION)
    under = draft.subject if draft.subject in actions else (actions[0] if actions else None)
    capacity = draft.pick(1, 1, 2, 3, bad=(0,))
    return commands.CreateSession(
        reference,
        action=under.reference if under else "A-0",
        place="Agen",
        responsible="RESP",
        positioner="POS",
        trainer="TRAIN",
        capacity=capacity,
        coefficient=_coefficient(draft),
        minimum_headcount=draft.pick(0, capacity, bad=(-1, capacity + 1)),
        information_dates=(world.today,) * draft.pick(0, 3, bad=(4,)),
        **_dates(draft, world.today),
    ), world.now


def _coefficient(draft: Draft) -> Any:  # noqa: ANN401 - an integer
    least, most = draft.world.settings.coefficient_min, draft.world.settings.coefficient_max
    return draft.pick(least, least, min(least + 1, most), most, bad=(least - 1, most + 1))


def _closing(draft: Draft, reference: str) -> Made:
    today, session = draft.world.today, draft.session
    latest = session.late_entry_deadline if session else today
    last = session.end if session else today
    on, late = draft.pick(
        (latest, None),
        (min(today, latest), None),
        (min(today - DAY, latest), None),
        (last, last),
        bad=((latest + DAY, None), (last + DAY, None), (last + DAY, last), (latest, last + DAY), (latest, today)),
    )
    return commands.SetRegistrationDeadline(reference, on=on, late_entry_deadline=late), draft.world.now


def _set_coefficient(draft: Draft, reference: str) -> Made:
    return commands.SetCoefficient(reference, coefficient=_coefficient(draft)), draft.world.now


def _set_capacity(draft: Draft, reference: str) -> Made:
    world, session = draft.world, draft.session
    retained = session.capacity + world.settings.overbooking - world.seats_left(session) if session else 0
    least = max(1, retained - world.settings.overbooking)
    capacity = draft.pick(least + 1, least, least + 2, bad=(least - 1, 0))
    return commands.SetCapacity(reference, capacity=capacity), world.now


def _set_information_dates(draft: Draft, reference: str) -> Made:
    dates = (draft.world.today,) * draft.pick(0, 1, 3, bad=(4,))
    return commands.SetInformationDates(reference, dates=dates), draft.world.now


def _reschedule(draft: Draft, reference: str) -> Made:
    """Other dates: from today on, or so long ago that whoever is open now is, or just is not, overdue."""
    world = draft.world
    grace = world.settings.grace_days * DAY
    first = draft.days(world.today, world.today - grace - 40 * DAY, world.today - grace - 20 * DAY)
    return commands.RescheduleSession(reference, **_dates(draft, first)), world.now


def _reassign(draft: Draft, reference: str) -> Made:
    trainer, positioner = draft.pick("OTHER", "TRAIN", None), draft.pick(None, "POS", "OTHER")
    return commands.ReassignSession(reference, trainer=trainer, positioner=positioner), draft.world.now


def _cancel_session(draft: Draft, reference: str) -> Made:
    return commands.CancelSession(reference, reason="Trop peu d'inscrits"), draft.world.now


MAKERS: Mapping[type[Command], Maker] = {
    commands.Preregister: _preregister,
    commands.Convoke: _appointment(commands.Convoke),
    commands.MoveConvocation: _appointment(commands.MoveConvocation),
    commands.RecordPresence: _presence,
    commands.RecordAbsence: _absence,
    commands.Retain: _retain,
    commands.Reject: _reject,
    commands.Withdraw: _withdraw,
    commands.Expire: _expire,
    commands.CreateSession: _create_session,
    commands.SetRegistrationDeadline: _closing,
    commands.SetCoefficient: _set_coefficient,
    commands.SetCapacity: _set_capacity,
    commands.SetInformationDates: _set_information_dates,
    commands.RescheduleSession: _reschedule,
    commands.ReassignSession: _reassign,
    commands.CancelSession: _cancel_session,
    commands.CreateAction: _create_action,
    commands.EnrichAction: _enrich,
    **{
        kind: _plain(kind)
        for kind in (
            commands.CorrectAttendance,
            commands.RefuseSessionFull,
            commands.Cancel,
            commands.DeclareSessionFull,
            commands.ReopenSession,
            commands.ApproveCertification,
            commands.DeclineCertification,
            commands.PublishAction,
            commands.ArchiveAction,
            commands.RestoreAction,
            commands.DeleteAction,
        )
    },
}
"""How each command is drawn."""

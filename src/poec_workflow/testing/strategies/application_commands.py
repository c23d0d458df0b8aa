"""How the commands to applications are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal

from poec_workflow import commands
from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.commands import Command
from poec_workflow.model import Application, Candidate, Origin, Prescriber
from poec_workflow.testing.strategies.drafts import DAY, Draft, Made, Maker, plain

NAMES = ("Zoé Nabil", "Hugo Lefèvre", "Inès Moreau", "Noël Müller", "Léa Petit", "Œnone d'Arc")


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
    **{kind: plain(kind) for kind in (commands.CorrectAttendance, commands.RefuseSessionFull, commands.Cancel)},
}
"""Each by its type."""

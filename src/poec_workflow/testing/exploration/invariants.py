"""What must hold of every step and every world, whatever the tables and policies say: read from the domain page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.folding import evolve
from poec_workflow.model import (
    LIVE_STATES,
    SYSTEM,
    ActionState,
    Application,
    ApplicationState,
    SessionState,
    State,
    TrainingAction,
)
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.explored_step import FINAL, OVER, Step, retained, seats
from poec_workflow.testing.exploration.limits import OF_LIMITS
from poec_workflow.testing.exploration.small_world import World

_UNAVAILABLE = frozenset({ActionState.ARCHIVED, ActionState.DELETED})
_ENDINGS = frozenset(
    {
        ApplicationState.NO_ADVICE,
        ApplicationState.SESSION_FULL,
        ApplicationState.CANCELLED,
        SessionState.COMPLETE,
    }
)
_LEADS_TO: Mapping[type[Command], frozenset[State]] = {
    commands.Preregister: frozenset({ApplicationState.PENDING}),
    commands.Convoke: frozenset({ApplicationState.CONVOKED}),
    commands.MoveConvocation: frozenset({ApplicationState.CONVOKED}),
    commands.RecordPresence: frozenset({ApplicationState.PRESENT}),
    commands.RecordAbsence: frozenset({ApplicationState.ABSENT, ApplicationState.REJECTED}),
    commands.CorrectAttendance: frozenset({ApplicationState.CONVOKED}),
    commands.Retain: frozenset({ApplicationState.RETAINED}),
    commands.Reject: frozenset({ApplicationState.REJECTED}),
    commands.Withdraw: frozenset({ApplicationState.REJECTED}),
    commands.Expire: frozenset({ApplicationState.NO_ADVICE}),
    commands.RefuseSessionFull: frozenset({ApplicationState.SESSION_FULL}),
    commands.Cancel: frozenset({ApplicationState.CANCELLED}),
    commands.CreateSession: frozenset({SessionState.ACTIVE}),
    commands.DeclareSessionFull: frozenset({SessionState.COMPLETE}),
    commands.ReopenSession: frozenset({SessionState.ACTIVE}),
    commands.CancelSession: frozenset({SessionState.CANCELLED}),
    commands.CreateAction: frozenset({ActionState.AWAITING_PUBLICATION}),
    commands.PublishAction: frozenset({ActionState.PUBLISHED}),
    commands.ArchiveAction: frozenset({ActionState.ARCHIVED}),
    commands.RestoreAction: frozenset({ActionState.AWAITING_PUBLICATION}),
    commands.DeleteAction: frozenset({ActionState.DELETED}),
}
"""Where the domain page lets each command lead; the others leave the state as it is."""


# Of steps


def final_is_final(step: Step) -> str | None:
    """No command moves a subject out of a final state, or changes it there."""
    for each in step.answer.changes:
        if each.before is not None and each.before.state in FINAL:
            return f"{each.subject.reference} was {each.before.state}, which is final"
    return None


def versions_grow_by_one(step: Step) -> str | None:
    """Every change makes its subject one version older, and no subject changes twice in a decision."""
    for each in step.answer.changes:
        known = step.before.subject(each.subject.kind, each.subject.reference)
        version = known.version if known else 0
        if not each.subject.version == each.event.version == version + 1 or each.before is not known:
            return f"{each.subject.reference} went from version {version} to {each.subject.version}"
    return None


def history_folds_to_the_subject(step: Step) -> str | None:
    """Each event, put upon the subject before, gives the subject after."""
    for each in step.answer.changes:
        if evolve(each.before, each.event) != each.subject:
            return f"{each.event.type} does not give {each.subject.reference} as it is"
    return None


def commands_lead_where_they_say(step: Step) -> str | None:
    """A command leads to the states that the domain page gives it, and a consequence is an ending."""
    own = step.answer.change
    if own.subject.state not in _LEADS_TO.get(type(step.command), {own.before and own.before.state}):
        return f"{step.command.type} led to {own.subject.state}"
    for each in step.answer.consequences:
        if each.subject.state not in _ENDINGS or each.actor != SYSTEM:
            return f"{each.subject.reference} became {each.subject.state} as a consequence"
    return None


def absences_end_as_the_page_says(step: Step) -> str | None:
    """Without notice, or at the last convocation, an absence rejects; else the candidate may be convoked again."""
    if not isinstance(step.command, commands.RecordAbsence) or not isinstance(step.answer.subject, Application):
        return None
    left = len(step.answer.subject.convocations) < step.settings.max_convocations
    expected = ApplicationState.ABSENT if step.command.notified and left else ApplicationState.REJECTED
    return None if step.answer.subject.state is expected else f"the absence led to {step.answer.subject.state}"


def actions_keep_their_texts(step: Step) -> str | None:
    """An action is a POEC, its texts that are not the training body's stay, and a certification is asked for first."""
    action, before = step.answer.subject, step.answer.change.before
    if not isinstance(action, TrainingAction):
        return None
    if not action.title.startswith("[POEC]"):
        return f"the title is {action.title}"
    if not isinstance(before, TrainingAction):
        return None
    if (action.title, action.funder, action.responsible) != (before.title, before.funder, before.responsible):
        return "a text that nobody may change was changed"
    answers = isinstance(step.command, (commands.ApproveCertification, commands.DeclineCertification))
    return (
        "a certification was answered that nobody asked for" if answers and not before.pending_certification else None
    )


# Of worlds


def seats_hold(world: World, settings: Settings) -> str | None:
    """No more are retained than there are seats."""
    count, most = retained(world), seats(world, settings)
    return f"{count} retained for {most} seats" if count > most else None


def endings_reach_everybody(world: World, _settings: Settings) -> str | None:
    """A complete or cancelled session, and an action put away, have no open application."""
    over = (world.session is not None and world.session.state in OVER) or (
        world.action is not None and world.action.state in _UNAVAILABLE
    )
    waiting = ", ".join(each.reference for each in world.waiting)
    return f"{waiting} still open" if over and waiting else None


def one_live_application_each(world: World, _settings: Settings) -> str | None:
    """A candidate has at most one open or retained application on a session."""
    live = [each.candidate for each in world.applications if each.state in LIVE_STATES]
    twice = sorted({each for each in live if live.count(each) > 1})
    return f"{', '.join(twice)} twice" if twice else None


OF_STEPS: tuple[Callable[[Step], str | None], ...] = (
    final_is_final,
    versions_grow_by_one,
    history_folds_to_the_subject,
    commands_lead_where_they_say,
    absences_end_as_the_page_says,
    actions_keep_their_texts,
    *OF_LIMITS,
)
OF_WORLDS: tuple[Callable[[World, Settings], str | None], ...] = (
    seats_hold,
    endings_reach_everybody,
    one_live_application_each,
)

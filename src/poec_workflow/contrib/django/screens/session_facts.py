"""What a session's page says besides the session: whether it takes registrations, its applications, the pop-up."""

from __future__ import annotations

from datetime import date

from attrs import evolve, frozen

from poec_workflow import locales
from poec_workflow.commands import SetRegistrationDeadline
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visibility import rows_shown
from poec_workflow.decider import Accepted
from poec_workflow.errors import Advisory, Refusal
from poec_workflow.model import Actor, ActorKind, Page, SubjectKind
from poec_workflow.policies.recruitment import registration_probe
from poec_workflow.serialization import from_dict
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest, Sort
from poec_workflow.workflow import Workflow

_LATE = "late_entry_deadline"
_ROWS = 10
PLATFORM = Actor(kind=ActorKind.PLATFORM)


@frozen(kw_only=True)
class RegistrationNow:
    """Whether a session takes registrations today.

    Attributes:
        refusals: why not; none where it does.
        advisories: what who registers somebody is told.
    """

    refusals: tuple[Refusal, ...] = ()
    advisories: tuple[Advisory, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody can be registered."""
        return not self.refusals


def registration_now(workflow: Workflow, session: str) -> RegistrationNow | None:
    """Ask what would become of a registration of somebody new; None where the settings let the platform give none."""
    answer = workflow.preview(registration_probe(PLATFORM, session), PLATFORM)
    if isinstance(answer, Accepted):
        return RegistrationNow(advisories=answer.advisories)
    rules = all(each.kind == "rule" for each in answer.refusals)
    return RegistrationNow(refusals=answer.refusals) if rules else None


def enrolled_rows(workflow: Workflow, actor: Actor, session: str) -> Page[ApplicationRow]:
    """The first applications of a session that an actor is shown, as they were registered."""
    asked = from_dict({"session": session, **rows_shown(SubjectKind.APPLICATION, actor)}, ApplicationFilter)
    return workflow.applications(asked, PageRequest(limit=_ROWS, sort=Sort.REGISTRATION))


def late_entry_proposed(attempt: Attempt | None, lang: str) -> tuple[Attempt | None, bool]:
    """The source's pop-up: the form comes again with the earliest late entry deadline that fits, to be confirmed [S].

    Returns:
        The attempt, and whether a day was filled in.
    """
    if attempt is None or attempt.form.command is not SetRegistrationDeadline:
        return attempt, False
    # Where another rule refuses it too, no late entry deadline would do.
    details = (
        attempt.refusals[0].details if [each.code for each in attempt.refusals] == ["late-entry-must-change"] else {}
    )
    earliest = details.get("earliest")
    if not isinstance(earliest, date):
        return attempt, False
    fields = (
        evolve(each, value=earliest.isoformat(), text=locales.shown(earliest, lang), untouched=False, left_out=False)
        if each.field.name == _LATE
        else each
        for each in attempt.form.fields
    )
    return evolve(attempt, form=evolve(attempt.form, fields=tuple(fields))), True

"""The sample case of a training action: its state, its certification, who is responsible, and its one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from attrs import frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.decider import Accepted
from poec_workflow.explorer import enrolled_applications as enrolled
from poec_workflow.explorer.case import Payloads
from poec_workflow.explorer.decided_case import DecidedCase
from poec_workflow.explorer.dimensions import (
    END,
    FIRST_DAY,
    FUNDER,
    LATE_ENTRY,
    REGISTRATION_DEADLINE,
    ROLES,
    START,
    Dimensions,
    Option,
    day_option,
    landmarks,
    plain_option,
    states_of,
    translated,
    translations,
    words,
)
from poec_workflow.explorer.organization_options import STRANGER, actor_options, holder_options, or_unchanged
from poec_workflow.explorer.parent_action import ACTION, SESSION
from poec_workflow.explorer.tracing import Assignment, traced
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import ActionState, Application, SessionState, Tally, TrainingAction, TrainingSession
from poec_workflow.policies.deadlines import deadline_after
from poec_workflow.policies.facts import Enrolment

_CERTIFICATES = ("RNCP34567", "RNCP36789")
_TITLE = "Soudeur"
_CHANGES: Mapping[str, Mapping[str, str]] = {
    "objective": {"objective": "Souder"},
    **{f"certification {each}": {"certification": each} for each in ("", *_CERTIFICATES)},
    "title": {"title": _TITLE},
    "responsible": {"responsible": STRANGER},
    "objective-and-funder": {"objective": "Souder", "funder": FUNDER},
}
_RUNNING = TrainingSession(
    reference=SESSION,
    version=2,
    state=SessionState.ACTIVE,
    action=ACTION,
    start=START,
    end=END,
    place="Agen",
    responsible=ROLES["responsible"],
    positioner=ROLES["positioner"],
    trainer=ROLES["trainer"],
    capacity=2,
    coefficient=2,
    minimum_headcount=0,
    registration_deadline=REGISTRATION_DEADLINE,
    late_entry_deadline=LATE_ENTRY,
    information_dates=(),
)
_FIELDS = {
    "certification": "certification",
    "pending_certification": "pending",
    "responsible": "responsible",
}
"""Field of an action ▸ its dimension."""

PAYLOADS: Payloads = {
    commands.CreateAction: {
        "title": lambda assignment: assignment["new-name"],
        "responsible": lambda assignment: assignment["new-responsible"],
        "certification": lambda assignment: assignment["new-certification"],
    },
    commands.EnrichAction: {"changes": lambda assignment: assignment["changes"]},
    commands.CorrectAction: {
        "title": lambda assignment: assignment["other-name"],
        "responsible": lambda assignment: assignment["other-responsible"],
    },
}


@frozen(slots=False)
class ActionCase(DecidedCase):
    """One training action, which has no session or one, on which applications may wait."""

    general = ("actor",)
    counts = ("waiting",)
    own = ("certification", "pending", "responsible")
    payloads = PAYLOADS
    fields = FrozenMap(_FIELDS)
    absent = FrozenMap({"enrolment": None, "candidate_live": False, "retained_elsewhere": ()})
    mixers = FrozenMap(
        {
            "waiting": ("today", "waiting"),
            "certification": ("certification", "pending"),
            "pending": ("certification", "pending", "changes"),
            "responsible": ("responsible", "changes"),
        }
    )
    followers = ("today", "waiting")
    tellers = ("today", "waiting")

    @cached_property
    def dimensions(self) -> Dimensions:
        """Every fact that the page lets people change."""
        titles = (plain_option(f"{self.settings.title_prefix} {_TITLE}".strip()), plain_option(_TITLE))
        holders = holder_options("responsible")
        return {
            "today": tuple(day_option(day, self.landmarks) for day in sorted({FIRST_DAY, *self.landmarks.values()})),
            "actor": actor_options(),
            "state": states_of(ActionState),
            "waiting": (Option(value=None, labels=translated("session.none")), *map(plain_option, range(3))),
            "certification": _certifications(""),
            "pending": (*_certifications(None), _certification("")),
            "responsible": holders,
            "new-name": titles,
            "new-responsible": holders,
            "new-certification": _certifications(""),
            "changes": tuple(Option(value=FrozenMap(each), labels=_change(name)) for name, each in _CHANGES.items()),
            "other-name": or_unchanged(titles),
            "other-responsible": or_unchanged(holders),
        }

    @cached_property
    def landmarks(self) -> Mapping[str, date]:
        """The days of its session that have a name."""
        deadline = deadline_after(END, self.settings)
        named = landmarks(deadline, deadline + timedelta(days=1))
        return {name: named[name] for name in ("start", "end", "advice-deadline", "overdue")}

    @property
    def example(self) -> Mapping[str, object]:
        """Nothing of it is set."""
        return {}

    def usual(self, dimension: str) -> object:
        """Its first options: a session, on which nobody waits, and nothing that is corrected."""
        return {"today": FIRST_DAY, "waiting": 0}.get(dimension)

    def displayed(self, kind: type[Command]) -> Mapping[str, Any]:
        """The action, and its funder."""
        return {"action": ACTION, **({"funder": FUNDER} if kind is commands.CreateAction else {})}

    def surroundings(self, assignment: Assignment, *, existing: bool) -> Mapping[str, Callable[[], Any]]:
        """The action, and its session."""
        return {
            "action": lambda: self.subject(assignment) if existing else None,
            "enrolments": lambda: self._enrolments(assignment) if existing else (),
        }

    def subject(self, assignment: Assignment) -> TrainingAction:
        """The action of an assignment."""
        return traced(
            TrainingAction,
            assignment,
            {"state": lambda: assignment["state"], **self.traced_fields(assignment)},
            displayed={"reference": ACTION, "funder": FUNDER},
            hidden={"version": 3, "title": f"{self.settings.title_prefix} {_TITLE}".strip()},
        )

    def facts_after(self, values: Mapping[str, Any], answer: Accepted) -> Mapping[str, Any]:
        """The action's dimensions after an accepted command."""
        ended = sum(isinstance(each.subject, Application) for each in answer.consequences)
        waiting = None if answer.change.before is None or values["waiting"] is None else values["waiting"] - ended
        return {**self.copied(answer.subject), "waiting": waiting}

    def _enrolments(self, assignment: Assignment) -> tuple[Enrolment, ...]:
        count = assignment["waiting"]
        if count is None:
            return ()
        tally = Tally(registered=count, pending=count)
        return (Enrolment(session=_RUNNING, tally=tally, open_applications=enrolled.waiting(count)),)


def _certifications(none: str | None) -> tuple[Option, ...]:
    return (Option(value=none, labels=translated("certification.none")), *map(plain_option, _CERTIFICATES))


def _certification(value: str) -> Option:
    """The pending removal of a certification."""
    return Option(value=value, labels=translated("certification.removed"))


def _change(name: str) -> Mapping[str, str]:
    kind, _, certificate = name.partition(" ")
    if kind != "certification":
        return translated(f"changes.{kind}")
    removed = translated("certification.removed")

    def label(lang: str) -> str:
        text: str = words(lang)["options"]["changes.certification"]
        return text.format(name=certificate or removed[lang])

    return translations(label)

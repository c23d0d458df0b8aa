"""Whether a visitor may create something, before any of it is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from attrs import frozen

from poec_workflow.commands import Command, CreateAction, CreateSession
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.decider import Refused
from poec_workflow.errors import Refusal
from poec_workflow.workflow import Workflow

_DAY = date(2000, 1, 1)
_OF_THE_ACTION = frozenset({"action-not-available"})
"""What refuses every session of an action, whatever is filled in."""


@frozen(kw_only=True)
class CreationOffer:
    """Whether something can be created.

    Attributes:
        stopped: why it can't, whatever is filled in.
    """

    stopped: Sequence[Refusal] = ()

    @property
    def permitted(self) -> bool:
        """Whether the visitor may at all."""
        return all(each.kind != "forbidden" for each in self.stopped)


def may_create_action(workflow: Workflow, visitor: Visitor) -> CreationOffer:
    """Whether a visitor may create a training action."""
    return _asked(workflow, visitor, CreateAction(action=uuid4().hex, title="", funder="", responsible="?"))


def may_create_session(workflow: Workflow, visitor: Visitor, action: str) -> CreationOffer:
    """Whether a visitor may create a session of an action."""
    return _asked(
        workflow,
        visitor,
        CreateSession(
            session=uuid4().hex,
            action=action,
            start=_DAY,
            end=_DAY,
            place="",
            responsible="?",
            positioner="?",
            trainer="?",
            capacity=1,
            coefficient=workflow.settings.coefficient_min,
            registration_deadline=_DAY,
            late_entry_deadline=_DAY,
        ),
    )


def _asked(workflow: Workflow, visitor: Visitor, command: Command) -> CreationOffer:
    answer = workflow.preview(command, visitor.actor)
    refusals = answer.refusals if isinstance(answer, Refused) else ()
    stops = (each for each in refusals if each.kind == "forbidden" or each.code in _OF_THE_ACTION)
    return CreationOffer(stopped=tuple(stops))

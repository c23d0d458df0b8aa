"""explain: for one application and one actor, say of each command whether it is allowed, or every reason why not.

It evaluates those rows and policies of `decide` that do not need the payload. The creating command is left out.
"""

from __future__ import annotations

from typing import Any, TypedDict

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.decider import in_force, no_transition, not_permitted, refusals_of
from poec_workflow.errors import Refusal
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycles
from poec_workflow.model import Subject
from poec_workflow.policies.access import permitted
from poec_workflow.policies.facts import Facts
from poec_workflow.remedies import RemediedRefusalDocument, Remedy, remedy_of, with_remedy


class ExplanationDocument(TypedDict):
    """One command, and whether it is allowed, as JSON."""

    command: str
    allowed: bool
    refusals: list[RemediedRefusalDocument]


@frozen
class Explanation:
    """One command, and whether it is allowed.

    Attributes:
        remedy: one change after which it would be allowed, if there is one.
    """

    command: type[Command]
    refusals: tuple[Refusal, ...] = ()
    remedy: Remedy | None = None

    @property
    def allowed(self) -> bool:
        """Whether no rule refuses it that can be evaluated without the payload."""
        return not self.refusals

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """`{"command", "allowed", "refusals"}`, each refusal with code, message, details, and the remedy if any."""
        document: ExplanationDocument = {
            "command": self.command.type,
            "allowed": self.allowed,
            "refusals": [with_remedy(each, self.remedy, lang) for each in self.refusals],
        }
        return {**document}


def explain(subject: Subject, facts: Facts, lifecycles: Lifecycles = LIFECYCLES) -> tuple[Explanation, ...]:
    """Every command of the subject's lifecycle but the creating one, in the table's order."""
    lifecycle = lifecycles[subject.subject_kind]
    return tuple(
        _explanation(subject, command, facts, lifecycles)
        for command in lifecycle.by_command
        if not lifecycle.creates(command)
    )


def _explanation(subject: Subject, command: type[Command], facts: Facts, lifecycles: Lifecycles) -> Explanation:
    refusals = _refusals(subject, command, facts, lifecycles)
    remedy = remedy_of(
        refusals,
        subject,
        facts,
        None,
        lambda own, _, changed: not _refusals(own, command, changed, lifecycles),
        lifecycles,
    )
    return Explanation(command, refusals, remedy)


def _refusals(subject: Subject, command: type[Command], facts: Facts, lifecycles: Lifecycles) -> tuple[Refusal, ...]:
    rows = lifecycles[subject.subject_kind].rows(subject.state, command)
    chosen = [row for row in rows if _may_be_chosen(row, subject, facts)]
    grants = facts.settings.permissions[command]
    may = [row for row in chosen if permitted(row.permit or grants, subject, facts, None)]
    if not (may or (not chosen and permitted(grants, subject, facts, None))):
        return (not_permitted(command.type, facts.actor),)
    if not rows:
        # The others stand beside it: which are possible is not said again of each that is not.
        return (no_transition(subject, command.type, lifecycles[subject.subject_kind]),)
    reasons = [_refusals_of(row, subject, facts) for row in may]
    if not all(reasons):
        return ()
    return tuple({refusal.code: refusal for row in reasons for refusal in row}.values())


def _may_be_chosen(row: AnyRule, subject: Subject, facts: Facts) -> bool:
    return all(each.holds(subject, facts, None) for each in row.given if each.payload_free)


def _refusals_of(row: AnyRule, subject: Subject, facts: Facts) -> tuple[Refusal, ...]:
    checks = (*row.refusal_checks, *facts.settings.checks.get(row.command, ()))
    refusals = refusals_of((each for each in checks if each.payload_free), subject, facts, None)
    return in_force(refusals, row.command, facts)

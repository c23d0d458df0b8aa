"""The commands of a subject, sorted as its page shows them: what the visitor can do first, the rest folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from poec_workflow.contrib.django.screens.command_panel import Offer, offers
from poec_workflow.contrib.django.screens.standing_values import STANDING, standing_values
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.diagrams.graph import actors
from poec_workflow.model import Subject
from poec_workflow.policies.settings import Settings
from poec_workflow.workflow import Workflow


@frozen(kw_only=True)
class SubjectPanel:
    """The commands of a subject.

    Attributes:
        by_name: each, by its name with `_` for `-`, as a template can say it.
        settings: say who may give them.
        lang: of the words.
    """

    by_name: Mapping[str, Offer]
    settings: Settings
    lang: str

    @property
    def manages(self) -> bool:
        """Whether any command is for the visitor; who only looks is shown what stands, and no forms and history [R]."""
        return any(each.permitted for each in self.by_name.values())

    @property
    def others(self) -> Sequence[Offer]:
        """What is not possible now, or not for the visitor: not what a page begins with."""
        return [each for each in self.by_name.values() if not is_at_hand(each)]

    def who_may(self, offer: Offer) -> str:
        """The kinds of actors that a command is for."""
        return ", ".join(actors(self.settings.permissions[offer.explained.command], self.lang))


def is_at_hand(offer: Offer) -> bool:
    """Whether a page shows a command openly: it can be given, or a rule alone is in its way."""
    return offer.allowed or offer.attempt is not None or (offer.permitted and offer.in_reach)


def subject_panel(workflow: Workflow, visitor: Visitor, subject: Subject, attempt: Attempt | None) -> SubjectPanel:
    """The commands of a subject; those that change what stands show it.

    Args:
        workflow: the workflow.
        visitor: who would give them.
        subject: whose.
        attempt: what was sent and not carried out.
    """
    own = (command for command in STANDING if command.subject_kind is subject.subject_kind)
    initial = {command: standing_values(command, subject, visitor.lang) for command in own}
    found = offers(workflow, visitor, subject, initial, attempt)
    return SubjectPanel(
        by_name={name.replace("-", "_"): each for name, each in found.items()},
        settings=workflow.settings,
        lang=visitor.lang,
    )

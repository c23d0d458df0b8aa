"""The commands of a subject as its page offers them: each with its form, or with why not."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from poec_workflow.commands import Command
from poec_workflow.contrib.django.screens.command_form import CommandForm, FormField, blank_form
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.explanation import Explanation
from poec_workflow.model import Subject
from poec_workflow.workflow import Workflow

Initial = Mapping[type[Command], Mapping[str, str]]
"""What stands in the fields of a command's form, by name."""


@frozen(kw_only=True)
class Offer:
    """One command of a subject, for its page.

    Attributes:
        explained: whether the visitor may give it, or why not.
        form: to give it with.
        attempt: what was sent and not carried out.
    """

    explained: Explanation
    form: CommandForm
    attempt: Attempt | None = None

    @property
    def type(self) -> str:
        """The command's name on the wire."""
        return self.explained.command.type

    @property
    def allowed(self) -> bool:
        """Whether it can be given, as far as shows before it is."""
        return self.explained.allowed

    @property
    def in_reach(self) -> bool:
        """Whether a rule alone is in its way: neither another's command, nor one that the state does not have."""
        return all(each.kind == "rule" for each in self.explained.refusals)

    @property
    def permitted(self) -> bool:
        """Whether the visitor's kind may give it at all."""
        return all(each.kind != "forbidden" for each in self.explained.refusals)


def offers(
    workflow: Workflow,
    visitor: Visitor,
    subject: Subject,
    initial: Initial | None = None,
    attempt: Attempt | None = None,
) -> Mapping[str, Offer]:
    """Every command of a subject's lifecycle but the creating one, by its name on the wire, in the table's order.

    Args:
        workflow: the workflow.
        visitor: who would give them.
        subject: as the page shows it.
        initial: what stands in the forms.
        attempt: what was sent and not carried out, whose form stands in the place of a new one.
    """
    found: dict[str, Offer] = {}
    for each in workflow.explain_subject(subject.subject_kind, subject.reference, visitor.actor):
        given = (initial or {}).get(each.command)
        form = blank_form(
            each.command, subject.reference, workflow.settings, visitor.lang, version=subject.version, initial=given
        )
        own = attempt if attempt is not None and attempt.form.command is each.command else None
        if own is not None:
            # What was typed stays; it is sent anew, to the subject as it is now.
            form = evolve(own.form, version=subject.version, key=form.key, fields=_kept(own.form, form))
        found[each.command.type] = Offer(explained=each, form=form, attempt=own)
    return found


def _kept(sent: CommandForm, new: CommandForm) -> tuple[FormField, ...]:
    """What was typed; where nothing was, what stands there now."""
    return tuple(
        stands if typed.untouched else evolve(typed, was=stands.was)
        for typed, stands in zip(sent.fields, new.fields, strict=True)
    )

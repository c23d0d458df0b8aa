"""What an application's row makes happen: what the application is afterwards, and who is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from attrs import evolve, frozen

from poec_workflow.commands import Command
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.dimensions import PRESCRIBER, ROLES, START, translations
from poec_workflow.explorer.evaluation import Evaluation
from poec_workflow.explorer.truth_tables import TruthTable
from poec_workflow.folding import evolve as folded
from poec_workflow.machines import AnyRule
from poec_workflow.messages import Message
from poec_workflow.model import Application
from poec_workflow.notices import Notices, told_sentence
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.facts import Facts

_ROLES = {**{name: role for role, name in ROLES.items()}, PRESCRIBER: "prescriber"}
"""What the case's organisations are called."""


@frozen
class ApplicationOutcome:
    """A row of an application, carried out in the sample case."""

    evaluation: Evaluation
    rule: AnyRule
    notices: Notices

    @property
    def tells(self) -> bool:
        """Whether anybody may be told."""
        return self.rule.event in self.notices.by_event

    def told(self) -> TruthTable:
        """Who is told when the command is carried out by the row: a sentence by language."""
        case, notices = self.evaluation.case, self.notices
        states = self.evaluation.sources() or (self.evaluation.lifecycle.initial,)
        chosen = case.defaults(states[0])
        event = self._event({name: options[chosen[name]].value for name, options in case.dimensions.items()})

        def tell(application: Application, facts: Facts, _command: Command) -> Sequence[Message]:
            return notices.of_application(event, application, facts.session)

        table = self.evaluation.table(tell, states, existing=True)
        # A message's id depends on the version, and who is told does not.
        reads = tuple(each for each in table.constant_reads if each != "Application.version")
        told = table.mapped(lambda messages: translations(partial(told_sentence, messages, roles=_ROLES)))
        return evolve(told, constant_reads=reads)

    def effect(self) -> dict[str, Any]:
        """What an acceptance by the row changes besides the state.

        Returns:
            `attempts`: their number afterwards, by their number before; `copies`: dimension ▸ the dimension that its
            value is copied from.
        """
        dimensions = self.evaluation.case.dimensions
        days = [name for name, options in dimensions.items() if isinstance(options[0].value, date)]
        dimension_of = {START + timedelta(days=number): name for number, name in enumerate(days)}
        values = {name: options[0].value for name, options in dimensions.items()}
        values |= {name: day for day, name in dimension_of.items()}
        values["state"] = next(iter(self.rule.source or ()), None)
        most = len(dimensions["attempts"]) - 1
        after = [self._accepted({**values, "attempts": count}, most) for count in range(most + 1)]
        sources = {name: dimension_of[day] for name, day in after[-1].items() if name != "attempts"}
        return {
            "attempts": [facts["attempts"] for facts in after],
            "copies": {name: source for name, source in sources.items() if source != name},
        }

    def _accepted(self, values: Mapping[str, Any], most: int) -> dict[str, Any]:
        """The application's history after the command, by dimension; at most so many convocations."""
        subject, _, _ = self.evaluation.materialized(values, existing=bool(values["state"]))
        return history_facts(folded(subject, self._event(values)), self.evaluation.case, most)

    def _event(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of the row
        """The event of the row in the case of some values."""
        subject, facts, command = self.evaluation.materialized(values, existing=bool(values["state"]))
        return self.rule.make_event(subject, command, facts.now)


def history_facts(application: Any, case: Case, most: int) -> dict[str, Any]:  # noqa: ANN401 - a subject
    """An application's registration and its last convocations, by dimension."""
    zone, shown = case.settings.zone, application.convocations[::-1][:most]
    facts = {"registered": local_day(application.registered_at, zone), "attempts": len(shown)}
    for place, convocation in enumerate(shown, start=1):
        facts[f"convoked.{place}"] = convocation.on
        facts[f"entered.{place}"] = local_day(convocation.entered_at, zone)
    return facts

"""What a row of a session or an action makes happen: the subject afterwards, what follows, and who is told.

`decide` itself carries the row out, without its refusals. What its answer depends on can't be traced, for folding an
event reads all of a subject: the case names the dimensions, and answers in which all vary confirm them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, cast

from attrs import evolve, frozen

from poec_workflow import locales
from poec_workflow.decider import Accepted, decide
from poec_workflow.explorer.case import index_of
from poec_workflow.explorer.decided_case import DecidedCase
from poec_workflow.explorer.dimensions import PRESCRIBER, translations, words
from poec_workflow.explorer.evaluation import Evaluation
from poec_workflow.explorer.tracing import Assignment
from poec_workflow.explorer.truth_tables import NotTabulated, TruthTable, tabulate, without_idle_inputs
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycle
from poec_workflow.model import Application, TrainingSession
from poec_workflow.notices import Notices, organization_roles, told_sentence
from poec_workflow.policies.facts import Facts

_SAMPLES = 60
_Answered = tuple[Mapping[str, Any], Accepted, Facts]
_Read = Callable[[Mapping[str, Any], Accepted, Facts], Any]


@frozen(slots=False)
class DecidedOutcome:
    """A row, carried out in the sample case by `decide`."""

    evaluation: Evaluation
    rule: AnyRule
    notices: Notices

    @property
    def _case(self) -> DecidedCase:
        return cast("DecidedCase", self.evaluation.case)

    @property
    def tells(self) -> bool:
        """Whether anybody may be told."""
        return self.rule.event in self.notices.by_event or self.cascades

    @property
    def cascades(self) -> bool:
        """Whether the row may give other commands."""
        return self.rule.first is not None or self.rule.then is not None

    def effect(self) -> tuple[Mapping[str, str], list[str]]:
        """What an acceptance changes besides the state.

        Returns:
            Dimension ▸ the dimension that its value is copied from, where that has one; and the dimensions of which
            `after` makes a table.
        """
        copies: dict[str, str] = {}
        computed: list[str] = []
        for name in (*self._case.counts, *self._case.own):
            if self._stays(name):
                continue
            source = next((each for each in self._case.payload(self.rule.command) if self._copies(name, each)), None)
            if source:
                copies[name] = source
            else:
                computed.append(name)
        return copies, computed

    def after(self, name: str) -> TruthTable:
        """The option that a dimension has afterwards."""
        return self._table(self._case.mixers.get(name, ()), self._option_after(name))

    def told(self) -> TruthTable:
        """Who is told: a sentence by language."""
        return self._table(self._case.tellers, self._told)

    def follows(self) -> TruthTable:
        """What happens to applications: a sentence by language."""
        return self._table(self._case.followers, _followed)

    def _told(self, _values: Mapping[str, Any], answer: Accepted, facts: Facts) -> Mapping[str, str]:
        session = answer.subject if isinstance(answer.subject, TrainingSession) else None
        roles = {**organization_roles(session=session), PRESCRIBER: "prescriber"}
        messages = self.notices.told(answer, facts).notices
        return translations(lambda lang: told_sentence(messages, lang, roles=roles))

    def _option_after(self, name: str) -> _Read:
        return lambda values, answer, _: index_of(
            self._case.dimensions[name], self._case.facts_after(values, answer)[name]
        )

    def _stays(self, name: str) -> bool:
        return self.rule.source is not None and all(
            self._case.facts_after(values, answer)[name] == values[name] for values, answer, _ in self._answered
        )

    def _copies(self, name: str, source: str) -> bool:
        """Whether a dimension gets the value of another one, or stays where that is None."""
        known = [each.value for each in self._case.dimensions[name]]
        others = [each.value for each in self._case.dimensions[source]]
        return others in (known, [*known, None]) and all(
            self._case.facts_after(values, answer)[name] == (values[name] if values[source] is None else values[source])
            for values, answer, _ in self._answered
        )

    # Carrying the row out

    @cached_property
    def _lifecycle(self) -> Lifecycle:
        """The table in which nothing refuses the row."""
        freed = evolve(self.rule, unless=(), permit=())
        known = self.evaluation.lifecycle
        return evolve(known, rules=tuple(freed if each is self.rule else each for each in known.rules))

    @cached_property
    def _permitting(self) -> Evaluation:
        return evolve(self.evaluation, case=self._case.standard.permitting_all(self.rule.command))

    def _answer(self, values: Mapping[str, Any]) -> tuple[Accepted, Facts] | None:
        """The acceptance by the row, and its facts; None where the row is not the one chosen."""
        existing = self.rule.source is not None
        subject, facts, command = self._permitting.materialized(values, existing=existing)
        answer = decide(subject, command, facts, {**LIFECYCLES, self._lifecycle.kind: self._lifecycle})
        if isinstance(answer, Accepted) and answer.change.rule == self.rule.id:
            return answer, facts
        return None

    @cached_property
    def _answered(self) -> list[_Answered]:
        """Acceptances in which all dimensions vary, drawn the same each time."""
        drawn = islice(self._drawn(random.Random(self.rule.id)), _SAMPLES)  # noqa: S311
        return [(values, *given) for values in drawn if (given := self._answer(values)) is not None]

    def _drawn(self, draw: random.Random) -> Iterator[Mapping[str, Any]]:
        dimensions = self._case.dimensions
        while True:
            values = {name: draw.choice(options).value for name, options in dimensions.items()}
            values["state"] = draw.choice(self.rule.source or self.evaluation.lifecycle.states)
            if self._case.possible(values):
                yield values

    def _table(self, inputs: tuple[str, ...], read: _Read) -> TruthTable:
        """The table of what is read from an acceptance; None where there is none.

        Raises:
            NotTabulated: other dimensions than the inputs decide it, as where a service's own row reads them.
        """

        def result(assignment: Assignment) -> Any:  # noqa: ANN401
            for name in inputs:
                assignment[name]
            given = self._answer(assignment.values)
            return None if given is None else read(assignment.values, *given)

        state = (self.rule.source or (self.evaluation.lifecycle.initial,))[0]
        defaults = self._case.defaults(state)
        full = tabulate(result, self._case.dimensions, defaults, self._case.possible)
        table = without_idle_inputs(full, self._case.dimensions)
        for values, answer, facts in self._answered:
            if table.at(values, self._case.dimensions) != read(values, answer, facts):
                raise NotTabulated(())
        return table


def _followed(_values: Mapping[str, Any], answer: Accepted, _facts: Facts) -> Mapping[str, str] | None:
    """How many applications get which state."""
    states = Counter(each.subject.state for each in answer.consequences if isinstance(each.subject, Application))
    if not states:
        return None

    def sentence(lang: str) -> str:
        forms = words(lang)["follows"]
        return " ".join(
            forms["one" if count == 1 else "many"].format(count=count, state=locales.state(state, lang))
            for state, count in states.items()
        )

    return translations(sentence)

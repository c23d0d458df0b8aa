"""What the page asks of Python: each permission, condition, policy and advisory, over the situations of its command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from poec_workflow import locales
from poec_workflow.commands import Command
from poec_workflow.errors import Advisory, Details, Refusal, plain
from poec_workflow.explorer.dimensions import END, FIRST_DAY, START, USUAL_HOURS, Dimensions, Option
from poec_workflow.explorer.sample_case import World
from poec_workflow.explorer.tracing import Situation, solid
from poec_workflow.explorer.truth_tables import Table, TooMuch, tabulate
from poec_workflow.machines import Lifecycle
from poec_workflow.model import ActionState, Application, ApplicationState, State
from poec_workflow.policies.access import permitted
from poec_workflow.policies.check import Check
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import Condition

Says = Mapping[str, str]
"""A sentence by language."""

CONVOKED = (ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT)
"""The states in which there is a convocation."""


def said(make: Callable[[str], str]) -> Says:
    """A sentence in every language."""
    return {lang: make(lang) for lang in locales.LANGUAGES}


@frozen
class Questions:
    """The questions of one command.

    Attributes:
        lifecycle: whose command it is.
        world: what situations are made into.
        command: the command.
    """

    lifecycle: Lifecycle
    world: World
    command: type[Command]

    @property
    def creates(self) -> bool:
        """Whether there is no application yet."""
        return self.lifecycle.creates(self.command)

    def around(self, situation: Situation) -> tuple[Application | None, Facts, Command]:
        """What a policy is asked with."""
        return (
            None if self.creates else self.world.subject(situation),
            self.world.facts(situation, existing=not self.creates),
            self.world.command(self.command, situation),
        )

    def permission(self) -> Table:
        """Whether the actor may not: None where they may."""

        def ask(*around: Any) -> bool | None:  # noqa: ANN401 - a subject, facts and a command
            subject, facts, command = around
            grants = facts.settings.permissions[self.command]
            return None if permitted(grants, subject, facts, command) else True

        return self._table(ask, self.lifecycle.states)

    def condition(self, condition: Condition[Any, Any]) -> Table:
        """Whether the condition's test is true: None where it is not."""

        def ask(*around: Any) -> bool | None:  # noqa: ANN401
            return bool(condition.test(*around)) or None

        return self._table(ask, self._sources())

    def check(self, check: Check, *, advises: bool = False) -> Table:
        """What a policy says: its sentence, or None."""

        def ask(*around: Any) -> Details | None:  # noqa: ANN401
            return check.ask(*around)

        own = check in self.world.settings.checks.get(self.command, ())
        table = self._table(ask, self._sources(), again=own)
        return table.mapped(lambda details: said(_sentence(check, details, advises=advises)))

    def _sources(self) -> tuple[State, ...]:
        return (
            tuple(state for state in self.lifecycle.states if self.lifecycle.rows(state, self.command))
            or self.lifecycle.states
        )

    def _table(self, ask: Callable[..., Any], states: tuple[State, ...], *, again: bool = True) -> Table:
        """The table of a question; `again` asks it of real values too, for a service's own may see the difference."""

        def answer(situation: Situation) -> Any:  # noqa: ANN401
            found = ask(*self.around(situation))
            if again and found != ask(*map(solid, self.around(Situation(situation.options)))):
                raise TooMuch(())
            return found

        def possible(options: Mapping[str, Any]) -> bool:
            state = options["state"]
            return state in states and (options["attempts"] > 0 or state not in CONVOKED)

        return tabulate(answer, self.world.dimensions, usual(self.world.dimensions, states[0]), possible)


def _sentence(check: Check, details: Details, *, advises: bool) -> Callable[[str], str]:
    if advises:
        return Advisory(check.code, {name: plain(value) for name, value in details.items()}).message
    return Refusal(check.code, details, check.templates).message


def usual(dimensions: Dimensions, state: State) -> dict[str, int]:
    """The option of each dimension as long as nothing says that it matters."""
    chosen = {name: _place(options, _usual_value(name)) for name, options in dimensions.items()}
    return {**chosen, "state": _place(dimensions["state"], state), "attempts": 1}


def _usual_value(dimension: str) -> object:
    values: dict[str, object] = {"entry": START, "exit": END, "action": ActionState.PUBLISHED, "hours": USUAL_HOURS}
    values.update(dict.fromkeys(("today", "registered", "on", "convoked", "entered"), FIRST_DAY))
    return values.get(dimension.partition(".")[0])


def _place(options: Sequence[Option], value: object) -> int:
    """Where a value stands among the options; the first place where it does not."""
    return next((place for place, option in enumerate(options) if option.value == value), 0)

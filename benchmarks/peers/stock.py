"""`transitions`: bare, and with the conditions of the package's own table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from transitions import Machine

from benchmarks.cases import Case
from benchmarks.peers import ThereAndBack
from benchmarks.ratios import Work
from poec_workflow.machines import APPLICATION
from poec_workflow.policies.facts import Facts

NOTHING = "nothing"
"""The state of a subject that does not exist yet."""


class _Plain:
    state = "pending"


def stock() -> ThereAndBack:
    """`transitions`, as it comes, but without the triggers that it would add by itself."""
    model: Any = _Plain()
    machine = Machine(model, states=["pending", "convoked"], initial="pending", auto_transitions=False)
    machine.add_transition("convoke", "pending", "convoked")
    machine.add_transition("again", "convoked", "pending")
    known: ThereAndBack = model
    return known


class _WithSubject:
    """The model of `transitions` with conditions: what is decided on stands on it."""

    state: str
    subject: object


def with_conditions(cases: Sequence[Case], times: int) -> Work:
    """Stock triggers of the package's own table, with every condition and policy of a row as a condition of theirs."""
    model: Any = _WithSubject()
    machine = Machine(
        model, states=[NOTHING, *(each.value for each in APPLICATION.states)], initial=NOTHING, auto_transitions=False
    )
    for rule in APPLICATION.steps:
        for source, target in rule.targets.items():
            machine.add_transition(
                rule.command.type,
                NOTHING if source is None else source.value,
                target.value,
                conditions=[_holds(model, each.holds) for each in rule.given],
                unless=[_refuses(model, check.policy, check.payload_free) for check in rule.refusal_checks],
            )
    known = [
        (NOTHING if each.application is None else each.application.state.value, each, each.facts()) for each in cases
    ]

    def work() -> None:
        for _ in range(times // len(known)):
            for state, each, facts in known:
                model.state, model.subject = state, each.application
                model.trigger(each.command.type, facts, each.command)

    for state, each, facts in known:
        model.state, model.subject = state, each.application
        if not model.trigger(each.command.type, facts, each.command):
            raise SystemExit(f"transitions refuses {each.command.type}")
    return work


def _holds(model: _WithSubject, holds: Callable[..., bool]) -> Callable[[Facts, object], bool]:
    return lambda facts, command: holds(model.subject, facts, command)


def _refuses(model: _WithSubject, policy: Callable[..., object], payload_free: bool) -> Callable[[Facts, object], bool]:  # noqa: FBT001
    if payload_free:
        return lambda facts, _command: policy(model.subject, facts) is not None
    return lambda facts, command: policy(model.subject, facts, command) is not None

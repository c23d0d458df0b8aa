"""Commands to a world, drawn from what its tables have in their states now, with fields that are mostly accepted.

The simplest choice everywhere is the shortest way to a retained candidate, so that what fails shrinks towards it.
A *stray* is the contrary: any command to anybody by anybody, with fields about the limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from poec_workflow.commands import COMMANDS, Command, Request
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import (
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.testing.scenario import Step, Sweep
from poec_workflow.testing.strategies import application_commands, session_commands
from poec_workflow.testing.strategies.actor_choice import actors_for
from poec_workflow.testing.strategies.drafts import Draft
from poec_workflow.testing.strategies.known_subjects import World
from poec_workflow.testing.strategies.weights import WEIGHTS, choices_in, weights_in

LETTERS = {SubjectKind.ACTION: "A", SubjectKind.SESSION: "S", SubjectKind.APPLICATION: "C"}
_Under = (TrainingAction, TrainingSession)
_MAKERS = {**application_commands.MAKERS, **session_commands.MAKERS}


@st.composite
def proposals(draw: st.DrawFn, world: World) -> Request:
    """A command that the tables have now, by somebody who may, mostly accepted."""
    choices = choices_in(world, ripe=True)
    kinds = [kind for kind, weight in weights_in(world, choices) if choices.get(kind) for _ in range(weight)]
    kind = draw(st.sampled_from(kinds))
    # Of the oldest: going on with few comes deeper than a little with many.
    subject = draw(st.sampled_from(choices[kind][:2]))
    return _request(draw, world, kind, subject)


@st.composite
def limits(draw: st.DrawFn, world: World) -> Request:
    """A command that the tables have now, by somebody who may, with something in its way: the world, or a field."""
    ripe = choices_in(world, ripe=True)
    unripe = {
        kind: [each for each in subjects if each not in ripe.get(kind, ())]
        for kind, subjects in choices_in(world, ripe=False).items()
    }
    by_world = any(unripe.values()) and draw(st.booleans())
    choices = unripe if by_world else ripe
    # What stands in the way of the world is rare each; fields are tried as often as their commands are.
    weights = [(each, 1) for each in WEIGHTS] if by_world else WEIGHTS.items()
    kind = draw(st.sampled_from([each for each, weight in weights for _ in range(weight) if choices.get(each)]))
    return _request(draw, world, kind, draw(st.sampled_from(choices[kind])), wild=not by_world)


@st.composite
def strays(draw: st.DrawFn, world: World) -> Request:
    """Any command to any subject by anybody, with fields about the limits; mostly to one that is there."""
    kinds = list(COMMANDS.values())
    there = [each for each in kinds if world.of(each.kind)]
    kind = draw(st.sampled_from(there * 6 + kinds))
    lifecycle = LIFECYCLES[kind.kind]
    known = world.of(kind.kind)
    if lifecycle.creates(kind):
        known = [*(world.of(lifecycle.parent) * 3 if lifecycle.parent else [None]), *known]
    return _request(draw, world, kind, draw(st.sampled_from([*known * 4, None])), wild=True, astray=True)


@st.composite
def requests_to(draw: st.DrawFn, world: World, keyed: Sequence[Request] = ()) -> Request:
    """A line of a journal: mostly a proposal, now or later; else at a limit, astray, or what was sent with a key."""
    later = world.at(draw(_waits(world)))
    kind = draw(st.sampled_from(["proposal"] * 12 + ["limit"] * 6 + ["stray"] * 3 + ["again"] * bool(keyed)))
    if kind == "again":
        return evolve(draw(st.sampled_from(keyed)), at=later.now)
    return draw({"proposal": proposals, "limit": limits, "stray": strays}[kind](later))


@st.composite
def steps(draw: st.DrawFn, world: World, keyed: Sequence[Request] = ()) -> Step:
    """What comes next in a trial: a line of a journal, or, now and then, a sweep."""
    if draw(st.sampled_from([False] * 14 + [True])):
        edges = sorted({each for each in world.edges() if each > world.now})
        return Sweep(draw(st.sampled_from([world.now, *edges])))
    return draw(requests_to(world, keyed))


def _waits(world: World) -> st.SearchStrategy[datetime]:
    """Now, mostly; or the next day, or where something begins or ends."""
    later = [world.now + timedelta(days=days) for days in (1, 7)]
    edges = sorted({each for each in world.edges() if each > world.now})
    return st.sampled_from([world.now] * 7 * (len(later) + len(edges)) + later + edges)


def _request(
    draw: st.DrawFn,
    world: World,
    kind: type[Command],
    subject: Any,  # noqa: ANN401 - any subject
    *,
    wild: bool = False,
    astray: bool = False,
) -> Request:
    """A command of a type to a subject: with bad fields too if it is wild, by anybody if it is astray."""
    draft = Draft(draw, world, subject, wild=wild)
    command, at = _MAKERS[kind](draft, _reference(world, kind, subject))
    later = world.at(max(at, world.now))
    allowed = actors_for(later, command, astray=astray)
    version = subject.version if subject else 0
    return Request(
        command=command,
        actor=draw(st.sampled_from(allowed)),
        key=draft.pick(*[None] * 4, f"k-{command.reference}-{version}"),
        expected_version=draft.pick(*[None] * 7, version, bad=(version + 1,)),
        at=later.now,
    )


def _reference(world: World, kind: type[Command], subject: Any) -> str:  # noqa: ANN401 - any subject
    """The subject's; for a creation, and for a stray to nobody, the next that is free."""
    if subject is not None and not (LIFECYCLES[kind.kind].creates(kind) and isinstance(subject, _Under)):
        reference: str = subject.reference
        return reference
    return f"{LETTERS[kind.kind]}-{len(world.of(kind.kind)) + 1}"

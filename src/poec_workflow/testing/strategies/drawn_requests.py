"""Commands drawn from what the tables have in the states so far, with fields that are mostly accepted.

The simplest choice everywhere is the shortest way to a retained candidate, so that what fails shrinks towards it.
A *stray* is the contrary: any command to anybody by anybody, with fields about the limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from poec_workflow.commands import Command, Request
from poec_workflow.model import SubjectKind, TrainingAction, TrainingSession
from poec_workflow.testing.scenario import Step, Sweep
from poec_workflow.testing.strategies.actor_choice import actors_for
from poec_workflow.testing.strategies.choice import Choose, drawn_by
from poec_workflow.testing.strategies.drawing_context import DAY, DrawingContext
from poec_workflow.testing.strategies.drawn_fields import FALLIBLE, FIELDS, Draft
from poec_workflow.testing.strategies.weights import choices_in, weights_in

LETTERS = {SubjectKind.ACTION: "A", SubjectKind.SESSION: "S", SubjectKind.APPLICATION: "C"}
_Under = (TrainingAction, TrainingSession)
_ZONES: tuple[tzinfo | None, ...] = (*[None] * 5, UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-11)))
"""The offsets that instants are written with; None leaves them as they are."""


@st.composite
def proposals(draw: st.DrawFn, world: DrawingContext) -> Request:
    """A command that the tables have now, by somebody who may, mostly accepted."""
    return proposal(drawn_by(draw), world)


@st.composite
def strays(draw: st.DrawFn, world: DrawingContext) -> Request:
    """Any command to any subject by anybody, with fields about the limits; mostly to one that is there."""
    return _stray(drawn_by(draw), world)


@st.composite
def requests_to(draw: st.DrawFn, world: DrawingContext, keyed: Sequence[Request] = ()) -> Request:
    """A line of a journal: mostly a proposal, now or later; else at a limit, astray, or what was sent with a key."""
    return _request_to(drawn_by(draw), world, keyed)


@st.composite
def steps(draw: st.DrawFn, world: DrawingContext, keyed: Sequence[Request] = ()) -> Step:
    """What comes next in a scenario: a line of a journal, or, now and then, a sweep."""
    return next_step(drawn_by(draw), world, keyed)


@st.composite
def requests_of(
    draw: st.DrawFn, worlds: Sequence[DrawingContext], kind: type[Command]
) -> tuple[DrawingContext, Request]:
    """A command of one type, and the world that it comes upon: mostly one that has it, else at a limit, or astray."""
    choose = drawn_by(draw)
    aim = choose(["proposal"] * 6 + ["limit"] * 4 + ["stray"])
    world, subject, fits = _place_of(choose, worlds, kind, at_limit=aim == "limit")
    wild = aim != "proposal" or not fits
    request = _request(choose, world, kind, subject, wild=wild and kind in FALLIBLE, astray=aim == "stray" or not fits)
    at = _written(choose, request.at or world.now)
    return world.at(at), evolve(request, at=at)


@st.composite
def proposals_of(draw: st.DrawFn, world: DrawingContext, kind: type[Command]) -> Request | None:
    """A command of one type that the tables have now, by somebody who may; None where there is none."""
    return proposal_of(drawn_by(draw), world, kind)


def next_step(choose: Choose, world: DrawingContext, keyed: Sequence[Request] = ()) -> Step:
    """Return what comes next in a scenario."""
    if choose([False] * 14 + [True]):
        return Sweep(_written(choose, choose([world.now] * 4 + _deadlines(world))))
    return _request_to(choose, world, keyed)


def proposal(choose: Choose, world: DrawingContext) -> Request:
    """Return a command that the tables have now."""
    choices, _ = choices_in(world)
    kinds = [kind for kind, weight in weights_in(world, choices) if choices.get(kind) for _ in range(weight)]
    kind = choose(kinds)
    # Of the oldest: going on with few comes deeper than a little with many.
    subject = choose(choices[kind][:2])
    return _request(choose, world, kind, subject)


def proposal_of(choose: Choose, world: DrawingContext, kind: type[Command]) -> Request | None:
    """Return a command of one type that the tables have now; None where there is none."""
    choices, _ = choices_in(world)
    return _request(choose, world, kind, choices[kind][0]) if choices.get(kind) else None


def _limit(choose: Choose, world: DrawingContext) -> Request:
    """A command that the tables have now, by somebody who may, with something in its way: the world, or a field."""
    ready, barred = choices_in(world)
    by_field: list[list[tuple[type[Command], Any]]] = [
        [(kind, each) for each in ready[kind]] for kind in FALLIBLE if ready.get(kind)
    ]
    # What is asked of applications more often: what a session is asked for may end them all.
    often = [each for each in by_field if each[0][0].subject_kind is SubjectKind.APPLICATION]
    chosen = choose([*often * 4, *by_field, *(barred[code] for code in sorted(barred))])
    kind, subject = choose(chosen)
    return _request(choose, world, kind, subject, wild=chosen in by_field)


def _stray(choose: Choose, world: DrawingContext) -> Request:
    kinds = [kind for lifecycle in world.lifecycles.values() for kind in lifecycle.step_commands]
    there = [each for each in kinds if world.snapshot.of_kind(each.subject_kind)]
    kind = choose(there * 6 + kinds)
    lifecycle = world.lifecycles[kind.subject_kind]
    known = world.snapshot.of_kind(kind.subject_kind)
    if lifecycle.creates(kind):
        known = [*(world.snapshot.of_kind(lifecycle.parent) * 3 if lifecycle.parent else [None]), *known]
    return _request(choose, world, kind, choose([*known * 8, None]), wild=True, astray=True)


def _place_of(
    choose: Choose, worlds: Sequence[DrawingContext], kind: type[Command], *, at_limit: bool
) -> tuple[DrawingContext, Any, bool]:
    """Return the latest world in which a command can be given, its subject there, and True; else any of both."""
    for world in reversed(worlds):
        ready, barred = choices_in(world)
        # A limit of the world's bars it, or a field may be bad.
        subjects = [each for some in barred.values() for command, each in some if command is kind] if at_limit else []
        if at_limit and kind in FALLIBLE:
            subjects += ready.get(kind, [])
        if subjects or (not at_limit and ready.get(kind)):
            return world, choose(subjects or ready[kind]), True
    known = worlds[-1].snapshot.of_kind(kind.subject_kind)
    return worlds[-1], choose([*known * 8, None]), False


def _request_to(choose: Choose, world: DrawingContext, keyed: Sequence[Request]) -> Request:
    later = world.at(choose(_instants(world)))
    kind = choose(["proposal"] * 15 + ["limit"] * 8 + ["stray"] * 2 + ["again"] * bool(keyed))
    if kind == "again":
        return evolve(choose(keyed), at=later.now)
    request = {"proposal": proposal, "limit": _limit, "stray": _stray}[kind](choose, later)
    return evolve(request, at=_written(choose, request.at or later.now))


def _instants(world: DrawingContext) -> list[datetime]:
    """Now, mostly; or later: about midnight, the next days, or where a deadline passes."""
    midnights = [world.later(world.today, time(23, 30)), world.later(world.today + DAY, time(0, 30))]
    soon = [*midnights, world.now + DAY, world.now + 3 * DAY, world.now + 7 * DAY]
    later = [*soon, *soon, *_deadlines(world)]
    return [world.now] * 9 * len(later) + later


def _deadlines(world: DrawingContext) -> list[datetime]:
    """List the instants about the nearest two deadlines: past later ones little is left open."""
    return sorted({*world.edges()})[:4]


def _written(choose: Choose, instant: datetime) -> datetime:
    """The same instant, written with any offset: no rule may depend on it."""
    zone = choose(_ZONES)
    return instant.astimezone(zone) if zone else instant


def _request(
    choose: Choose,
    world: DrawingContext,
    kind: type[Command],
    subject: Any,  # noqa: ANN401 - any subject
    *,
    wild: bool = False,
    astray: bool = False,
) -> Request:
    """A command of a type to a subject: with bad fields too if it is wild, by anybody if it is astray."""
    draft = Draft(choose, world, subject, wild=wild)
    make: Any = kind
    command = make(_reference(world, kind, subject), **(FIELDS[kind](draft) if kind in FIELDS else {}))
    later = world.at(draft.instant_of(command))
    version = subject.version if subject and subject.reference == command.reference else 0
    return Request(
        command=command,
        actor=choose(actors_for(later, command, astray=astray)),
        key=draft.pick(*[None] * 4, f"k-{command.reference}-{version}"),
        expected_version=draft.pick(*[None] * 7, version, bad=(version + 1,) * astray),
        at=later.now,
    )


def _reference(world: DrawingContext, kind: type[Command], subject: Any) -> str:  # noqa: ANN401 - any subject
    """The subject's; for a creation, and for a stray to nobody, the next that is free."""
    if subject is not None and not (world.lifecycles[kind.subject_kind].creates(kind) and isinstance(subject, _Under)):
        reference: str = subject.reference
        return reference
    return f"{LETTERS[kind.subject_kind]}-{len(world.snapshot.of_kind(kind.subject_kind)) + 1}"

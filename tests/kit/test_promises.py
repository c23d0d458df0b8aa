"""Each promise is a promise: a step that contradicts it is told, and only what contradicts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from attrs import evolve
from test_machine import LATE, NOON, founded

from own_rules import BACK
from poec_workflow import (
    Accepted,
    Actor,
    ActorKind,
    Advisory,
    Refusal,
    Refused,
    Request,
    Settings,
    SubjectKind,
    commands,
)
from poec_workflow.commands import Command
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import ApplicationState, Tally
from poec_workflow.notices import NONE
from poec_workflow.testing import LifecycleMachine, reference
from poec_workflow.testing.contracts.fixtures import PLATFORM, TRAINER, opening, registering, retaining
from poec_workflow.testing.reference import ObservedStep, Snapshot
from poec_workflow.testing.scenario import Scenario, Sweep

APPLICATION, SESSION = (SubjectKind.APPLICATION, "C-1"), (SubjectKind.SESSION, "S-1")


def step(
    *asked: Command,
    actor: Actor = TRAINER,
    settings: Settings | None = None,
    sweep: bool = False,
    lifecycles: Lifecycles = LIFECYCLES,
) -> ObservedStep:
    """The last step of a scenario: the latest of these commands, or a sweep after them."""
    seen: list[ObservedStep] = []

    def see(each: ObservedStep) -> tuple[str, ...]:
        seen.append(each)
        return ()

    class Watched(LifecycleMachine):
        promises = (*LifecycleMachine.promises, see)

    Watched.settings = settings or Settings()
    Watched.lifecycles = lifecycles
    with Scenario(Watched.scenario_setup()) as scenario:
        *before, last = founded(*asked)
        scenario.play(before)
        scenario.play([evolve(last, actor=actor) if asked else last])
        if sweep:
            scenario.play([Sweep(LATE)])
    return seen[-1]


def stored(snapshot: Snapshot, where: Any, **changes: Any) -> Snapshot:
    """The snapshot with one subject that is different."""
    return evolve(snapshot, subjects={**snapshot.subjects, where: evolve(snapshot.subjects[where], **changes)})


def attended(each: ObservedStep) -> Any:
    """The convocations of the application after a step."""
    return each.after.subjects[APPLICATION].convocations  # type: ignore[union-attr]


def lost(snapshot: Snapshot, where: Any) -> Snapshot:
    """The snapshot without one subject."""
    return evolve(snapshot, subjects={each: one for each, one in snapshot.subjects.items() if each != where})


CONVOKED, RETAINED = step(*retaining(1)[:1]), step(*retaining(1))
ABSENT = step(retaining(1)[0], commands.RecordAbsence("C-1", notified=True))
REFUSED = step(retaining(1)[0], commands.RecordAbsence("C-9", notified=True))
CANCELLED = step(commands.CancelSession("S-1", reason="…"), actor=PLATFORM)
SWEPT = step(sweep=True)
TAKEN = step(*retaining(1), commands.Withdraw("C-1", reason="found-employment"), actor=PLATFORM, lifecycles=BACK)
UNUSUAL = step(*retaining(1)[:2], evolve(cast("Any", retaining(1)[2]), weekly_hours=Decimal(40)))
GONE = evolve(RETAINED, before=RETAINED.after)
OVERFULL = evolve(RETAINED, after=stored(RETAINED.after, SESSION, capacity=0))
OVERDRAWN = evolve(step(), after=stored(step().after, SESSION, coefficient=0))
ENTRY_TAKEN = TAKEN.after.histories[APPLICATION][-1]
ENTRY = CONVOKED.after.histories[APPLICATION][-1]


def histories(each: ObservedStep, *entries: Any) -> ObservedStep:
    return evolve(each, after=evolve(each.after, histories={**each.after.histories, APPLICATION: entries}))


CONTRADICTED: dict[str, tuple[ObservedStep, ...]] = {
    "final-is-final": (
        evolve(GONE, after=stored(GONE.after, APPLICATION, state=ApplicationState.PENDING)),
        evolve(GONE, after=lost(GONE.after, APPLICATION)),
    ),
    "refused-means-unchanged": (
        evolve(REFUSED, after=stored(REFUSED.after, SESSION, place="Agen")),
        evolve(REFUSED, after=evolve(REFUSED.after, tallies={"S-1": Tally()})),
        evolve(REFUSED, sent=CONVOKED.sent),
    ),
    "each-refusal-is-due": (
        evolve(CONVOKED, answer=Refused((Refusal("convocation-limit-reached"),))),
        evolve(REFUSED, answer=CONVOKED.answer),
        evolve(REFUSED, answer=Refused((Refusal("no-seat-left"),))),
    ),
    "each-advisory-is-due": (
        evolve(RETAINED, answer=evolve(cast("Accepted", RETAINED.answer), advisories=(Advisory("every-seat-given"),))),
        evolve(TAKEN, answer=evolve(cast("Accepted", TAKEN.answer), advisories=(Advisory("quota-below-registered"),))),
        evolve(UNUSUAL, answer=evolve(cast("Accepted", UNUSUAL.answer), advisories=())),
    ),
    "each-outcome-is-due": (
        evolve(CONVOKED, after=lost(CONVOKED.after, APPLICATION)),
        evolve(CONVOKED, after=stored(CONVOKED.after, APPLICATION, state=ApplicationState.ABSENT)),
        evolve(CONVOKED, after=stored(CONVOKED.after, APPLICATION, convocations=())),
        evolve(RETAINED, after=stored(RETAINED.after, APPLICATION, weekly_hours=None)),
        evolve(ABSENT, after=stored(ABSENT.after, APPLICATION, convocations=attended(CONVOKED))),
    ),
    "endings-reach-all": (
        evolve(CANCELLED, after=stored(CANCELLED.after, APPLICATION, state=ApplicationState.NO_ADVICE)),
        evolve(CANCELLED, after=stored(CANCELLED.after, APPLICATION, state=ApplicationState.PENDING)),
    ),
    "closed-sessions-hold-nobody": (
        evolve(CANCELLED, after=stored(CANCELLED.after, APPLICATION, state=ApplicationState.PENDING)),
    ),
    "quota-and-seats-hold": (OVERFULL, OVERDRAWN),
    "a-sweep-expires-the-overdue": (
        evolve(SWEPT, after=stored(SWEPT.after, APPLICATION, state=ApplicationState.PENDING)),
        evolve(SWEPT, swept=()),
    ),
    "versions-grow-by-one": (
        evolve(CONVOKED, after=stored(CONVOKED.after, APPLICATION, version=7)),
        evolve(CONVOKED, after=lost(CONVOKED.after, APPLICATION)),
    ),
    "history-folds-to-the-state": (
        histories(CONVOKED, ENTRY),
        histories(CONVOKED, evolve(CONVOKED.after.histories[APPLICATION][0], rule="L2"), ENTRY),
        evolve(CONVOKED, after=stored(CONVOKED.after, APPLICATION, comment="…")),
    ),
    "entries-say-who-and-when": (
        evolve(CONVOKED, now=CONVOKED.now + timedelta(seconds=1)),
        histories(CONVOKED, CONVOKED.after.histories[APPLICATION][0], evolve(ENTRY, actor=PLATFORM)),
        histories(CONVOKED, CONVOKED.after.histories[APPLICATION][0], evolve(ENTRY, from_state=None)),
    ),
    "events-take-effect-when-due": (
        evolve(CONVOKED, now=CONVOKED.now + timedelta(seconds=1)),
        histories(
            SWEPT,
            *SWEPT.after.histories[APPLICATION][:-1],
            evolve(
                SWEPT.after.histories[APPLICATION][-1],
                event=evolve(SWEPT.after.histories[APPLICATION][-1].event, effective_at=LATE),
            ),
        ),
    ),
    "own-rows-are-permitted": (evolve(TAKEN, request=evolve(cast("Request", TAKEN.request), actor=TRAINER)),),
    "own-rows-are-named": (
        histories(TAKEN, *TAKEN.after.histories[APPLICATION][:-1], evolve(ENTRY_TAKEN, rule="L11")),
        histories(
            TAKEN,
            *TAKEN.after.histories[APPLICATION][:-1],
            evolve(ENTRY_TAKEN, event=evolve(cast("Any", ENTRY_TAKEN.event), state=ApplicationState.CANCELLED)),
        ),
        histories(evolve(CONVOKED, lifecycles=BACK), evolve(ENTRY, rule="X1")),
    ),
    "answers-are-stored": (
        evolve(CONVOKED, after=stored(CONVOKED.after, APPLICATION, comment="…")),
        evolve(CONVOKED, after=stored(CONVOKED.after, SESSION, place="Agen")),
    ),
    "messages-are-as-answered": (
        evolve(CONVOKED, sent=()),
        evolve(CONVOKED, sent=CONVOKED.sent * 2),
        evolve(CONVOKED, sent=CONVOKED.sent[::-1]),
        evolve(CONVOKED, previewed=evolve(cast("Accepted", CONVOKED.previewed), notices=())),
    ),
    "all-are-told-who-are-to-hear": (
        evolve(CONVOKED, sent=CONVOKED.sent[1:]),
        evolve(CONVOKED, sent=CONVOKED.sent * 2),
        evolve(CONVOKED, sent=(*CONVOKED.sent, *RETAINED.sent)),
        evolve(CANCELLED, sent=()),
        evolve(SWEPT, sent=SWEPT.sent[:-1]),
        evolve(CONVOKED, notices=NONE),
    ),
    "counters-are-a-recount": (evolve(CONVOKED, after=evolve(CONVOKED.after, tallies={"S-1": Tally()})),),
    "preview-foretells": (evolve(CONVOKED, previewed=REFUSED.answer), evolve(REFUSED, previewed=CONVOKED.answer)),
}


def named(name: str) -> Callable[[ObservedStep], Any]:
    return next(each for each in reference.PROMISES if each.__name__ == name.replace("-", "_"))


def test_every_promise_is_contradicted_below() -> None:
    """None is left out."""
    assert {each.__name__.replace("_", "-") for each in reference.PROMISES} == CONTRADICTED.keys()


@pytest.mark.parametrize("name", CONTRADICTED)
def test_what_contradicts_a_promise_is_told(name: str) -> None:
    """In words; and the step that it was made of keeps it."""
    for each in CONTRADICTED[name]:
        assert all(isinstance(told, str) and told for told in named(name)(each))
        assert list(named(name)(each)), each


@pytest.mark.parametrize("kept", [CONVOKED, RETAINED, ABSENT, REFUSED, CANCELLED, SWEPT, TAKEN])
def test_what_happened_keeps_every_promise(kept: ObservedStep) -> None:
    """As the scenarios had it."""
    assert [list(each(kept) or ()) for each in reference.PROMISES] == [[]] * len(reference.PROMISES)


def test_a_refusal_of_closing_is_a_services_own_affair() -> None:
    """Where its policies keep a full session from closing, nobody is moved, and that is kept too."""

    def not_yet(_session: object, _facts: object) -> dict[str, str]:
        return {}

    ours = Settings(close_when_full="automatic", refuse_also={commands.DeclareSessionFull: (not_yet,)})
    full = [*retaining(1), registering(2), *retaining(2)]
    last = step(*full, settings=ours)
    assert last.after.session("S-1").state == "active"  # type: ignore[union-attr]


def test_a_limit_is_told_by_catalogue() -> None:
    """Retired and unknown motives, reserved ones, and reasons of another motive."""
    absence = "absence", "absent-without-notice"
    for motive, reason in (absence, ("nothing", "x"), ("profile", "x"), ("profile", "prerequisites-not-met")):
        kept = step(*retaining(1)[:2], commands.Reject("C-1", motive=motive, reason=reason))
        assert not list(named("each-refusal-is-due")(kept))


def test_an_unknown_parent_is_told() -> None:
    """Alone: nothing else is known of what would be under it."""
    lone = Request(opening("S-9"), Actor(kind=ActorKind.FUNDER, organization="OPCO"), at=NOON)
    asked = reference.CommandCase(Snapshot(), NOON, Settings(), lone.command)
    assert reference.expected_refusals(asked) == {"unknown-action"}
    assert reference.expected_refusals(evolve(asked, command=registering(1))) == {"unknown-session"}

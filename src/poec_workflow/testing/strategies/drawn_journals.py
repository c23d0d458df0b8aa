"""Journals that come deep, and decisions with all that they need; both by playing the rules as they draw."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import strategies as st

from poec_workflow.commands import Command, Request
from poec_workflow.decider import Accepted, Refused, decide
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import Subject
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.scenario import BEGINNING
from poec_workflow.testing.strategies.drawing_context import DrawingContext
from poec_workflow.testing.strategies.drawn_requests import requests_to
from poec_workflow.testing.strategies.weights import FAVOURITES

LONGEST = 50


@frozen
class Decision:
    """What `decide` takes: a subject (None for a creation), a command, and the facts.

    >>> from hypothesis import given
    >>> @given(decisions())
    ... def test_a_decision_is_an_answer(decision):
    ...     assert isinstance(decision.decided(), Accepted | Refused)
    """

    subject: Subject | None
    command: Command
    facts: Facts
    lifecycles: Lifecycles = LIFECYCLES

    def decided(self) -> Accepted | Refused:
        """The answer."""
        return decide(self.subject, self.command, self.facts, self.lifecycles)


def journals(
    settings: Settings | None = None,
    *,
    longest: int = LONGEST,
    shortest: int = 0,
    lifecycles: Lifecycles = LIFECYCLES,
) -> st.SearchStrategy[list[Request]]:
    """Journals: each line is drawn from what the tables have in the states that those before it led to.

    Most lines are accepted; some try a limit, or anything at all. They shrink towards few lines, and each line
    towards the way that leads to a retained candidate.

    Args:
        settings: the rules' settings; the default ones otherwise.
        longest: how many lines at most.
        shortest: how many lines at least.
        lifecycles: the tables, with a service's own rows if it has any.
    """
    played = _plays(settings or Settings(), lifecycles, longest, shortest)
    return played.map(lambda lines: [request for _, request in lines])


def decisions(
    settings: Settings | None = None, *, longest: int = LONGEST, lifecycles: Lifecycles = LIFECYCLES
) -> st.SearchStrategy[Decision]:
    """Decisions in states that journals come to: subject, command and facts that belong together."""
    return _plays(settings or Settings(), lifecycles, longest, least=1).map(lambda played: _decision(*played[-1]))


def facts(settings: Settings | None = None) -> st.SearchStrategy[Facts]:
    """Facts of decisions: an actor, an instant, and all that is known around a command."""
    return decisions(settings).map(lambda decision: decision.facts)


def _decision(world: DrawingContext, request: Request) -> Decision:
    command = request.command
    subject = world.snapshot.subject(command.subject_kind, command.reference)
    return Decision(subject, command, world.facts(request), world.lifecycles)


@st.composite
def _plays(
    draw: st.DrawFn, settings: Settings, lifecycles: Lifecycles, longest: int, least: int = 0
) -> list[tuple[DrawingContext, Request]]:
    """Each line, with the world that it comes upon."""
    favoured = draw(st.sampled_from(FAVOURITES))
    world = DrawingContext(Snapshot(), BEGINNING, settings, favoured, lifecycles=lifecycles)
    played: list[tuple[DrawingContext, Request]] = []
    answered: dict[str, Request] = {}
    # Half of them long: what is rare takes many lines.
    for _ in range(draw(st.integers(least, longest) | st.integers(max(least, longest * 3 // 4), longest))):
        line = draw(requests_to(world, tuple(answered.values())))
        world = evolve(world, now=line.at or world.now)
        played.append((world, line))
        if line.key not in answered:
            world, accepted = world.after(line)
            if accepted and line.key is not None:
                answered[line.key] = line
    return played

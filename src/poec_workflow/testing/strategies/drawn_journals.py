"""Journals that come deep, and decisions with all that they need; both by playing the rules as they draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
from poec_workflow.testing.strategies.asked_commands import Of, asked_commands
from poec_workflow.testing.strategies.drawing_context import DrawingContext
from poec_workflow.testing.strategies.drawn_requests import proposals_of, requests_of, requests_to
from poec_workflow.testing.strategies.ways import way_to
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
    settings: Settings | None = None,
    *,
    of: Of | Iterable[Of] | None = None,
    longest: int = LONGEST,
    lifecycles: Lifecycles = LIFECYCLES,
) -> st.SearchStrategy[Decision]:
    """Decisions in states that journals come to: subject, command and facts that belong together.

    Args:
        settings: the rules' settings; the default ones otherwise.
        of: a command, as `Convoke` or `"convoke"`, or a lifecycle for each of its commands as often, as
            `machines.APPLICATION` or `"application"`; several of them too. Each decision is of one of these, in a
            state where the tables have it if the journal comes to one; of any command where nothing is asked.
        longest: of how many lines at most the journals are.
        lifecycles: the tables; with a service's own rows, others than the package's.

    Raises:
        Malformed: what is asked of is no command and no lifecycle.
    """
    rules = settings or Settings()
    if of is None:
        return _plays(rules, lifecycles, longest, least=1).map(lambda played: _decision(*played[-1]))
    return _decisions_of(rules, lifecycles, asked_commands(of), longest)


def facts(settings: Settings | None = None) -> st.SearchStrategy[Facts]:
    """Facts of decisions: an actor, an instant, and all that is known around a command."""
    return decisions(settings).map(lambda decision: decision.facts)


def _decision(world: DrawingContext, request: Request) -> Decision:
    command = request.command
    subject = world.snapshot.subject(command.subject_kind, command.reference)
    return Decision(subject, command, world.facts(request), world.lifecycles)


@st.composite
def _decisions_of(
    draw: st.DrawFn, settings: Settings, lifecycles: Lifecycles, asked: tuple[type[Command], ...], longest: int
) -> Decision:
    """A decision on one of some commands, in a state of a journal that goes where it can be given."""
    kind = draw(st.sampled_from(asked))
    # Half of the journals end there; a few go on for long: a row may need more than its state.
    lines = draw(st.sampled_from([0, 0, 0, longest // 4, longest // 2, longest]))
    way = way_to(kind) if draw(st.sampled_from([True] * 4 + [False])) else ()
    played = draw(_plays(settings, lifecycles, lines, least=min(1, lines), way=way))
    beginning = DrawingContext(Snapshot(), BEGINNING, settings, lifecycles=lifecycles)
    worlds = [beginning, *(world for world, _ in played), *(world.after(line)[0] for world, line in played[-1:])]
    return _decision(*draw(requests_of(worlds, kind)))


@st.composite
def _plays(
    draw: st.DrawFn,
    settings: Settings,
    lifecycles: Lifecycles,
    longest: int,
    least: int = 0,
    way: Sequence[type[Command]] = (),
) -> list[tuple[DrawingContext, Request]]:
    """Each line, with the world that it comes upon; the first ones are those commands of a way that can be given."""
    favoured = draw(st.sampled_from(FAVOURITES))
    world = DrawingContext(Snapshot(), BEGINNING, settings, favoured=favoured, lifecycles=lifecycles)
    played: list[tuple[DrawingContext, Request]] = []
    answered: dict[str, Request] = {}
    following: list[type[Command] | None] = list(way)
    # Half of them long: what is rare takes many lines.
    following += [None] * draw(st.integers(least, longest) | st.integers(max(least, longest * 3 // 4), longest))
    for kind in following:
        line = draw(requests_to(world, tuple(answered.values())) if kind is None else proposals_of(world, kind))
        if line is None:
            continue
        world = evolve(world, now=line.at or world.now, given=(*world.given, type(line.command)))
        played.append((world, line))
        if line.key not in answered:
            world, accepted = world.after(line)
            if accepted and line.key is not None:
                answered[line.key] = line
    return played

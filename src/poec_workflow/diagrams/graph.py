"""The graph of a lifecycle, built from its rows; every renderer draws it, and no arc is written by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from attrs import frozen

from poec_workflow import locales
from poec_workflow.diagrams.outcomes import OUTCOMES, Outcome
from poec_workflow.history import HistoryEntry
from poec_workflow.locales import DEFAULT_LANGUAGE
from poec_workflow.machines import AnyRule, Lifecycle
from poec_workflow.model import State
from poec_workflow.policies.access import Grant, anyone
from poec_workflow.policies.check import code_of
from poec_workflow.policies.policy import Condition
from poec_workflow.policies.settings import Settings, default_settings

Step = tuple[str, State | None]
"""A row's number and the state that it was taken from; None is the creation."""


@frozen(kw_only=True)
class Node:
    """A state.

    Attributes:
        state: which.
        label: its name in the graph's language.
        final: whether no row leaves it.
        outcome: how its box is drawn.
        visited: whether the subject whose path is shown was in it.
        current: whether the subject whose path is shown is in it.
    """

    state: State
    label: str
    final: bool
    outcome: Outcome
    visited: bool = False
    current: bool = False


@frozen(kw_only=True)
class Edge:
    """A row from one of its sources; a source of None is the creation.

    Attributes:
        rule: the row.
        source: the state that it is drawn from.
        target: the state that it leads to from there.
        command: its name in the graph's language.
        conditions: what chooses the row, in words.
        codes: the refusals that it may give, a service's own among them.
        actors: who may give the command where the row is the one chosen, in words.
        count: how often it was taken from this source; None without counts.
        taken: whether the subject whose path is shown took it.
    """

    rule: AnyRule
    source: State | None
    target: State
    command: str
    conditions: tuple[str, ...]
    codes: tuple[str, ...]
    actors: tuple[str, ...] = ()
    count: int | None = None
    taken: bool = False

    @property
    def step(self) -> Step:
        """The row and the source."""
        return (self.rule.id, self.source)


@frozen(kw_only=True)
class Import:
    """A row that takes over what another system had.

    Attributes:
        rule: the row.
        command: its name in the graph's language.
        codes: the refusals that it may give.
        actors: who may give the command, in words.
        count: how often it was taken; None without counts.
    """

    rule: AnyRule
    command: str
    codes: tuple[str, ...]
    actors: tuple[str, ...]
    count: int | None = None


@frozen(kw_only=True)
class Graph:
    """A lifecycle's graph: its texts in one language, codes and actors under one service's settings."""

    name: str
    title: str
    lang: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    imports: tuple[Import, ...] = ()
    """The rows that lead to whatever state the command says: in pictures they are words, not arcs."""
    coloured: bool = True
    """Whether outcomes are shown by colours and dashes."""
    grouped: bool = False
    """Whether rows that share their ends share an arc, and a frame stands for all states that are not final."""

    def word(self, name: str) -> str:
        """A word of the locale in the graph's language."""
        return locales.label("words", name, self.lang)

    def label(self, state: State | None) -> str:
        """A state's label; None is the creation's source."""
        return self.word("nothing") if state is None else next(each.label for each in self.nodes if each.state is state)

    def ends(self, node: Node) -> bool:
        """Whether nothing happens in a state: a service's own row may start from a final one, and stay there."""
        return node.final and all(edge.source != node.state for edge in self.edges)

    @property
    def imported(self) -> tuple[str, ...]:
        """The rows that take over what another system had, each in one line."""
        counts = ["" if each.count is None else f" ({each.count}×)" for each in self.imports]
        return tuple(
            f"{each.rule.id} {each.command}{count} → {self.word('as-given')}"
            for each, count in zip(self.imports, counts, strict=True)
        )

    @property
    def by_rule(self) -> Iterable[tuple[Edge, ...]]:
        """The edges of each row."""
        return (tuple(group) for _, group in groupby(self.edges, key=lambda edge: edge.rule.id))


def graph(
    lifecycle: Lifecycle,
    *,
    lang: str = DEFAULT_LANGUAGE,
    settings: Settings | None = None,
    path: Sequence[HistoryEntry] = (),
    counts: Mapping[Step, int] | None = None,
    colours: bool = True,
    grouped: bool = False,
) -> Graph:
    """The graph of a lifecycle, in the order of its states and rows.

    Args:
        lifecycle: whose rows.
        lang: `"fr"` or `"en"`.
        settings: a service's own, for its codes and its permissions.
        path: one subject's history, to be highlighted.
        counts: how often each row was taken from each of its sources; see `steps`.
        colours: whether outcomes are shown by colours and dashes.
        grouped: whether rows that share their ends share an arc, and a frame stands for all states that are not final.
    """
    path_steps = steps(path)
    visited = {entry.event.state for entry in path}
    current = path[-1].event.state if path else None
    return Graph(
        name=lifecycle.name,
        title=locales.label("words", lifecycle.name, lang),
        lang=lang,
        nodes=tuple(
            Node(
                state=state,
                label=locales.state(state, lang),
                final=state in lifecycle.final,
                outcome=OUTCOMES.get(state, Outcome.OPEN),
                visited=state in visited,
                current=state == current,
            )
            for state in lifecycle.states
        ),
        edges=tuple(
            _edge(rule, source, lang, settings or default_settings(), path_steps, counts)
            for rule in lifecycle.steps
            for source in rule.source or (None,)
        ),
        imports=tuple(_import(rule, lang, settings or default_settings(), counts) for rule in lifecycle.imports),
        coloured=colours,
        grouped=grouped,
    )


def steps(entries: Iterable[HistoryEntry]) -> Counter[Step]:
    """How often each row was taken from each of its sources, in some histories."""
    return Counter((entry.rule, entry.from_state) for entry in entries)


def _edge(
    rule: AnyRule,
    source: State | None,
    lang: str,
    settings: Settings,
    path_steps: Mapping[Step, int],
    counts: Mapping[Step, int] | None,
) -> Edge:
    own = settings.checks.get(rule.command, ())
    return Edge(
        rule=rule,
        source=source,
        target=rule.targets[source],
        command=locales.label("commands", rule.command.type, lang),
        conditions=tuple(condition(each, lang) for each in rule.given),
        codes=(
            *(code for code in rule.codes if not settings.leaves_out(rule.command, code)),
            *(check.code for check in own),
        ),
        actors=actors(rule.permit or settings.permissions[rule.command], lang),
        count=None if counts is None else counts.get((rule.id, source), 0),
        taken=(rule.id, source) in path_steps,
    )


def _import(rule: AnyRule, lang: str, settings: Settings, counts: Mapping[Step, int] | None) -> Import:
    return Import(
        rule=rule,
        command=locales.label("commands", rule.command.type, lang),
        codes=rule.codes,
        actors=actors(settings.permissions[rule.command], lang),
        count=None if counts is None else counts.get((rule.id, None), 0),
    )


def condition(atom: Condition[object, object], lang: str) -> str:  # type: ignore[type-var]
    """A condition in words."""
    return locales.label("conditions", str(atom), lang)


def actors(grants: Sequence[Grant], lang: str) -> tuple[str, ...]:
    """Who may, in words: each kind of actor with the relations that let it."""
    shown = []
    for kind in dict.fromkeys(grant.kind for grant in grants):
        relations = [grant.relation for grant in grants if grant.kind == kind]
        name = locales.label("actors", kind.value, lang)
        tied = [locales.label("actors", code_of(each), lang) for each in relations if each is not anyone]
        shown.append(f"{name} ({', '.join(tied)})" if len(tied) == len(relations) else name)
    return tuple(shown)

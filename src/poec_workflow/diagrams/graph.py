"""One graph model, read from a lifecycle's rows; every renderer draws this, and no arc is written by hand."""

from __future__ import annotations

from attrs import frozen

from poec_workflow import locales
from poec_workflow.machines import AnyRule, Lifecycle
from poec_workflow.model import State
from poec_workflow.policies.policy import Condition
from poec_workflow.policies.settings import Settings


@frozen(kw_only=True)
class Node:
    """A state."""

    state: State
    label: str
    final: bool


@frozen(kw_only=True)
class Edge:
    """A row from one of its sources; a source of None is the creation."""

    rule: AnyRule
    source: State | None
    target: State
    command: str
    conditions: tuple[str, ...]
    codes: tuple[str, ...]


@frozen(kw_only=True)
class Graph:
    """A lifecycle as drawn: words in one language, codes under one service's settings."""

    name: str
    title: str
    lang: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(lifecycle: Lifecycle, *, lang: str = "fr", settings: Settings | None = None) -> Graph:
    """The graph of a lifecycle, in the order of its states and rows."""
    return Graph(
        name=lifecycle.name,
        title=locales.label("words", lifecycle.name, lang),
        lang=lang,
        nodes=tuple(
            Node(state=state, label=locales.state(state, lang), final=state in lifecycle.final)
            for state in lifecycle.states
        ),
        edges=tuple(
            _edge(rule, source, lang, settings or Settings())
            for rule in lifecycle.rules
            for source in rule.source or (None,)
        ),
    )


def _edge(rule: AnyRule, source: State | None, lang: str, settings: Settings) -> Edge:
    own = settings.checks.get(rule.command, ())
    return Edge(
        rule=rule,
        source=source,
        target=rule.target_from(source),
        command=locales.label("commands", rule.command.type, lang),
        conditions=tuple(condition(each, lang) for each in rule.given),
        codes=(*rule.codes, *(check.code for check in own)),
    )


def condition(atom: Condition[object, object], lang: str) -> str:  # type: ignore[type-var]
    """A condition in words."""
    return locales.label("conditions", str(atom), lang)

"""What an exploration says: its counts, what it never saw, and the shortest journal to each violation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from poec_workflow.commands import Command, Request
from poec_workflow.machines import AnyRule, Lifecycles
from poec_workflow.model import State, SubjectKind
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds
from poec_workflow.testing.exploration.search_record import SearchRecord, Violation
from poec_workflow.testing.exploration.state_space import Node
from poec_workflow.testing.journals import to_line


@frozen
class RowSeen:
    """A row of a table: how often it was taken, and what refused it."""

    rule: AnyRule
    taken: int
    refused: Mapping[str, int]
    journal: tuple[Request, ...] = ()

    @property
    def id(self) -> str:
        """The row's number."""
        return self.rule.id


@frozen(kw_only=True)
class Exploration:
    """What `explore` found.

    Attributes:
        states: different states of the world; those that the rules can't tell apart count once.
        decisions: how often `decide` was asked.
        accepted: how often it accepted.
        complete: every world within the bounds was seen.
        rows: each row of each table, in their order.
        overlaps: rows that were chosen at once, and where.
        violations: invariants that did not hold, each with a shortest journal to where it did not.
    """

    bounds: Bounds
    settings: Settings
    lifecycles: Lifecycles
    states: int
    decisions: int
    accepted: int
    complete: bool
    rows: tuple[RowSeen, ...]
    overlaps: Mapping[str, str]
    violations: tuple[Violation, ...]
    journals: Mapping[tuple[SubjectKind, State], tuple[Request, ...]]
    left: frozenset[tuple[SubjectKind, State]]

    @classmethod
    def of(cls, found: SearchRecord, bounds: Bounds, settings: Settings, lifecycles: Lifecycles) -> Exploration:
        """Put the record of a search in order."""
        return cls(
            bounds=bounds,
            settings=settings,
            lifecycles=lifecycles,
            states=found.states,
            decisions=found.decisions,
            accepted=found.accepted,
            complete=found.complete,
            rows=tuple(
                RowSeen(rule, found.taken[rule.id], _refusals_of(rule, found), _journal(found.over.get(rule.id)))
                for each in lifecycles.values()
                for rule in each.steps
            ),
            overlaps=dict(found.overlaps),
            violations=tuple(found.violations.values()),
            journals={where: node.journal() for where, node in found.to.items()},
            left=frozenset(found.left),
        )

    @property
    def dead(self) -> tuple[RowSeen, ...]:
        """The rows that nothing takes."""
        return tuple(each for each in self.rows if not each.taken)

    @property
    def unreached(self) -> tuple[tuple[SubjectKind, State], ...]:
        """The states that nothing leads to."""
        return tuple(each for each in self._states() if each not in self.journals)

    @property
    def unleft(self) -> tuple[tuple[SubjectKind, State], ...]:
        """The states that are reached, are not final, and that nothing leads out of."""
        return tuple(
            (kind, state)
            for kind, state in self._states()
            if (kind, state) in self.journals
            and (kind, state) not in self.left
            and state not in self.lifecycles[kind].final
        )

    @property
    def usual(self) -> bool:
        """Whether every row must live: with the package's own settings, and bounds that are wide enough."""
        wide = self.bounds.covers(Bounds().within(self.settings))
        return wide and self.settings.fingerprint == Settings().fingerprint

    @property
    def ok(self) -> bool:
        """Nothing is wrong. What a service's settings kill, and which of its own rows are dead, is theirs to judge."""
        if self.violations or self.overlaps:
            return False
        own = {row for each in self.lifecycles.values() for row in each.own}
        dead = [each for each in self.dead if each.id not in own]
        return not self.usual or not (dead or self.unreached or self.unleft)

    def own_codes(self, command: type[Command]) -> frozenset[str]:
        """The codes of the service's own policies of a command."""
        return frozenset(each.code for each in self.settings.checks.get(command, ()))

    def to_dict(self) -> dict[str, Any]:
        """The whole as JSON-ready data; journals as lists of lines."""
        bounds = self.bounds
        return {
            "ok": self.ok,
            "settings": self.settings.fingerprint,
            "bounds": {
                "applications": bounds.applications,
                "capacities": list(bounds.capacities),
                "coefficients": list(bounds.coefficients or ()),
                "attempts": bounds.attempts,
            },
            "states": self.states,
            "decisions": self.decisions,
            "accepted": self.accepted,
            "complete": self.complete,
            "rows": {each.id: each.taken for each in self.rows},
            "dead_rows": [
                {
                    "row": each.id,
                    "refused": dict(each.refused),
                    "own": sorted(self.own_codes(each.rule.command).intersection(each.refused)),
                }
                for each in self.dead
            ],
            "overlaps": [{"rows": rows, "where": where} for rows, where in self.overlaps.items()],
            "unreached": [f"{kind}.{state}" for kind, state in self.unreached],
            "unleft": [f"{kind}.{state}" for kind, state in self.unleft],
            "violations": [
                {
                    "invariant": each.invariant,
                    "found": each.found,
                    "raised": each.raised,
                    "journal": [to_line(one) for one in each.journal],
                }
                for each in self.violations
            ],
        }

    def _states(self) -> Iterator[tuple[SubjectKind, State]]:
        return ((kind, state) for kind, each in self.lifecycles.items() for state in each.states)


def _journal(node: Node | None) -> tuple[Request, ...]:
    return node.journal() if node else ()


def _refusals_of(rule: AnyRule, found: SearchRecord) -> dict[str, int]:
    counts: Iterable[tuple[str, int]] = (
        (code, count) for (row, code), count in found.refused.items() if row == rule.id
    )
    return dict(sorted(counts, key=lambda each: -each[1]))

"""Mutate the tables, and judge every mutant: `python tests/mutation/tables.py`.

For every row of the three tables: the row dropped; led to each other state; an atom of `given` dropped or negated; one
of `unless`, of `advise`, of `then_given` dropped; `first`, `then` or `effective` dropped; and for every two rows, their
targets swapped. A mutant is killed by the table's own checks when it is built, or by a judge below who runs `decide`
on it. Prints the counts by kind and by judge; exits 1 when one survives.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, cast

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from attrs import evolve, frozen
from journals import journals

import test_advisories
import test_deadlines
import test_matrix
import test_season
from poec_workflow import Refused, Request, Settings, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.machines import LIFECYCLES, SAME, AnyRule, Lifecycle
from poec_workflow.model import SubjectKind
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from seasons import KINDS


@frozen
class Mutant:
    """A table that differs from the real one by one fault."""

    kind: str
    name: str
    lifecycle: Lifecycle
    rules: tuple[AnyRule, ...]


# The mutants


def mutants() -> Iterator[Mutant]:
    """All of the rows of what happens here; what is imported has its judges in `test_imported_rows.py`."""
    for lifecycle in LIFECYCLES.values():
        rules = lifecycle.steps
        for place, rule in enumerate(rules):
            before, rest = rules[:place], rules[place + 1 :]
            rest = (*rest, *lifecycle.imports)
            yield Mutant("row dropped", rule.id, lifecycle, (*before, *rest))
            for kind, what, changed in _changed(lifecycle, rule):
                yield Mutant(kind, f"{rule.id} {what}", lifecycle, (*before, changed, *rest))
        for one, two in combinations(rules, 2):
            swapped = {one.id: evolve(one, target=two.target), two.id: evolve(two, target=one.target)}
            if any(_ways(swapped[each.id]) != _ways(each) for each in (one, two)):
                changed_rules = tuple(swapped.get(each.id, each) for each in lifecycle.rules)
                yield Mutant("targets swapped", f"{one.id} and {two.id}", lifecycle, changed_rules)


def _changed(lifecycle: Lifecycle, rule: AnyRule) -> Iterator[tuple[str, str, AnyRule]]:
    for target in (*lifecycle.states, SAME):
        led = evolve(rule, target=target)
        if _ways(led) != _ways(rule):
            yield "target changed", f"to {target.value}", led
    for atom in rule.given:
        contrary = tuple(~each if each is atom else each for each in rule.given)
        yield "atom negated", f"{atom}", evolve(rule, given=contrary)
    for part, kind in (("given", "atom"), ("unless", "policy"), ("advise", "advisory"), ("then_given", "condition")):
        members = getattr(rule, part)
        for member in members:
            fewer = tuple(each for each in members if each is not member)
            yield (
                f"{kind} dropped",
                f"{getattr(member, 'name', None) or member.__name__}",
                _with(rule, part, fewer),
            )
    for part in ("first", "then", "effective"):
        if getattr(rule, part):
            yield f"{part} dropped", "", _with(rule, part, None)


def _with(rule: AnyRule, part: str, value: Any) -> AnyRule:
    changed: AnyRule = evolve(rule, **{part: value})
    return changed


def _ways(rule: AnyRule) -> set[tuple[object, object]]:
    """Where a row leads: a target that says the same in other words makes no mutant."""
    if rule.source is None:
        return {(None, rule.target)}
    return {(source, rule.targets[source]) for source in rule.source}


# The judges: each fails on a faulty table


def matrix() -> None:
    """Each state, command and actor, as the domain page says by hand."""
    test_matrix.test_every_cell()


def deadlines() -> None:
    """The last instant and the first after it, and when an ending takes effect."""
    for end, first in test_deadlines.FIRST_INSTANTS:
        test_deadlines.test_the_last_instant_and_the_first_after_it(end, first, 0)
    test_deadlines.test_whatever_is_overdue_is_refused()


def advisories() -> None:
    """What is advised, by hand."""
    for day, codes in test_advisories.CONVOCATIONS:
        test_advisories.test_a_convocation_after_the_late_entry_deadline(day, codes)
    for hours, codes in test_advisories.HOURS:
        test_advisories.test_unusual_hours(hours, codes)
    test_advisories.test_every_seat_is_given(2, 0, told=True)
    test_advisories.test_a_quota_below_what_is_registered()
    test_advisories.test_retained_elsewhere(MemoryStorage(), 1)


def seasons() -> None:
    """Whole journals, refusal by refusal and state by state, as the independent reading says."""
    for lines, expected, data in journals():
        _replayed(lines, expected, {line: test_season.settings_of(each) for line, each in data.items()})


def folds() -> None:
    """Each subject of a season is the fold of its events."""
    test_season.test_folding_every_history_gives_every_subject()


JUDGES: tuple[Callable[[], None], ...] = (matrix, deadlines, advisories, seasons, folds)


@cache
def _parsed(line: bytes | str) -> Request:
    return journal_line(line)


def _replayed(lines: list[bytes | str], expected: dict[str, Any], settings: Mapping[int, Settings]) -> None:
    """Stops at the first line that is answered otherwise."""
    refusals = {each["line"]: set(each["codes"]) for each in expected["refusals"]}
    storage, clock = MemoryStorage(), SettableClock(expected["sweep_at"])
    for number, line in enumerate(lines, 1):
        if number in settings:
            workflow = Workflow(storage, clock=clock, settings=settings[number])
        answer = workflow.submit(_parsed(line))
        assert (answer.codes if isinstance(answer, Refused) else set()) == refusals.get(number, set()), number
    for name, kind in KINDS.items():
        assert dict(storage.queries.states(kind)) == expected[name], name
    assert list(workflow.sweep().expired) == expected["swept"]


def killed_by(mutant: Mutant) -> str | None:
    """The first judge who finds it; None when it survives them all."""
    try:
        table = evolve(mutant.lifecycle, rules=mutant.rules)
    except ValueError:
        return "the table's own checks"
    with in_place(table):
        for judge in JUDGES:
            try:
                judge()
            except Exception:  # noqa: BLE001 - a mutant may fail in any way
                return judge.__name__
    return None


@contextmanager
def in_place(table: Lifecycle) -> Iterator[None]:
    """Put a table in the place of the package's own, behind the guard of the mapping."""
    tables = cast("dict[SubjectKind, Lifecycle]", LIFECYCLES)
    kept = tables[table.kind]
    dict.__setitem__(tables, table.kind, table)
    try:
        yield
    finally:
        dict.__setitem__(tables, table.kind, kept)


def main() -> int:
    """Judge all, print the counts."""
    for judge in JUDGES:
        judge()
    by_kind: Counter[str] = Counter()
    by_judge: Counter[str] = Counter()
    survivors = []
    for mutant in mutants():
        judge_name = killed_by(mutant)
        by_kind[mutant.kind] += 1
        by_judge[judge_name or "SURVIVED"] += 1
        if judge_name is None:
            survivors.append(f"{mutant.lifecycle.name}: {mutant.kind}: {mutant.name}")
    print(*(f"{count:>5} {name}" for counts in (by_kind, by_judge) for name, count in counts.most_common()), sep="\n")
    print(*survivors, sep="\n", end="\n" if survivors else "")
    print(f"{by_kind.total() - len(survivors)} of {by_kind.total()} mutants of the tables killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())

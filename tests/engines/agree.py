"""Ask other engines where our lifecycles go: `python tests/engines/agree.py [traces] [seed]`.

XState under Node and python-statemachine run what `poec-workflow diagram --as xstate` and `--as scxml` give, along
traces drawn over each table, and are held against our executor after every step. Then every single fault is planted
in what is exported, and must be found. Exits 1 at a difference, or when a fault stays unfound.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from drawing import cells, covering, drawn, every_cell, ours, shortest
from foreign import events, missing, scxml, taken, xstate
from miswritten import faulty

from poec_workflow import diagrams
from poec_workflow.diagrams import graph, render
from poec_workflow.machines import LIFECYCLES, Lifecycle


def agreed(lifecycle: Lifecycle, count: int, seed: int) -> bool:
    """Whether both engines go as ours does along every trace; printed."""
    traces = list(drawn(lifecycle, count, seed))
    ways = [ours(lifecycle, trace) for trace in traces]
    answer = xstate([render(lifecycle, "xstate")], traces, events(lifecycle))
    other = list(scxml(render(lifecycle, "scxml"), traces))
    left = every_cell(lifecycle) - cells(lifecycle, traces)
    reached = answer.paths[0] == shortest(lifecycle)
    differing = {
        "xstate": sum(one != two for one, two in zip(answer.ways[0], ways, strict=True)),
        "python-statemachine": sum(one != taken(two) for one, two in zip(other, ways, strict=True)),
    }
    print(f"{lifecycle.name}: {len(traces):,} traces, {sum(map(len, traces)):,} steps")
    print(f"  cells of the table that no trace came by: {len(left)} of {len(every_cell(lifecycle))}")
    print(*(f"  traces on which {name} goes elsewhere: {found}" for name, found in differing.items()), sep="\n")
    print(f"  xstate's shortest paths reach our {len(shortest(lifecycle))} states: {'yes' if reached else 'NO'}")
    return not left and reached and not any(differing.values())


def found(lifecycle: Lifecycle, count: int, seed: int) -> bool:
    """Whether every planted fault is found by both, along the few traces that come by everything; printed."""
    traces = covering(lifecycle, drawn(lifecycle, count, seed))
    ways = [ours(lifecycle, trace) for trace in traces]
    planted = list(faulty(graph(lifecycle)))
    answer = xstate([diagrams.xstate.render(each, ()) for _, each in planted], traces)
    unfound = {f"{name} (xstate)" for (name, _), way in zip(planted, answer.ways, strict=True) if way == ways}
    for name, each in planted:
        other = scxml(diagrams.scxml.render(each, ()), traces)
        if all(one == taken(two) for one, two in zip(other, ways, strict=True)):
            unfound.add(f"{name} (python-statemachine)")
    print(f"  faults planted in each document: {len(planted)}; unfound: {', '.join(sorted(unfound)) or 'none'}")
    return not unfound


def main(count: int = 10_000, seed: int = 1) -> int:
    """Every lifecycle, both engines."""
    if reason := missing():
        print(reason)
        return 1
    verdicts = [judge(lifecycle, count, seed) for lifecycle in LIFECYCLES.values() for judge in (agreed, found)]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

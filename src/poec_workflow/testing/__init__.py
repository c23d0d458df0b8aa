"""The kit for testing rules and workflows, ours and a service's own."""

from poec_workflow.testing.clock import SettableClock
from poec_workflow.testing.exploration import (
    Bounds,
    Exploration,
    Path,
    ShortestPaths,
    explore,
    lines_of,
    shortest_paths,
    simple_paths,
)

__all__ = [
    "Bounds",
    "Exploration",
    "Path",
    "SettableClock",
    "ShortestPaths",
    "explore",
    "lines_of",
    "shortest_paths",
    "simple_paths",
]

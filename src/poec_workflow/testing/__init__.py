"""The kit for testing rules and workflows, ours and a service's own.

What needs Hypothesis or pytest is loaded when it is asked for: `LifecycleMachine`, `strategies`, and, imported by
its own name, `contracts`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from poec_workflow.testing.exploration import (
    Bounds,
    Exploration,
    Path,
    ShortestPaths,
    explore,
    shortest_paths,
    simple_paths,
)
from poec_workflow.testing.journals import Played, play, requests_of, to_journal, to_line
from poec_workflow.testing.recording_channel import RecordingChannel, RecordingNotifier
from poec_workflow.testing.reference import ObservedStep
from poec_workflow.testing.settable_clock import SettableClock

if TYPE_CHECKING:
    from poec_workflow.testing import strategies
    from poec_workflow.testing.lifecycle_machine import LifecycleMachine
    from poec_workflow.testing.scenario import PromiseBroken, PromiseRaised

__all__ = [
    "Bounds",
    "Exploration",
    "LifecycleMachine",
    "ObservedStep",
    "Path",
    "Played",
    "PromiseBroken",
    "PromiseRaised",
    "RecordingChannel",
    "RecordingNotifier",
    "SettableClock",
    "ShortestPaths",
    "explore",
    "play",
    "requests_of",
    "shortest_paths",
    "simple_paths",
    "strategies",
    "to_journal",
    "to_line",
]

_LATER = {"LifecycleMachine": "lifecycle_machine", "PromiseBroken": "scenario", "PromiseRaised": "scenario"}


if not TYPE_CHECKING:  # else any misspelt name would be an object

    def __getattr__(name: str) -> object:
        if name == "strategies":
            return import_module(f"{__name__}.strategies")
        if name in _LATER:
            return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

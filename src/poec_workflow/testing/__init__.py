"""The kit for testing rules and workflows, ours and a service's own."""

from poec_workflow.testing.clock import SettableClock
from poec_workflow.testing.exploration import Bounds, Exploration, explore

__all__ = ["Bounds", "Exploration", "SettableClock", "explore"]

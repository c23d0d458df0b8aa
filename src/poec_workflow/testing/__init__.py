"""The kit for testing rules and workflows, ours and a service's own."""

from poec_workflow.testing.clock import SettableClock

__all__ = ["SettableClock"]

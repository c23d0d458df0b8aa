"""Everything in dictionaries: for tests, for judging a journal, and as the shortest complete storage."""

from poec_workflow.adapters.memory.memory_storage import MemoryStorage

__all__ = ["MemoryStorage"]

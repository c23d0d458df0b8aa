"""The in-memory storage adapter: dictionaries, for tests and for judging journals; the shortest complete adapter."""

from poec_workflow.adapters.memory.memory_storage import MemoryStorage

__all__ = ["MemoryStorage"]

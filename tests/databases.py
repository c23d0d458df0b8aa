"""A fresh database of each kind, by its URL: for what runs in several processes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/poec.db"


DATABASES: Mapping[str, Callable[[], AbstractContextManager[str]]] = {"sqlite": _sqlite, "postgresql": SERVER.database}


@contextmanager
def _partitioned() -> Iterator[str]:
    with SERVER.database() as url:
        with SqlStorage.open(url) as storage:
            storage.create_partitioned(3)
        yield url


LAYOUTS: Mapping[str, Callable[[], AbstractContextManager[str]]] = {**DATABASES, "partitioned": _partitioned}
"""The same, and PostgreSQL with its tables partitioned by session: for campaigns."""

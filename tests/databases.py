"""A fresh database of each kind, by its URL: for what runs in several processes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from postgres import SERVER


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/poec.db"


DATABASES: Mapping[str, Callable[[], AbstractContextManager[str]]] = {"sqlite": _sqlite, "postgresql": SERVER.database}

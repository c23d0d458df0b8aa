"""Stores that are partitioned by session, each a copy of one that was made once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER

PARTITIONS = 3
"""So few, and no power of two: what is of several sessions is in several of them, and some hold several sessions."""

_templates: list[str] = []


@contextmanager
def template() -> Iterator[None]:
    """Have a database with the tables alone, which others are copied from meanwhile."""
    with SERVER.database() as url:
        with SqlStorage.open(url) as storage:
            storage.create_partitioned(PARTITIONS)
        _templates.append(str(make_url(url).database))
        try:
            yield
        finally:
            _templates.pop()


@contextmanager
def partitioned_database() -> Iterator[str]:
    """A fresh database with empty partitioned tables, by its URL."""
    with SERVER.database(f"TEMPLATE {_templates[-1]}") as url:
        yield url


@contextmanager
def partitioned_storage() -> Iterator[SqlStorage]:
    """A storage on one."""
    with partitioned_database() as url, SqlStorage.open(url) as storage:
        yield storage

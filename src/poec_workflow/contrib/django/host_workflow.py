"""The one workflow of the project, on the project's own connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from django.db import connections, transaction
from django.utils.connection import ConnectionProxy

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.sql_storage import SqlTransaction
from poec_workflow.contrib.django.configuration import Configuration, configuration
from poec_workflow.ports import SchemaStatus
from poec_workflow.workflow import Workflow

T = TypeVar("T")


class ProjectStorage(SqlStorage):
    """A storage that joins the project's transaction, and begins one where there is none."""

    def run(self, work: Callable[[SqlTransaction], T], *, write: bool = True) -> T:
        """Do work in the project's transaction, or in one of its own; see `SqlStorage`."""
        with _transaction(configuration().database):
            return super().run(work, write=write)

    def create(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release; see `SqlStorage`."""
        with _transaction(configuration().database):
            return super().create()


@contextmanager
def _transaction(alias: str) -> Iterator[None]:
    """The one that is open, untouched; else a new one."""
    if connections[alias].in_atomic_block:
        yield
        return
    with transaction.atomic(using=alias):
        yield


def get_workflow() -> Workflow:
    """The workflow, which joins whatever transaction the calling thread has open on the project's connection.

    Within `transaction.atomic()` a command and the project's own writes are stored together, or neither is. Outside of
    it a command has a transaction of its own.

    Raises:
        ImproperlyConfigured: the setting `POEC_WORKFLOW` is wrong.
    """
    return _workflow(configuration())


@cache
def _workflow(configured: Configuration) -> Workflow:
    # The proxy is the calling thread's connection, whichever that is: one workflow serves them all.
    storage = ProjectStorage.joined(ConnectionProxy(connections, configured.database))
    return Workflow(
        storage,
        clock=configured.clock,
        settings=configured.settings,
        lifecycles=configured.lifecycles,
        notices=configured.notices,
        observe=configured.observe,
    )

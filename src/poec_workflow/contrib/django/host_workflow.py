"""The one workflow of the project, on the project's own connection."""

from __future__ import annotations

from functools import cache

from django.db import connections
from django.utils.connection import ConnectionProxy

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.contrib.django.configuration import Configuration, configuration
from poec_workflow.workflow import Workflow


def get_workflow() -> Workflow:
    """The workflow, which joins whatever transaction the calling thread has open on the project's connection.

    Within `transaction.atomic()` a command and the project's own writes are stored together, or neither is.

    Raises:
        ImproperlyConfigured: the setting `POEC_WORKFLOW` is wrong.
    """
    return _workflow(configuration())


@cache
def _workflow(configured: Configuration) -> Workflow:
    # The proxy is the calling thread's connection, whichever that is: one workflow serves them all.
    storage = SqlStorage.joined(ConnectionProxy(connections, configured.database))
    return Workflow(
        storage,
        clock=configured.clock,
        settings=configured.settings,
        lifecycles=configured.lifecycles,
        notices=configured.notices,
        observe=configured.observe,
    )

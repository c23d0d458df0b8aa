"""The one workflow of the project, on the project's own connection."""

from __future__ import annotations

from functools import cache

from attrs import frozen
from django.core.exceptions import ImproperlyConfigured

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Request
from poec_workflow.contrib.django.configuration import SETTING, Configuration, configuration
from poec_workflow.contrib.django.django_transactions import DjangoConnections
from poec_workflow.contrib.django.signals import announce
from poec_workflow.decider import Accepted, Refused
from poec_workflow.errors import Malformed
from poec_workflow.observers import Observe, tell
from poec_workflow.workflow import Workflow


def get_workflow() -> Workflow:
    """The workflow of the setting `POEC_WORKFLOW`, on the calling thread's connection.

    Within `transaction.atomic()` a command and the project's own writes are stored together, or neither is; outside,
    each command is a transaction of its own.

    Raises:
        ImproperlyConfigured: the setting is wrong.
    """
    return _workflow(configuration())


@cache
def _workflow(configured: Configuration) -> Workflow:
    try:
        return Workflow(
            SqlStorage(DjangoConnections(configured.database)),
            clock=configured.clock,
            settings=configured.settings,
            lifecycles=configured.lifecycles,
            notices=configured.notices,
            observe=_Observers(configured.database, configured.observe),
        )
    except Malformed as error:
        raise ImproperlyConfigured(f"{SETTING}: {error}") from error


@frozen
class _Observers:
    """The project's own observer, and the signal."""

    alias: str
    own: Observe | None

    def __call__(self, answer: Accepted | Refused, request: Request, duration: float) -> None:
        announce(answer, request, self.alias)
        if self.own is not None:
            tell(self.own, answer, request, duration)

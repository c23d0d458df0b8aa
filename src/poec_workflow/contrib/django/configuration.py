"""The setting `POEC_WORKFLOW`: what a project says of the workflow, checked when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import field, fields_dict, frozen
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.module_loading import import_string

from poec_workflow.errors import WorkflowError
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import Actor
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.settings import Settings, default_settings
from poec_workflow.ports import Channel, Clock, SystemClock

SETTING = "POEC_WORKFLOW"

ActorsOf = Callable[[HttpRequest], Sequence[Actor]]
"""On whose behalf the signed-in user may act, the usual one first; none for who may nothing."""
MakeChannels = Callable[[], Mapping[str, Channel] | Channel]
"""Makes the channels of the relay."""


MEMBERSHIPS: Any = "poec_workflow.contrib.django.memberships.actors_of_user"


def _made(given: Any) -> Any:  # noqa: ANN401 - of any type
    """What a dotted name names; anything else is itself."""
    return import_string(given) if isinstance(given, str) else given


@frozen(kw_only=True, eq=False)
class Configuration:
    """What a project may say: each name in capitals is a key of `POEC_WORKFLOW`, all of them optional.

    A dotted name stands for the object that it names, but for `database`.

    Attributes:
        database: the alias of the connection that the workflow's tables live on.
        settings: the rules' settings.
        lifecycles: the tables: the package's, or those of `machines.with_rows`.
        notices: who is told of what.
        clock: what is taken for now.
        observe: called with every answer; see `Workflow`.
        actors: on whose behalf the user of a request may act; by default the memberships that the admin keeps.
        channels: makes the channels of `poec_relay`; by default mails through Django's own backend.
    """

    database: str = "default"
    settings: Settings = field(factory=default_settings, converter=_made)
    lifecycles: Lifecycles = field(default=LIFECYCLES, converter=_made)
    notices: Notices = field(default=NOTICES, converter=_made)
    clock: Clock = field(factory=SystemClock, converter=_made)
    observe: Callable[..., object] | None = field(default=None, converter=_made)
    actors: ActorsOf = field(default=MEMBERSHIPS, converter=_made)
    channels: MakeChannels | None = field(default=None, converter=_made)


@cache
def configuration() -> Configuration:
    """What the project's settings say.

    Raises:
        ImproperlyConfigured: a key that there is not, or a value that is none.
    """
    given = getattr(settings, SETTING, {})
    if not isinstance(given, Mapping):
        raise ImproperlyConfigured(f"{SETTING} must be a dict, not {type(given).__name__}")
    known = {name.upper(): name for name in fields_dict(Configuration)}
    if unknown := [str(each) for each in given if each not in known]:
        raise ImproperlyConfigured(f"{SETTING} has no {', '.join(unknown)}: its keys are {', '.join(known)}")
    try:
        return Configuration(**{known[name]: value for name, value in given.items()})
    except (ImportError, WorkflowError) as error:
        raise ImproperlyConfigured(f"{SETTING}: {error}") from error


@receiver(setting_changed)
def _forget(*, setting: str, **_: object) -> None:
    """Read the settings anew where a test overrides them."""
    if setting == SETTING:
        configuration.cache_clear()

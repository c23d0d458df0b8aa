"""The setting `POEC_WORKFLOW`: what a project says of the workflow, checked when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import Attribute, field, fields_dict, frozen
from attrs.validators import deep_mapping, instance_of, is_callable, optional
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.module_loading import import_string

from poec_workflow.errors import WorkflowError
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.model import Actor, ActorKind
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.settings import Settings, default_settings
from poec_workflow.ports import Channel, Clock, SystemClock

if TYPE_CHECKING:
    from poec_workflow.adapters.email import Recipient

SETTING = "POEC_WORKFLOW"

ActorsOf = Callable[[HttpRequest], Sequence[Actor]]
"""On whose behalf the signed-in user may act, the usual one first; none for who may nothing."""
MayErase = Callable[[HttpRequest, Actor], bool]
"""Whether the user of a request, acting for an actor, may make the application forget who a candidate is."""
MakeChannels = Callable[[], Mapping[str, Channel] | Channel]
"""Makes the channels of the relay."""
Addresses = Mapping[str, "Recipient | str"] | Callable[[str], "Recipient | str | None"]
"""Where organisations are written to, by reference: a mapping, or what looks one up, as in a model of the project's."""


MEMBERSHIPS: Any = "poec_workflow.contrib.django.memberships.actors_of_user"
CHANNELS: Any = "poec_workflow.contrib.django.host_channels.default_channels"


def platform_erases(_request: HttpRequest, actor: Actor) -> bool:
    """The platform alone makes the application forget a person [R]."""
    return actor.kind is ActorKind.PLATFORM


def _made(given: Any) -> Any:  # noqa: ANN401 - of any type
    """What a dotted name names; anything else is itself."""
    try:
        return import_string(given) if isinstance(given, str) else given
    except ImportError as error:
        raise ImportError(f"{given!r} can't be imported: {error.msg}") from error


def _clock(_: object, attribute: Attribute[Any], value: object) -> None:
    if isinstance(value, type) or not callable(getattr(value, "now", None)):
        raise TypeError(f"{attribute.name.upper()} has no method now: {value!r}")


def _addresses(_: object, attribute: Attribute[Any], value: object) -> None:
    if isinstance(value, Mapping):
        from poec_workflow.adapters.email import Recipient  # noqa: PLC0415 - with what mails need
        from poec_workflow.adapters.email.email_channel import is_address  # noqa: PLC0415

        deep_mapping(instance_of(str), instance_of((str, Recipient)))(_, attribute, value)
        for reference, known in value.items():
            if not is_address(known if isinstance(known, str) else known.email):
                raise ValueError(f"{attribute.name.upper()} has no e-mail address of {reference}")
    elif value is not None and not callable(value):
        raise TypeError(f"{attribute.name.upper()} must be a mapping or callable, not {value!r}")


def _delay(_: object, attribute: Attribute[Any], value: Any) -> None:  # noqa: ANN401 - of any type
    instance_of(timedelta)(_, attribute, value)
    if value < timedelta():
        raise ValueError(f"{attribute.name.upper()} is before now: {value}")


@frozen(kw_only=True, eq=False)
class Configuration:
    """What a project may say: each name in capitals is a key of `POEC_WORKFLOW`, all of them optional.

    A dotted name stands for the object that it names, but for `database` and `site_url`.

    Attributes:
        database: the alias of the connection that the workflow's tables live on.
        settings: the rules' settings.
        lifecycles: the tables: the package's, or those of `machines.with_rows`.
        notices: who is told of what.
        clock: what is taken for now.
        observe: called with every answer; see `Workflow`.
        actors: on whose behalf the user of a request may act; by default the memberships that the admin keeps.
        may_erase: who may make the application forget who a candidate is; by default the platform alone.
        channels: makes the channels of `poec_relay`; by default mails through Django's own backend.
        addresses: where organisations are written to. Without it what organisations are told waits.
        mail: how mails are written: the arguments of `EmailChannel` that are not Django's to say, as `reply_to`,
            `from_name`, `subject_prefix`, `texts`.
        site_url: where the screens are, as `https://poec.example.org`, for links in mails; without it there are none.
        message_delay: how long a message may wait before the health check says that no relay runs.
        sweep_delay: how long an overdue application may be open before it says that no sweep runs.
    """

    database: str = field(default="default", validator=instance_of(str))
    settings: Settings = field(factory=default_settings, converter=_made)
    lifecycles: Lifecycles = field(default=LIFECYCLES, converter=_made)
    notices: Notices = field(default=NOTICES, converter=_made)
    clock: Clock = field(factory=SystemClock, converter=_made, validator=_clock)
    observe: Callable[..., object] | None = field(default=None, converter=_made, validator=optional(is_callable()))
    actors: ActorsOf = field(default=MEMBERSHIPS, converter=_made, validator=is_callable())
    may_erase: MayErase = field(default=platform_erases, converter=_made, validator=is_callable())
    channels: MakeChannels = field(default=CHANNELS, converter=_made, validator=is_callable())
    addresses: Addresses | None = field(default=None, converter=_made, validator=_addresses)
    mail: Mapping[str, Any] = field(factory=dict, converter=_made, validator=instance_of(dict))
    site_url: str = field(default="", validator=instance_of(str))
    message_delay: timedelta = field(default=timedelta(minutes=30), validator=_delay)
    sweep_delay: timedelta = field(default=timedelta(days=1), validator=_delay)


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
    except (ImportError, TypeError, ValueError, WorkflowError) as error:
        raise ImproperlyConfigured(f"{SETTING}: {_said(error)}") from error


def _said(error: Exception) -> str:
    """The sentence alone: attrs' errors hold the attribute and the value too."""
    return str(error.args[0] if error.args and isinstance(error.args[0], str) else getattr(error, "msg", error))


@receiver(setting_changed)
def _forget(*, setting: str, **_: object) -> None:
    """Read the settings anew where a test overrides them."""
    if setting == SETTING:
        configuration.cache_clear()

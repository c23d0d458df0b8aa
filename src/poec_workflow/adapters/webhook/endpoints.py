"""Who has which webhook, and which are turned off."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Protocol

from attrs import Attribute, evolve, field, frozen

from poec_workflow.adapters.webhook.webhook_urls import Target, target_of
from poec_workflow.errors import Malformed
from poec_workflow.messages import Addressee, AddresseeKind

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
SECRET_BYTES = range(24, 65)
"""How long a secret may be, by the Standard Webhooks specification."""


def _check_secrets(_: object, __: Attribute[tuple[str, ...]], secrets: tuple[str, ...]) -> None:
    if not secrets:
        raise Malformed.at("$.secrets", "expected one at least")
    for place, each in enumerate(secrets):
        try:
            length = len(b64decode(each.removeprefix(SECRET_PREFIX), validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if not each.startswith(SECRET_PREFIX) or length not in SECRET_BYTES:
            raise Malformed.at(f"$.secrets[{place}]", f"expected {SECRET_PREFIX} and 24 to 64 bytes in base64")


def _several(secrets: Iterable[str] | str) -> tuple[str, ...]:
    return (secrets,) if isinstance(secrets, str) else tuple(secrets)


def _origin(url: str) -> str:
    return repr(target_of(url).origin)


@frozen(kw_only=True)
class Endpoint:
    """A webhook. Its `repr` shows neither its secrets nor the path of its URL, which may hold one.

    Attributes:
        url: where requests go.
        secrets: what they are signed with, each as `whsec_…`; two while one is changed, the new one first.
        turned_off: why nothing is sent to it; None where it is on.

    Raises:
        Malformed: the URL or a secret is none.
    """

    url: str = field(repr=_origin)
    secrets: tuple[str, ...] = field(repr=False, converter=_several, validator=_check_secrets)
    turned_off: str | None = None
    target: Target = field(init=False, repr=False, eq=False)

    @target.default
    def _target(self) -> Target:
        return target_of(self.url)


class Endpoints(Protocol):
    """Who has which webhook: a host's own table of them, or `MappedEndpoints`. Asked from several threads at once."""

    def endpoint(self, addressee: Addressee) -> Endpoint | None:
        """The webhook of an addressee; None where there is none."""
        ...

    def turn_off(self, addressee: Addressee, reason: str) -> None:
        """Keep that an addressee's webhook is off: its receiver wants nothing more (410).

        From then on `endpoint` gives it with the reason in `turned_off`, until somebody turns it on again.
        """
        ...


@frozen(eq=False)
class MappedEndpoints:
    """Webhooks by addressee, as `organization:AFEC`. What is turned off is known to this object, and on in the next.

    Raises:
        Malformed: a key names no addressee, or a value is no endpoint.
    """

    _given: Mapping[str, Endpoint]
    _by_addressee: dict[Addressee, Endpoint] = field(init=False, repr=False)
    _lock: Lock = field(init=False, factory=Lock, repr=False)

    @_by_addressee.default
    def _addressed(self) -> dict[Addressee, Endpoint]:
        return {_addressee(key, value): value for key, value in self._given.items()}

    def endpoint(self, addressee: Addressee) -> Endpoint | None:
        """The webhook of an addressee; None where there is none."""
        return self._by_addressee.get(addressee)

    def turn_off(self, addressee: Addressee, reason: str) -> None:
        """Send nothing more to an addressee's webhook."""
        self._turn(addressee, reason)

    def turn_on(self, addressee: Addressee) -> None:
        """Send to an addressee's webhook again; what was put aside meanwhile is sent by `relay --retry`."""
        self._turn(addressee, None)

    def _turn(self, addressee: Addressee, reason: str | None) -> None:
        with self._lock:
            if addressee in self._by_addressee:
                self._by_addressee[addressee] = evolve(self._by_addressee[addressee], turned_off=reason)


def _addressee(key: str, value: object) -> Addressee:
    kind, _, reference = key.partition(":")
    if kind not in {*AddresseeKind} or not reference:
        raise Malformed.at(f"$.endpoints.{key}", "expected an addressee, as organization:AFEC or system:KAIROS")
    if not isinstance(value, Endpoint):
        raise Malformed.at(f"$.endpoints.{key}", "expected an Endpoint")
    return Addressee(AddresseeKind(kind), reference)


def endpoints_of(given: Endpoints | Mapping[str, Any]) -> Endpoints:
    """Endpoints, from a mapping too."""
    return MappedEndpoints(given) if isinstance(given, Mapping) else given

"""Which channel a message takes: by the kind of its addressee, or by the addressee itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from attrs import frozen

from poec_workflow.errors import Fault, Malformed
from poec_workflow.messages import Addressee, AddresseeKind
from poec_workflow.ports import Channel, Routes

Channels = Channel | Mapping[str, Channel]
"""One channel for everybody; or channels by kind of addressee (`candidate`), or by addressee (`system:KAIROS`)."""


@frozen
class Routing:
    """Channels by addressee; of one that has none, messages wait."""

    _by_kind: Mapping[AddresseeKind, Channel]
    _by_addressee: Mapping[Addressee, Channel]

    @classmethod
    def of(cls, channels: object) -> Routing:
        """The routing that somebody configures.

        Raises:
            Malformed: a key names no kind and no addressee, or a value is no channel.
        """
        given: Mapping[str, Any] = channels if isinstance(channels, Mapping) else dict.fromkeys(AddresseeKind, channels)
        if faults := [*_faults(given)]:
            raise Malformed(faults)
        keys = {key: key.partition(":") for key in given}
        return cls(
            {AddresseeKind(kind): given[key] for key, (kind, colon, _) in keys.items() if not colon},
            {Addressee(AddresseeKind(kind), to): given[key] for key, (kind, colon, to) in keys.items() if colon},
        )

    def channel(self, to: Addressee) -> Channel | None:
        """The channel of an addressee; its own before that of its kind."""
        return self._by_addressee.get(to) or self._by_kind.get(to.kind)

    def routes(self, resting: Collection[Addressee] = ()) -> Routes:
        """What can be delivered, but for addressees that rest."""
        return Routes(
            kinds=frozenset(self._by_kind), addressees=frozenset(self._by_addressee), resting=frozenset(resting)
        )


def _faults(channels: Mapping[str, object]) -> Iterator[Fault]:
    for key, channel in channels.items():
        kind, colon, reference = key.partition(":")
        if kind not in {*AddresseeKind} or (colon and not reference):
            expected = ", ".join(AddresseeKind)
            yield Fault(f"$.channels.{key}", f"expected one of {expected}, or an addressee as system:KAIROS")
        if not callable(getattr(channel, Channel.deliver.__name__, None)):
            yield Fault(f"$.channels.{key}", f"not a channel: {channel!r:.80} has no method deliver")

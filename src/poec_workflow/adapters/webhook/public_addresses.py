"""Which addresses a request may go to: public ones. A webhook's owner chooses its name, and who answers for it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host and a port. An OSError says that there are none now."""


def system_addresses(host: str, port: int) -> Sequence[str]:
    """All addresses that the system knows for a host, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # the platform's own services, on Azure
            "192.0.0.0/24",  # IETF protocol assignments, two of them global; metadata on Oracle's cloud
            "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
            "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarking
            "2002::/16",  # 6to4, which carries an IPv4 address (RFC 7526)
            "3fff::/20",  # documentation (RFC 9637), for older Pythons
        ),
    )
)
"""Not global, whatever the version of `ipaddress` says."""


def refusal_of(address: IpAddress) -> str | None:
    """Why no request goes to an address: it is not public; None where it is.

    An IPv6 address of the prefix of NAT64 stands for the IPv4 address in it (RFC 6052): that one is looked at. Other
    ways of writing an IPv4 address as IPv6 are refused.
    """
    if isinstance(address, IPv6Address) and address in _NAT64:
        return refusal_of(IPv4Address(int(address) & 0xFFFF_FFFF))
    public = (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and (isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST)
        and not any(address in each for each in _REFUSED)
    )
    return None if public else f"{address} is not a public address"


def refusal_of_any(addresses: Sequence[str]) -> str | None:
    """Why no request goes to a host: one of its addresses is not public; None where all are."""
    return next((why for each in addresses if (why := refusal_of(ip_address(each)))), None)

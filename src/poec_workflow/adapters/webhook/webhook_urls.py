"""A webhook's URL, taken apart once: what is looked at is what is called, so no second reading can differ."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from attrs import frozen

from poec_workflow.errors import Malformed

LONGEST_URL = 2_000
_PORTS = {"http": 80, "https": 443}
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?")


@frozen(kw_only=True)
class Target:
    """Where a request goes.

    Attributes:
        host: a name or an IP address, without brackets.
        path: with the query. It may hold a credential, and is shown nowhere.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port, as the header `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What errors and logs show of a URL."""
        return f"{self.scheme}://{self.authority}"


def target_of(url: str) -> Target:
    """Take a URL apart.

    Raises:
        Malformed: it is no URL for a webhook. The text does not quote it.
    """
    # Before it is split: `urlsplit` takes line breaks out without a word.
    if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or re.search(r'[\\<>"^`{|}]', url):
        raise Malformed.at(
            "$.url", f"expected at most {LONGEST_URL} characters of a URL, anything else percent-encoded"
        )
    parts, port = _split(url)
    if parts.scheme not in _PORTS:
        raise Malformed.at("$.url", "expected a URL that begins with https:// or http://")
    if "@" in parts.netloc or parts.fragment:
        raise Malformed.at("$.url", "expected no user, no password and no fragment: requests are signed")
    return Target(
        scheme=parts.scheme,
        host=_host(parts),
        port=_PORTS[parts.scheme] if port is None else port,
        path=f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}",
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        pass
    else:
        return parts, port
    # Raised out here, for the error quotes what it took for a port, which may be a password.
    raise Malformed.at("$.url", "expected a host and a port from 1 to 65535")


def _host(parts: SplitResult) -> str:
    """The host: a name of letters, digits, `-` and `_` (an international one as `xn--`), or an IP address."""
    host = parts.hostname or ""
    if parts.port == 0 or not (_NAME.fullmatch(host) or _is_ipv6(host)):
        raise Malformed.at("$.url", "expected a host name or an IP address, and a port from 1 to 65535")
    return host


def _is_ipv6(host: str) -> bool:
    try:
        return ip_address(host).version == 6 and "%" not in host  # noqa: PLR2004 - IPv6; a zone names our own network
    except ValueError:
        return False

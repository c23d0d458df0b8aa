"""Whether a text can be a host, or a port."""

from __future__ import annotations

import re
from ipaddress import ip_address

_LABEL = r"[\w-]{1,63}"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_HIGHEST_PORT = 65_535


def is_host(text: str) -> bool:
    """Whether it is a name of one or more labels, international ones too, or an IP address.

    The empty text is one: the driver takes the host that it has by default.
    """
    if _NAME.fullmatch(text):
        return _is_encodable(text)
    try:
        return text == "" or bool(ip_address(text))
    except ValueError:
        return False


def is_port(text: str) -> bool:
    """Whether it is a number from 1 to 65535, or the empty text, which is the port by default."""
    return text == "" or (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= _HIGHEST_PORT)


def _is_encodable(name: str) -> bool:
    try:
        return len(name.encode("idna")) <= 254  # noqa: PLR2004 - of DNS, with the last dot
    except UnicodeError:
        return False

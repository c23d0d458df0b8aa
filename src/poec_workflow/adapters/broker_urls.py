"""Whether a text can be the URL of a broker: kombu's errors, and its transports', quote what they can't read."""

from __future__ import annotations

from urllib.parse import urlsplit

from attrs import Attribute

from poec_workflow.adapters.host_names import is_host
from poec_workflow.errors import Malformed
from poec_workflow.redaction import scheme_of


def check_broker_url(_: object, __: Attribute[str], url: object) -> None:
    """Check the URL of a broker, or those of several, with a `;` between.

    Raises:
        Malformed: one has no scheme, or no readable host or port. The text does not quote it.
    """
    if not isinstance(url, str) or not all(map(_is_readable, url.split(";"))):
        raise Malformed.at(
            "$.url",
            "expected a URL as redis://HOST/0, and in a password @ as %40, / as %2F, # as %23, ? as %3F",
        )


def _is_readable(url: str) -> bool:
    if scheme_of(url) is None or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    # An @ elsewhere is what ended the host before its time.
    return url.count("@") == parts.netloc.count("@") <= 1 and is_host(parts.hostname or "")

"""PostgreSQL's sessions: how a transaction begins, with its waits bounded, so that it works through PgBouncer too.

PgBouncer refuses start-up options, and when it pools transactions each may run in another session of the server, which
others use in between. So what a transaction needs it sets for itself, in the message that begins it, which costs no
round trip. And what a session would remember, prepared statements, is asked for only where the session is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

_LONGEST = 2**31 - 1
"""The longest `lock_timeout` in milliseconds: 24 days."""


def beginnings(busy_timeout: float, options: str) -> Mapping[bool, str]:
    """The message that begins a transaction, by whether it writes.

    Args:
        busy_timeout: seconds to wait for a lock: at least a millisecond, as 0 is for ever.
        options: those of the URL, which go before ours.
    """
    # No statement here takes as long as compiling it would.
    ours = {"lock_timeout": min(max(ceil(min(busy_timeout * 1000, _LONGEST)), 1), _LONGEST), "jit": "off"}
    settings = "".join(f"; SET LOCAL {name} = {value}" for name, value in ours.items() if name not in options)
    return {
        True: f"BEGIN ISOLATION LEVEL READ COMMITTED{settings}",
        False: f"BEGIN ISOLATION LEVEL REPEATABLE READ{settings}",
    }


_OPTIONS = {
    "connect_timeout": "10",
    # A connection whose other end went without a word is found after half a minute, idle or not.
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_OF_SEVERAL = {"connect_timeout": "3", "target_session_attrs": "read-write"}


def connection_options(query: Mapping[str, Any], *, several: bool) -> Mapping[str, str]:
    """Options of the client library, by which a server that is gone holds nobody up.

    Args:
        query: the URL's, which go before ours.
        several: whether there are several hosts, of which the one that can be written to is looked for.
    """
    ours = {**_OPTIONS, **_OF_SEVERAL} if several else _OPTIONS
    return {name: query.get(name, value) for name, value in ours.items()}


def on_connect(driver: Any, _record: object) -> None:  # noqa: ANN401 - of an optional dependency
    """Prepare no statements where a pooler stands between: they would be another session's.

    A pooler gives its clients process numbers of its own.
    """
    found = driver.execute("SELECT pg_backend_pid()", prepare=False).fetchone()
    if found[0] != driver.info.backend_pid:
        driver.prepare_threshold = None

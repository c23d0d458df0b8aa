"""Read the hosts of a database's URL: one, or several of which one can be written to.

postgresql://user@h1:5432,h2:5433,[::1]:5434/db      as PostgreSQL's client library has it
postgresql://user@/db?host=h1:5432&host=h2:5433      as SQLAlchemy has it
postgresql://user@/db?host=h1,h2&port=5432,5433      as options, one port for all where there is one
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self
from urllib.parse import unquote

from attrs import frozen

from poec_workflow.adapters.host_names import is_host, is_port


@frozen
class HostList:
    """Hosts, each with its port, in the order of the URL.

    Attributes:
        hosts: names, addresses, or folders of sockets.
        ports: one for each; empty where it is PostgreSQL's own.
    """

    hosts: Sequence[str]
    ports: Sequence[str]

    @classmethod
    def of(cls, places: Iterable[str], ports: Sequence[str] = ()) -> Self:
        """Read `h1:5432`, `[::1]:5432`, `::1` or a folder, each; ports of their own go before `ports`.

        Raises:
            ValueError: a host can be none, a port neither; or there are more ports than hosts, or fewer.
        """
        read = [_host_and_port(each) for each in places]
        hosts, own = [host for host, _ in read], [port for _, port in read]
        several = [*ports] * len(hosts) if len(ports) == 1 else [*ports]
        if several and (any(own) or len(several) != len(hosts)):
            raise ValueError("ports")
        found = cls(hosts, several or own)
        if not found._is_right():
            raise ValueError("hosts")
        return found

    @property
    def options(self) -> dict[str, str]:
        """The same as options of the client library."""
        ports = {"port": ",".join(self.ports)} if any(self.ports) else {}
        return {"host": ",".join(self.hosts), **ports}

    def from_number(self, first: int) -> HostList:
        """The same, from one of them on; those before it come last."""
        return HostList(
            [*self.hosts[first:], *self.hosts[:first]],
            [*self.ports[first:], *self.ports[:first]],
        )

    def _is_right(self) -> bool:
        # An empty one is the default; between commas it is a slip.
        named = all(self.hosts) or len(self.hosts) == 1
        known = all(each.startswith("/") or is_host(each) for each in self.hosts)
        return named and known and all(map(is_port, self.ports))


def _host_and_port(place: str) -> tuple[str, str]:
    if place.startswith("["):
        address, bracket, port = place[1:].partition("]")
        if not bracket or port[:1] not in ("", ":") or ":" not in address:
            raise ValueError("brackets")
        return address, port[1:]
    if place.startswith("/") or place.count(":") > 1:
        return place, ""
    host, _, port = place.partition(":")
    return host, port


def several_of(rest: str) -> tuple[str, list[str]]:
    """Take several hosts out of what follows `://`: what is left, and the hosts; none where there are not several."""
    user, at, behind = rest.rpartition("@")
    end = min((found for sign in "/?" if (found := behind.find(sign)) >= 0), default=len(behind))
    places = behind[:end]
    if "," not in places or "?" in user or "@" in user:
        return rest, []
    return f"{user}{at}{behind[end:]}", [unquote(each) for each in places.split(",")]

"""Where requests of the webhook channel may go: to public addresses alone, looked at once and pinned."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhook_receiver import NAME, PUBLIC, channel, receiving, told, trusting

from poec_workflow import Content, Message, NotNow, Undeliverable
from poec_workflow.adapters.webhook import refusal_of

LOCAL_HOSTS = """
127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 0.0.0.0 0 localhost [::1] [::] [::ffff:127.0.0.1]
[::ffff:7f00:1] 169.254.169.254 10.1.2.3 [fd00:ec2::254] [64:ff9b::7f00:1]
"""
SPECIAL_ADDRESSES = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16
169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.9 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1
198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 64:ff9b:1::1 100::1
2001::1 2001:db8::1 2002::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%2 fec0::1 ff02::1
::ffff:8.8.8.8
"""


@pytest.fixture(scope="module")
def n3() -> tuple[Message, Content]:
    """What KAIROS hears of a retained application."""
    return told()


class Network:
    """Connects every address to one port of this machine, and keeps which were asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[tuple[str, int]] = []

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        """Connect to the receiver."""
        self.asked.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout)


class Resolver:
    """Answers each question with the next of its answers."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0)


def guarded(url: str, network: Network, **options: Any) -> Any:
    """A channel as it is by default, on such a network."""
    options = {"allow_private": False, "allow_http": False, "tls": trusting(), **options}
    return channel(url, connect=network.connect, **options)


def test_a_name_that_turns_private_is_not_followed(n3: tuple[Message, Content]) -> None:
    """What is connected to is what was looked at; the name is asked once a delivery, and refused the second time."""
    resolver = Resolver([PUBLIC], ["127.0.0.1"], [PUBLIC])
    with receiving(tls=True) as receiver:
        network = Network(receiver.port)
        sending = guarded(f"https://{NAME}/", network, resolve=resolver)
        sending.deliver(*n3)
        assert (network.asked, resolver.asked) == ([(PUBLIC, 443)], [(NAME, 443)])
        assert receiver.requests[0].headers["Host"] == NAME
        with pytest.raises(Undeliverable, match=r"127\.0\.0\.1 is not a public address"):
            sending.deliver(*n3)
    assert (len(network.asked), len(resolver.asked), len(receiver.requests)) == (1, 2, 1)


def test_a_redirect_leads_nowhere(n3: tuple[Message, Content]) -> None:
    """A public webhook that redirects to a private address: one request, one name, and a failure that says so."""
    resolver = Resolver([PUBLIC], ["169.254.169.254"])
    with receiving(lambda handler: handler.reply(307, Location="http://169.254.169.254/latest/"), tls=True) as receiver:
        network = Network(receiver.port)
        with pytest.raises(NotNow, match="answered 307: redirects are not followed"):
            guarded(f"https://{NAME}/", network, resolve=resolver).deliver(*n3)
    assert (len(network.asked), len(resolver.asked), len(receiver.requests)) == (1, 1, 1)


@pytest.mark.parametrize("bad", ["127.0.0.1", "::1", "10.0.0.1", "fe80::1%2", "::ffff:10.0.0.1"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_private_address_is_enough(bad: str, place: int, n3: tuple[Message, Content]) -> None:
    """All addresses of a name are looked at, wherever the private one stands."""
    addresses = [PUBLIC, "2001:4860:4860::8888"]
    addresses.insert(place, bad)
    network = Network(1)
    with pytest.raises(Undeliverable, match="not a public address"):
        guarded(f"https://{NAME}/", network, resolve=Resolver(addresses)).deliver(*n3)
    assert network.asked == []


@pytest.mark.parametrize(
    "host",
    LOCAL_HOSTS.split(),
)
def test_a_way_of_writing_hides_nothing(host: str, n3: tuple[Message, Content]) -> None:
    """Whatever the system takes for an address is judged as the address that it is."""
    network = Network(1)
    try:
        with pytest.raises(Undeliverable, match="not a public address"):
            guarded(f"https://{host}/", network).deliver(*n3)
    except NotNow as error:
        assert "gaierror" in str(error)  # noqa: PT017 - a system that does not take it for one
    assert network.asked == []


def test_the_certificate_is_of_the_name(n3: tuple[Message, Content]) -> None:
    """A pinned address does not loosen TLS: another name and an unknown authority are refused, and nothing is sent."""
    with receiving(tls=True) as receiver:
        network = Network(receiver.port)
        for name, options in (("other.example.org", {}), (NAME, {"tls": channel("https://x/").tls})):
            with pytest.raises(NotNow, match="CERTIFICATE_VERIFY_FAILED"):
                guarded(f"https://{name}/", network, resolve=Resolver([PUBLIC]), **options).deliver(*n3)
        assert receiver.requests == []
        guarded(f"https://{NAME}/", network, resolve=Resolver([PUBLIC])).deliver(*n3)
        assert len(receiver.requests) == 1


def test_the_next_address_is_tried(n3: tuple[Message, Content]) -> None:
    """Where the first of several refuses the connection."""
    with receiving(tls=True) as receiver:
        network = Network(receiver.port)

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            if ":" in address[0]:
                raise ConnectionRefusedError
            return network.connect(address, timeout)

        resolver = Resolver(["2001:4860:4860::8888", PUBLIC])
        channel(f"https://{NAME}/", resolve=resolver, connect=connect, tls=trusting()).deliver(*n3)
        assert len(receiver.requests) == 1


def test_a_name_without_addresses_is_tried_again(n3: tuple[Message, Content]) -> None:
    """None, or none now."""

    def failing(host: str, port: int) -> Sequence[str]:
        del host, port
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    for resolve in (failing, Resolver([])):
        with pytest.raises(NotNow):
            channel(f"https://{NAME}/", resolve=resolve).deliver(*n3)


def test_proxies_of_the_environment_are_ignored(n3: tuple[Message, Content], monkeypatch: pytest.MonkeyPatch) -> None:
    """A request goes where it was looked at, whatever a proxy is called."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with receiving() as receiver:
        channel(f"http://127.0.0.1:{receiver.port}/").deliver(*n3)
        assert receiver.requests[0].headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_a_private_receiver_may_be_allowed(n3: tuple[Message, Content]) -> None:
    """By the operator, for their own network; the host of an IPv6 address stands in brackets."""
    with receiving() as receiver:
        network = Network(receiver.port)
        channel(f"http://[::1]:{receiver.port}/", connect=network.connect).deliver(*n3)
        assert receiver.requests[0].headers["Host"] == f"[::1]:{receiver.port}"
    assert network.asked == [("::1", receiver.port)]


@given(st.ip_addresses())
def test_what_is_not_public_is_refused(address: IPv4Address | IPv6Address) -> None:
    """Whatever `ipaddress` calls by any other name; NAT64 is judged by the address in it."""
    named = (
        *(address.is_private, address.is_loopback, address.is_link_local, address.is_multicast),
        *(address.is_reserved, address.is_unspecified, not address.is_global),
    )
    if any(named) and not (isinstance(address, IPv6Address) and address.packed[:12] == NAT64):
        assert refusal_of(address) is not None


NAT64 = bytes.fromhex("0064ff9b0000000000000000")


@given(st.ip_addresses(v=4))
def test_an_address_in_an_address_is_found(inner: IPv4Address) -> None:
    """A refused IPv4 address is refused in every IPv6 address that stands for it; a public one is reached by NAT64."""
    packed = inner.packed
    assert (refusal_of(IPv6Address(NAT64 + packed)) is None) == (refusal_of(inner) is None)
    for other in (
        bytes(10) + b"\xff\xff" + packed,
        bytes(12) + packed,
        b"\x20\x02" + packed + bytes(10),
        bytes.fromhex("20010000") + packed + bytes(8),
        bytes.fromhex("20010000") + bytes(8) + bytes(255 - each for each in packed),
        bytes.fromhex("0064ff9b00010000") + bytes(4) + packed,
    ):
        assert refusal_of(IPv6Address(other)) is not None


@pytest.mark.parametrize(
    "address",
    SPECIAL_ADDRESSES.split(),
)
def test_known_addresses_are_refused(address: str) -> None:
    """IANA's special purposes, and where clouds keep their metadata."""
    assert refusal_of(ip_address(address)) == f"{ip_address(address)} is not a public address"


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111"])
def test_known_addresses_are_public(address: str) -> None:
    """So not everything is refused."""
    assert refusal_of(ip_address(address)) is None

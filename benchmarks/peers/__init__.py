"""Other libraries' machines, each with two states and nothing else; those that are not installed are left out.

The dependency group `benchmarks` has them, pinned.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from attrs import frozen

from benchmarks.ratios import Work


class ThereAndBack(Protocol):
    """A model that is pending, convoked, and pending again."""

    def convoke(self) -> object:
        """Go there."""

    def again(self) -> object:
        """And back."""


@frozen
class Peer:
    """A library: what it imports as, and which file here has its machine."""

    package: str
    file: str


PEERS: Mapping[str, Peer] = {
    "viewflow.fsm": Peer("viewflow", "viewflow_machine"),
    "Automat": Peer("automat", "automat_machine"),
    "django-fsm-2": Peer("django_fsm", "django_fsm_machine"),
    "python-statemachine": Peer("statemachine", "statemachine_machine"),
}


def installed() -> Mapping[str, ThereAndBack]:
    """A machine of each library that is there."""
    return {
        name: import_module(f"benchmarks.peers.{peer.file}").Model()
        for name, peer in PEERS.items()
        if find_spec(peer.package)
    }


def triggering(model: ThereAndBack, times: int) -> Work:
    """So many triggers."""
    convoke, again = model.convoke, model.again

    def work() -> None:
        for _ in range(times // 2):
            convoke()
            again()

    return work

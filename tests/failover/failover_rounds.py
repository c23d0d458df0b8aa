"""The ways in which a primary dies, each with its return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from time import sleep

import process_trees
from attrs import frozen
from patroni_cluster import Node, PatroniCluster
from tcp_proxies import Passage

Wait = Callable[[], None]
"""Waits until somebody else is primary and has acknowledged something."""


@frozen
class Death:
    """One death of a primary.

    Attributes:
        until_served: waits until another primary serves.
        random: of the campaign.
    """

    cluster: PatroniCluster
    node: Node
    until_served: Wait
    random: Random

    def by_kill(self) -> str:
        """SIGKILL, and a start."""
        self.cluster.kill(self.node)
        self.until_served()
        self.cluster.start(self.node)
        return ""

    def by_lost_disk(self) -> str:
        """SIGKILL, and a start without any file: only the standby has what was acknowledged."""
        self.cluster.kill(self.node)
        self.cluster.lose_disk(self.node)
        self.until_served()
        self.cluster.start(self.node)
        return ""

    def by_freeze(self) -> str:
        """SIGSTOP; when another one serves it goes on, in the belief that it is the primary."""
        family = process_trees.stop(*self.node.roots)
        try:
            self.until_served()
            sleep(self.random.uniform(0, 2))
        finally:
            process_trees.go_on(family)
        return f"{len(family)} processes"

    def by_cut(self) -> str:
        """No way to etcd and the others, while the clients' way is open: it could take writes that nobody has."""
        return self._by_cut(clients=False)

    def by_isolation(self) -> str:
        """No way to anybody."""
        return self._by_cut(clients=True)

    def with_standby(self) -> str:
        """Primary and standby are killed together: the third may not be promoted, so nobody serves until they start."""
        standby = self.cluster.seen().standby
        both = [self.node, *([self.cluster.nodes[standby]] if standby else [])]
        for each in both:
            self.cluster.kill(each)
        sleep(self.random.uniform(0, 2))
        self.random.shuffle(both)
        for each in both:
            self.cluster.start(each)
            sleep(self.random.uniform(0, 2))
        return "" if standby else "without a standby"

    def by_freeze_then_kill(self) -> str:
        """SIGSTOP, for less than the key lives or for longer, and then SIGKILL without having gone on."""
        process_trees.stop(*self.node.roots)
        sleep(self.random.uniform(0, 5))
        return self.by_kill()

    def by_lost_answers(self) -> str:
        """The primary lives, and for moments hears its clients, who do not hear it: what they sent is carried out."""
        entrance, let = self.node.entrance, self.cluster.proxies.let
        for _ in range(8):
            let(Passage.MUTE, entrance)
            sleep(0.3)
            let(Passage.RESET, entrance)
            let(Passage.OPEN, entrance)
            sleep(self.random.uniform(0.3, 0.6))
        return "8 times"

    def _by_cut(self, *, clients: bool) -> str:
        passage = self.random.choice((Passage.SILENT, Passage.RESET))
        self.cluster.cut(passage, self.node, clients=clients)
        try:
            self.until_served()
            sleep(self.random.uniform(0, 2))
        finally:
            self.cluster.cut(Passage.OPEN, self.node, clients=clients)
        return passage.value


KINDS: Mapping[str, Callable[[Death], str]] = {
    "killed": Death.by_kill,
    "disk-lost": Death.by_lost_disk,
    "frozen": Death.by_freeze,
    "cut-off": Death.by_cut,
    "isolated": Death.by_isolation,
    "frozen-then-killed": Death.by_freeze_then_kill,
    "killed-with-standby": Death.with_standby,
    "answers-lost": Death.by_lost_answers,
}

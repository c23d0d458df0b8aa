"""A primary that dies: PostgreSQL under Patroni, killed, frozen and cut off under writers, a sweep and a relay.

    python -m tests.failover --rounds 50                     # prints its figures; an error when a promise is broken
    python -m tests.failover --rounds 10 --plant asynchronous  # must find what is lost without a synchronous standby
    python -m tests.failover --rounds 10 --plant resend        # must find what is carried out twice
    python -m tests.failover --rounds 10 --plant etcd3         # must find what Debian's Patroni 3.0.2 loses with it

It needs the packages patroni, etcd-server and postgresql, and Linux. Nothing is left running, nor any file.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
from failover_campaign import Campaign
from failover_rounds import KINDS
from patroni_cluster import NoPatroni, PatroniCluster, Timing

PLANTS = ("asynchronous", "resend", "etcd3")


def main() -> None:
    """Run it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--only", nargs="*", choices=KINDS, default=list(KINDS))
    options.add_argument("--plant", choices=PLANTS)
    options.add_argument("--ttl", type=int, default=Timing().ttl, help="of the leader's key, in seconds")
    asked = options.parse_args()
    signal.signal(signal.SIGTERM, _interrupted)
    print(f"seed {asked.seed}, ttl {asked.ttl} s, planted: {asked.plant or 'nothing'}", flush=True)
    timing = Timing(ttl=asked.ttl, retry_timeout=max(1, (asked.ttl - 1) // 2))
    cluster = PatroniCluster(
        timing, synchronous=asked.plant != "asynchronous", etcd_api=3 if asked.plant == "etcd3" else 2
    )
    with tempfile.TemporaryDirectory() as folder, cluster:
        Campaign(cluster, Path(folder), asked.seed, asked.only, asked.plant).run(asked.rounds)


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        main()
    except NoPatroni as error:
        sys.exit(str(error))

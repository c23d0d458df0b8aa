"""Measure each line of the table beside its floor, print the ratios, keep them as JSON; fail where a target is missed.

uv run --group benchmarks python -m benchmarks [--quick] [--only GROUP ...] [--database sqlite postgresql]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter

from benchmarks.filling import DATABASES, STORES, NoPostgreSQL
from benchmarks.lines import Line
from benchmarks.report import Groups, as_json, missed, print_group, print_verdict

GROUPS = (
    "decision",
    "commands",
    "batches",
    "sweeping",
    "chain",
    "pages",
    "lists",
    "growth",
    "feeding",
    "start",
    "memory",
)
"""The modules that have lines, in the order of the table."""
KEPT = Path("build/benchmarks")


def main() -> int:
    """Measure, print, keep."""
    options = _options()
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load > processors / 2:
        print(f"{load:.1f} processes use {processors} processors already: figures will vary", file=sys.stderr)
    # All at once: a long run is one of one state of the code.
    modules = {name: import_module(f"benchmarks.{name}") for name in options.only}
    groups: dict[str, Sequence[Line]] = {}
    try:
        with STORES.opened(options.database, options.postgresql):
            for name, module in modules.items():
                begun = perf_counter()
                groups[name] = module.lines(quick=options.quick)
                print_group(name, groups[name])
                print(f"{name}: {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
                _keep(groups, options)
    except NoPostgreSQL as error:
        print(f"{error}; leave it out with --database sqlite", file=sys.stderr)
        return 2
    print_verdict(groups)
    return 1 if missed(groups) else 0


def _keep(groups: Groups, options: argparse.Namespace) -> None:
    """What was measured so far, for who interrupts a long run."""
    kept: Path = options.json or _kept(options)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(as_json(groups, quick=options.quick), indent=2) + "\n", encoding="utf-8")


def _kept(options: argparse.Namespace) -> Path:
    """What was measured stands in the name, so that a part does not take the place of the whole."""
    part = [] if options.only == GROUPS else options.only
    return KEPT / ("-".join(["quick" if options.quick else "full", *part]) + ".json")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small stores and few rounds: under two minutes")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--postgresql", metavar="URL", help="a server to make databases on, instead of one of our own")
    parser.add_argument("--json", type=Path, metavar="FILE", help=f"where to keep the figures, instead of {KEPT}/")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

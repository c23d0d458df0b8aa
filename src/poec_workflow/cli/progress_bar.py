"""How far a long command is, where somebody watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from poec_workflow.cli.terminal import console

T = TypeVar("T")


def counted(name: str, work: Callable[[Callable[[int], None]], T]) -> T:
    """What some work gives, which says how many it has done; a terminal shows that as a bar."""
    from rich.progress import Progress  # noqa: PLC0415 - a part of a second's start, which a group's others are spared

    out = console(stderr=True)
    with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        return work(lambda done: bar.update(task, completed=done))

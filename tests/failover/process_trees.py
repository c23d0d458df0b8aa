"""Processes with all that came of them: stopped, continued and killed together.

This process adopts what loses its parent (Linux's child subreaper), so that whatever was started here is found.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

_SUBREAPER = 36
_PATIENCE, _PAUSE, _BURIALS = 30.0, 0.01, 0.2


def adopt_orphans(name: str) -> None:
    """Be the parent of every descendant whose own parent ends; bury those of a name, for somebody waits for their end.

    A postmaster outlives who started it, and Patroni takes one that was not buried for alive.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no child subreaper")
    threading.Thread(target=_bury_for_ever, args=(name,), daemon=True).start()


def _bury_for_ever(name: str) -> None:
    while True:
        mine = [pid for pid, (parent, state) in _processes().items() if parent == os.getpid() and state == "Z"]
        for each in mine:
            if _name(each) == name:
                _bury(each)
        sleep(_BURIALS)


def _bury(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def tree(*roots: int) -> list[int]:
    """Processes with their descendants; those that are gone or have ended are left out."""
    children: dict[int, list[int]] = {}
    for pid, (parent, state) in _processes().items():
        if state != "Z":
            children.setdefault(parent, []).append(pid)
    alive = {pid for each in children.values() for pid in each}
    found: list[int] = []
    waiting = [each for each in roots if each in alive]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.append(one)
            waiting += children.get(one, [])
    return found


def stop(*roots: int) -> list[int]:
    """Freeze trees, until nobody is left who could have children meanwhile; who they are."""
    known: list[int] = []
    while new := [each for each in tree(*roots) if each not in known]:
        tell(signal.SIGSTOP, new)
        known += new
    return known


def go_on(family: Iterable[int]) -> None:
    """Let frozen processes go on."""
    tell(signal.SIGCONT, family)


def kill(*roots: int) -> None:
    """End trees by SIGKILL, and return when they are gone."""
    family = stop(*roots)
    tell(signal.SIGKILL, family)
    until = monotonic() + _PATIENCE
    while left := [each for each in family if _is_there(each)]:
        if monotonic() > until:
            raise RuntimeError(f"{left} do not end")
        sleep(_PAUSE)


def tell(what: signal.Signals, processes: Iterable[int]) -> None:
    """Send a signal to each that is there."""
    for each in processes:
        with suppress(ProcessLookupError):
            os.kill(each, what)


def _is_there(pid: int) -> bool:
    """Whether it is; one that has ended and is ours is buried."""
    _bury(pid)
    found = _processes_of(pid)
    return found is not None and found[1] != "Z"


def _processes() -> dict[int, tuple[int, str]]:
    numbers = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    found = {each: _processes_of(each) for each in numbers}
    return {pid: known for pid, known in found.items() if known is not None}


def _processes_of(pid: int) -> tuple[int, str] | None:
    """Its parent and its state."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, parent, *_ = said.rpartition(")")[2].split()
    return int(parent), state

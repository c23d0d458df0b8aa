"""Ctrl-C: the first lets a command say how far it came, the second ends its process at once.

A `KeyboardInterrupt` may be raised anywhere: while a module is loaded, a connection closed, garbage collected. So it is
raised once, and only while a command runs; before, after and from the second on the process just ends, as `kill -9`
would end it, which loses nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

_INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a process that a signal ended, as shells say it."""


def end_at_once() -> None:
    """Let Ctrl-C end the process, with code 130 and without a word.

    A process that is to ignore Ctrl-C, as one in a shell's background, goes on doing so.
    """
    if _is_handled_by(signal.default_int_handler):
        signal.signal(signal.SIGINT, _end)


@contextmanager
def raised_once() -> Iterator[None]:
    """Let the first Ctrl-C raise `KeyboardInterrupt` herein; the second, and one that nobody hears, ends the process.

    Only where `end_at_once` was called; a host that runs commands within its own process keeps its own way.
    """
    if not _is_handled_by(_end):
        yield
        return
    sys.unraisablehook = _unheard
    signal.signal(signal.SIGINT, _raise)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _end)


@contextmanager
def deferred_interrupt(stopped: Callable[[], object]) -> Iterator[None]:
    """Let what is in hand end before Ctrl-C stops the command; a second Ctrl-C does not wait.

    Args:
        stopped: says where the command stops that does not wait.

    Raises:
        KeyboardInterrupt: it was asked for meanwhile.
    """
    if not _is_handled_by(_raise):
        yield
        return
    asked = False

    def end(*_: object) -> NoReturn:
        with suppress(Exception):
            stopped()
        _end()

    def remember(*_: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, end)

    signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _end if asked else _raise)
    if asked:
        raise KeyboardInterrupt


def _is_handled_by(handler: object) -> bool:
    """Whether Ctrl-C comes to it now, and this thread may say to what it comes instead."""
    return threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is handler


def _raise(*_: object) -> NoReturn:
    signal.signal(signal.SIGINT, _end)
    # SQLAlchemy logs what interrupts the closing of a connection, with a traceback, and raises it nonetheless.
    with suppress(Exception):
        import logging  # noqa: PLC0415 - who is not interrupted needs none

        logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())
    raise KeyboardInterrupt


def _end(*_: object) -> NoReturn:
    if "rich.console" in sys.modules:
        # A progress bar hides the cursor.
        with suppress(Exception):
            from poec_workflow.cli.terminal import console  # noqa: PLC0415 - what shows a bar has it

            console(stderr=True).show_cursor()
    os._exit(_INTERRUPTED)


def _unheard(unraisable: sys.UnraisableHookArgs) -> None:
    """Python prints, and forgets, what a destructor raises."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _end()
    sys.__unraisablehook__(unraisable)

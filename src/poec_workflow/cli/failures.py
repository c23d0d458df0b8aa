"""What a command says of an exception, and the exit code that it leaves with."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

import click

from poec_workflow.cli import language
from poec_workflow.cli.terminal import say
from poec_workflow.locales.exception_sentences import sentence
from poec_workflow.presentation.error_words import error_text
from poec_workflow.presentation.exit_codes import MALFORMED, PIPE_CLOSED, SERVICE, known_exit_code
from poec_workflow.redaction import redacted

WHOLE_TRACEBACK: Final = "POEC_TRACEBACK"
"""Who sets this in the environment is shown where an unexpected exception comes from, call by call."""

_OURS = __name__.partition(".")[0]
_OUTSIDE = tuple(f"{_OURS}.{each}" for each in ("adapters", "cli"))
"""What these call are libraries: what fails there is no service's code."""


def leave(error: BaseException, given: Sequence[str] = (), command: click.Command | None = None) -> NoReturn:
    """Say what went wrong, and exit.

    Args:
        error: what was raised.
        given: the words of the command line: no password is quoted that stands among them.
        command: that was given; its options are named where their values are at fault.
    """
    code = exit_code(error)
    if code == PIPE_CLOSED:
        _say_no_more()
    else:
        say(f"poec-workflow: {redacted(description(error, code, command), given)}", err=True)
    raise click.exceptions.Exit(code) from error


def _say_no_more() -> None:
    """Let what is still to be written go nowhere, or Python would complain of it when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())


def exit_code(error: BaseException) -> int:
    """The exit code of an exception that is none of click's."""
    if (code := known_exit_code(error)) is not None:
        return code
    if isinstance(error, OSError) and _service_frame(error) is None:
        return PIPE_CLOSED if isinstance(error, BrokenPipeError) else MALFORMED
    return SERVICE


def description(error: BaseException, code: int, command: click.Command | None) -> str:
    """What is said of an exception: of one in a service's own code its place and class too."""
    if not isinstance(error, Exception):
        return sentence("interrupted", language.current())
    if code != SERVICE:
        return error_text(error, language.current(), _options(command))
    if os.environ.get(WHOLE_TRACEBACK):
        return "\n" + "".join(traceback.format_exception(error)).rstrip()
    return "".join((*_notes(error), _place(error), "".join(traceback.format_exception_only(error)).splitlines()[0]))


def _options(command: click.Command | None) -> Mapping[str, str]:
    """What the fields of a question are called on the command line."""
    params = command.params if command else ()
    return {
        each.name: each.opts[0] if isinstance(each, click.Option) else each.human_readable_name
        for each in params
        if each.name
    }


def _notes(error: BaseException) -> Iterator[str]:
    return (f"{each}: " for each in getattr(error, "__notes__", ()))


def _place(error: BaseException) -> str:
    """`rules.py:12 on_sunday: `: what of a service's code was called, or where the exception is from."""
    frame = _service_frame(error) or next(reversed(_frames(error)), None)
    if frame is None:
        return ""
    code = frame.f_code
    return f"{os.path.relpath(code.co_filename)}:{frame.f_lineno} {code.co_name}: "


def _service_frame(error: BaseException) -> FrameType | None:
    """The call by which the rules left the package, if they did: a policy, a service's own storage or clock."""
    caller = ""
    for frame in _frames(error):
        module = str(frame.f_globals.get("__name__", ""))
        if not _is_within(module, _OURS) and _is_within(caller, _OURS) and not _is_within(caller, *_OUTSIDE):
            return frame
        caller = module
    return None


def _frames(error: BaseException) -> list[FrameType]:
    return [frame for frame, _ in traceback.walk_tb(error.__traceback__)]


def _is_within(module: str, *packages: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)

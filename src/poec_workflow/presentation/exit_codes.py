"""The exit codes of commands, as the surface fixes them."""

from __future__ import annotations

from poec_workflow.errors import CommandRefused, Conflict, Malformed, SchemaOutdated, StorageUnavailable

DONE, REFUSED, MALFORMED, UNREACHABLE, CONFLICT, SERVICE = range(6)
INTERRUPTED, PIPE_CLOSED = 130, 141

_CODES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], int], ...] = (
    (KeyboardInterrupt, INTERRUPTED),
    (CommandRefused, REFUSED),
    ((StorageUnavailable, SchemaOutdated), UNREACHABLE),
    (Conflict, CONFLICT),
    (Malformed, MALFORMED),
)


def known_exit_code(error: BaseException) -> int | None:
    """The exit code of an interruption, or of an exception of the package; None of another."""
    return next((code for kinds, code in _CODES if isinstance(error, kinds)), None)

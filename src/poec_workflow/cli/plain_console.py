"""rich's console, but for its exit code when the reader of what it prints has gone."""

from __future__ import annotations

import errno
import os
from typing import NoReturn

from rich.console import Console


class PlainConsole(Console):
    """A console that leaves a closed pipe to the program, which exits with 141; rich's own exits with 1."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise what it is called for."""
        self.quiet = True
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

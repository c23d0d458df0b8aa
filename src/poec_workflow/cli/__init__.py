"""The command line: each command parses, calls one use case, prints and exits. Needs the extra `cli`."""

import atexit
import gc
import sys
from io import TextIOWrapper

from poec_workflow.cli.interruption import end_at_once

_ALLOCATIONS = 100_000
"""After how many new objects a command's process looks for garbage; 700 is Python's own."""


def main() -> None:
    """Run `poec-workflow` and leave with its exit code."""
    end_at_once()
    # What a command imports stays until its process ends: looking through it for garbage would take a third of the time
    # of a short one, half of that at the end, when the system takes everything back anyway.
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)
    try:
        import click  # noqa: F401, PLC0415 - is the extra there?
        import rich  # noqa: F401, PLC0415
    except ImportError:
        sys.exit("the command line needs click and rich: pip install 'poec-workflow[cli]'")
    from poec_workflow.cli.app import program  # noqa: PLC0415

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without UTF-8 shows an accent as \xe9, rather than nothing at all.
            stream.reconfigure(errors="backslashreplace")
    program()

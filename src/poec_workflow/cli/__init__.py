"""The command line: each command parses, calls one use case, prints and exits. Needs the extra `cli`."""

import logging
import sys
from io import TextIOWrapper


def main() -> None:
    """Run `poec-workflow` and leave with its exit code."""
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
    # A store that is busy is tried again, and what the user needs to know of it is the exit code.
    logging.getLogger("stamina").setLevel(logging.ERROR)
    program()

"""The extras of the package: what an adapter needs of others, and how to install it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs_extra(name: str) -> Iterator[None]:
    """Import what an extra installs; where it is not installed, the error says how to.

    Raises:
        ModuleNotFoundError: with a note that names the extra.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        error.add_note(f"This needs its extra: pip install 'poec-workflow[{name}]'")
        raise

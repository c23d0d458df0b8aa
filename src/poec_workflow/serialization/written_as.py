"""A mark on the members of JSON documents: which of the package's values stands there."""

from __future__ import annotations

from typing import Any

from attrs import frozen


@frozen
class WrittenAs:
    """Marks a member that is a value of the package: an event with its type, a subject with its kind.

    Attributes:
        of: the annotation of the value.
    """

    of: Any

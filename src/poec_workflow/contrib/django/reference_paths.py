"""References in addresses: whatever its characters, a reference is one segment of a path."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

_ESCAPE = "~"


class ReferenceConverter:
    """A path converter: letters, digits, `.`, `_` and `-` stand as they are, every other byte as `~2F`."""

    regex = "[A-Za-z0-9._~-]+"

    def to_python(self, value: str) -> str:
        """The reference that a segment names.

        Raises:
            ValueError: it names none, or not in the one way in which it is written.
        """
        reference = unquote_to_bytes(value.replace(_ESCAPE, "%")).decode()
        if self.to_url(reference) != value:
            raise ValueError("written in another way")
        return reference

    def to_url(self, value: str) -> str:
        """The segment that names a reference."""
        quoted = quote(value, safe="").replace(_ESCAPE, "%7E").replace("%", _ESCAPE)
        # A browser takes "." and ".." for folders.
        return f"{_ESCAPE}2E{quoted[1:]}" if quoted.startswith(".") else quoted

"""Take passwords out of texts that somebody else wrote: errors of hosts and libraries, words of a command line.

What this package says itself never quotes a URL; it names the scheme. This is for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "***"
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+._-]*)://")
_SECRET = r"[\w-]*(?:passw(?:or)?d|passwort|passphrase|pwd|secret|token|api[_-]?key|mot[ _]de[ _]passe)[\w-]*"  # noqa: S105
_VALUE = r"""(?:'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|[^\s&;,'")\]}]+)"""
_HIDING = (
    # To the last @ of the word: a password may hold one, and whatever else ends a host for some reader of URLs.
    (re.compile(r"(?<=://)(?!USER@HOST)\S*@"), f"{HIDDEN}@"),
    # Taken for a path, its two slashes became one.
    (re.compile(r"(\b[A-Za-z][\w+.-]*:/)(?!/)\S*:\S*@"), rf"\1{HIDDEN}@"),
    # Without an @ it is taken for a port.
    (re.compile(r"(://[^\s/:@\[*]*:)(?!\d{1,5}(?![^\s/?#'\"),.;\]]))[^\s'\"]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(\b{_SECRET}\s*=\s*){_VALUE}", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(rf"""((["']){_SECRET}\2\s*:\s*){_VALUE}""", re.IGNORECASE), rf"\1{HIDDEN}"),
)
_NAMED = re.compile(r"(--?[\w-]+=)?[A-Za-z][A-Za-z0-9+._-]*://")


def scheme_of(url: str) -> str | None:
    """The scheme of a URL, in small letters; None where no `://` follows one, for then anything may stand there."""
    found = _SCHEME.match(url)
    return found.group(1).lower() if found else None


def redacted(text: str, quoted: Iterable[str] = ()) -> str:
    """A text without the passwords of URLs, of `password=…` and of mappings.

    Args:
        text: of any kind.
        quoted: what the text may quote, as the words of a command line: where one may hold a password, only its scheme
            is left.
    """
    for each in sorted(filter(_is_suspect, quoted), key=len, reverse=True):
        named = _NAMED.match(each)
        text = text.replace(each, f"{named.group() if named else ''}{HIDDEN}")
    for pattern, replacement in _HIDING:
        text = pattern.sub(replacement, text)
    return text


def _is_suspect(word: str) -> bool:
    """Whether a password may stand in a word, also one with blanks."""
    return ("://" in word and "@" in word) or redacted(word) != word

"""The URL of a store: which there are, and what of one may be said. A password may stand in any text in its place."""

from __future__ import annotations

import re

from poec_workflow.redaction import scheme_of

SQL_SCHEMES = (
    *("sqlite", "sqlite+pysqlite"),
    *("postgres", "postgresql", "postgres+psycopg", "postgresql+psycopg"),
)
"""The schemes of databases, in small letters; PostgreSQL's own are psycopg's."""
STORAGES = "there are memory: (it keeps nothing), sqlite:///FILE and postgresql://USER@HOST/DATABASE"
"""What would do."""


def shown(url: str) -> str:
    """A text in the place of a URL: what it is, where it can hold no password; else its scheme, where it has one."""
    if re.fullmatch(r"[\w.+-]*(?::/+[\w./-]*)?", url):
        return repr(url)
    scheme = scheme_of(url)
    return f"{scheme}://" if scheme else "what is no URL"


def place_of(url: str) -> str:
    """A store's place, for a message: its URL where that is a file's, else the scheme."""
    if url.startswith("sqlite:///"):
        return url.partition("?")[0]
    return shown(url)

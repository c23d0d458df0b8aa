"""Refuse a PostgreSQL database that can't keep every name: one whose encoding is not UTF-8.

In LATIN1 a name with another letter is an error at its first use; in SQL_ASCII everything is bytes, which are neither
compared nor folded as letters.
"""

from __future__ import annotations

from typing import Any

from poec_workflow.errors import StorageUnavailable

_NEEDED = "UTF8"
REMEDY = "make one by CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and bring the data over by pg_dump"


def refuse_other_encodings(driver: Any, _record: object = None) -> None:  # noqa: ANN401 - of several drivers
    """Look at a driver's connection, which knows the encoding since it was opened.

    Raises:
        StorageUnavailable: it is another one; the connection is closed.
    """
    try:
        _check_server(driver)
    except StorageUnavailable:
        driver.close()
        raise


def check_hosts_encodings(driver: Any) -> None:  # noqa: ANN401 - of several drivers
    """Look at a host's connection.

    Raises:
        RuntimeError: the host reads and writes in another encoding, and knows why.
        StorageUnavailable: the database has another one.
    """
    _check_server(driver)
    found = _encoding_of(driver, "client_encoding")
    if found not in (None, _NEEDED):
        raise RuntimeError(
            f"the host's client_encoding is {found}; set it to {_NEEDED} to join: it can't write every name"
        )


def _check_server(driver: Any) -> None:  # noqa: ANN401 - of several drivers
    found = _encoding_of(driver, "server_encoding")
    if found not in (None, _NEEDED):
        name = driver.info.dbname
        raise StorageUnavailable(f"the database {name} has the encoding {found}, and has to have {_NEEDED}: {REMEDY}")


def _encoding_of(driver: Any, parameter: str) -> str | None:  # noqa: ANN401 - of several drivers
    """The server's or the client's encoding of a connection; None of a driver that does not say."""
    info = getattr(driver, "info", None)
    said = getattr(info, "parameter_status", None)
    return None if said is None else said(parameter)

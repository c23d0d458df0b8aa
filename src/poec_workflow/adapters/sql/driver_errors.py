"""Translate errors of the database drivers into the package's exceptions, each raised `from` its cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, PendingRollbackError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from poec_workflow.adapters.sql.dialects import NO_TRANSACTION, ErrorKind, driver_errors, error_kind
from poec_workflow.errors import Conflict, SchemaOutdated, StorageUnavailable, WorkflowError

REMEDY = "run `poec-workflow store upgrade`"
"""What helps against a schema that is not this release's."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise the package's exceptions in place of the driver's and SQLAlchemy's.

    Raises:
        Conflict: another transaction was faster, or still holds the lock.
        RuntimeError: the host has no transaction to join.
        SchemaOutdated: a table or a column is missing.
        StorageUnavailable: the database can't be reached, read or written.
    """
    try:
        yield
    except DBAPIError as error:
        raise _ours(error.orig or error) from error
    except driver_errors() as error:
        raise _ours(error) from error
    except (PendingRollbackError, ResourceClosedError) as error:
        raise StorageUnavailable(f"the host's connection can't be used: {error}") from error
    except PoolTimeout as error:
        raise StorageUnavailable("every connection is in use") from error


def _ours(error: BaseException) -> WorkflowError | RuntimeError:
    kind = error_kind(error)
    if kind is ErrorKind.DUPLICATE:
        return Conflict("the same reference, key or version was stored by somebody else")
    if kind is ErrorKind.BUSY:
        return Conflict("the database is being written by somebody else")
    if kind is ErrorKind.NO_TRANSACTION:
        return RuntimeError(NO_TRANSACTION)
    if kind is ErrorKind.SCHEMA:
        return SchemaOutdated(f"the database has another schema than this release reads ({error}); {REMEDY}")
    return StorageUnavailable(f"the database can't be used: {error}")

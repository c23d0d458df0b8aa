"""The driver's errors become ours here, each `from` its cause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, PendingRollbackError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from poec_workflow.adapters.sql.dialects import NO_TRANSACTION, Trouble, driver_errors, trouble
from poec_workflow.errors import Conflict, SchemaOutdated, StorageUnavailable, WorkflowError

REMEDY = "run `poec-workflow store upgrade`"
"""What helps against a schema that is not this release's."""


@contextmanager
def translated() -> Iterator[None]:
    """Let nothing of the driver out.

    Raises:
        Conflict: somebody else was faster, or still writes.
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
    found = trouble(error)
    if found is Trouble.TAKEN:
        return Conflict("the same reference, key or version was stored by somebody else")
    if found is Trouble.BUSY:
        return Conflict("the database is being written by somebody else")
    if found is Trouble.NO_TRANSACTION:
        return RuntimeError(NO_TRANSACTION)
    if found is Trouble.SCHEMA:
        return SchemaOutdated(f"the database has another schema than this release reads ({error}); {REMEDY}")
    return StorageUnavailable(f"the database can't be used: {error}")

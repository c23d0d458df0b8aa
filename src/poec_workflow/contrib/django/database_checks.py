"""Checks of the database that the workflow's tables live on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router

from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.errors import WorkflowError

_SUPPORTED = ("postgresql", "sqlite")


def check_database(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - what Django gives its checks
    """How the project connects; nothing is connected to."""
    connection = _connection()
    return [] if connection is None else [*_engine(connection), *_migrated(connection)]


def check_schema(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:  # noqa: ANN401 - as above
    """Whether the tables are those of this release: `check --database`."""
    connection = _connection()
    if connection is None or connection.alias not in (databases or ()) or connection.vendor not in _SUPPORTED:
        return []
    try:
        status = get_workflow().storage.schema()  # type: ignore[attr-defined]
    except WorkflowError as error:
        return [Error(f"the workflow's database can't be read: {error}", id="poec_workflow.E007")]
    if status.up_to_date and status.revision is not None:
        return []
    if status.newer:
        said = f"the tables are of revision {status.revision}, a later release's"
        return [Error(said, hint="Install that release of poec-workflow.", id="poec_workflow.E008")]
    # `migrate` asks too, before it makes them.
    if sys.argv[1:2] == ["migrate"]:
        return []
    said = "there are no tables of the workflow"
    if status.revision is not None:
        said = f"the tables are of revision {status.revision}, and this release reads {status.head}"
    return [Caution(said, hint="Run `manage.py migrate`.", id="poec_workflow.W007")]


def _connection() -> Any:  # noqa: ANN401 - Django's connection, or none
    try:
        alias = configuration().database
    except ImproperlyConfigured:
        return None  # said by `setting_checks`
    return connections[alias] if alias in {*connections} else None


def _engine(connection: Any) -> Iterator[CheckMessage]:  # noqa: ANN401 - Django's connection
    if connection.vendor not in _SUPPORTED:
        yield Error(
            f"the database {connection.alias!r} is of {connection.display_name}: PostgreSQL and SQLite are known",
            hint="Name the alias of one of these as POEC_WORKFLOW['DATABASE'].",
            id="poec_workflow.E005",
        )
    elif connection.vendor == "postgresql":
        yield from _postgresql(connection)
    else:
        yield from _sqlite(connection)
    if not connection.settings_dict["AUTOCOMMIT"]:
        yield Caution(
            f"AUTOCOMMIT of {connection.alias!r} is off: no command is committed unless the project commits",
            hint="Leave it on, and use `transaction.atomic()`.",
            id="poec_workflow.W004",
        )


def _postgresql(connection: Any) -> Iterator[CheckMessage]:  # noqa: ANN401 - as above
    from django.db.backends.postgresql.psycopg_any import is_psycopg3  # noqa: PLC0415 - there with a driver alone

    if not is_psycopg3:
        yield Error(
            "Django uses psycopg2, whose connections can't be joined",
            hint="pip install 'psycopg[binary]>=3.2': Django takes it where it is there.",
            id="poec_workflow.E006",
        )
    if connection.settings_dict["CONN_MAX_AGE"] == 0 and not connection.settings_dict["OPTIONS"].get("pool"):
        yield Info(
            "each request opens a connection to PostgreSQL, which takes longer than a command",
            hint="Set CONN_MAX_AGE with CONN_HEALTH_CHECKS, or OPTIONS['pool'].",
            id="poec_workflow.I003",
        )


def _sqlite(connection: Any) -> Iterator[CheckMessage]:  # noqa: ANN401 - as above
    mode = connection.settings_dict["OPTIONS"].get("transaction_mode")
    if str(mode).upper() not in {"IMMEDIATE", "EXCLUSIVE"}:
        yield Caution(
            f"transactions of {connection.alias!r} begin as readers: two that write at once, and one of them fails at "
            "once, without waiting",
            hint="DATABASES[…]['OPTIONS'] = {'transaction_mode': 'IMMEDIATE'}.",
            id="poec_workflow.W003",
        )
    if connection.settings_dict["ATOMIC_REQUESTS"] and mode:
        yield Info(
            "with ATOMIC_REQUESTS each request, one that only reads too, waits for the others on SQLite",
            hint="Use `transaction.atomic()` where a view writes; commands have transactions of their own.",
            id="poec_workflow.I004",
        )


def _migrated(connection: Any) -> Iterator[CheckMessage]:  # noqa: ANN401 - as above
    alias = connection.alias
    if not router.allow_migrate(alias, "poec_workflow", model_name="application"):
        yield Caution(
            f"a database router keeps the workflow's migrations from {alias!r}, where its tables are to be",
            hint="Let `allow_migrate` answer True for the app `poec_workflow` there; the memberships, which stand "
            "beside the users, have model_name='membership'.",
            id="poec_workflow.W005",
        )
    if settings.MIGRATION_MODULES.get("poec_workflow", "") is None:
        yield Caution(
            "MIGRATION_MODULES leaves out the migrations of poec_workflow: nothing makes the workflow's tables",
            hint="Make them by `get_workflow().storage.create()`, in a fixture for one, or leave the app's in.",
            id="poec_workflow.W006",
        )

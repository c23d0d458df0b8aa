"""The step of a Django migration that makes and upgrades the tables of the workflow, which Django does not know."""

from __future__ import annotations

from typing import Any

from django.db import router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.contrib.django.row_models import ROWS


class Revision(Operation):
    """Bring the workflow's tables up to a revision of theirs, in the migration's transaction.

    They become those of this release at once, which are later ones where later migrations follow: no release works
    on another's. Tables that are there already, made by another tool or by an earlier migration, are left alone.
    """

    reversible = True
    reduces_to_sql = False

    def __init__(self, revision: str) -> None:
        self.revision = revision

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: Django's models of these tables are not what makes them."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make or upgrade them, on the configured database alone.

        Raises:
            SchemaOutdated: they are a later release's, or not ours.
        """
        del from_state, to_state
        connection: Any = schema_editor.connection
        alias = connection.alias
        # A router tells these tables from the memberships, which live beside the users, by the model's name.
        if alias == configuration().database and router.allow_migrate(alias, app_label, model_name="application"):
            SqlStorage.joined(connection).create()

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing: the tables hold what happened."""

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Bring the workflow's tables up to revision {self.revision}"

    @property
    def migration_name_fragment(self) -> str:
        """For `makemigrations`."""
        return "revision"


def row_states() -> list[CreateModel]:
    """The models to read, as migrations know them: always as they are now, for they make no table."""
    states = [ModelState.from_model(each) for each in ROWS]
    return [CreateModel(each.name, [*each.fields.items()], each.options, each.bases) for each in states]

"""The workflow's tables, in the same database: it knows them, we don't."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from poec_workflow.adapters.sql import SqlStorage


def create(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make them in this migration's transaction; those that are there already are left alone."""
    SqlStorage.joined(schema_editor.connection).create()


class Migration(migrations.Migration):
    """Make them; going back leaves them, for they hold what happened."""

    dependencies = [("absences", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]

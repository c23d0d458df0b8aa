"""Alembic environment for writing a migration script.

Run `alembic -x url=sqlite:///file.db revision --autogenerate -m "what for"`. The database must be at the revision
before. Upgrades do not run this file.
"""

from alembic import context
from alembic.operations import Operations
from sqlalchemy import create_engine

from poec_workflow.adapters.sql.schema import metadata, revision
from poec_workflow.adapters.sql.search_index import is_apart

with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as connection:
    context.configure(
        connection,
        target_metadata=metadata,
        version_table=revision.name,
        include_name=lambda name, kind, parents: (
            is_apart(name, kind, parents) and (kind != "table" or name in metadata.tables)
        ),
    )
    context.run_migrations(op=Operations(context.get_context()))

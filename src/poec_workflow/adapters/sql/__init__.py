"""The SQL storage adapter for SQLite and PostgreSQL, on SQLAlchemy Core; needs the extra `sql`."""

from poec_workflow.adapters.extras import needs_extra

with needs_extra("sql"):
    from poec_workflow.adapters.sql.autogenerate_filters import include_name, include_object
    from poec_workflow.adapters.sql.sql_storage import SqlStorage

__all__ = ["SqlStorage", "include_name", "include_object"]

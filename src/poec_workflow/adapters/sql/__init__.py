"""The SQL storage adapter for SQLite and PostgreSQL, on SQLAlchemy Core; needs the extra `sql`."""

try:
    from poec_workflow.adapters.sql.autogenerate_filters import include_name, include_object
    from poec_workflow.adapters.sql.sql_storage import SqlStorage
except ModuleNotFoundError as error:
    error.add_note("This needs its extra: pip install 'poec-workflow[sql]'")
    raise

__all__ = ["SqlStorage", "include_name", "include_object"]

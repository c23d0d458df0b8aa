"""The storage in a database, through SQLAlchemy Core: `pip install "poec-workflow[sql]"`."""

from poec_workflow.adapters.sql.sql_storage import SqlStorage

__all__ = ["SqlStorage"]

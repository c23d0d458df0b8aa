"""The service's own table."""

from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application", String(64), nullable=False),
    Column("organization", String(64), nullable=False),
    Column("comment", String, nullable=False),
    Column("outcome", String(16)),
)
"""Absences that were reported, and what became of the application: null where the command was refused."""

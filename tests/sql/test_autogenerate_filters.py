"""A host's alembic compares its own tables, and leaves ours alone: its real `compare_metadata`, on both databases."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Engine, ForeignKey, Index, Integer, MetaData, String, Table, create_engine, text

from poec_workflow.adapters.sql import SqlStorage, include_name, include_object
from poec_workflow.adapters.sql.schema import metadata as ours

FILTERS: Mapping[str, Mapping[str, Any]] = {
    "include_name": {"include_name": include_name},
    "include_object": {"include_object": include_object},
    "both": {"include_name": include_name, "include_object": include_object},
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A host's engine on a database that has our tables, made as the host makes them."""
    engine = create_engine(database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def made(engine: Engine, *, schema: str | None = None) -> None:
    """Make our tables in a schema of PostgreSQL's, which the host's search path names."""
    with engine.begin() as connection:
        if schema is not None:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            connection.execute(text(f"SET LOCAL search_path TO {schema}, public"))
        SqlStorage.joined(connection).create()


def proposed(engine: Engine, models: MetaData, **options: Any) -> list[str]:
    """What alembic would do, in short: the operation and the table."""
    with engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = MigrationContext.configure(connection, opts=options)
        return sorted(_short(each) for each in compare_metadata(context, models))


def with_filters(engine: Engine, models: MetaData, **options: Any) -> list[str]:
    """The same with our filters, which say the same one by one and together."""
    found = {tuple(proposed(engine, models, **options, **filters)) for filters in FILTERS.values()}
    assert len(found) == 1
    return list(*found)


def _short(operation: Any) -> str:
    if isinstance(operation, list):
        return f"modify {operation[0][2]}"
    about = operation[1]
    return f"{operation[0]} {getattr(about, 'name', about)}"


def host_models() -> MetaData:
    """A host's tables: one is named like ours."""
    models = MetaData()
    Table("poec_reports", models, Column("id", Integer, primary_key=True), Column("body", String(10)))
    return models


def test_nothing_of_ours_is_proposed(engine: Engine) -> None:
    """No table, index, version table, or table of the search index; without a filter all of them would go."""
    made(engine)
    dropped = {each.split()[-1] for each in proposed(engine, MetaData()) if each.startswith("remove_table")}
    assert dropped >= set(ours.tables)
    assert with_filters(engine, MetaData()) == []


def test_the_hosts_own_tables_are_compared(engine: Engine) -> None:
    """Made, changed and dropped, whatever their name begins with."""
    made(engine)
    assert with_filters(engine, host_models()) == ["add_table poec_reports"]
    host_models().create_all(engine)
    assert with_filters(engine, host_models()) == []
    changed = host_models()
    changed.tables["poec_reports"].append_column(Column("more", Integer))
    Index("ix_reports_body", changed.tables["poec_reports"].c.body)
    assert with_filters(engine, changed) == ["add_column None", "add_index ix_reports_body"]
    assert with_filters(engine, MetaData()) == ["remove_table poec_reports"]


def test_a_host_may_refer_to_a_table_of_ours(engine: Engine) -> None:
    """Its metadata then names our table, of which it knows but the key: neither made anew nor changed."""
    made(engine)
    models = MetaData()
    Table("poec_applications", models, Column("reference", String(64), primary_key=True))
    for name in ("reports", "letters"):
        of = ForeignKey("poec_applications.reference")
        Table(name, models, Column("id", Integer, primary_key=True), Column("of", String(64), of))
    assert proposed(engine, models, **FILTERS["both"]) == ["add_table letters", "add_table reports"]
    models.tables["reports"].create(engine)
    assert proposed(engine, models, **FILTERS["both"]) == ["add_table letters"]
    assert proposed(engine, models, **FILTERS["include_object"]) == ["add_table letters"]


def test_tables_in_schemas_of_their_own(postgresql_url: str) -> None:
    """Alembic compares every schema when it is told to; ours are left alone in each."""
    engine = create_engine(postgresql_url)
    for schema in ("formation", '"Été 2022"'):
        made(engine, schema=schema)
    assert "remove_table poec_people" in proposed(engine, MetaData(), include_schemas=True)
    assert with_filters(engine, MetaData(), include_schemas=True) == []
    assert with_filters(engine, host_models(), include_schemas=True) == ["add_table poec_reports"]
    engine.dispose()


def test_tables_of_an_earlier_revision(engine: Engine) -> None:
    """A host that compares before it has upgraded ours would drop the messages that still wait."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE poec_outbox (id INTEGER)"))
    assert with_filters(engine, MetaData()) == []

"""`store`: inspect the database schema, or bring it up to this release."""

from __future__ import annotations

import click

from poec_workflow import bootstrap, locales
from poec_workflow.cli import options
from poec_workflow.cli.terminal import print_json, say
from poec_workflow.cli.verify_command import verify
from poec_workflow.errors import Malformed
from poec_workflow.ports import PartitionableStorage, SchemaStatus, SchemaStorage

OUTDATED = 3
"""The exit code of a store that this release can't work on, as of one that can't be reached."""


@click.group()
def store() -> None:
    """Look at the database schema, or bring it up to this release."""


@store.command()
@click.option("--sql", is_flag=True, help="Print the SQL for a database administrator, and run nothing.")
@click.option("--from", "start", metavar="REVISION", help="With --sql: the revision that is there; none when empty.")
@click.option("--dialect", metavar="NAME", help="With --sql: sqlite or postgresql, if not what --store names.")
@click.option(
    "--partitions",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Make the tables of an empty PostgreSQL database partitioned by session, in so many parts.",
)
@options.store
@options.format_
@options.lang
def upgrade(
    *,
    sql: bool,
    start: str | None,
    dialect: str | None,
    partitions: int | None,
    store: str,
    format_: str,
    lang: str,
) -> None:
    """Make the tables, or bring older ones up to this release, in one transaction; again does nothing."""
    if sql:
        if partitions:
            raise click.UsageError("--partitions makes the tables itself, and goes without --sql")
        _print_sql(dialect, store, start)
        return
    if start or dialect:
        raise click.UsageError("--from and --dialect are for --sql only")
    before = _open(store).create() if partitions is None else _make_partitioned(store, partitions)
    if format_ == "json":
        print_json({"from": before.revision, "revision": before.head})
        return
    said = "store-made" if before.revision is None else "store-current" if before.up_to_date else "store-upgraded"
    say(locales.word(said, lang, revision=before.revision, head=before.head))


@store.command()
@options.store
@options.format_
@options.lang
@click.pass_context
def status(ctx: click.Context, store: str, format_: str, lang: str) -> None:
    """Say which schema the store has, and whether this release works on it; exit 3 when it does not."""
    found = _open(store).schema()
    if format_ == "json":
        names = ("revision", "head", "up_to_date", "versioned", "newer", "text_index", "partitions")
        print_json({name: getattr(found, name) for name in names})
    else:
        said = "empty" if found.revision is None else "newer" if found.newer else "stale"
        said = "current" if found.revision == found.head else said
        say(locales.word(f"store-{said}", lang, revision=found.revision, head=found.head))
        if not found.versioned:
            say(locales.word("store-unversioned", lang))
        if found.up_to_date and found.text_index is False:
            say(locales.word("store-unindexed", lang))
        if found.partitions:
            say(locales.word("store-partitioned", lang, partitions=found.partitions))
    if not found.up_to_date:
        ctx.exit(OUTDATED)


store.add_command(verify)


def _open(url: str) -> SchemaStorage:
    """The storage that the option names, until the command ends; a usage error where it has no schema."""
    storage = options.open_workflow(url).storage
    if not isinstance(storage, SchemaStorage):
        raise click.UsageError(f"{url.partition(':')[0]}: has no schema to look at")
    return storage


def _make_partitioned(url: str, partitions: int) -> SchemaStatus:
    """Make the partitioned tables of the storage that the option names; a usage error where it can't have them."""
    storage = _open(url)
    if not isinstance(storage, PartitionableStorage):
        raise click.UsageError(f"{url.partition(':')[0]}: has no tables to partition")
    try:
        return storage.create_partitioned(partitions)
    except Malformed as error:
        raise click.UsageError(f"--partitions: {error.faults[0].problem}") from error


def _print_sql(dialect: str | None, store: str, start: str | None) -> None:
    try:
        click.echo(bootstrap.schema_sql(dialect or bootstrap.dialect_of(store), start), nl=False)
    except bootstrap.InvalidOption as error:
        raise click.UsageError(str(error)) from error

"""The options that commands share, and the objects that they name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from attrs import evolve

from poec_workflow import bootstrap, locales
from poec_workflow.cli import language
from poec_workflow.cli.terminal import say
from poec_workflow.locales import LANGUAGES
from poec_workflow.ports import Clock, Closable, SchemaStorage
from poec_workflow.store_urls import place_of
from poec_workflow.workflow import Workflow

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_STORE = "sqlite:///poec.db"

lang = click.option(
    language.OPTION,
    type=click.Choice(LANGUAGES, case_sensitive=False),
    default=language.current,
    envvar=language.VARIABLE,
    show_envvar=True,
    help="Language of labels and messages; that of the locale by default.",
)
format_ = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Text for people, JSON for programs.",
)
list_format = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "csv", "csv-excel"]),
    default="text",
    help="Text for people, JSON and CSV for programs; csv-excel for a spreadsheet that people open.",
)
store = click.option(
    "--store",
    default=DEFAULT_STORE,
    envvar="POEC_STORE",
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="Where subjects live; memory: for a journal that is only to be judged.",
)
settings = click.option(
    "--settings",
    "places",
    multiple=True,
    metavar="MODULE:NAME",
    help="A service's own Settings, lifecycles or Workflow, from the working directory too; may be given twice.",
)


def open_workflow(url: str, places: Iterable[str] = (), clock: Clock | None = None, *, make: bool = True) -> Workflow:
    """The workflow that the options name, until the command ends; a usage error where they name none.

    `make`: whether a store that is not there is made. A command that only reads makes none of a mistyped path; it says
    so, and reads nothing.
    """
    # A store that is busy is tried again, and what the user needs to know of it is the exit code.
    logging.getLogger("stamina").setLevel(logging.ERROR)
    # What the package logs is for who operates it: here that is who reads standard error.
    if logging.lastResort:
        logging.getLogger("poec_workflow").addHandler(logging.lastResort)
    try:
        workflow = bootstrap.workflow(url, places, clock)
    except bootstrap.InvalidOption as error:
        raise click.UsageError(str(error)) from error
    click.get_current_context().call_on_close(lambda: close(workflow))
    return workflow if make else _there(workflow, url)


def _there(workflow: Workflow, url: str) -> Workflow:
    """The workflow; on an empty store where there is none yet, which stderr says, and nothing is made."""
    storage = workflow.storage
    if not isinstance(storage, SchemaStorage) or storage.schema().revision is not None:
        return workflow
    lang = click.get_current_context().params.get("lang", "en")
    say(locales.word("store-missing", lang, place=place_of(url)), err=True)
    return evolve(workflow, storage=bootstrap.storage("memory:"))


def close(workflow: Workflow) -> None:
    """Close the storage, if it can be closed."""
    if isinstance(workflow.storage, Closable):
        workflow.storage.close()


def open_rules(places: Iterable[str]) -> bootstrap.OwnRules:
    """The settings and lifecycles that the option names; a usage error where it names none."""
    try:
        return bootstrap.own_rules(places)
    except bootstrap.InvalidOption as error:
        raise click.UsageError(str(error)) from error

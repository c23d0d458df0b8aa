"""The commands `applications`, `sessions` and `actions`: lists with tabs, filters, pages, and their text columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.formats import print_list
from poec_workflow.model import ApplicationState, Page, Role, SessionState
from poec_workflow.policies.calendar import local_day
from poec_workflow.serialization import from_dict, to_dict
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    PageRequest,
    SessionFilter,
    SessionRow,
    Tab,
)

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class Day(click.ParamType[date]):
    """A day, as `2022-03-25`."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that a text says; a usage error otherwise."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date YYYY-MM-DD", param, ctx)


def _choice(values: Any) -> click.Choice[str]:  # noqa: ANN401 - an enum class
    return click.Choice([each.value for each in values])


def _filters(command: F) -> F:
    """The options that the lists of applications and sessions share."""
    for option in (
        click.option("--tab", type=_choice(Tab), help="Current and coming sessions, or ended ones."),
        click.option("--organization", help="Holds a role on the session."),
        click.option("--role", type=_choice(Role), help="The role that it holds."),
        click.option("--from", "session_from", type=Day(), help="The session starts on this day or later."),
        click.option("--until", "session_until", type=Day(), help="The session ends on this day or earlier."),
    ):
        command = option(command)
    return command


def _listing(command: F) -> F:
    """The options that every list has."""
    for option in (
        click.option("--text", default="", help="Free text; accents and case do not matter."),
        click.option("--limit", default=50, show_default=True, type=click.IntRange(min=0), help="0: no limit."),
        click.option("--after", help="The cursor that the page before gave."),
        options.store,
        options.settings,
        options.list_format,
        options.lang,
    ):
        command = option(command)
    return command


def _role_columns(rows: Sequence[ApplicationRow] | Sequence[SessionRow], lang: str) -> dict[str, Iterable[str]]:
    """A column per role, with the organisation that holds it."""
    return {options.word(role, lang): [getattr(row, role) for row in rows] for role in Role}


def _print_cursor(page: Page[Any], lang: str) -> None:
    if page.next:
        click.echo(options.word("next", lang, cursor=page.next), err=True)


@click.command()
@_filters
@click.option("--state", "states", type=_choice(ApplicationState), multiple=True)
@click.option("--session", help="On this session.")
@click.option("--candidate", help="Of this candidate, in progress and past.")
@_listing
def applications(
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
    limit: int,
    after: str | None,
    **criteria: Any,  # noqa: ANN401
) -> None:
    """List applications, by reference; no tab named is every tab."""
    workflow = options.open_workflow(store, places)
    page = workflow.applications(_filter(ApplicationFilter, criteria), PageRequest(limit=limit, after=after))
    rows = page.items
    print_list(
        rows,
        ApplicationRow,
        format_,
        {
            options.word("reference", lang): (row.reference for row in rows),
            options.word("candidate", lang): (row.candidate_name or row.candidate for row in rows),
            options.word("session", lang): (f"{row.session} {row.action_title}" for row in rows),
            **_role_columns(rows, lang),
            options.word("prescriber", lang): (row.prescriber.organization or row.prescriber.origin for row in rows),
            options.word("registered", lang): (
                locales.shown(local_day(row.registered_at, workflow.settings.zone), lang) for row in rows
            ),
            options.word("state", lang): (locales.state(row.state, lang) for row in rows),
        },
    )
    _print_cursor(page, lang)


@click.command()
@_filters
@click.option("--state", "states", type=_choice(SessionState), multiple=True)
@click.option("--action", help="Of this training action.")
@_listing
def sessions(
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
    limit: int,
    after: str | None,
    **criteria: Any,  # noqa: ANN401
) -> None:
    """List sessions, by reference; no tab named is every tab."""
    workflow = options.open_workflow(store, places)
    page = workflow.sessions(_filter(SessionFilter, criteria), PageRequest(limit=limit, after=after))
    rows = page.items
    print_list(
        rows,
        SessionRow,
        format_,
        {
            options.word("reference", lang): (row.reference for row in rows),
            options.word("session", lang): (_with_details(row) for row in rows),
            **_role_columns(rows, lang),
            options.word("place", lang): (row.place for row in rows),
            options.word("dates", lang): (_dates(row.start, row.end, lang) for row in rows),
            options.word("state", lang): (locales.state(row.state, lang) for row in rows),
            options.word("enrolled", lang): (row.enrolled for row in rows),
            options.word("preregistered", lang): (row.preregistered for row in rows),
        },
    )
    _print_cursor(page, lang)


@click.command()
@click.option("--tab", type=_choice(ActionTab), help="One of the six tabs.")
@click.option("--organization", help="Is responsible, or holds a role on one of its sessions.")
@_listing
def actions(
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
    limit: int,
    after: str | None,
    **criteria: Any,  # noqa: ANN401
) -> None:
    """List training actions, by reference; no tab named is every one, deleted ones too."""
    workflow = options.open_workflow(store, places)
    page = workflow.actions(_filter(ActionFilter, criteria), PageRequest(limit=limit, after=after))
    rows = page.items
    print_list(
        rows,
        ActionRow,
        format_,
        {
            options.word("reference", lang): (row.reference for row in rows),
            options.word("title", lang): (_lines(row.title, row.kind) for row in rows),
            options.word("funding", lang): (row.funder for row in rows),
            options.word("responsible", lang): (row.responsible for row in rows),
            options.word("dates", lang): (
                "\n".join(_dates(each.start, each.end, lang) for each in row.sessions) for row in rows
            ),
            options.word("sessions", lang): (len(row.sessions) for row in rows),
            options.word("state", lang): (_lines(locales.state(row.state, lang), _alert(row, lang)) for row in rows),
        },
        title=" · ".join(
            f"{locales.label('tabs', tab, lang)} [{count}]"
            for tab, count in workflow.action_tabs(_filter(ActionFilter, {**criteria, "tab": None})).items()
        )
        if format_ == "text"
        else None,
    )
    _print_cursor(page, lang)


def _filter(kind: type[T], criteria: dict[str, Any]) -> T:
    return from_dict(to_dict(criteria), kind)


def _with_details(row: SessionRow) -> str:
    """A session's title, and under it its funder, market and measure [S], and its type."""
    details = (row.funder, row.market, row.measure, row.session_type)
    return _lines(row.action_title, " · ".join(each for each in details if each))


def _alert(row: ActionRow, lang: str) -> str:
    """Why an action is in alert; empty where it is not."""
    reasons = ", ".join(locales.label("alerts", each, lang) for each in row.alerts)
    return reasons and options.word("alert-because", lang, reasons=reasons)


def _lines(*texts: str | None) -> str:
    return "\n".join(each for each in texts if each)


def _dates(start: date, end: date, lang: str) -> str:
    return options.word("span", lang, start=locales.shown(start, lang), end=locales.shown(end, lang))

"""The commands `applications`, `sessions` and `actions`: lists with tabs, filters, orders, and their text columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, TypeVar

import click
from attrs import frozen

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.day_options import AS_OF, Day, day_of
from poec_workflow.cli.formats import print_list
from poec_workflow.cli.list_counts import print_counts, print_position
from poec_workflow.model import ApplicationState, Page, Role, SessionState
from poec_workflow.policies.calendar import local_day
from poec_workflow.presentation.cell_texts import span_text
from poec_workflow.serialization import from_dict, to_dict
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    Column,
    PageRequest,
    SessionFilter,
    SessionRow,
    Sort,
    Tab,
    Task,
)
from poec_workflow.views.ordering import SORTS

F = TypeVar("F", bound=Callable[..., Any])


def _choice(values: Any) -> click.Choice[str]:  # noqa: ANN401 - an enum class
    return click.Choice([each.value for each in values])


_FUNDER = click.option("--funder", help="Funds the training action, to the letter.")


def _filters(command: F) -> F:
    """The options that the lists of applications and sessions share."""
    for option in (
        click.option("--tab", type=_choice(Tab), help="Current and coming sessions, or ended ones."),
        click.option("--organization", help="Holds a role on the session."),
        click.option("--role", type=_choice(Role), help="The role that it holds."),
        click.option("--from", "session_from", type=Day(), help="The session starts on this day or later."),
        click.option("--until", "session_until", type=Day(), help="The session ends on this day or earlier."),
        click.option("--session-type", help="The session is of this type, to the letter."),
        _FUNDER,
    ):
        command = option(command)
    return command


def _listing(command: F) -> F:
    """The options that every list has."""
    for option in (
        click.option("--text", default="", help="Free text; accents and case do not matter."),
        AS_OF,
        click.option("--descending", is_flag=True, help="The order backwards."),
        click.option("--limit", default=50, show_default=True, type=click.IntRange(min=0), help="0: no limit."),
        click.option("--after", help="The cursor that the page before gave, in the same order."),
        click.option("--before", help="The cursor of the page before, in the same order."),
        click.option("--count", is_flag=True, help="Say how many there are in all and in each tab, and list none."),
        options.store,
        options.settings,
        options.list_format,
        options.lang,
    ):
        command = option(command)
    return command


def _role_columns(rows: Sequence[ApplicationRow] | Sequence[SessionRow], lang: str) -> dict[str, Iterable[str]]:
    """A column per role, with the organisation that holds it."""
    return {locales.word(role, lang): [getattr(row, role) for row in rows] for role in Role}


def _sorting(rows: type[Any]) -> Callable[[F], F]:
    """The option that says in which order."""
    return click.option("--sort", type=_choice(SORTS[rows]), default=Sort.REFERENCE.value, show_default=True)


def _paging(given: Mapping[str, Any]) -> tuple[PageRequest, dict[str, Any]]:
    """The page that the options name, and the other options."""
    page = {name: given[name] for name in ("limit", "after", "before", "sort", "descending")}
    return PageRequest(**page), {name: value for name, value in given.items() if name not in page}


@click.command()
@_filters
@click.option("--state", "states", type=_choice(ApplicationState), multiple=True)
@click.option("--session", help="On this session.")
@click.option("--candidate", help="Of this candidate, in progress and past.")
@click.option("--prescriber", help="The organisation that sent the person, to the letter.")
@click.option("--column", type=_choice(Column), help="What a column of the dashboard counts.")
@click.option("--task", type=_choice(Task), help="What a list of the work queue asks for.")
@click.option("--published", is_flag=True, help="Of currently published actions alone, as the dashboard counts.")
@click.option("--since", type=Day(), help="Registered on this day or later.")
@_sorting(ApplicationRow)
@_listing
def applications(store: str, places: tuple[str, ...], format_: str, lang: str, *, count: bool, **given: Any) -> None:  # noqa: ANN401
    """List applications; no tab named is every tab."""
    workflow = options.open_workflow(store, places, make=False)

    def columns(rows: Sequence[ApplicationRow]) -> dict[str, Iterable[object]]:
        return {
            locales.word("reference", lang): (row.reference for row in rows),
            locales.word("candidate", lang): (row.candidate_name or row.candidate for row in rows),
            locales.word("session", lang): (f"{row.session} {row.action_title}" for row in rows),
            **_role_columns(rows, lang),
            locales.word("prescriber", lang): (_prescriber(row, lang) for row in rows),
            locales.word("registered", lang): (
                locales.shown(local_day(row.registered_at, workflow.settings.zone), lang) for row in rows
            ),
            locales.word("state", lang): (locales.state(row.state, lang) for row in rows),
        }

    reads = _Reads(ApplicationFilter, ApplicationRow, workflow.applications, workflow.application_tabs, (2, 1, 3, 2, 1))
    _print_list(reads, columns, given, workflow.settings.zone, format_, lang, count=count)


@click.command()
@_filters
@click.option("--state", "states", type=_choice(SessionState), multiple=True)
@click.option("--action", help="Of this training action.")
@click.option("--published", is_flag=True, help="Of currently published actions alone, as the dashboard counts.")
@_sorting(SessionRow)
@_listing
def sessions(store: str, places: tuple[str, ...], format_: str, lang: str, *, count: bool, **given: Any) -> None:  # noqa: ANN401
    """List sessions; no tab named is every tab."""
    workflow = options.open_workflow(store, places, make=False)

    def columns(rows: Sequence[SessionRow]) -> dict[str, Iterable[object]]:
        return {
            locales.word("reference", lang): (row.reference for row in rows),
            locales.word("session", lang): (_with_details(row) for row in rows),
            **_role_columns(rows, lang),
            locales.word("place", lang): (row.place for row in rows),
            locales.word("dates", lang): (span_text(row.start, row.end, lang) for row in rows),
            locales.word("state", lang): (locales.state(row.state, lang) for row in rows),
            locales.word("enrolled", lang): (row.enrolled for row in rows),
            locales.word("preregistered", lang): (row.preregistered for row in rows),
        }

    reads = _Reads(SessionFilter, SessionRow, workflow.sessions, workflow.session_tabs, (1, 1, 3, 2, 3))
    _print_list(reads, columns, given, workflow.settings.zone, format_, lang, count=count)


@click.command()
@click.option("--tab", type=_choice(ActionTab), help="One of the six tabs.")
@click.option("--organization", help="Is responsible, or holds a role on one of its sessions.")
@_FUNDER
@_sorting(ActionRow)
@_listing
def actions(store: str, places: tuple[str, ...], format_: str, lang: str, *, count: bool, **given: Any) -> None:  # noqa: ANN401
    """List training actions; no tab named is every one, deleted ones too."""
    workflow = options.open_workflow(store, places, make=False)

    def columns(rows: Sequence[ActionRow]) -> dict[str, Iterable[object]]:
        return {
            locales.word("reference", lang): (row.reference for row in rows),
            locales.word("title", lang): (_lines(row.title, row.kind) for row in rows),
            locales.word("funding", lang): (row.funder for row in rows),
            locales.word("responsible", lang): (row.responsible for row in rows),
            locales.word("dates", lang): (
                "\n".join(span_text(each.start, each.end, lang) for each in row.sessions) for row in rows
            ),
            locales.word("sessions", lang): (len(row.sessions) for row in rows),
            locales.word("state", lang): (_lines(locales.state(row.state, lang), _alert(row, lang)) for row in rows),
        }

    reads = _Reads(ActionFilter, ActionRow, workflow.actions, workflow.action_tabs, (1, 1, 2, 2, 1))
    _print_list(reads, columns, given, workflow.settings.zone, format_, lang, count=count)


@frozen
class _Reads:
    """How a list is read: by which filter, into which rows, its pages, the counts of its tabs, which columns fold."""

    filter: type[Any]
    row: type[Any]
    page: Callable[[Any, PageRequest], Page[Any]]
    tabs: Callable[[Any], Mapping[Any, int]]
    together: tuple[int, ...]


def _print_list(
    reads: _Reads,
    columns: Callable[[Any], Mapping[str, Iterable[object]]],
    given: Mapping[str, Any],
    zone: tzinfo,
    format_: str,
    lang: str,
    *,
    count: bool,
) -> None:
    """Print the page that the options name, or only how many there are."""
    request, criteria = _paging(given)
    asked = from_dict(to_dict({**criteria, "at": day_of(criteria["at"], zone)}), reads.filter)
    if count:
        print_counts(asked, reads.tabs(asked), format_, lang)
        return
    page = reads.page(asked, request)
    print_list(page.items, reads.row, format_, columns(page.items), reads.together)
    print_position(page, request, asked, reads.tabs, format_, lang)


def _prescriber(row: ApplicationRow, lang: str) -> str:
    return row.prescriber.organization or locales.word(row.prescriber.origin, lang)


def _with_details(row: SessionRow) -> str:
    """A session's title, and under it its funder, market and measure [S], and its type."""
    details = (row.funder, row.market, row.measure, row.session_type)
    return _lines(row.action_title, " · ".join(each for each in details if each))


def _alert(row: ActionRow, lang: str) -> str:
    """Why an action is in alert; empty where it is not."""
    reasons = ", ".join(locales.label("alerts", each, lang) for each in row.alerts)
    return reasons and locales.word("alert-because", lang, reasons=reasons)


def _lines(*texts: str | None) -> str:
    return "\n".join(each for each in texts if each)

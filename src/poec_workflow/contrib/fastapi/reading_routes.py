"""The routes that read: three lists, a subject, its history, an explanation, a person's file, two screens.

A reference with a slash in it is no part of a path, and can't be asked for here.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from attrs import frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import APIRouter, Depends, Header, Path, Response

from poec_workflow.contrib.fastapi.caller_visibility import (
    Caller,
    must_be_candidate,
    must_see_organization,
    restricted,
    visible_subject,
)
from poec_workflow.contrib.fastapi.json_answers import (
    json_document,
    json_subject,
    json_value,
    json_values,
    responses,
)
from poec_workflow.contrib.fastapi.problem_answers import language
from poec_workflow.contrib.fastapi.query_strings import ListQuery, QueryOf, in_query
from poec_workflow.contrib.fastapi.wire_models import ReferenceText, Wire
from poec_workflow.errors import Malformed
from poec_workflow.explanation import ExplanationDocument
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, Page, SubjectKind, TrainingAction, TrainingSession
from poec_workflow.ports.keeping import CandidateFile
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ApplicationFilter,
    ApplicationRow,
    Dashboard,
    PageRequest,
    SessionFilter,
    SessionRow,
    WorkQueue,
)
from poec_workflow.workflow import Workflow

_ReferenceInPath = Annotated[ReferenceText, Path()]
_LIST, _ONE, _SCREEN = responses(400, 403, 503), responses(400, 404, 503), responses(400, 403, 503)


@frozen
class _Listed:
    """A list: its path, what it is read by and into, and the models of its answers."""

    path: str
    kind: SubjectKind
    filter: type[Any]
    row: type[Any]
    page: Any
    subject: Any


_LISTS = (
    _Listed(
        "/applications",
        SubjectKind.APPLICATION,
        ApplicationFilter,
        ApplicationRow,
        Wire[Page[ApplicationRow]],
        Wire[Application],
    ),
    _Listed("/sessions", SubjectKind.SESSION, SessionFilter, SessionRow, Wire[Page[SessionRow]], Wire[TrainingSession]),
    _Listed("/actions", SubjectKind.ACTION, ActionFilter, ActionRow, Wire[Page[ActionRow]], Wire[TrainingAction]),
)


def add_reading_routes(routes: APIRouter, workflow: Workflow, caller: Callable[..., Any], most: int) -> None:
    """Add the routes to a router."""
    readers: Mapping[SubjectKind, Callable[[Any, PageRequest], Page[Any]]] = {
        SubjectKind.APPLICATION: workflow.applications,
        SubjectKind.SESSION: workflow.sessions,
        SubjectKind.ACTION: workflow.actions,
    }
    for each in _LISTS:
        _add_list(routes, each, readers[each.kind], caller, most)
        _add_subject(routes, each, workflow, caller)
    _add_explanation(routes, workflow, caller)
    _add_candidate_file(routes, workflow, caller)
    _add_screens(routes, workflow, caller)


def _add_list(
    routes: APIRouter,
    listed: _Listed,
    read: Callable[[Any, PageRequest], Page[Any]],
    caller: Callable[..., Any],
    most: int,
) -> None:
    def rows(
        asked: Annotated[ListQuery[Any], QueryOf(listed.filter, listed.row, most=most)],
        by: Annotated[Caller, Depends(caller)],
    ) -> Response:
        """A page of what the caller may see; `next` asks for the one after it, as `after`."""
        try:
            return json_value(read(restricted(by, asked.filter), asked.page))
        except Malformed as error:
            raise in_query(error) from None

    routes.add_api_route(listed.path, rows, response_model=listed.page, responses=_LIST, name=f"list {listed.kind}s")


def _add_subject(routes: APIRouter, listed: _Listed, workflow: Workflow, caller: Callable[..., Any]) -> None:
    def subject(
        reference: _ReferenceInPath,
        by: Annotated[Caller, Depends(caller)],
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """One of them, whole; its ETag is the version that commands may expect."""
        return json_subject(visible_subject(workflow, by, listed.kind, reference), if_none_match)

    def history(reference: _ReferenceInPath, by: Annotated[Caller, Depends(caller)]) -> Response:
        """What happened to it, oldest first."""
        visible_subject(workflow, by, listed.kind, reference)
        return json_values(workflow.history(listed.kind, reference))

    one = f"{listed.path}/{{reference}}"
    unchanged: dict[int | str, dict[str, Any]] = {304: {"description": "Unchanged"}}
    routes.add_api_route(
        one, subject, response_model=listed.subject, responses={**unchanged, **_ONE}, name=f"{listed.kind}"
    )
    routes.add_api_route(
        f"{one}/history",
        history,
        response_model=list[Wire[HistoryEntry]],
        responses=_ONE,
        name=f"{listed.kind} history",
    )


def _add_explanation(routes: APIRouter, workflow: Workflow, caller: Callable[..., Any]) -> None:
    def explanation(
        reference: _ReferenceInPath,
        by: Annotated[Caller, Depends(caller)],
        lang: Annotated[str, Depends(language)],
    ) -> Response:
        """Every command to an application: allowed to the caller, or every reason why not, and what would help."""
        visible_subject(workflow, by, SubjectKind.APPLICATION, reference)
        return json_document([each.to_dict(lang) for each in workflow.explain(reference, by.actor)], lang)

    routes.add_api_route(
        "/applications/{reference}/explanation",
        explanation,
        response_model=list[Wire[ExplanationDocument]],
        responses=_ONE,
    )


def _add_candidate_file(routes: APIRouter, workflow: Workflow, caller: Callable[..., Any]) -> None:
    def candidate_file(reference: _ReferenceInPath, by: Annotated[Caller, Depends(caller)]) -> Response:
        """Everything that is stored of a person, and how long it is kept: for themself, and for who sees everything."""
        must_be_candidate(by, reference)
        return json_value(workflow.candidate_file(reference))

    routes.add_api_route(
        "/candidates/{reference}/file", candidate_file, response_model=Wire[CandidateFile], responses=_SCREEN
    )


def _add_screens(routes: APIRouter, workflow: Workflow, caller: Callable[..., Any]) -> None:
    def dashboard(organization: _ReferenceInPath, by: Annotated[Caller, Depends(caller)]) -> Response:
        """An organisation's applications, counted by role and state."""
        must_see_organization(by, organization)
        return json_value(workflow.dashboard(organization))

    def queue(organization: _ReferenceInPath, by: Annotated[Caller, Depends(caller)]) -> Response:
        """What an organisation has to do."""
        must_see_organization(by, organization)
        return json_value(workflow.work_queue(organization))

    for path, view, model in (("dashboard", dashboard, Wire[Dashboard]), ("queue", queue, Wire[WorkQueue])):
        routes.add_api_route(f"/organizations/{{organization}}/{path}", view, response_model=model, responses=_SCREEN)

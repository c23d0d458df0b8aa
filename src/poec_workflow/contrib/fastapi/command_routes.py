"""The routes of commands: one carries out any of them, one says what it would do."""

from collections.abc import Callable
from typing import Annotated, Any

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import APIRouter, Depends, Response

from poec_workflow.commands import Command
from poec_workflow.contrib.fastapi.caller_visibility import Caller
from poec_workflow.contrib.fastapi.command_body import CommandBody
from poec_workflow.contrib.fastapi.conditional_requests import Preconditions, entity_tag, preconditions
from poec_workflow.contrib.fastapi.json_answers import json_document, responses
from poec_workflow.contrib.fastapi.problem_answers import language
from poec_workflow.contrib.fastapi.wire_models import Wire
from poec_workflow.decider import Refused
from poec_workflow.errors import CommandRefused
from poec_workflow.serialization.answers import AcceptedDocument, accepted_document
from poec_workflow.workflow import Workflow

_REFUSALS = responses(400, 403, 404, 409, 412, 413, 415, 422, 503)


def add_command_routes(routes: APIRouter, workflow: Workflow, caller: Callable[..., Any]) -> None:
    """Add the routes to a router."""
    # Plain functions run in threads, where waiting for the database is no harm.

    def execute(
        command: Annotated[Command, CommandBody()],
        by: Annotated[Caller, Depends(caller)],
        asked: Annotated[Preconditions, Depends(preconditions)],
        lang: Annotated[str, Depends(language)],
    ) -> Response:
        """Carry out a command, in one transaction with all that it causes."""
        answer = workflow.execute(command, by.actor, key=asked.key, expected_version=asked.expected_version)
        return json_document(accepted_document(answer, lang), lang, {"ETag": entity_tag(answer.subject.version)})

    def preview(
        command: Annotated[Command, CommandBody()],
        by: Annotated[Caller, Depends(caller)],
        lang: Annotated[str, Depends(language)],
    ) -> Response:
        """The answer that a command would get now, with nothing stored; `final` says that it ends the subject."""
        answer = workflow.preview(command, by.actor)
        if isinstance(answer, Refused):
            raise CommandRefused(answer.refusals)
        return json_document(accepted_document(answer, lang), lang)

    for path, view in (("/commands", execute), ("/previews", preview)):
        routes.add_api_route(path, view, methods=["POST"], response_model=Wire[AcceptedDocument], responses=_REFUSALS)

"""What the workflow and FastAPI raise, as problems of RFC 9457."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from poec_workflow import Malformed, WorkflowError
from poec_workflow.errors import Fault
from poec_workflow.locales import LANGUAGES


def install(app: FastAPI) -> None:
    """A refusal answers with its own status and reasons, malformed input with 400 and the places."""
    app.add_exception_handler(WorkflowError, refused)
    app.add_exception_handler(RequestValidationError, invalid)


async def language(request: Request) -> str:
    """The first of the workflow's languages that Accept-Language names, French where it names none."""
    asked = request.headers.get("accept-language", "").lower().split(",")
    return next((tag.strip()[:2] for tag in asked if tag.strip()[:2] in LANGUAGES), "fr")


async def refused(request: Request, error: WorkflowError) -> JSONResponse:
    """The workflow says no, and why."""
    problem = error.to_dict(await language(request))
    return JSONResponse(problem, problem["status"], media_type="application/problem+json")


async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    """What FastAPI can't read is malformed too."""
    return await refused(request, Malformed(Fault(_place(each), each["msg"]) for each in error.errors()))


def _place(fault: dict[str, Any]) -> str:
    """As the workflow writes it, `$.notified`; outside of the body, `header.x-organization`."""
    if fault["type"] == "json_invalid":
        return "$"
    return ".".join(map(str, fault["loc"])).replace("body", "$", 1)

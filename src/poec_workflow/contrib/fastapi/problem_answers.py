"""Exceptions as problems of RFC 9457: `application/problem+json`, in the caller's language.

What FastAPI can't read is malformed as what the wire format can't read is, and answers with 400.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import FastAPI, Request, Response
    from fastapi.encoders import jsonable_encoder
    from fastapi.exceptions import RequestValidationError
    from fastapi.utils import is_body_allowed_for_status_code
    from starlette.exceptions import HTTPException

from poec_workflow import locales
from poec_workflow.contrib.accept_language import preferred_language
from poec_workflow.contrib.fastapi.problem_documentation import MEDIA_TYPE, document_problems
from poec_workflow.errors import Conflict, Fault, Malformed, StorageUnavailable, WorkflowError
from poec_workflow.serialization.parsing import below
from poec_workflow.workflow import Workflow

_RETRY_AFTER: Mapping[type[WorkflowError], int] = {Conflict: 1, StorageUnavailable: 5}
"""Seconds; another schema is somebody's work, and no wait helps."""
_BAD_REQUEST = 400
_UNSUPPORTED = 415
_SERVER_ERROR = 500
_UNPARSED = "There was an error parsing the body"
"""What FastAPI says where its parser gives up: of no UTF-8, too deep a nesting, too long a number."""
_LOGGER = logging.getLogger(__name__)


def install_problems(app: FastAPI, workflow: Workflow | None = None) -> None:
    """Answer exceptions as problems: `WorkflowError` and `HTTPException` with their status, the unforeseen with 500.

    OpenAPI says so of every route. The unforeseen is raised again after the answer, for whoever logs it, as Starlette
    does; failures of the storage are logged here. To the caller neither says a detail, which may name hosts and files.

    Args:
        app: the service.
        workflow: whose rules' codes OpenAPI shows; without one those of the package.
    """
    handlers: Mapping[type[Exception], Callable[..., Awaitable[Response]]] = {
        WorkflowError: answer_workflow_error,
        RequestValidationError: answer_unreadable,
        HTTPException: answer_http_error,
        Exception: answer_unforeseen,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    document_problems(app, workflow)


def language(request: Request) -> str:
    """The caller's language by `Accept-Language`, as a dependency: French where it names none of ours."""
    return preferred_language(",".join(request.headers.getlist("accept-language")))


async def answer_workflow_error(request: Request, error: WorkflowError) -> Response:
    """The rules say no, and why; the input is malformed, and where; or the storage fails."""
    wait = next((str(each) for kind, each in _RETRY_AFTER.items() if isinstance(error, kind)), None)
    problem = error.to_dict(language(request))
    if problem["status"] >= _SERVER_ERROR:
        _LOGGER.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
        problem["detail"] = problem["title"]
    return _answer(request, problem, {} if wait is None else {"Retry-After": wait})


async def answer_unreadable(request: Request, error: RequestValidationError) -> Response:
    """What FastAPI could not read, with every place."""
    return await answer_workflow_error(request, Malformed(dict.fromkeys(_faults(error.errors()))))


async def answer_http_error(request: Request, error: HTTPException) -> Response:
    """A status that somebody raised, with its headers; members of a detail that has some are the problem's own."""
    status = error.status_code
    if error.detail == _UNPARSED and status == _BAD_REQUEST:
        if request.headers.get("content-encoding"):  # nobody undid it
            return _answer(request, _of_status(request, _UNSUPPORTED), {"Accept-Encoding": "identity"})
        return await answer_workflow_error(request, Malformed.at("$", "can't be parsed as JSON"))
    if not is_body_allowed_for_status_code(status):
        return Response(status_code=status, headers=error.headers)
    problem, detail = _of_status(request, status), cast("object", error.detail)
    if isinstance(detail, Mapping):
        problem = {**problem, **detail, "status": status}
    elif not isinstance(detail, str):
        problem["errors"] = jsonable_encoder(detail)
    elif detail not in ("", _phrase(status)):
        problem["detail"] = detail
    return _answer(request, problem, error.headers or {})


async def answer_unforeseen(request: Request, _error: Exception) -> Response:
    """A fault of the service's own."""
    return _answer(request, _of_status(request, _SERVER_ERROR), {})


def _of_status(request: Request, status: int) -> dict[str, Any]:
    """A problem that says no more than its status; RFC 9457 lets a title be said in another language than English."""
    title = locales.words(language(request))["statuses"].get(str(status), _phrase(status))
    return {"type": "about:blank", "title": title, "status": status}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


def _answer(request: Request, problem: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    common = {"Content-Language": language(request), "Vary": "Accept-Language", "Cache-Control": "no-store"}
    text = json.dumps(problem, ensure_ascii=False, default=str)
    # A lone surrogate, which a caller may have sent, is no UTF-8.
    content = text.encode("utf-8", "backslashreplace")
    return Response(content, problem["status"], headers={**common, **headers}, media_type=MEDIA_TYPE)


def _faults(errors: Sequence[Any]) -> Iterator[Fault]:
    for each in errors:
        cause = (each.get("ctx") or {}).get("error")
        place = _place(each["type"], each["loc"])
        if isinstance(cause, Malformed):
            yield from (Fault(place + fault.place.removeprefix("$"), fault.problem) for fault in cause.faults)
        elif each["type"] == "json_invalid":
            yield Fault(place, f"not JSON at character {each['loc'][-1] + 1}: {each['ctx']['error']}")
        else:
            yield Fault(place, str(each["msg"]))


def _place(kind: str, steps: Sequence[str | int]) -> str:
    """As the wire format names it, `$.notified`; outside of the body, `header.x-organization`."""
    if kind == "json_invalid" or not steps:
        return "$"
    first, *rest = steps
    if first != "body":
        return ".".join(map(str, steps))
    place = "$"
    for step in rest:
        place = f"{place}[{step}]" if isinstance(step, int) else below(place, step)
    return place

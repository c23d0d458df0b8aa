"""The route of the feed, for other services: who sees everything reads what happened to all subjects."""

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any

from attrs import frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import APIRouter, Depends, Header, Query, Request, Response
    from starlette.exceptions import HTTPException

from poec_workflow.contrib.fastapi.caller_visibility import EVERYTHING, Caller
from poec_workflow.contrib.fastapi.json_answers import json_page, responses
from poec_workflow.contrib.fastapi.query_strings import in_query, page_schemas, read_query
from poec_workflow.contrib.fastapi.wire_models import Documented, Wire
from poec_workflow.errors import Malformed
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Page, Text
from poec_workflow.workflow import Workflow


@frozen(kw_only=True)
class FeedQuery:
    """What the feed is asked for.

    Attributes:
        after: the cursor that was given last.
        limit: how many entries at most.
    """

    after: Text | None = None
    limit: int = 50


def add_feed_route(routes: APIRouter, workflow: Workflow, caller: Callable[..., Any], most: int) -> None:
    """Add the route to a router."""

    def feed(
        request: Request,
        asked: Annotated[FeedQuery, _query(most)],
        by: Annotated[Caller, Depends(caller)],
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """What happened to all, each entry once, in one order, for who sees everything; `next` is always there.

        Asked again with it, an answer that has nothing new is 304 by its ETag.
        """
        if by.sees is not EVERYTHING:
            raise HTTPException(403)
        try:
            page = workflow.feed(asked.after, limit=asked.limit)
        except Malformed as error:
            raise in_query(error) from None
        except NotImplementedError:
            raise HTTPException(501) from None
        following = request.url.include_query_params(after=page.next, limit=asked.limit)
        return json_page(page, f"?{following.query}", if_none_match)

    routes.add_api_route(
        "/feed",
        feed,
        response_model=Wire[Page[HistoryEntry]],
        responses={304: {"description": "Unchanged"}, **responses(400, 403, 503)},
    )


def _query(most: int) -> Any:  # noqa: ANN401 - as Depends
    def read(request: Request, **_: object) -> FeedQuery:
        [asked] = read_query(request.query_params.multi_items(), (FeedQuery,), most)
        found: FeedQuery = asked
        return found

    read.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter("request", Parameter.KEYWORD_ONLY, annotation=Request),
            *(_shown(name, schema) for name, schema in page_schemas(("after", "limit"), most).items()),
        ]
    )
    return Depends(read)


def _shown(name: str, schema: Mapping[str, Any]) -> Parameter:
    annotation = Annotated[str | None, Documented(lambda: schema), Query(description=schema.get("description"))]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)

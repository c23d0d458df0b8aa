"""Ready routes on a workflow: commands, lists, a subject, its history and explanation, dashboard, queue, the feed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import APIRouter

from poec_workflow.contrib.fastapi.command_routes import add_command_routes
from poec_workflow.contrib.fastapi.feed_routes import add_feed_route
from poec_workflow.contrib.fastapi.reading_routes import add_reading_routes
from poec_workflow.workflow import Workflow


def router(workflow: Workflow, caller: Callable[..., Any], *, most: int = 200, **options: Any) -> APIRouter:  # noqa: ANN401
    """A router to include in a service, where `install_problems` answers what it raises.

    It runs on the workflow's own storage, in threads: a conflict is retried, and no transaction spans several requests.

    Args:
        workflow: the rules on a storage.
        caller: a dependency that gives the `Caller`, as the service authenticates them.
        most: rows of a page.
        options: of the `APIRouter`: `prefix`, `tags`, `dependencies`.
    """
    routes = APIRouter(**options)
    add_command_routes(routes, workflow, caller)
    add_reading_routes(routes, workflow, caller, most)
    add_feed_route(routes, workflow, caller, most)
    return routes

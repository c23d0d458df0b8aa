"""The workflow at home in FastAPI (extra `fastapi`): transactions, bodies, problems, and ready routes.

`WorkflowDependency` gives a request its transaction, committed before the answer. `install_problems` answers exceptions
as problems of RFC 9457. `CommandBody`, `QueryOf` and `Wire` read as the wire format does, and OpenAPI shows its
schemas. `router` has routes for all of it; who calls, and what they may see, the service says.
"""

from poec_workflow.contrib.accept_language import preferred_language
from poec_workflow.contrib.fastapi.caller_visibility import EVERYTHING, Caller
from poec_workflow.contrib.fastapi.command_body import CommandBody
from poec_workflow.contrib.fastapi.conditional_requests import Preconditions, entity_tag, preconditions
from poec_workflow.contrib.fastapi.problem_answers import install_problems, language
from poec_workflow.contrib.fastapi.query_strings import ListQuery, QueryOf
from poec_workflow.contrib.fastapi.routers import router
from poec_workflow.contrib.fastapi.unit_of_work import UnitOfWork, WorkflowDependency
from poec_workflow.contrib.fastapi.wire_models import Wire

__all__ = [
    "EVERYTHING",
    "Caller",
    "CommandBody",
    "ListQuery",
    "Preconditions",
    "QueryOf",
    "UnitOfWork",
    "Wire",
    "WorkflowDependency",
    "entity_tag",
    "install_problems",
    "language",
    "preconditions",
    "preferred_language",
    "router",
]

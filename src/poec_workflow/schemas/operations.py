"""The operations of a neutral HTTP surface: what each takes and answers, once, for OpenAPI and for whoever serves it.

The host authenticates, so that no operation takes an actor; a command's key and expected version are headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.errors import RefusalKind
from poec_workflow.explanation import ExplanationDocument
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, Page, Reference, TrainingAction, TrainingSession
from poec_workflow.serialization.answers import AcceptedDocument
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ApplicationFilter,
    ApplicationRow,
    Dashboard,
    SessionFilter,
    SessionRow,
    WorkQueue,
)

_UNKNOWN = RefusalKind.UNKNOWN.value
_EVERY_REFUSAL = tuple(each.value for each in RefusalKind)
KEY, VERSION, NEW = "Idempotency-Key", "If-Match", "If-None-Match"
"""The headers of a command: its key, the subject's version as an entity tag, and `*` for a subject to be created."""


@frozen(kw_only=True)
class Operation:
    """One operation of the surface.

    Attributes:
        id: its name, by which its descriptions are found too.
        method: of HTTP.
        path: with `{reference}` for a subject's.
        answers: what 200 is answered with; several of them as an array where it is a tuple.
        body: what the request's body is.
        filter: the filter whose fields are its query, with those of a page.
        query: other parameters of its query: name ▸ type and whether it is required.
        problems: the kinds of problem besides those that every operation has.
    """

    id: str
    path: str
    answers: Any
    method: Literal["get", "post"] = "get"
    body: Any = None
    filter: type[Any] | None = None
    query: Mapping[str, tuple[Any, bool]] = FrozenMap({})
    problems: tuple[str, ...] = ()


EVERY_PROBLEM = ("malformed", "unavailable", "outdated")
"""What any operation may answer."""

_OF_ORGANIZATION: Mapping[str, tuple[Any, bool]] = {"organization": (Reference, True)}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        id="execute",
        method="post",
        path="/commands",
        body=Command,
        answers=AcceptedDocument,
        problems=(*_EVERY_REFUSAL, "busy"),
    ),
    Operation(id="applications", path="/applications", filter=ApplicationFilter, answers=Page[ApplicationRow]),
    Operation(id="application", path="/applications/{reference}", answers=Application, problems=(_UNKNOWN,)),
    Operation(
        id="application-history",
        path="/applications/{reference}/history",
        answers=tuple[HistoryEntry, ...],
        problems=(_UNKNOWN,),
    ),
    Operation(
        id="explanation",
        path="/applications/{reference}/explanation",
        query={"at": (datetime, False)},
        answers=tuple[ExplanationDocument, ...],
        problems=(_UNKNOWN,),
    ),
    Operation(id="sessions", path="/sessions", filter=SessionFilter, answers=Page[SessionRow]),
    Operation(id="session", path="/sessions/{reference}", answers=TrainingSession, problems=(_UNKNOWN,)),
    Operation(
        id="session-history",
        path="/sessions/{reference}/history",
        answers=tuple[HistoryEntry, ...],
        problems=(_UNKNOWN,),
    ),
    Operation(id="actions", path="/actions", filter=ActionFilter, answers=Page[ActionRow]),
    Operation(id="action", path="/actions/{reference}", answers=TrainingAction, problems=(_UNKNOWN,)),
    Operation(
        id="action-history",
        path="/actions/{reference}/history",
        answers=tuple[HistoryEntry, ...],
        problems=(_UNKNOWN,),
    ),
    Operation(
        id="dashboard",
        path="/dashboard",
        query={**_OF_ORGANIZATION, "since": (date, False), "at": (date, False)},
        answers=Dashboard,
    ),
    Operation(id="queue", path="/queue", query={**_OF_ORGANIZATION, "at": (date, False)}, answers=WorkQueue),
)
"""The surface, in the order of its pages."""

"""The operations of a neutral HTTP surface: what each takes and answers, once, for OpenAPI and for whoever serves it.

The host authenticates, so that no operation takes an actor; a command's key and expected version are headers.
"""

from __future__ import annotations

from typing import Any, Literal

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.errors import RefusalKind
from poec_workflow.explanation import ExplanationDocument
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, Page, TrainingAction, TrainingSession
from poec_workflow.ports.keeping import CandidateFile
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
        path: with `{reference}` for a subject's, `{organization}` for an organisation's.
        answers: what 200 is answered with; several of them as an array where it is a tuple.
        body: what the request's body is.
        filter: the filter whose fields are its query, with those of a page.
        fed: whether its query is a cursor and a limit, and its answer has an entity tag and a link to the next.
        versioned: whether the answer has the version of its subject as an entity tag, and the request may name one.
        problems: the kinds of problem besides those that every operation has.
    """

    id: str
    path: str
    answers: Any
    method: Literal["get", "post"] = "get"
    body: Any = None
    filter: type[Any] | None = None
    fed: bool = False
    versioned: bool = False
    problems: tuple[str, ...] = ()


EVERY_PROBLEM = ("malformed", "unavailable", "outdated")
"""What any operation may answer."""


def _listed(name: str, filter_: type[Any], rows: Any, subject: Any) -> tuple[Operation, ...]:  # noqa: ANN401 - classes
    """A list, one of its subjects, and the history of one."""
    one = f"/{name}s/{{reference}}"
    return (
        Operation(id=f"{name}s", path=f"/{name}s", filter=filter_, answers=Page[rows]),
        Operation(id=name, path=one, answers=subject, versioned=True, problems=(_UNKNOWN,)),
        Operation(id=f"{name}-history", path=f"{one}/history", answers=tuple[HistoryEntry, ...], problems=(_UNKNOWN,)),
    )


def _asked(name: str, path: str, *more: str, versioned: bool) -> Operation:
    """A command in the body."""
    return Operation(
        id=name,
        method="post",
        path=path,
        body=Command,
        answers=AcceptedDocument,
        versioned=versioned,
        problems=(*_EVERY_REFUSAL, *more),
    )


OPERATIONS: tuple[Operation, ...] = (
    _asked("execute", "/commands", "busy", versioned=True),
    _asked("preview", "/previews", versioned=False),
    *_listed("application", ApplicationFilter, ApplicationRow, Application),
    *_listed("session", SessionFilter, SessionRow, TrainingSession),
    *_listed("action", ActionFilter, ActionRow, TrainingAction),
    Operation(
        id="explanation",
        path="/applications/{reference}/explanation",
        answers=tuple[ExplanationDocument, ...],
        problems=(_UNKNOWN,),
    ),
    Operation(id="candidate-file", path="/candidates/{reference}/file", answers=CandidateFile),
    Operation(id="dashboard", path="/organizations/{organization}/dashboard", answers=Dashboard),
    Operation(id="queue", path="/organizations/{organization}/queue", answers=WorkQueue),
    Operation(id="feed", path="/feed", answers=Page[HistoryEntry], fed=True),
)
"""The surface: commands, the three lists, an explanation, a person's file, an organisation's screens, the feed."""

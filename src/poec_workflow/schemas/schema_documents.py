"""The documents that `poec-workflow schema` prints, each made from the components that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from poec_workflow.commands import Request
from poec_workflow.errors import ProblemDocument
from poec_workflow.events import AnyEvent
from poec_workflow.history import HistoryEntry
from poec_workflow.locales import DEFAULT_LANGUAGE
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies import Settings
from poec_workflow.schemas.annotation_schemas import SchemaMaker
from poec_workflow.schemas.asyncapi_document import asyncapi_document
from poec_workflow.schemas.component_table import Schema
from poec_workflow.schemas.json_schemas import maker_for
from poec_workflow.schemas.openapi_document import openapi_document
from poec_workflow.schemas.schema_dialects import standing_alone
from poec_workflow.serialization.neutral_message import DATA_SCHEMA, NeutralMessageDocument

_ID = "urn:poec-workflow:schema:"


def _commands(make: SchemaMaker) -> Schema:
    """A request; a line of a journal, which has an instant, is `#/$defs/JournalLine`."""
    root, at = make.schema(Request), {**make.schema(datetime), **make.describe.member("Request", "at")}

    def line() -> Schema:
        return {**make.describe.thing("JournalLine"), "allOf": [root], "required": ["at"], "properties": {"at": at}}

    make.table.reference("JournalLine", "a line of a journal", line)
    return _standing(make, root, f"{_ID}commands", "document.commands")


def _events(make: SchemaMaker) -> Schema:
    """An entry of a history; an event by itself, as answers have it, is `#/$defs/Event`."""
    root = make.schema(HistoryEntry)
    make.schema(AnyEvent)
    return _standing(make, root, f"{_ID}events", "document.events")


def _messages(make: SchemaMaker) -> Schema:
    return _standing(make, make.schema(NeutralMessageDocument), DATA_SCHEMA, "document.messages")


def _problems(make: SchemaMaker) -> Schema:
    return _standing(make, make.schema(ProblemDocument), f"{_ID}problems", "document.problems")


def _standing(make: SchemaMaker, root: Schema, identifier: str, text: str) -> Schema:
    return standing_alone(root, make.table.schemas, **{"$id": identifier, **make.describe.thing(text)})


DOCUMENTS: Mapping[str, Callable[[SchemaMaker], Schema]] = {
    "commands": _commands,
    "events": _events,
    "messages": _messages,
    "problems": _problems,
    "openapi": openapi_document,
    "asyncapi": asyncapi_document,
}
"""Each document by its name on the command line."""


def document(
    name: str,
    lang: str = DEFAULT_LANGUAGE,
    settings: Settings | None = None,
    lifecycles: Lifecycles = LIFECYCLES,
    notices: Notices = NOTICES,
) -> dict[str, Any]:
    """A document as JSON-ready data.

    Args:
        name: `commands`, `events`, `messages` and `problems` are JSON Schemas (draft 2020-12), `openapi` is OpenAPI
            3.1, `asyncapi` is AsyncAPI 3.0.
        lang: of the descriptions, `"fr"` or `"en"`; the other language stands under `x-description-…`.
        settings: the service's.
        lifecycles: with the service's own rows.
        notices: the service's own table.

    Raises:
        ValueError: there is no such document, or language.
    """
    if name not in DOCUMENTS:
        raise ValueError(f"unknown document {name!r}: one of {', '.join(DOCUMENTS)}")
    return DOCUMENTS[name](maker_for(lang, settings, lifecycles, notices))

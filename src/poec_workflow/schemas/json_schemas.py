"""Schemas of the package's values: all as components that refer to each other, or one by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from poec_workflow.commands import Request
from poec_workflow.errors import ProblemDocument
from poec_workflow.explanation import ExplanationDocument
from poec_workflow.history import HistoryEntry
from poec_workflow.locales import DEFAULT_LANGUAGE
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.messages import Message
from poec_workflow.model import Application, Candidate, Page, TrainingAction, TrainingSession
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies import Settings
from poec_workflow.ports.keeping import CandidateFile
from poec_workflow.schemas.annotation_schemas import SchemaMaker
from poec_workflow.schemas.component_table import ComponentTable, Schema
from poec_workflow.schemas.schema_dialects import standing_alone
from poec_workflow.schemas.wire_components import SPECIAL
from poec_workflow.serialization.answers import AcceptedDocument, RefusedDocument
from poec_workflow.serialization.neutral_message import NeutralMessageDocument
from poec_workflow.views import (
    ActionRow,
    ApplicationRow,
    Dashboard,
    RetentionReport,
    SessionRow,
    SweepReport,
    WorkQueue,
)

VALUES: tuple[Any, ...] = (
    Request,
    HistoryEntry,
    Application,
    TrainingSession,
    TrainingAction,
    Candidate,
    Page[ApplicationRow],
    Page[SessionRow],
    Page[ActionRow],
    Page[HistoryEntry],
    Dashboard,
    WorkQueue,
    SweepReport,
    RetentionReport,
    CandidateFile,
    Message,
    NeutralMessageDocument,
    AcceptedDocument,
    RefusedDocument,
    ExplanationDocument,
    ProblemDocument,
)
"""What a service takes and answers; each refers to whatever it consists of."""


def maker_for(
    lang: str = DEFAULT_LANGUAGE,
    settings: Settings | None = None,
    lifecycles: Lifecycles = LIFECYCLES,
    notices: Notices = NOTICES,
) -> SchemaMaker:
    """Makes schemas in a language, under a service's rules."""
    return SchemaMaker(ComponentTable(lang, settings, lifecycles, notices), SPECIAL)


def components(
    lang: str = DEFAULT_LANGUAGE,
    settings: Settings | None = None,
    lifecycles: Lifecycles = LIFECYCLES,
    notices: Notices = NOTICES,
    *,
    also: Iterable[Any] = (),
) -> Mapping[str, Schema]:
    """The schemas of all that a service takes and answers, by name, for the components of an OpenAPI document.

    Args:
        lang: of the descriptions, `"fr"` or `"en"`; the other language stands under `x-description-…`.
        settings: the service's; its codes and numbers stand in descriptions and in the problems.
        lifecycles: with the service's own rows, if it has some.
        notices: the service's own table, if it has one.
        also: more classes that should be there.

    Raises:
        ValueError: an unknown language.
    """
    make = maker_for(lang, settings, lifecycles, notices)
    for each in (*VALUES, *also):
        make.schema(each)
    return dict(sorted(make.table.schemas.items()))


def reference_to(cls: Any) -> Schema:  # noqa: ANN401 - a class, or a generic one with what it is of
    """A reference to the component of a class, as `{"$ref": "#/components/schemas/Application"}`.

    Raises:
        TypeError: it has none.
    """
    return maker_for().schema(cls)


def schema_of(cls: Any, lang: str = DEFAULT_LANGUAGE, settings: Settings | None = None) -> Schema:  # noqa: ANN401 - a class
    """The JSON Schema of one class by itself, with whatever it refers to under `$defs`.

    Args:
        cls: as `Request`, `Application`, `Page[ApplicationRow]`.
        lang: of the descriptions.
        settings: the service's.

    Raises:
        TypeError: the class has no form in JSON.
        ValueError: an unknown language.
    """
    make = maker_for(lang, settings)
    root = make.schema(cls)
    return standing_alone(root, make.table.schemas)

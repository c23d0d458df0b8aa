"""The workflow's tables as models to read; the columns are those of its schema, whichever release it is.

A state, an instant or a role is read off a row; what a subject is, and what may be done with it, `get_workflow()` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.base import ModelBase

from poec_workflow.contrib.django.active_language import lazy_word
from poec_workflow.contrib.django.position_field import PositionField
from poec_workflow.contrib.django.read_only import ReadOnlyRow
from poec_workflow.contrib.django.row_fields import fields_of

MODELS = "poec_workflow.contrib.django.models"
"""Where a project imports them from."""


def _link(to: str, name: str) -> models.ForeignKey[Any, Any]:
    """A reference to another row, which may be missing: a join must not hide who refers to it."""
    return models.ForeignKey(
        f"poec_workflow.{to}",
        models.DO_NOTHING,
        db_column=name,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=lazy_word(f"columns.{name}"),
    )


def _row_model(name: str, table: str, shown: str, fields: Mapping[str, Any], order: tuple[str, ...]) -> Any:  # noqa: ANN401 - a model
    def text(row: Any) -> str:  # noqa: ANN401 - a row
        return str(getattr(row, shown))

    meta = {
        "db_table": table,
        "ordering": order,
        "app_label": "poec_workflow",
        "verbose_name": lazy_word(f"host.model-{name.lower()}"),
        "verbose_name_plural": lazy_word(f"host.models-{name.lower()}"),
    }
    members = {
        "__module__": MODELS,
        "__qualname__": name,
        "__doc__": f"A row of `{table}`, to be read.",
        "__str__": text,
        "Meta": type("Meta", (ReadOnlyRow.Meta,), meta),
        **fields_of(table),
        **fields,
    }
    return ModelBase(name, (ReadOnlyRow,), members)


Action = _row_model("Action", "poec_actions", "reference", {}, ("reference",))
Session = _row_model("Session", "poec_sessions", "reference", {"action": _link("Action", "action")}, ("reference",))
Person = _row_model("Person", "poec_people", "name", {}, ("reference",))
Application = _row_model(
    "Application",
    "poec_applications",
    "reference",
    {"session": _link("Session", "session"), "candidate": _link("Person", "candidate")},
    ("-registration_key",),
)
Entry = _row_model(
    "Entry",
    "poec_history",
    "position",
    {"position": PositionField(primary_key=True, max_length=120, verbose_name=lazy_word("columns.position"))},
    ("kind", "reference", "version"),
)
Message = _row_model("Message", "poec_messages", "message_id", {}, ("id",))
Delivery = _row_model("Delivery", "poec_deliveries", "message_id", {}, ("-at",))

ROWS = (Action, Session, Person, Application, Entry, Message, Delivery)
"""All of them."""

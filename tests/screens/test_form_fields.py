"""The fields of a command's form: whatever command there is, its form says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poec_workflow import Malformed, to_dict
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.contrib.django.screens.form_fields import MOST_DAYS, as_wire, fields_of
from poec_workflow.policies.action_content import EDITABLE
from poec_workflow.policies.optional_rules import IMPORTS
from poec_workflow.serialization import from_dict
from poec_workflow.testing import strategies


def typed(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """What a person types to say a command: a text for each field."""
    for name, value in data.items():
        match value:
            case None:
                pass
            case dict():
                yield from typed(value, f"{prefix}{name}.")
            case list():
                yield from ((f"{prefix}{name}.{index}", each) for index, each in enumerate(value))
            case bool():
                yield prefix + name, str(value).lower()
            case _:
                yield prefix + name, str(value)


@given(strategies.commands(*(each for each in COMMANDS.values() if each not in IMPORTS)))
def test_what_is_typed_is_the_command(command: Command) -> None:
    """Of every command, whatever its values; a form asks for more than blanks where it asks for a text."""
    data = to_dict(command)
    for name in ("dates", "information_dates"):
        assume(len(data.get(name) or ()) <= MOST_DAYS)
    assume(set(data.get("changes", ())) <= set(EDITABLE))
    assume((data.get("kind") or "SIMPLE").strip())  # what is left blank is the default
    said = dict(typed(data))
    fields = fields_of(type(command))
    assume(all(said[each.name].strip() for each in fields if each.required))
    own = {name: said[name] for name in said if name in {each.name for each in fields}}
    assert set(said) - set(own) <= {"type", command.subject_kind.value}
    reference = {command.subject_kind.value: command.reference}
    again = from_dict({"type": command.type, **reference, **as_wire(fields, own)}, Command)
    assert blank_is_absent(to_dict(again)) == blank_is_absent(data)


def blank_is_absent(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a form can't tell apart: a text of blanks, and none; ends of lines, which browsers send as they like."""
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            value = blank_is_absent(value)  # noqa: PLW2901 - the same value without blanks
        if isinstance(value, str):
            value = value.replace("\r\n", "\n")  # noqa: PLW2901
        if value is not None and not (isinstance(value, str) and not value.strip()):
            kept[name] = value
    return kept


SHOWN = {name: each for name, each in COMMANDS.items() if each not in IMPORTS}
"""The commands that have a form."""


@pytest.mark.parametrize("command", SHOWN.values(), ids=SHOWN)
def test_every_field_has_a_widget(command: type[Command]) -> None:
    """And only those that a command may leave out are optional."""
    for each in fields_of(command):
        assert each.widget in {"text", "long-text", "date", "time", "integer", "decimal", "boolean", "choice"}
        assert bool(each.members) == (each.widget == "choice")


@pytest.mark.parametrize(
    ("command", "name", "text", "said"),
    [
        ("retain", "weekly_hours", " 30,5 ", "30.5"),
        ("retain", "weekly_hours", "٣٥", "٣٥"),
        ("set-capacity", "capacity", "12 ", 12),
        ("set-capacity", "capacity", "-3", -3),
        ("set-capacity", "capacity", "12.0", "12.0"),
        ("set-capacity", "capacity", "١٢", "١٢"),
        ("record-absence", "notified", "true", True),
        ("record-absence", "notified", "oui", "oui"),
    ],
)
def test_figures_are_read_as_people_write_them(command: str, name: str, text: str, said: object) -> None:
    """What is none is left for the strict reader to refuse."""
    assert as_wire(fields_of(COMMANDS[command]), {name: text})[name] == said


@given(st.sampled_from(list(SHOWN.values())), st.data())
def test_whatever_is_typed_is_read_or_refused(command: type[Command], data: st.DataObject) -> None:
    """No text makes the reader fail in another way."""
    fields = fields_of(command)
    sent = as_wire(fields, {each.name: data.draw(st.text(max_size=12)) for each in fields})
    with suppress(Malformed):
        from_dict({"type": command.type, command.subject_kind.value: "X", **sent}, Command)

"""Texts of many values that differ in reference and version alone, made from one of them.

They are what `to_json` writes of each value, at a tenth of its cost.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import evolve

from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, TrainingAction, TrainingSession
from poec_workflow.serialization import from_dict, to_json

S = TypeVar("S", Application, TrainingSession, TrainingAction)

_quoted: Callable[[str], str] = json.JSONEncoder(ensure_ascii=False).encode

# Texts contain no NUL, so these stand nowhere else in the JSON of a value.
_REFERENCE, _VERSION = "\0reference", "\0version"
_REFERENCE_IN_JSON, _VERSION_IN_JSON = _quoted(_REFERENCE), _quoted(_VERSION)


def entry_template(entry: HistoryEntry) -> Callable[[str, int], str]:
    """Prepare to write an entry that began its own decision, as of subjects of other references and versions."""
    marks: Any = {"reference": _REFERENCE, "version": _VERSION}
    template = to_json(evolve(entry, event=evolve(entry.event, **marks), decision=evolve(entry.decision, **marks)))

    def text(reference: str, version: int) -> str:
        return template.replace(_VERSION_IN_JSON, str(version)).replace(_REFERENCE_IN_JSON, _quoted(reference))

    return text


def move_template(before: S, after: S) -> Callable[[str, str, int], str]:
    """Prepare to move the texts of subjects: from their text, reference and version to their text in the next version.

    Args:
        before: a subject that the same move, which changes version and state alone, is known of.
        after: the same subject after the move.
    """
    old_state, new_state = f'"state": {_quoted(before.state)}, ', f'"state": {_quoted(after.state)}, '

    def moved(text: str, reference: str, version: int) -> str:
        envelope = f'{{"reference": {_quoted(reference)}, "version": '
        old = f"{envelope}{version}, {old_state}"
        if text.startswith(old):
            return f"{envelope}{version + 1}, {new_state}{text[len(old) :]}"
        # Another release may have written another form.
        changed: Any = {"version": version + 1, "state": after.state}
        return to_json(evolve(from_dict(json.loads(text), type(before)), **changed))

    return moved

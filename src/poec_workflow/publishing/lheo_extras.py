"""The `extras` of a catalogue: what LHEO does not know, or not to the letter, under the names of the wire format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.lheo_own_extras import FIELDS, LISTED
from poec_workflow.importing.lheo_values import plain_line, plain_text
from poec_workflow.importing.lheo_vocabulary import OWN
from poec_workflow.model import TrainingAction, TrainingSession
from poec_workflow.publishing.lheo_writer import DURATION, TEXT, Lines, branch, leaf
from poec_workflow.serialization import to_dict

SEATS_LEFT = "places-restantes"
"""For who reads the catalogue: no field of a session."""
_OTHERWISE: Mapping[str, tuple[Callable[[str], str | None], int]] = FrozenMap(
    {
        "objective": (plain_text, TEXT),
        "programme": (plain_text, TEXT),
        "prerequisites": (plain_text, TEXT),
        "durations": (plain_line, DURATION),
    }
)
"""Field ▸ what an element of LHEO gives back of its text, and of how long a one."""

_OPTIONAL = frozenset({*_OTHERWISE, "certification", "regulatory_conditions"})
"""Texts that an action may do without: none is the same as an empty one."""


def action_extras(action: TrainingAction) -> Lines:
    """What is to be known of an action."""
    values = to_dict(action)
    said = {name: each for name, each in values.items() if not _is_said(name, each)}
    return branch("extras", *_fields("action", said), info=OWN)


def session_extras(session: TrainingSession, seats: int) -> Lines:
    """What is to be known of a session, and how many seats it has to give."""
    return branch("extras", leaf("extra", str(seats), info=SEATS_LEFT), *_fields("session", to_dict(session)), info=OWN)


def _is_said(name: str, value: object) -> bool:
    """Whether a text is given back by its element, or there is none."""
    if value is None or (value == "" and name in _OPTIONAL):
        return True
    if name not in _OTHERWISE or not isinstance(value, str):
        return False
    plain, most = _OTHERWISE[name]
    return plain(value) == value and len(value) <= most


def _fields(level: str, values: Mapping[str, Any]) -> Iterator[Lines]:
    for name in FIELDS[level]:
        value = values.get(name)
        if name == LISTED:
            # One that is empty says that there are none: those of the action are of all its sessions.
            yield from (leaf("extra", str(each), info=_info(name)) for each in value or [""])
        elif value is not None:
            yield leaf("extra", str(value), info=_info(name))


def _info(name: str) -> str:
    return name.replace("_", "-")

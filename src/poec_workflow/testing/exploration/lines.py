"""Requests as the lines of a journal, which `poec-workflow run` executes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from poec_workflow.commands import Request
from poec_workflow.serialization import to_dict

_ORDER = ("at", "actor", "command", "key", "expected_version")


def lines_of(requests: Iterable[Request]) -> list[str]:
    """The lines of a journal, what is absent left out."""
    return [
        json.dumps({name: line[name] for name in _ORDER if name in line}, ensure_ascii=False) for line in _all(requests)
    ]


def _all(requests: Iterable[Request]) -> Iterator[dict[str, Any]]:
    return (_present(to_dict(each)) for each in requests)


def _present(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _present(each) for name, each in value.items() if each is not None and each != []}
    return value

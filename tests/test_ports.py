"""The ports: whoever writes an adapter finds there, or in the package itself, all that its methods name."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import poec_workflow
from poec_workflow import ports
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Closable, SchemaStorage

PROTOCOLS = [
    each
    for name in ports.__all__
    if inspect.isclass(each := getattr(ports, name)) and getattr(each, "_is_protocol", False)
]


def _classes(annotation: Any) -> Iterator[type]:
    inner = get_args(annotation)
    for each in inner:
        yield from _classes(each)
    if not inner and inspect.isclass(annotation) and annotation.__module__.startswith("poec_workflow"):
        yield annotation


def _named(protocol: type) -> Iterator[type]:
    for member in vars(protocol).values():
        function = member.fget if isinstance(member, property) else member
        if inspect.isfunction(function) and not function.__name__.startswith("_"):
            for annotation in get_type_hints(function).values():
                yield from _classes(annotation)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda each: each.__name__)
def test_what_a_port_names_can_be_imported_beside_it(protocol: type) -> None:
    """Commands, contexts, changes, filters, rows: nobody has to know in which module each lives."""
    missing = {each for each in _named(protocol) if not hasattr(ports, each.__name__)}
    assert {each.__name__ for each in missing if not hasattr(poec_workflow, each.__name__)} == set()


def test_the_ports_have_protocols() -> None:
    """The test above has something to look at."""
    assert {"Storage", "Transaction", "Queries", "Outbox", "Clock", "Notifier"} <= {each.__name__ for each in PROTOCOLS}
    assert sorted(ports.__all__) == sorted(set(ports.__all__))


def test_what_a_storage_may_have_besides(tmp_path: Path) -> None:
    """Something to close, a schema: a storage has it or not, and says so by its methods."""
    memory = MemoryStorage()
    assert not isinstance(memory, Closable | SchemaStorage)
    with SqlStorage.open(f"sqlite:///{tmp_path / 'poec.db'}") as stored:
        assert isinstance(stored, Closable)
        assert isinstance(stored, SchemaStorage)

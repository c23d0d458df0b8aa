"""The public names: what the modules' `__all__` say, and every command and event."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

import poec_workflow
from django_settings import configure
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.events import EVENTS

# Models are importable in a project alone, for whoever looks a name up.
configure()


@cache
def public_names() -> Mapping[str, object]:
    """Each name with its module, `poec_workflow.ports.Clock`, and what it names; modules apart."""
    found = {name: value for name, value in _listed() if not isinstance(value, ModuleType)}
    for each in (*COMMANDS.values(), *EVENTS.values(), Command):
        found[f"{each.__module__}.{each.__name__}"] = each
    return found


def _listed() -> Iterator[tuple[str, object]]:
    for name in ("poec_workflow", *_modules()):
        module = import_module(name)
        for each in getattr(module, "__all__", ()):
            yield f"{name}.{each}", getattr(module, each)


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(poec_workflow.__path__, "poec_workflow."):
        # Those run when they are imported, or need a program around them.
        if ".migrations" not in found.name and not found.name.endswith(("__main__", "diagrams.sphinx")):
            yield found.name

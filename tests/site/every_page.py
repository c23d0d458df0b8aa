"""Every address of the screens, as the table of addresses has it: a page that is added is looked at too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern

from poec_workflow.contrib.django import urls
from poec_workflow.contrib.django.reference_paths import ReferenceConverter

APPLICATIONS = ("C-due", "X-due")
SESSIONS = ("S-mine", "S-other")
ACTIONS = ("A-mine", "A-other")
CANDIDATES = ("P-1", "P-21")
COMMANDS = {"applications": "convoke", "sessions": "set-capacity", "actions": "publish-action"}
OTHERS = {"name": ("to-convoke",)}
"""What stands for other parts of addresses."""
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses() -> Iterator[str]:
    """Each address, with each reference that fits."""
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        yield from (f"/{each}" for each in _filled(str(pattern.pattern)))


def pages() -> Iterator[str]:
    """Those that are looked at: no commands to subjects."""
    commands = {f"/{kind}/{each}/{COMMANDS[kind]}/" for kind in COMMANDS for each in _references(kind)}
    return (each for each in addresses() if each not in commands)


def _references(kind: str) -> tuple[str, ...]:
    return {
        "applications": APPLICATIONS,
        "sessions": SESSIONS,
        "actions": ACTIONS,
        "candidates": CANDIDATES,
    }[kind]


def _filled(route: str) -> Iterator[str]:
    if "<slug:kind>s" in route:
        for kind, command in COMMANDS.items():
            yield from _filled(route.replace("<slug:kind>s", kind).replace("<slug:command>", command))
        return
    found = _PART.search(route)
    if found is None:
        yield route
        return
    values = OTHERS.get(found[1]) or _references(route.partition("/")[0])
    for value in values:
        yield from _filled(route.replace(found[0], ReferenceConverter().to_url(value), 1))

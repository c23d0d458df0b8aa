"""The screens in a project: a file that a story was told in, and the site on a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.http import HttpRequest
from django.test import override_settings

from django_project import on_file
from poec_workflow import Accepted, Actor, Request, Workflow
from poec_workflow.contrib.django import get_workflow
from poec_workflow.testing import SettableClock

SIGNED = "django.contrib.sessions.backends.signed_cookies"


def told_file(migrated: Path, file: Path, clock: SettableClock, requests: Iterable[Request]) -> Path:
    """A copy of a migrated file, in which some requests were carried out."""
    shutil.copy(migrated, file)
    with on_file(file), override_settings(POEC_WORKFLOW={"CLOCK": clock}):
        answers = get_workflow().execute_many(requests, batch=100)
    assert all(isinstance(each, Accepted) for each in answers)
    return file


@contextmanager
def screens_on(
    told: Path, file: Path, clock: SettableClock, actors: Callable[[HttpRequest], Sequence[Actor]]
) -> Iterator[Workflow]:
    """The site on a copy of a file; its workflow."""
    shutil.copy(told, file)
    known = {"CLOCK": clock, "ACTORS": actors}
    with on_file(file), override_settings(POEC_WORKFLOW=known, ROOT_URLCONF="screens_urls", SESSION_ENGINE=SIGNED):
        yield get_workflow()

"""Journals, written and played: JSON Lines in, answers out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.model import State, SubjectKind
from poec_workflow.serialization import journal_line, to_dict
from poec_workflow.workflow import Workflow

Lines = str | bytes | Path | Iterable[str | bytes | Request]
"""A journal: its text, its file, or its lines one by one."""


@frozen
class Played:
    """What came of a journal.

    Attributes:
        requests: its lines.
        answers: one for each.
        states: where each subject stands, by reference, by kind.
    """

    requests: tuple[Request, ...]
    answers: tuple[Accepted | Refused, ...]
    states: Mapping[SubjectKind, Mapping[str, State]]

    @property
    def refused(self) -> Mapping[int, frozenset[str]]:
        """The codes of each line that was refused, by its number among those that say something, from 1."""
        return {number: each.codes for number, each in enumerate(self.answers, 1) if isinstance(each, Refused)}

    def state(self, reference: str, kind: SubjectKind | str = SubjectKind.APPLICATION) -> State:
        """Where one subject stands, an application if nothing else is said.

        Raises:
            KeyError: there is none.
        """
        return self.states[SubjectKind(kind)][reference]


def requests_of(journal: Lines) -> tuple[Request, ...]:
    """The requests of a journal; blank lines say nothing.

    Raises:
        Malformed: a line can't be read.
    """
    if isinstance(journal, Path):
        journal = journal.read_bytes()
    lines: Iterable[str | bytes | Request]
    if isinstance(journal, str):
        # Not `splitlines`: a text may hold other separators of lines.
        lines = journal.removeprefix("\ufeff").split("\n")
    else:
        lines = journal.removeprefix(b"\xef\xbb\xbf").split(b"\n") if isinstance(journal, bytes) else journal
    return tuple(each if isinstance(each, Request) else journal_line(each) for each in lines if _says_something(each))


def play(journal: Lines, workflow: Workflow) -> Played:
    """Execute a journal, each line at its own instant.

    Raises:
        Malformed: a line can't be read; none was executed.
    """
    requests = requests_of(journal)
    answers = tuple(workflow.execute_many(requests))
    queries = workflow.storage.queries
    return Played(requests, answers, {kind: dict(queries.states(kind)) for kind in SubjectKind})


def to_line(request: Request) -> str:
    """A request as a line of a journal, without what it leaves open."""
    return json.dumps(_said(to_dict(request)), ensure_ascii=False)


def to_journal(requests: Iterable[Request]) -> str:
    """Requests as the text of a journal."""
    return "".join(f"{to_line(each)}\n" for each in requests)


def _says_something(line: str | bytes | Request) -> bool:
    return isinstance(line, Request) or bool(line.strip())


def _said(data: dict[str, Any]) -> dict[str, Any]:
    """The data without its nulls; the instant first, as in the pages."""
    order = ("at", "actor", "command", "key", "expected_version")
    return {name: _without_nulls(data[name]) for name in order if data[name] is not None}


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(each) for name, each in value.items() if each is not None}

"""Re-adjudication: recorded commands judged again under other settings, and the verdicts that change.

The journal is replayed twice, line by line, each time in an empty store of its own: under the settings that it was
recorded with, and under the others. A verdict may change because the rules differ (*direct*), or because the two
stores differ already after an earlier verdict (it *follows*).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command, Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.errors import refusal_to_dict
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.policies.settings import Settings, default_settings
from poec_workflow.ports import DecisionContext
from poec_workflow.serialization import journal_line
from poec_workflow.workflow import Answer, Workflow

Journal = Iterable[Request | str | bytes]
Rewrite = Callable[[Command], Command]

ACCEPTED, REFUSED, CHANGED, REASONS = "now-accepted", "now-refused", "other-outcome", "other-reasons"


@frozen(kw_only=True)
class Difference:
    """One line whose verdict is another.

    Attributes:
        line: its number, from 1.
        before: the answer under the settings that it is compared with.
        after: the answer under the others.
        direct: both stores held the same for this command: the settings alone make the change.
    """

    line: int
    request: Request
    before: Answer
    after: Answer
    direct: bool

    @property
    def kind(self) -> str:
        """`now-accepted`, `now-refused`, `other-outcome` (accepted twice) or `other-reasons` (refused twice)."""
        if isinstance(self.before, Refused):
            return REASONS if isinstance(self.after, Refused) else ACCEPTED
        return REFUSED if isinstance(self.after, Refused) else CHANGED

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The difference as JSON-ready data."""
        return {
            "line": self.line,
            "kind": self.kind,
            "direct": self.direct,
            "command": self.request.command.type,
            "reference": self.request.command.reference,
            "before": _told(self.before, lang),
            "after": _told(self.after, lang),
        }


@frozen(kw_only=True)
class Readjudication:
    """What other settings would have made of a journal.

    Attributes:
        lines: how many were judged.
        differences: the lines whose verdict is another, in the journal's order.
    """

    lines: int
    settings: Settings
    against: Settings
    differences: tuple[Difference, ...]

    def of(self, kind: str, *, direct: bool | None = None) -> tuple[Difference, ...]:
        """The differences of one kind; with `direct` those alone that are, or are not."""
        return tuple(
            each for each in self.differences if each.kind == kind and (direct is None or each.direct is direct)
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """How many differences there are of each kind."""
        counts = Counter(each.kind for each in self.differences)
        return {kind: counts[kind] for kind in (ACCEPTED, REFUSED, CHANGED, REASONS)}

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """The whole as JSON-ready data."""
        return {
            "lines": self.lines,
            "settings": self.settings.fingerprint,
            "against": self.against.fingerprint,
            "counts": dict(self.counts),
            "differences": [each.to_dict(lang) for each in self.differences],
        }


def readjudicate(
    journal: Journal,
    settings: Settings,
    *,
    against: Settings | None = None,
    rewrite: Rewrite | None = None,
    lifecycles: Lifecycles = LIFECYCLES,
    against_lifecycles: Lifecycles = LIFECYCLES,
) -> Readjudication:
    """Judge a journal again under other settings, or by tables with a service's own rows.

    Args:
        journal: requests, or the lines of a journal; each has its `at`. Blank lines are ignored, and count as lines.
        settings: the others.
        against: those that they are compared with; the package's own by default.
        rewrite: makes each command what it would have been, before it is judged under the others: a session created
            with another coefficient, say.
        lifecycles: the tables, beside the other settings.
        against_lifecycles: the tables that they are compared with.

    Raises:
        Malformed: a line can't be read.
        Exception: what a policy raises, with a note that names the line.
    """
    before, after = _world(against or default_settings(), against_lifecycles), _world(settings, lifecycles)
    differences: list[Difference] = []
    judged = 0
    for judged, (number, request) in enumerate(_requests(journal), 1):  # noqa: B007 - the last one counts them
        try:
            direct = _seen(before, request) == _seen(after, request)
            other = evolve(request, command=rewrite(request.command)) if rewrite else request
            one, two = before.submit(request), after.submit(other)
        except Exception as error:
            error.add_note(f"line {number}")
            raise
        if _verdict(one) != _verdict(two):
            differences.append(Difference(line=number, request=request, before=one, after=two, direct=direct))
    return Readjudication(lines=judged, settings=settings, against=before.settings, differences=tuple(differences))


def _world(settings: Settings, lifecycles: Lifecycles) -> Workflow:
    return Workflow(MemoryStorage(), settings=settings, lifecycles=lifecycles)


def _requests(journal: Journal) -> Iterator[tuple[int, Request]]:
    for number, each in enumerate(journal, 1):
        if isinstance(each, Request):
            yield number, each
        elif each.strip():
            yield number, journal_line(each)


def _seen(workflow: Workflow, request: Request) -> object:
    """All that a store holds around a request before it is judged."""
    loaded = workflow.storage.run(lambda each: each.load(request.command, key=request.key), write=False)
    return _plain(loaded)


def _plain(loaded: DecisionContext) -> object:
    around = [
        (each.session, each.tally, tuple(each.open_applications))
        for each in (*loaded.enrolments, *([loaded.enrolment] if loaded.enrolment else []))
    ]
    return loaded.subject, loaded.action, around, loaded.candidate_live, loaded.receipt


def _verdict(answer: Answer) -> object:
    """What a verdict comes to: the codes of a refusal, or who went where by what."""
    if isinstance(answer, Refused):
        return answer.codes
    return [(each.event.type, each.subject.reference, each.subject.state) for each in answer.changes]


def _told(answer: Answer, lang: str) -> dict[str, Any]:
    if isinstance(answer, Accepted):
        changes = [
            {"reference": each.subject.reference, "event": each.event.type, "state": each.subject.state.value}
            for each in answer.changes
        ]
        return {"accepted": True, "changes": changes}
    return {"accepted": False, "refusals": [refusal_to_dict(each, lang) for each in answer.refusals]}

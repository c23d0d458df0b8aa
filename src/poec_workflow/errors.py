"""Refusals, advisories and exceptions, as data from which messages are made in French or in English.

A *refusal* is an answer of the rules, with a stable code. `CommandRefused` raises it; the other exceptions are
failures: input that can't be read, a storage that can't be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, ClassVar, Self, TypedDict, cast

from attrs import field, frozen

from poec_workflow import locales
from poec_workflow.frozen_map import FrozenMap, frozen_copy

Details = Mapping[str, Any]
"""What a refusal is about: dates, counts, limits, codes, by name."""


def _frozen(details: Details) -> Details:
    return details if type(details) is FrozenMap else FrozenMap(details)


class RefusalKind(StrEnum):
    """The families of refusals, each with its HTTP status."""

    UNKNOWN = "unknown"
    FORBIDDEN = "forbidden"
    STALE = "stale"
    STATE = "state"
    CONFLICT = "conflict"
    RULE = "rule"

    @property
    def http_status(self) -> int:
        """The status of an HTTP answer that carries such a refusal."""
        return _HTTP_STATUS[self]


_HTTP_STATUS = {
    RefusalKind.UNKNOWN: 404,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.STALE: 412,
    RefusalKind.STATE: 409,
    RefusalKind.CONFLICT: 409,
    RefusalKind.RULE: 422,
}

KIND_OF_CODE: Mapping[str, RefusalKind] = {
    "unknown-application": RefusalKind.UNKNOWN,
    "unknown-session": RefusalKind.UNKNOWN,
    "unknown-action": RefusalKind.UNKNOWN,
    "not-permitted": RefusalKind.FORBIDDEN,
    "stale-version": RefusalKind.STALE,
    "no-transition": RefusalKind.STATE,
    "key-reused": RefusalKind.CONFLICT,
    "duplicate-reference": RefusalKind.CONFLICT,
}
"""Every code that is not a rule's; the rest are `RefusalKind.RULE`."""


_NO_TEMPLATES: Mapping[str, str] = FrozenMap({})


@frozen(weakref_slot=False)
class Refusal:
    """One reason why not: a stable code, and what it is about."""

    code: str
    details: Details = field(factory=dict, converter=_frozen, hash=False)
    templates: Mapping[str, str] = field(default=_NO_TEMPLATES, converter=frozen_copy, eq=False, repr=False)
    """Sentences of a service's own policy, by language; the package's codes have theirs in `locales`."""

    @property
    def kind(self) -> RefusalKind:
        """The family, which gives the HTTP status."""
        return KIND_OF_CODE.get(self.code, RefusalKind.RULE)

    @property
    def http_status(self) -> int:
        """404, 403, 412, 409 or 422."""
        return self.kind.http_status

    def message(self, lang: str = "fr") -> str:
        """A sentence for people, in `"fr"` or `"en"`."""
        return locales.sentence("refusals", self.code, self.details, lang, self.templates)


@frozen
class Advisory:
    """Something accepted that deserves a second look. Its details are plain JSON, for the history keeps them."""

    code: str
    details: Details = field(factory=dict, converter=_frozen, hash=False)

    def message(self, lang: str = "fr") -> str:
        """A sentence for people, in `"fr"` or `"en"`."""
        known = locales.words(lang)
        # Of what is imported, a rule that refuses elsewhere is told of in the same words.
        section = next((each for each in ("advisories", "refusals") if self.code in known[each]), None)
        decimals = _DECIMALS.get(self.code, ())
        details = {
            name: _decimal(value) if name in decimals else _day(value) if name in _DAYS and section else value
            for name, value in self.details.items()
        }
        return locales.sentence(section or "advisories", self.code, details, lang)


_DAYS = frozenset(
    {
        "deadline",
        "earliest",
        "end",
        "entry",
        "exit",
        "late_entry_deadline",
        "latest",
        "on",
        "previous",
        "registered_on",
        "registration_deadline",
        "start",
        "today",
    }
)
"""The details of the package's advisories that are days: as JSON they are texts."""

_DECIMALS = {
    "unusual-weekly-hours": ("weekly_hours", "least", "most"),
    "weekly-hours-out-of-range": ("weekly_hours", "most"),
}
"""Those that are decimals."""


def _decimal(value: object) -> object:
    try:
        return Decimal(cast("str", value))
    except (TypeError, ValueError, InvalidOperation):
        return value


def _day(value: object) -> object:
    try:
        return date.fromisoformat(cast("str", value))
    except (TypeError, ValueError):
        return value


class RefusalDocument(TypedDict):
    """A refusal as JSON."""

    code: str
    message: str
    details: dict[str, Any]


class FaultDocument(TypedDict):
    """A fault as JSON."""

    place: str
    problem: str


class ProblemDocument(TypedDict):
    """A problem of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class RefusedProblemDocument(ProblemDocument):
    """The problem of a refused command."""

    refusals: list[RefusalDocument]


class MalformedProblemDocument(ProblemDocument):
    """The problem of what can't be read."""

    faults: list[FaultDocument]


PROBLEM_TYPE = "urn:poec-workflow:problem:"
"""What the type of a problem begins with; its kind follows."""


class WorkflowError(Exception):
    """The base of every exception of this package; a host can answer each with its status and its problem."""

    problem: ClassVar[str]
    """What went wrong, as the end of the problem's type and the name of its title."""

    @property
    def http_status(self) -> int:
        """The status of an HTTP answer."""
        return STATUS_OF_PROBLEM[self.problem]

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """A problem of RFC 9457."""
        document: ProblemDocument = {
            "type": f"{PROBLEM_TYPE}{self.problem}",
            "title": locales.label("problems", self.problem, lang),
            "status": self.http_status,
            "detail": str(self),
        }
        return {**document}


STATUS_OF_PROBLEM: Mapping[str, int] = {"malformed": 400, "busy": 409, "unavailable": 503, "outdated": 503}
"""The problems that are no refusals, each with the status of an HTTP answer."""


class CommandRefused(WorkflowError):
    """The rules refuse the command; nothing was changed.

    Attributes:
        refusals: every reason, at least one, all of one kind.
    """

    problem = "refused"

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        return "; ".join(f"{each.code}: {each.message('en')}" for each in self.refusals)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the refusals; their order means nothing."""
        return frozenset(each.code for each in self.refusals)

    @property
    def http_status(self) -> int:
        """The status of an HTTP answer to the command."""
        return self.refusals[0].http_status

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """A problem of RFC 9457; its extension `refusals` lists code, message and details of each reason."""
        kind = self.refusals[0].kind
        document: RefusedProblemDocument = {
            "type": f"{PROBLEM_TYPE}{kind}",
            "title": locales.label("problems", kind, lang),
            "status": kind.http_status,
            "detail": " ".join(each.message(lang) for each in self.refusals),
            "refusals": [refusal_document(each, lang) for each in self.refusals],
        }
        return {**document}


def refusal_to_dict(refusal: Refusal, lang: str) -> dict[str, Any]:
    """`{"code", "message", "details"}`, with plain JSON values."""
    return {**refusal_document(refusal, lang)}


def refusal_document(refusal: Refusal, lang: str) -> RefusalDocument:
    """The same, by the names of its members."""
    return {
        "code": refusal.code,
        "message": refusal.message(lang),
        "details": {name: plain(value) for name, value in refusal.details.items()},
    }


def plain(value: object) -> Any:  # noqa: ANN401 - JSON has no better type
    """A detail as JSON: numbers, booleans and null as they are, sequences as arrays, all else as text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    return str(value)


@frozen
class Fault:
    """One thing that can't be read: where, as `$.command.on`, and what is wrong there."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class Malformed(WorkflowError, ValueError):
    """Input that does not have the form that is documented; `faults` has all of them."""

    problem = "malformed"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    @classmethod
    def at(cls, place: str, problem: str) -> Self:
        """One fault."""
        return cls([Fault(place, problem)])

    def __str__(self) -> str:
        return "; ".join(map(str, self.faults))

    def to_dict(self, lang: str = "fr") -> dict[str, Any]:
        """A problem of RFC 9457; its extension `faults` lists place and problem of each."""
        faults: list[FaultDocument] = [{"place": each.place, "problem": each.problem} for each in self.faults]
        document: MalformedProblemDocument = {
            "type": f"{PROBLEM_TYPE}{self.problem}",
            "title": locales.label("problems", self.problem, lang),
            "status": self.http_status,
            "detail": str(self),
            "faults": faults,
        }
        return {**document}


class Conflict(WorkflowError):
    """Others kept changing the same thing, and the retries are used up. Nothing was changed; try again."""

    problem = "busy"


class StorageUnavailable(WorkflowError):
    """The storage can't be reached, or went away. With a key, sending the command again is safe."""

    problem = "unavailable"


class SchemaOutdated(WorkflowError):
    """The database has another schema than this release reads."""

    problem = "outdated"

"""What is erased: the fields, defined once, and applications and entries without them; every adapter erases with these.

Two kinds of erasure. Of a person: who they are, also where they acted themself. Of their file: besides, in their
applications, the free comments and the people who acted. An application and its history lose the same fields, so
folding the history still gives the application. Codes, dates, organisations and the candidate's own reference, which is
the host's and says nothing by itself [R], stay.

What an erasure may take out of an entry stands in `ERASABLE`, and is no part of the entry's digest (`entry_digests`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Generic, TypeVar

from attrs import evolve, fields_dict, frozen

from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor, Application, Origin, Prescriber

ERASABLE: tuple[tuple[str, ...], ...] = (
    ("actor", "name"),
    ("actor", "reference"),
    ("data", "comment"),
    ("data", "prescriber", "name"),
)
"""The members of an entry's JSON, by their places, that an erasure may make null, of any event; it changes no other.

The stored digests leave them out: a place added here changes the digest of entries that are stored, and so needs a
revision that chains them anew.
"""


def _under(*place: str) -> tuple[str, ...]:
    return tuple(each[-1] for each in ERASABLE if each[:-1] == place)


_OF_ACTORS, _OF_EVENTS, _OF_PRESCRIBERS = _under("actor"), _under("data"), _under("data", "prescriber")

T = TypeVar("T", bound=Any)


def anonymous_entry(entry: HistoryEntry, candidate: str) -> HistoryEntry:
    """The entry without who the candidate is, where they acted themself, or sent themself (origin `self`)."""
    if entry.actor.candidate == candidate:
        entry = _with(entry, actor=_nobody(entry.actor))
    event: Any = entry.event
    if getattr(event, "candidate", None) == candidate:
        entry = _with(entry, event=_with(event, prescriber=_unless_another(event.prescriber)))
    return entry


def anonymous_application(application: Application) -> Application:
    """The application without who the candidate is, where candidates registered themselves (origin `self`)."""
    return _with(application, prescriber=_unless_another(application.prescriber))


def emptied_entry(entry: HistoryEntry) -> HistoryEntry:
    """The entry of an application whose file is erased: without people and comments."""
    return _with(entry, actor=_nobody(entry.actor), event=_emptied(entry.event))


def emptied_application(application: Application) -> Application:
    """The application whose file is erased: without people and comments."""
    return _emptied(application)


@frozen
class Erased(Generic[T]):
    """What is left of an application or of an entry, and whose it was that is gone.

    Attributes:
        left: what is left; itself where nothing is gone.
        people: of whom something is gone that said who they are.
        files: of whom something is gone that was the file's.
    """

    left: T
    people: frozenset[str]
    files: frozenset[str]


def erased_application(application: Application, *, whole: bool) -> Erased[Application]:
    """What is left of an application whose candidate is erased; `whole`: their file too."""
    anonymous = anonymous_application(application)
    left = emptied_application(anonymous) if whole else anonymous
    owner = frozenset({application.candidate})
    nobody = frozenset[str]()
    return Erased(
        left,
        people=nobody if anonymous is application else owner,
        files=nobody if left is anonymous else owner,
    )


def erased_entry(
    entry: HistoryEntry, people: Collection[str], owner: str | None, *, whole: bool
) -> Erased[HistoryEntry]:
    """What is left of an entry of an application of `owner`, or that one of the erased people caused.

    Args:
        entry: the entry.
        people: who is erased.
        owner: whose application it is of; None where it is of none of theirs.
        whole: whether the owner's file is erased too.
    """
    left, of_people = entry, set[str]()
    for each in {entry.actor.candidate, owner}:
        if each is not None and each in people:
            before, left = left, anonymous_entry(left, each)
            if left is not before:
                of_people.add(each)
    anonymous = left
    if owner is None or not whole:
        return Erased(left, frozenset(of_people), frozenset())
    left = emptied_entry(anonymous)
    return Erased(left, frozenset(of_people), frozenset({owner} if left is not anonymous else ()))


def _emptied(of: T) -> T:
    """An application, or an event of one, without people and comments; whichever of the fields it has."""
    known = fields_dict(type(of))
    less: dict[str, Any] = {name: None for name in _OF_EVENTS if name in known}
    if "prescriber" in known:
        less["prescriber"] = _unnamed(of.prescriber)
    return _with(of, **less)


def _nobody(actor: Actor) -> Actor:
    return _with(actor, **dict.fromkeys(_OF_ACTORS))


def _unless_another(prescriber: Prescriber) -> Prescriber:
    return _unnamed(prescriber) if prescriber.origin is Origin.SELF else prescriber


def _unnamed(prescriber: Prescriber) -> Prescriber:
    return _with(prescriber, **dict.fromkeys(_OF_PRESCRIBERS))


def _with(value: T, **changes: Any) -> T:  # noqa: ANN401 - fields of any type
    """The value with other fields; itself where they are no others, so that who asks can tell."""
    if all(getattr(value, name) == each for name, each in changes.items()):
        return value
    changed: T = evolve(value, **changes)
    return changed

"""The digest of a history entry, which the next entry of its stream carries as its `previous`.

It is the SHA-256, in hexadecimal, of one JSON text: the entry as `to_json` writes it, with its place in its decision as
`ordinal` and the digest before it as `previous`; without the members that an erasure may remove, whether it did or not;
without members that are null or empty, so that one which a later release adds changes no digest; names sorted, in
ASCII, as `json.dumps(…, sort_keys=True)` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii
from typing import Any

from attrs import evolve, has

from poec_workflow.adapters.anonymization import ERASABLE
from poec_workflow.events import AnyEvent
from poec_workflow.history import HistoryEntry
from poec_workflow.serialization import to_dict
from poec_workflow.serialization.object_writer import Members, Writers, WriteText, members_of, text_writers

Places = Sequence[Sequence[str]]

START = "0" * 64
"""What the first entry of a stream carries."""

_EMPTY: Sequence[object] = ([], {})
_encode = json.JSONEncoder(sort_keys=True).encode


def digest_of(data: Mapping[str, Any], ordinal: int, previous: str) -> str:
    """The digest of an entry that was read from JSON.

    Raises:
        RecursionError, TypeError, ValueError: it is no JSON object, or one that can't be written.
    """
    return _digest(_encode(_present({**_kept(data), "ordinal": ordinal, "previous": previous})))


def entry_digest(entry: HistoryEntry, ordinal: int, previous: str) -> str:
    """The digest of an entry that is about to be stored: the same at less than half the cost."""
    return DIGESTS[type(entry.event)]((entry, ordinal, previous))


def digest_template(entry: HistoryEntry) -> Callable[[str, int, str], str]:
    """Prepare the digests of entries that each began its own decision, as `text_templates.entry_template` does theirs.

    Returns:
        a function from reference, version and the digest before to the digest.
    """
    marks: Any = {"reference": _REFERENCE, "version": _VERSION}
    marked = evolve(entry, event=evolve(entry.event, **marks), decision=evolve(entry.decision, **marks))
    template = _WRITERS[type(entry.event)]((marked, 0, _PREVIOUS))
    reference_mark, version_mark, previous_mark = map(_encode, (_REFERENCE, _VERSION, _PREVIOUS))

    def digest(reference: str, version: int, previous: str) -> str:
        text = template.replace(version_mark, str(version)).replace(previous_mark, f'"{previous}"')
        return _digest(text.replace(reference_mark, _encode(reference)))

    return digest


# Texts contain no NUL, so these stand nowhere else in the JSON of an entry.
_REFERENCE, _VERSION, _PREVIOUS = "\0reference", "\0version", "\0previous"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _kept(data: Mapping[str, Any], places: Iterable[Sequence[str]] = ERASABLE) -> dict[str, Any]:
    """An object without the members at some places."""
    kept = dict(data)
    below: dict[str, list[Sequence[str]]] = {}
    for first, *rest in places:
        if not rest:
            kept.pop(first, None)
        elif isinstance(kept.get(first), dict):
            below.setdefault(first, []).append(rest)
    for name, inner in below.items():
        kept[name] = _kept(kept[name], inner)
    return kept


def _present(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON without the members that are null or empty."""
    if type(value) is dict:
        found = {name: _present(each) for name, each in value.items()}
        return {name: each for name, each in found.items() if each is not None and each not in _EMPTY}
    return [_present(each) for each in value] if type(value) is list else value


# The same text from an entry at once. A member that is null or empty is written as no text.


def _members(event: type[AnyEvent]) -> Members:
    """The members of an entry that has an event of a type, given with its ordinal and the digest before it."""
    from poec_workflow.serialization.history_entries import entry_members  # noqa: PLC0415 - who only reads needs none

    members = {name: _of_entry(member) for name, member in entry_members(event).items()}
    return {**members, "ordinal": "value[1]", "previous": "value[2]"}


def _of_entry(member: str | Members) -> str | Members:
    if isinstance(member, str):
        return member.replace("value.", "value[0].", 1)
    return {name: _of_entry(each) for name, each in member.items()}


def _compiled(members: Members, left_out: Places, returned: str = "{}") -> WriteText:
    scope: dict[str, Any] = {"sha256": sha256}
    expression = returned.replace("{}", _object(members, left_out, scope))
    exec(f"def write(value): return {expression}", scope)  # noqa: S102 - of the names of fields
    made: WriteText = scope["write"]
    return made


def _object(members: Members, left_out: Places, scope: dict[str, Any]) -> str:
    """The expression for the text of an object, which is empty where nothing is left of it."""
    written = []
    for name, member in sorted(members.items()):
        below = tuple(rest for first, *rest in left_out if first == name)
        if [] in below:
            continue
        if isinstance(member, str):
            writers = f"of_{len(scope)}"
            scope[writers] = _writers(tuple(map(tuple, below)))
            text = f"(part := {member}) is not None and part != () and {writers}[part.__class__](part)"
        else:
            text = _object(member, below, scope)
        written.append(f"""(f'"{name}": {{text}}, ' if (text := {text}) else "")""")
    if not written:
        return '""'
    return f"""("{{" + text[:-2] + "}}" if (text := "".join([{", ".join(written)}])) else "")"""


@cache
def _writers(left_out: Places) -> Writers[WriteText]:
    """How a value is written, by its type, without what stands at some places of it."""

    def found(cls: type) -> WriteText:
        if issubclass(cls, StrEnum):
            return encode_basestring_ascii
        if has(cls):
            return _compiled(members_of(cls), left_out)
        return _any

    writers, plain = Writers(found), text_writers(to_dict, canonical=True)
    writers.update({each: plain[each] for each in (str, int, date, datetime)})
    return writers


def _any(value: object) -> str:
    data = _present(to_dict(value))
    return "" if data in _EMPTY else _encode(data)


_WRITERS: Mapping[type, WriteText] = Writers(lambda event: _compiled(_members(event), ERASABLE))
DIGESTS: Mapping[type, WriteText] = Writers(
    lambda event: _compiled(_members(event), ERASABLE, "sha256({}.encode()).hexdigest()")
)
"""Type of event ▸ what makes the digest of an entry, its ordinal and the digest before it, given as one tuple."""

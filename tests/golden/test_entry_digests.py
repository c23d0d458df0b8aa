"""The digest of an entry: of the same writing in every release, and of nothing that an erasure may remove."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import NOTHING, evolve, fields
from hypothesis import given, settings
from hypothesis import strategies as st
from record import record

from poec_workflow import Actor, Advisory, HistoryEntry, from_json, to_json
from poec_workflow.adapters.anonymization import ERASABLE, anonymous_entry
from poec_workflow.adapters.entry_digests import START, digest_of, digest_template, entry_digest
from poec_workflow.events import ENVELOPE, EVENTS

GOLDEN = Path(__file__).parent
DIGESTS = GOLDEN / "entry_digests.json"
REVISION: Any = import_module("poec_workflow.adapters.sql.migrations.versions.0008_chained_history")
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def every_line() -> list[str]:
    """An entry of every event and row, as each release wrote it, and as this one does."""
    with TemporaryDirectory() as folder:
        record(Path(folder) / "now")
        files = [*sorted(GOLDEN.glob("releases/*/histories.jsonl")), Path(folder) / "now" / "histories.jsonl"]
        return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]


LINES = every_line()
ENTRIES = [from_json(line, HistoryEntry) for line in LINES]


def test_the_digests_of_recorded_entries_stay() -> None:
    """Those that are stored: of each entry that the first release recorded, chained as they stand in its file.

    Whoever has to change this file has to write a revision that chains every store anew.
    """
    digests: list[str] = []
    last = START
    first = (GOLDEN / "releases" / "0.1.0" / "histories.jsonl").read_text(encoding="utf-8").splitlines()
    for ordinal, line in enumerate(first):
        last = digest_of(json.loads(line), ordinal % 3, last)
        digests.append(last)
    assert digests == json.loads(DIGESTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", LINES[::7], ids=range(0, len(LINES), 7))
def test_three_ways_to_one_digest(line: str) -> None:
    """Of the JSON, of the entry that is about to be stored, and by the revision that chains what was stored before."""
    entry = from_json(line, HistoryEntry)
    row = SimpleNamespace(data=line, ordinal=2)
    found = {digest_of(json.loads(text), 2, START) for text in (line, to_json(entry))}
    assert found == {entry_digest(entry, 2, START)} == {REVISION.digest(row, START)}


def test_the_revision_leaves_out_what_may_be_erased() -> None:
    """It has its own list, for what it did stays."""
    assert REVISION.ERASABLE == ERASABLE
    assert REVISION.START == START


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_text_in_any_entry(data: st.DataObject) -> None:
    """Quotes, controls, letters of any script: what is written at once is what is written step by step."""
    entry = data.draw(st.sampled_from(ENTRIES))
    texts: Any = {
        each.name: data.draw(TEXTS)
        for each in fields(type(entry.event))
        if each.name not in ENVELOPE and isinstance(getattr(entry.event, each.name), str)
    }
    actor = Actor(kind="organization", organization=data.draw(TEXTS.filter(bool)), name=data.draw(TEXTS))
    details = data.draw(st.dictionaries(TEXTS, st.none() | st.integers(-9, 9) | TEXTS | st.lists(TEXTS), max_size=2))
    changed = evolve(
        entry,
        event=evolve(entry.event, **texts),
        actor=actor,
        advisories=(Advisory(data.draw(TEXTS), details),) * data.draw(st.integers(0, 2)),
    )
    previous = data.draw(st.sampled_from((START, "f" * 64)))
    expected = digest_of(json.loads(to_json(changed)), 1, previous)
    assert entry_digest(changed, 1, previous) == expected
    assert REVISION.digest(SimpleNamespace(data=to_json(changed), ordinal=1), previous) == expected


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_template_of_a_sweep(data: st.DataObject) -> None:
    """For any reference, version and digest before, what the entry by itself gives."""
    entry = next(each for each in ENTRIES if each.event.type == "expired")
    reference = data.draw(TEXTS.filter(bool).map(lambda text: text[:64]))
    version, previous = data.draw(st.integers(1, 10_000)), data.draw(st.sampled_from((START, "a1" * 32)))
    marks: Any = {"reference": reference, "version": version}
    changed = evolve(entry, event=evolve(entry.event, **marks), decision=evolve(entry.decision, **marks))
    assert digest_template(entry)(reference, version, previous) == entry_digest(changed, 0, previous)


def with_value(data: dict[str, Any], place: tuple[str, ...], value: object) -> dict[str, Any] | None:
    made: dict[str, Any] = json.loads(json.dumps(data))
    holder: Any = made
    for each in place[:-1]:
        holder = holder.get(each)
        if not isinstance(holder, dict):
            return None
    holder[place[-1]] = value
    return made


@pytest.mark.parametrize("place", ERASABLE, ids="/".join)
def test_what_may_be_erased_is_no_part_of_it(place: tuple[str, ...]) -> None:
    """There, null, or absent: of any event that has the place."""
    tried = 0
    for line in LINES:
        data = json.loads(line)
        made = [with_value(data, place, value) for value in ("Zoé", None)]
        tried += made[0] is not None
        assert {digest_of(each, 0, START) for each in made if each is not None} <= {digest_of(data, 0, START)}
    assert tried


def test_an_erasure_changes_nothing_else() -> None:
    """Every candidate's, of every recorded entry; what it writes anew has the digest that it had."""
    for entry in ENTRIES:
        candidate = str(entry.actor.candidate or getattr(entry.event, "candidate", "P-1"))
        assert entry_digest(anonymous_entry(entry, candidate), 0, START) == entry_digest(entry, 0, START)


def test_a_member_that_a_later_release_adds_changes_nothing_where_it_is_absent() -> None:
    """Null or empty, at any place."""
    for line in LINES[::5]:
        data = json.loads(line)
        later = {**data, "later": None, "data": {**data["data"], "more": [], "and": {"more": None}}}
        assert digest_of(later, 0, START) == digest_of(data, 0, START)


def test_a_field_that_an_event_gained_is_absent_by_default() -> None:
    """So that an entry of before has the digest that it had, once it is written anew."""
    defaults = {
        (name, each.name): each.default
        for name, event in EVENTS.items()
        for each in fields(event)
        if each.default is not NOTHING and each.default is not None
    }
    assert defaults == {
        ("absent-at-last-convocation", "motive"): "absence",
        ("absent-at-last-convocation", "reason"): "absent-at-last-convocation",
        ("absent-without-notice", "motive"): "absence",
        ("absent-without-notice", "reason"): "absent-without-notice",
        ("withdrawn", "motive"): "withdrawal",
    }


def test_anybody_can_make_it() -> None:
    """As the how-to says: sorted names, without what is empty and what may be erased."""
    entry = next(each for each in ENTRIES if each.event.type == "rejected")
    data = json.loads(to_json(entry)) | {"ordinal": 0, "previous": START}
    for place in (("actor", "name"), ("actor", "reference"), ("data", "comment")):
        del data[place[0]][place[1]]
    data["actor"] = {name: each for name, each in data["actor"].items() if each is not None}
    data = {name: each for name, each in data.items() if each not in (None, [], {})}
    text = json.dumps(data, sort_keys=True)
    assert sha256(text.encode()).hexdigest() == entry_digest(entry, 0, START)

"""What was changed in a store behind the workflow's back is found, where it was changed; and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from story import told

from databases import DATABASES
from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, workflow_on, workflow_with_session
from poec_workflow import Request, Workflow, commands
from poec_workflow.adapters.anonymization import ERASABLE
from poec_workflow.adapters.entry_digests import START, digest_of
from poec_workflow.adapters.sql import SqlStorage, history_verification, stream_reading
from poec_workflow.adapters.sql.stream_reading import SEARCHED
from poec_workflow.model import SubjectKind
from poec_workflow.ports.verification import Finding, StreamHead, Verification
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from seasons import given_season
from stores import engine_of

TABLES = {"action": "poec_actions", "application": "poec_applications", "session": "poec_sessions"}
ENTRY = "kind = :kind AND reference = :reference AND version = :version"
Place = tuple[str, str, int]
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def filled(database: str) -> Iterator[str]:
    """A store in which every command of applications and sessions was carried out, and one person was erased."""
    with DATABASES[database]() as url:
        with SqlStorage.open(url) as storage:
            told(storage)
            workflow_on(storage).erase_candidate("P-3")
        yield url


@pytest.fixture
def opened(filled: str) -> Iterator[Connection]:
    """A transaction to tamper in, which is undone."""
    engine = engine_of(filled)
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
    engine.dispose()


def verified(connection: Connection, expected: Sequence[StreamHead] = ()) -> Verification:
    return SqlStorage.joined(connection).verify(expected=expected)


def heads(connection: Connection) -> list[StreamHead]:
    found: list[StreamHead] = []
    SqlStorage.joined(connection).verify(each_head=found.append)
    return found


def said(finding: Finding) -> tuple[str, str, str, int]:
    return finding.what.value, finding.kind, finding.reference, finding.version


def places(found: Verification) -> set[Place]:
    return {(each.kind, each.reference, each.version) for each in found.findings}


def do(connection: Connection, statement: str, **values: Any) -> None:
    assert connection.execute(text(statement), values).rowcount > 0, statement


def entries(connection: Connection) -> list[Mapping[str, Any]]:
    """All of them, in order."""
    order = "SELECT * FROM poec_history ORDER BY kind, reference, version"
    return [{**each} for each in connection.execute(text(order)).mappings()]


def subjects(connection: Connection) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (kind, {**row})
        for kind, table in TABLES.items()
        for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY reference")).mappings()  # noqa: S608
    ]


def key(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("kind", "reference", "version")}


def leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The places in JSON where a value stands that is no object with members."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from leaves(each, (*place, name))
    elif place:
        yield place


def other(value: Any) -> Any:
    """Another value of the kind, which may stand in its place."""
    match value:
        case None:
            return "x"
        case int():
            return value + 1
        case str():
            return f"{value[:-1]}{'7' if value[-1:] != '7' else '6'}"
        case []:
            return [{"code": "unusual-weekly-hours", "details": {}}]
        case _:
            return {"x": "y"}


def with_other(data: Any, place: tuple[str, ...]) -> str:
    made = json.loads(json.dumps(data))
    holder = made
    for each in place[:-1]:
        holder = holder[each]
    holder[place[-1]] = other(holder[place[-1]])
    return json.dumps(made, ensure_ascii=False)


def test_nothing_is_found_where_nobody_tampered(opened: Connection) -> None:
    """After every command, cascades, a refusal and an erasure."""
    found = verified(opened)
    assert found.findings == ()
    assert found.entries == len(entries(opened)) > 40
    assert found.streams == len(subjects(opened))


@FEW
@given(choice=st.data())
def test_each_member_of_an_entry(opened: Connection, choice: st.DataObject) -> None:
    """Changed in the JSON, as the actor's organisation, the rule, an instant, advisories: it is found at the entry."""
    row = choice.draw(st.sampled_from(entries(opened)))
    data = json.loads(row["data"])
    place = choice.draw(st.sampled_from([each for each in leaves(data) if each not in ERASABLE]))
    with opened.begin_nested() as undone:
        do(opened, f"UPDATE poec_history SET data = :data WHERE {ENTRY}", data=with_other(data, place), **key(row))  # noqa: S608
        found = verified(opened)
        undone.rollback()
    assert places(found) == {(row["kind"], row["reference"], row["version"])}, (place, found.findings)


@FEW
@given(choice=st.data())
def test_each_column_of_an_entry(opened: Connection, choice: st.DataObject) -> None:
    """Those that the JSON says too, the place in the decision, and the digest that it carries."""
    row = choice.draw(st.sampled_from(entries(opened)))
    names = sorted({*row} - {"kind", "reference", "version", "feed_transaction", "feed_number"})
    name = choice.draw(st.sampled_from(names))
    changed = other(row[name])
    with opened.begin_nested() as undone:
        do(opened, f"UPDATE poec_history SET {name} = :changed WHERE {ENTRY}", changed=changed, **key(row))  # noqa: S608
        found = verified(opened)
        undone.rollback()
    assert places(found) == {(row["kind"], row["reference"], row["version"])}, (name, found.findings)


@FEW
@given(choice=st.data())
def test_each_column_of_a_subject(opened: Connection, choice: st.DataObject) -> None:
    """Its data, what lists go by, and a session's counters."""
    kind, row = choice.draw(st.sampled_from(subjects(opened)))
    name = choice.draw(st.sampled_from(sorted({*row} - {*SEARCHED, "reference"})))
    changed = f'{row["data"][:-1]}, "x": 1}}' if name == "data" else other(row[name])
    with opened.begin_nested() as undone:
        do(
            opened,
            f"UPDATE {TABLES[kind]} SET {name} = :changed WHERE reference = :reference",  # noqa: S608
            changed=changed,
            reference=row["reference"],
        )
        found = verified(opened)
        undone.rollback()
    assert {(each.kind, each.reference) for each in found.findings} == {(kind, row["reference"])}, (name, found)


@FEW
@given(choice=st.data())
def test_each_member_of_a_subject(opened: Connection, choice: st.DataObject) -> None:
    """Changed in its JSON, it is not what the history gives."""
    kind, row = choice.draw(st.sampled_from(subjects(opened)))
    data = json.loads(row["data"])
    place = choice.draw(st.sampled_from([*leaves(data)]))
    with opened.begin_nested() as undone:
        do(
            opened,
            f"UPDATE {TABLES[kind]} SET data = :data WHERE reference = :reference",  # noqa: S608
            data=with_other(data, place),
            reference=row["reference"],
        )
        found = verified(opened)
        undone.rollback()
    assert [said(each) for each in found.findings] == [("subject-changed", kind, row["reference"], row["version"])]


LONG = {"kind": "application", "reference": "C-1"}
DROP = "DELETE FROM poec_history WHERE kind = :kind AND reference = :reference AND version "
SWAPPED = (
    "UPDATE poec_history SET version = -1 WHERE kind = :kind AND reference = :reference AND version = 3",
    "UPDATE poec_history SET version = 3 WHERE kind = :kind AND reference = :reference AND version = 4",
    "UPDATE poec_history SET version = 4 WHERE kind = :kind AND reference = :reference AND version = -1",
)
COPY = """INSERT INTO poec_history (kind, reference, version, decision_kind, decision_reference, decision_version,
    ordinal, actor_candidate, data, session, previous) SELECT kind, {0}, {1}, decision_kind, decision_reference,
    decision_version, ordinal, actor_candidate, data, session, previous FROM poec_history
    WHERE kind = :kind AND reference = :reference AND version = {2}"""
MOVED_AWAY = "UPDATE poec_history SET reference = 'C-4', version = 3 WHERE reference = :reference AND kind = :kind"
TAMPERED: Mapping[str, tuple[Sequence[str], Sequence[tuple[str, str, str, int, int | None]]]] = {
    "first dropped": ((DROP + "= 1",), [("dropped", "application", "C-1", 1, None)]),
    "middle dropped": ((DROP + "= 3",), [("dropped", "application", "C-1", 3, None)]),
    "several dropped": ((DROP + "BETWEEN 3 AND 4",), [("dropped", "application", "C-1", 3, 4)]),
    "last dropped": ((DROP + "= 7",), [("dropped", "application", "C-1", 7, None)]),
    "all dropped": ((DROP + "> 0",), [("dropped", "application", "C-1", 1, 7)]),
    "swapped": (SWAPPED, [("moved", "application", "C-1", 3, None), ("moved", "application", "C-1", 4, None)]),
    "inserted after the end": (
        (COPY.format("reference", 8, 7),),
        [("inserted", "application", "C-1", 8, None)],
    ),
    "inserted before the beginning": (
        (COPY.format("reference", 0, 1),),
        [("moved", "application", "C-1", 0, None)],
    ),
    "copied to another": (
        (COPY.format("'C-4'", 3, 1),),
        [("inserted", "application", "C-4", 3, None)],
    ),
    "copied to nobody": ((COPY.format("'C-X'", 1, 1),), [("inserted", "application", "C-X", 1, None)]),
    "moved to another": (
        (MOVED_AWAY + " AND version = 3",),
        [("dropped", "application", "C-1", 3, None), ("inserted", "application", "C-4", 3, None)],
    ),
    "of no kind": (
        (COPY.format("reference", 8, 7).replace("SELECT kind,", "SELECT 'person',"),),
        [("inserted", "person", "C-1", 8, None)],
    ),
    "subject dropped": (
        ("DELETE FROM poec_applications WHERE reference = :reference AND :kind = :kind",),
        [("subject-dropped", "application", "C-1", 7, None)],
    ),
    "application dropped whole": (
        (DROP + "> 0", "DELETE FROM poec_applications WHERE reference = :reference AND :kind = :kind"),
        [("subject-changed", "session", "S-2", 12, None)],
    ),
    "head lost": (
        ("UPDATE poec_applications SET head = '' WHERE reference = :reference AND :kind = :kind",),
        [("changed", "application", "C-1", 7, None)],
    ),
    "a key twice": (
        (
            """UPDATE poec_history SET data = replace(data, '"rule": "L3"', '"rule": "L9", "rule": "L3"')
            WHERE kind = :kind AND reference = :reference AND version = 4""",
        ),
        [("changed", "application", "C-1", 4, None)],
    ),
    "no JSON": (
        ("UPDATE poec_history SET data = '{' WHERE kind = :kind AND reference = :reference AND version = 2",),
        [("changed", "application", "C-1", 2, None)],
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_done_is_said(opened: Connection, name: str) -> None:
    """An entry dropped, reordered, inserted or moved elsewhere, or a subject without its history."""
    statements, expected = TAMPERED[name]
    for each in statements:
        do(opened, each, **LONG)
    found = verified(opened)
    assert sorted((*said(each), each.until) for each in found.findings) == expected, found.findings


def recompute(connection: Connection, changed: str) -> None:
    """Change an entry of C-1, and chain its stream anew, as one does who knows how."""
    do(connection, changed, **LONG)
    last = START
    for row in entries(connection):
        if (row["kind"], row["reference"]) == ("application", "C-1"):
            do(connection, f"UPDATE poec_history SET previous = :last WHERE {ENTRY}", last=last, **key(row))  # noqa: S608
            last = digest_of(json.loads(row["data"]), row["ordinal"], last)
    do(connection, "UPDATE poec_applications SET head = :last WHERE reference = 'C-1'", last=last)


FORGED = (
    "UPDATE poec_history SET data = replace(data, 'OF-1', 'OF-7') WHERE kind = :kind AND reference = :reference"
    " AND version = 3"
)


def test_a_chain_that_was_made_anew_is_found_by_its_noted_head_alone(opened: Connection) -> None:
    """Without a secret the store itself can't tell: the limit that the documentation says."""
    noted = heads(opened)
    organization = json.loads(entries(opened)[0]["data"])["actor"]["organization"]
    assert organization
    before = verified(opened).heads
    recompute(opened, FORGED.replace("OF-1", _organization(opened)))
    assert verified(opened).findings == ()
    assert verified(opened).heads != before
    assert [said(each) for each in verified(opened, noted).findings] == [("unexpected", "application", "C-1", 7)]


def _organization(connection: Connection) -> str:
    rows = [each for each in entries(connection) if (each["reference"], each["version"]) == ("C-1", 3)]
    return str(json.loads(rows[0]["data"])["actor"]["organization"])


def test_a_dropped_stream_is_found_by_its_noted_head(opened: Connection) -> None:
    """Also where the session's counters were set right."""
    noted = heads(opened)
    do(opened, DROP + "> 0", **LONG)
    do(opened, "DELETE FROM poec_applications WHERE reference = 'C-1'")
    do(
        opened,
        "UPDATE poec_sessions SET registered = registered - 1, retained = retained - 1 WHERE reference = 'S-2'",
    )
    assert verified(opened).findings == ()
    assert [said(each) for each in verified(opened, noted).findings] == [("dropped", "application", "C-1", 1)]


def test_a_store_that_went_on_comes_by_its_noted_heads(opened: Connection) -> None:
    """Noted when every stream but a few had fewer entries."""
    rows = entries(opened)
    noted = []
    for row, after in pairwise(rows):
        if (row["kind"], row["reference"], row["version"] + 1) == (after["kind"], after["reference"], 3):
            noted.append(StreamHead(SubjectKind(row["kind"]), row["reference"], row["version"], after["previous"]))
    assert len(noted) > 3
    assert verified(opened, noted).findings == ()


def test_each_head_stands_in_order(opened: Connection) -> None:
    """As a file of them is read: by kind and reference, in the order of code points."""
    found = [(each.kind.value, each.reference) for each in heads(opened)]
    assert found == sorted(found)


def test_pages_are_joined(opened: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is read in several pages is one stream."""
    whole = verified(opened)
    do(opened, DROP + "= 5", **LONG)
    dropped = verified(opened)
    assert whole.entries < stream_reading.PAGE
    monkeypatch.setattr(history_verification, "StreamReading", partial(stream_reading.StreamReading, most=3))
    assert verified(opened) == dropped


def test_nothing_is_found_while_others_write(database_url: str) -> None:
    """Eight at once on one session, and who verifies meanwhile: each page is of one moment."""
    with SqlStorage.open(database_url) as storage:
        workflow = workflow_with_session(storage, seats=60)

        def write(number: int) -> None:
            for each in range(number * 5, number * 5 + 5):
                workflow.execute(registering(each), ADVISER)
                workflow.execute(commands.Convoke(f"C-{each}", on=NOW.date()), TRAINER)
                workflow.execute(commands.SetCapacity("S-1", capacity=60 + each), PLATFORM)

        with ThreadPoolExecutor(8) as writers:
            writing = [writers.submit(write, number) for number in range(8)]
            meanwhile = []
            while not all(each.done() for each in writing):
                meanwhile.append(storage.verify())
        for each in writing:
            each.result()
        assert {each.findings for each in meanwhile} == {()}
        assert storage.verify().findings == ()
        assert storage.verify().entries == 2 + 1 + 8 * 5 * 3


def test_the_rows_of_one_decision_and_the_batches_are_chained(database_url: str) -> None:
    """Commands in one transaction, several of them about the same subject, and a key that was used before."""
    with SqlStorage.open(database_url) as storage:
        workflow = workflow_with_session(storage, seats=20)
        asked = [Request(command=registering(each), actor=ADVISER, key=f"k-{each}") for each in range(6)]
        asked += [
            Request(command=each, actor=TRAINER)
            for number in range(6)
            for each in (commands.Convoke(f"C-{number}", on=NOW.date()), commands.RecordPresence(f"C-{number}"))
        ]
        workflow.execute_many(asked, atomic=True)
        workflow.execute_many([*asked[:3], Request(command=registering(7), actor=ADVISER)], batch=2)
        workflow.execute(commands.CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM)
        found = storage.verify()
        assert found.findings == ()
        assert found.entries == 2 + 1 + 7 + 12 + 1 + 7


def test_the_season_swept_and_erased_stands_where_it_stood(stored: SqlStorage) -> None:
    """Sixteen years later every person and file is erased: no head has changed, and nothing is found."""
    lines, expected = given_season()
    workflow = Workflow(stored, clock=SettableClock(expected["sweep_at"]))
    workflow.execute_many([journal_line(line) for line in lines], batch=50)
    workflow.sweep()
    noted: list[StreamHead] = []
    before = stored.verify(each_head=noted.append)
    later = Workflow(stored, clock=SettableClock("2038-01-01T00:00:00+01:00"))
    assert len(later.retain_until().people) > 50
    assert stored.verify(expected=noted) == before
    assert before.findings == ()

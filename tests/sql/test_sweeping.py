"""A sweep's batch: as many statements whatever its size, and what expiring one by one would have stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, BigInteger, Column, Connection, Table, Text, bindparam, cast, select

from guarantees import ADVISER, MADE, PLATFORM, all_positions, check, emptied_outbox, registering, workflow_with_session
from poec_workflow import Settings, SubjectKind, Workflow, commands, sweep
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.bulk import SEPARATOR, array, joined
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.commands import RescheduleSession
from poec_workflow.model import SYSTEM, ApplicationState
from poec_workflow.ports import Storage
from poec_workflow.serialization import to_json
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from poec_workflow.testing.contracts.sample_subjects import SESSION
from statements import Said, listening
from stores import PLACES, engine_of

LATE = SettableClock("2022-04-20T09:00:00+02:00")


@pytest.fixture(params=sorted(MADE))
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Storage, Storage]]:
    """Two empty storages of one kind."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server")
    with MADE[request.param](tmp_path / "one.db") as one, MADE[request.param](tmp_path / "other.db") as other:
        yield one, other


def filled(storage: Storage) -> Storage:
    """Three sessions, of which the last ended first, with open applications in more than one state."""
    workflow = workflow_with_session(storage, seats=20)
    for number in (2, 3):
        workflow.execute(opening(f"S-{number}", seats=20), PLATFORM)
        workflow.execute(_ending_earlier(f"S-{number}", days=number), PLATFORM)
    for number in range(30):
        workflow.execute(registering(number, f"S-{1 + number % 3}"), ADVISER)
    workflow.execute(commands.Withdraw("C-7", reason="found-employment"), ADVISER)
    return storage


def _ending_earlier(session: str, days: int) -> RescheduleSession:
    return RescheduleSession(
        session,
        start=SESSION.start,
        end=SESSION.end - timedelta(days=days),
        registration_deadline=SESSION.registration_deadline,
        late_entry_deadline=SESSION.late_entry_deadline,
    )


def test_a_sweep_is_what_expiring_one_by_one_would_be(twins: tuple[Storage, Storage]) -> None:
    """Every row, every entry, and every message in its order; also of one that was broken off and begun again."""
    swept, single = map(filled, twins)
    first = next(sweep.batches(swept, LATE.now(), Settings(), size=7))
    order = [each.subject.reference for each in first]
    rest = Workflow(swept, clock=LATE, observe=lambda answer: order.append(answer.subject.reference))
    assert rest.sweep().expired == tuple(sorted(order[7:]))
    assert len(order) == len(set(order)) == 29
    for reference in order:
        Workflow(single, clock=LATE).execute(commands.Expire(reference), SYSTEM)
    if isinstance(swept, SqlStorage) and isinstance(single, SqlStorage):
        assert _rows(swept) == _rows(single)
    assert _told(swept) == _told(single)
    assert emptied_outbox(swept) == emptied_outbox(single)
    check(swept)


def _compared(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if each.name not in PLACES]


def _rows(storage: SqlStorage) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, with the outbox's numbers; without the feed's places, of which there are more."""

    def work(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(*_compared(table)))), key=repr)
            for table in metadata.sorted_tables
        }

    return storage._connections.read(work)  # noqa: SLF001 - what no port shows


def _told(storage: Storage) -> list[object]:
    return [tuple(storage.queries.history(each.kind, each.reference)) for each in all_positions(storage)]


def test_it_says_how_far_it_is(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each batch; who stops it there finds the batches before it stored."""
    monkeypatch.setitem(sweep.batches.__kwdefaults__ or {}, "size", 12)
    workflow, heard = Workflow(filled(storage), clock=LATE), []

    def stop(expired: int) -> None:
        heard.append(expired)
        if expired > 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workflow.sweep(progress=stop)
    assert heard == [12, 24]
    assert [*storage.queries.states(SubjectKind.APPLICATION).values()].count(ApplicationState.NO_ADVICE) == 24
    workflow.sweep(progress=heard.append)
    assert heard == [12, 24, 5]
    check(storage)


def test_a_batch_takes_as_many_statements_whatever_its_size(database_url: str) -> None:
    """A batch of two and one of two hundred; on PostgreSQL none is a repetition."""
    with SqlStorage.open(database_url) as storage:
        workflow = workflow_with_session(storage, seats=200)
        workflow.execute(opening("S-2", seats=200), PLATFORM)
        small = _batch(storage, [1, 2])
        large = _batch(storage, range(3, 203))
    assert [each.words for each in small] == [each.words for each in large]
    if database_url.startswith("postgresql"):
        assert [len(each.given) for each in large] == [1, 1], "the claim, and what is written"
    else:
        assert len(large) == 5, "the claim, the applications, the counts, the history, the messages"


def _batch(storage: SqlStorage, numbers: Any) -> list[Said]:
    workflow = Workflow(storage, clock=SettableClock("2021-11-20T10:00:00+01:00"))
    for number in numbers:
        workflow.execute(registering(number, f"S-{1 + number % 2}"), ADVISER)
    with listening() as said:
        batch = next(sweep.batches(storage, LATE.now(), Settings()))
    assert len(batch) == len(numbers)
    return said


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9) | st.sampled_from(
    ["", "NULL", '"', "\\", '\\"', "{}", ",", " a ", "é", '{"a": "b\\n"}']
)


def test_json_texts_are_joined_by_what_json_escapes() -> None:
    """A text that has it as it is can't be told from two."""
    texts = [to_json(each) for each in ("a\x1fb", "\n", "é")]
    assert joined(texts).split(SEPARATOR) == texts
    with pytest.raises(ValueError, match="not JSON"):
        joined(["{}", "{\x1f}"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts | st.none()), st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()))
def test_an_array_is_read_as_it_was_written(postgresql_url: str, words: list[str | None], numbers: list[int]) -> None:
    """Quotes, backslashes, what looks like NULL, and NULL."""
    asked = select(
        cast(bindparam("words", type_=Text), ARRAY(Text)), cast(bindparam("numbers", type_=Text), ARRAY(BigInteger))
    )
    engine = engine_of(postgresql_url)
    with engine.connect() as connection:
        found = connection.execute(asked, {"words": array(words), "numbers": array(numbers)}).one()
    engine.dispose()
    assert found == (words, numbers)

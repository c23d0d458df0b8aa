"""What must be true of a store whose primaries died: compared with what its clients were told."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from attrs import field, frozen
from failover_clients import SEATS, WRITERS, own_session

from guarantees import check
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.notices import NOTICES

TOLD = {event.type for event in NOTICES.by_event}
"""The events that somebody is told of."""
Rows = Sequence[tuple[Any, ...]]
Note = dict[str, Any]


class Broken(AssertionError):
    """A promise was not kept; the message says which, with some of what broke it."""


@frozen
class Notes:
    """Where the clients note, each in a file of its own."""

    folder: Path

    @property
    def writers(self) -> list[Path]:
        """The writers' files."""
        return [self.folder / f"writer-{each}" for each in range(WRITERS)]

    @property
    def sweep(self) -> Path:
        """The sweep's file."""
        return self.folder / "sweep"

    @property
    def relay(self) -> Path:
        """The relay's file."""
        return self.folder / "relay"

    def written(self) -> list[Note]:
        """What the writers noted."""
        return [each for path in self.writers for each in read(path)]


def read(path: Path) -> list[Note]:
    """Notes, but for a line that is being written."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


@frozen
class Stored:
    """What is in the database."""

    receipts: dict[str, tuple[Any, ...]]
    history: dict[tuple[Any, ...], Note]
    over: Rows
    waiting: int
    delivered: set[str] = field(factory=set)

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> Stored:
        """Read it in one transaction."""
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            receipts = connection.execute("SELECT key, kind, reference, version FROM poec_receipts").fetchall()
            history = connection.execute("SELECT kind, reference, version, data FROM poec_history").fetchall()
            over = connection.execute(
                "SELECT session, count(*) FROM poec_applications WHERE state = 'retained' "
                "GROUP BY session HAVING count(*) > %s",
                (SEATS,),
            ).fetchall()
            waiting = connection.execute("SELECT count(*) FROM poec_messages").fetchone()
            delivered = connection.execute("SELECT message_id FROM poec_deliveries").fetchall()
        return cls(
            receipts={key: tuple(rest) for key, *rest in receipts},
            history={tuple(row[:3]): json.loads(row[3]) for row in history},
            over=over,
            waiting=(waiting or (0,))[0],
            delivered={each for (each,) in delivered},
        )


def judge_acknowledged(notes: Sequence[Note], stored: Stored) -> None:
    """What was acknowledged is stored, as it was answered; no seat is given twice; every error was typed.

    Args:
        notes: read before the other was.
        stored: in the database.
    """
    _refuse("errors that are not typed", [each["untyped"] for each in notes if "untyped" in each])
    keyed = [each for each in notes if "key" in each]
    _refuse(
        "acknowledged and not stored",
        [each for each in keyed if stored.receipts.get(each["key"]) != tuple(each["at"])],
    )
    _refuse(
        "answered otherwise than stored",
        [each for each in keyed if stored.history.get(tuple(each["at"]), {}).get("to") != each["state"]],
    )
    own = [each for each in notes if "own" in each]
    missing = [each for each in own if ("session", own_session(each["own"]), each["version"]) not in stored.history]
    _refuse("acknowledged without a key and not stored", missing)
    twice = [each for each in own if not each["after"] < each["version"] <= each["most"]]
    _refuse("sent once without a key and carried out more than once", twice)
    _refuse("sessions that gave more seats than they have", stored.over)


def judge_everything(notes: Notes, stored: Stored, url: str) -> None:
    """All that is stored was asked for; everything folds and counts; each message arrived, in order.

    The clients have ended, and the relay has emptied the outbox.
    """
    written = notes.written()
    judge_acknowledged(written, stored)
    keyed = {each["key"]: tuple(each["at"]) for each in written if "key" in each}
    _refuse("stored and never acknowledged", sorted(stored.receipts.keys() - keyed.keys() - {"founding"}))
    asked = {*keyed.values(), *(tuple(each) for each in stored.receipts.values())}
    others = [
        (at, entry["type"])
        for at, entry in stored.history.items()
        if at not in asked and not at[1].startswith("W-") and at[1] != "A-1" and entry["type"] != "expired"
    ]
    _refuse("carried out, and nobody asked for it", others)
    for path in (notes.sweep, notes.relay):
        _refuse("errors that are not typed", [each["untyped"] for each in read(path) if "untyped" in each])
    _judge_messages(read(notes.relay), stored)
    with SqlStorage.open(url) as storage:
        check(storage)


def _judge_messages(arrived: Sequence[Note], stored: Stored) -> None:
    _refuse("messages that wait", [stored.waiting] if stored.waiting else [])
    told = {tuple(each["about"]) for each in arrived}
    _refuse("told of what is not stored", sorted(told - stored.history.keys()))
    events = {at for at, entry in stored.history.items() if entry["type"] in TOLD}
    _refuse("events of which nobody was told", sorted(events - told))
    _refuse("settled and never delivered", sorted(stored.delivered - {each["id"] for each in arrived}))
    _refuse("delivered and not settled", sorted({each["id"] for each in arrived} - stored.delivered))
    by_stream: dict[Any, list[Note]] = defaultdict(list)
    for each in arrived:
        by_stream[(*each["stream"], *each["to"])].append(each)
    _refuse("out of order", [each for each in by_stream.values() if not _in_order(each)])


def _in_order(arrived: Sequence[Note]) -> bool:
    """Whether the versions of one stream to one addressee rise; the last one may come again, and none before it."""
    versions = [each["about"][2] for each in arrived]
    return versions == sorted(versions)


def _refuse(what: str, found: Sequence[Any]) -> None:
    if found:
        raise Broken(f"{len(found)} {what}: {found[:3]}")


def errors_seen(notes: Sequence[Note]) -> Counter[str]:
    """The errors that writers saw, by type and what they are about."""
    return sum((Counter(each["errors"]) for each in notes if "errors" in each), Counter())

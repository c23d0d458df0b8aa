"""Commands, sweep and page as somebody would write them by hand on the same tables, for one service, without layers.

They read and lock what the package reads and locks, check the same rules, and write the same rows, JSON texts included:
`same_rows` holds one against the other. Statements are written once, with `?` for a value, as SQLite takes them.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from attrs import frozen

from poec_workflow.machines import APPLICATION
from poec_workflow.policies.settings import default_settings

Json = dict[str, Any]
Values = Sequence[object]
Row = Sequence[Any]

GRACE = timedelta(days=21)
MOST_CONVOCATIONS = 3
TO_1970 = 62_135_596_800_000_000
"""Microseconds since the first year, which pages by registration are sorted by."""
FINGERPRINT = f"{APPLICATION.fingerprint}-{default_settings().fingerprint}"
"""Of the rules and settings: a constant of the service."""

APPLICATION_WITH_SESSION = (
    "SELECT a.data, s.data, t.data, s.pending, s.convoked, s.present, s.absent, s.retained, s.rejected, s.no_advice,"
    " s.session_full, s.cancelled, s.registered"
    " FROM poec_applications a JOIN poec_sessions s ON s.reference = a.session"
    " JOIN poec_actions t ON t.reference = s.action WHERE a.reference"
)
SESSION_WITH_ACTION = (
    "SELECT s.data, s.registered, t.data FROM poec_sessions s JOIN poec_actions t ON t.reference = s.action"
    " WHERE s.reference = ?"
)
REGISTRATION_CHECKS = (
    "SELECT (SELECT data FROM poec_applications WHERE reference = ?), EXISTS (SELECT 1 FROM poec_applications"
    " WHERE candidate = ? AND session = ? AND state IN ('pending', 'convoked', 'present', 'absent', 'retained'))"
)
RECEIPT = "SELECT digest, kind, reference, version FROM poec_receipts WHERE key = ?"
INSERT_APPLICATION = "INSERT INTO poec_applications VALUES (?, 1, 'pending', ?, ?, ?, ?, ?, ?, ?, '')"
UPDATE_APPLICATION = "UPDATE poec_applications SET version = ?, state = ?, data = ? WHERE reference = ? AND version = ?"
COUNT_REGISTERED = "UPDATE poec_sessions SET pending = pending + 1, registered = registered + 1 WHERE reference = ?"
COUNT_CONVOKED = {
    state: f"UPDATE poec_sessions SET {state} = {state} - ?, convoked = convoked + ? WHERE reference = ?"
    for state in ("pending", "absent")
}


def insert_history(transaction: str) -> str:
    """The statement of a history row; its place in the feed is the transaction, and a number within."""
    number = f"(SELECT coalesce(max(feed_number), 0) + 1 FROM poec_history WHERE feed_transaction = {transaction})"
    values = f"'application', ?, ?, 'application', ?, ?, 0, ?, ?, ?, {transaction}, {number}, ''"
    return f"INSERT INTO poec_history VALUES ({values})"


INSERT_RECEIPT = "INSERT INTO poec_receipts VALUES (?, ?, 'application', ?, ?, ?)"
UPSERT_PERSON = (
    "INSERT INTO poec_people VALUES (?, ?, ?, ?, ?) ON CONFLICT (reference)"
    " DO UPDATE SET name = excluded.name, email = excluded.email, search = excluded.search,"
    " name_key = excluded.name_key"
)
TOUCH = "UPDATE poec_schema SET version = version"
LOOKUP = "SELECT data FROM poec_applications WHERE reference = ?"
PAGE = (
    "SELECT a.data, s.data, t.data, p.name FROM poec_applications a JOIN poec_sessions s ON s.reference = a.session"
    " JOIN poec_actions t ON t.reference = s.action LEFT JOIN poec_people p ON p.reference = a.candidate"
    " WHERE a.reference > ? ORDER BY a.reference LIMIT ?"
)
OPEN = "('pending', 'convoked', 'present', 'absent')"


@frozen(kw_only=True)
class Convocation:
    """A call of `convoke`; the actor is a desk of an organisation."""

    application: str
    on: date
    organization: str
    key: str | None = None


@frozen(kw_only=True)
class Registration:
    """A call of `preregister`, by the platform."""

    application: str
    session: str
    candidate: Mapping[str, str]
    prescriber: Mapping[str, str]
    organization: str
    key: str | None = None


Call = Convocation | Registration


class Refusal(Exception):
    """The rules say no."""


@frozen(kw_only=True)
class Convoked:
    """What a convocation writes."""

    reference: str
    session: str
    before: str
    version: int
    data: str
    entry: str


class Handwritten(ABC):
    """Commands on one connection, at one instant after the other."""

    lock_applications = lock_session = insert_history = ""

    @abstractmethod
    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        """Connect.

        Args:
            url: the database, as SQLAlchemy writes it.
            now: the clock.
        """
        self._now = now

    @abstractmethod
    def one(self, statement: str, values: Values) -> Row | None:
        """The first row."""

    @abstractmethod
    def all(self, statement: str, values: Values) -> Sequence[Row]:
        """Every row."""

    @abstractmethod
    def write(self, statement: str, values: Values) -> int:
        """How many rows were written."""

    @abstractmethod
    def write_many(self, statement: str, rows: Sequence[Values]) -> int:
        """How many rows were written, by one statement done again and again."""

    @abstractmethod
    def transaction(self, work: Callable[[], object]) -> None:
        """Do work, and commit; undo it when it raises."""

    @abstractmethod
    def sweep(self) -> None:
        """Expire all that is overdue, in statements over all of it, and in one transaction."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection."""

    def commit_alone(self) -> None:
        """The least that a durable transaction costs: one row is written as it was."""
        self.transaction(lambda: self.write(TOUCH, ()))

    def execute(self, call: Call) -> None:
        """One command, in a transaction of its own."""
        self.transaction(lambda: self._carry_out(call, self._now()))

    def execute_all(self, calls: Iterable[Call]) -> None:
        """Commands in one transaction, one after the other: each sees those before it."""

        def work() -> None:
            now = self._now()
            for call in calls:
                self._carry_out(call, now)

        self.transaction(work)

    def convoke_in_bulk(self, calls: Sequence[Convocation]) -> None:
        """Convocations of applications that differ, with each table read and written at once."""

        def work() -> None:
            now = self._now()
            marks = ", ".join("?" * len(calls))
            ordered = sorted(calls, key=lambda call: call.application)
            rows = self.all(
                f"{APPLICATION_WITH_SESSION} IN ({marks}) ORDER BY s.reference, a.reference{self.lock_applications}",
                [call.application for call in ordered],
            )
            found = {application["reference"]: (application, row) for row in rows for application in [loads(row[0])]}
            made = [convoked(call, *found[call.application], now) for call in ordered]
            self.write_many(
                UPDATE_APPLICATION,
                [(each.version, "convoked", each.data, each.reference, each.version - 1) for each in made],
            )
            for (before, session), many in sorted(Counter((each.before, each.session) for each in made).items()):
                self.write(COUNT_CONVOKED[before], (many, many, session))
            self.write_many(
                self.insert_history,
                [history_of(each) for each in made],
            )

        self.transaction(work)

    def application(self, reference: str) -> Json:
        """One application."""
        row = self.one(LOOKUP, (reference,))
        if row is None:
            raise Refusal(reference)
        return loads(row[0])

    def page(self, after: str = "", limit: int = 50) -> Sequence[tuple[Json, Json, Json, str]]:
        """A page of the list of all applications, with what a line of it shows."""
        known: dict[str, Json] = {}

        def parsed(text: str) -> Json:
            if text not in known:
                known[text] = loads(text)
            return known[text]

        rows = self.all(PAGE, (after, limit + 1))
        return [(loads(row[0]), parsed(row[1]), parsed(row[2]), row[3]) for row in rows]

    def _carry_out(self, call: Call, now: datetime) -> None:
        if isinstance(call, Convocation):
            self._convoke(call, now)
        else:
            self._preregister(call, now)

    def _convoke(self, call: Convocation, now: datetime) -> None:
        row = self.one(f"{APPLICATION_WITH_SESSION} = ?{self.lock_applications}", (call.application,))
        if row is None:
            raise Refusal("unknown-application")
        self._look_for_receipt(call.key)
        made = convoked(call, loads(row[0]), row, now)
        self.write_convocation(made)
        if call.key is not None:
            command = {
                "type": "convoke",
                "application": call.application,
                "on": call.on.isoformat(),
                "time": None,
                "place": None,
            }
            digest = _digest(command, "organization", call.organization)
            self.write(INSERT_RECEIPT, (call.key, digest, made.reference, made.version, made.session))

    def write_convocation(self, made: Convoked) -> None:
        """Three statements."""
        changed = self.write(
            UPDATE_APPLICATION, (made.version, "convoked", made.data, made.reference, made.version - 1)
        )
        if changed != 1:
            raise Refusal("changed by somebody else")
        self.write(COUNT_CONVOKED[made.before], (1, 1, made.session))
        self.write(self.insert_history, history_of(made))

    def _preregister(self, call: Registration, now: datetime) -> None:
        row = self.one(SESSION_WITH_ACTION + self.lock_session, (call.session,))
        if row is None:
            raise Refusal("unknown-session")
        person = call.candidate["reference"]
        checks = self.one(REGISTRATION_CHECKS, (call.application, person, call.session))
        assert checks is not None  # noqa: S101 - a statement without FROM
        self._look_for_receipt(call.key)
        _may_register(call, loads(row[0]), row[1], loads(row[2]), checks, now)
        data, entry = _registered(call, now)
        sender = call.prescriber
        search = folded(f"{call.application} {person} {sender['organization']} {sender['name']}")
        at = int(now.timestamp()) * 1_000_000 + now.microsecond
        paged = f"{at + TO_1970:017}{call.application}"
        row = (call.application, call.session, person, at, search, data, paged, sender["organization"])
        self.write(INSERT_APPLICATION, row)
        self.write(COUNT_REGISTERED, (call.session,))
        self.write(self.insert_history, (call.application, 1, call.application, 1, None, entry, call.session))
        name, email = call.candidate["name"], call.candidate["email"]
        self.write(UPSERT_PERSON, (person, name, email, folded(f"{name} {email}"), f"0{folded(name)[:64]}"))
        if call.key is not None:
            command = {
                "type": "preregister",
                "application": call.application,
                "session": call.session,
                "candidate": dict(call.candidate),
                "prescriber": dict(call.prescriber),
            }
            digest = _digest(command, "platform", call.organization)
            self.write(INSERT_RECEIPT, (call.key, digest, call.application, 1, call.session))

    def _look_for_receipt(self, key: str | None) -> None:
        if key is not None and self.one(RECEIPT, (key,)) is not None:
            raise Refusal("key-reused")


def history_of(made: Convoked) -> Values:
    """The history row of a convocation."""
    return made.reference, made.version, made.reference, made.version, None, made.entry, made.session


def loads(text: str) -> Json:
    """A stored value."""
    value: Json = json.loads(text)
    return value


def folded(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def convoked(call: Convocation, application: Json, row: Row, now: datetime) -> Convoked:
    """What a convocation of an application writes; `row` is what was read with it."""
    session = loads(row[1])
    advisories = _may_convoke(call, application, session, now)
    before, version, at, on = application["state"], application["version"] + 1, now.isoformat(), call.on.isoformat()
    application["version"], application["state"] = version, "convoked"
    application["convocations"].append({"on": on, "time": None, "place": None, "entered_at": at, "outcome": None})
    entry = _entry(
        ("convoke", "convoked", "L2"),
        (call.application, version, before, "convoked"),
        ("organization", call.organization),
        at,
        advisories,
        {"on": on, "time": None, "place": None},
    )
    return Convoked(
        reference=call.application,
        session=application["session"],
        before=before,
        version=version,
        data=json.dumps(application, ensure_ascii=False),
        entry=entry,
    )


def _may_convoke(call: Convocation, application: Json, session: Json, now: datetime) -> list[Json]:
    """Refuse, or give the advisories."""
    if call.organization not in (session["positioner"], session["trainer"], session["responsible"]):
        raise Refusal("not-permitted")
    if application["state"] not in COUNT_CONVOKED:
        raise Refusal("no-transition")
    convocations, codes = application["convocations"], []
    deadline = date.fromisoformat(session["end"]) + GRACE
    if now.date() > deadline:
        codes.append("advice-deadline-passed")
    if len(convocations) >= MOST_CONVOCATIONS:
        codes.append("convocation-limit-reached")
    if convocations and call.on <= date.fromisoformat(convocations[-1]["on"]):
        codes.append("convocation-not-after-previous")
    if call.on < datetime.fromisoformat(application["registered_at"]).date():
        codes.append("convocation-before-registration")
    if call.on > deadline:
        codes.append("convocation-after-advice-deadline")
    if codes:
        raise Refusal(*codes)
    latest = session["late_entry_deadline"]
    if call.on <= date.fromisoformat(latest):
        return []
    details = {"on": call.on.isoformat(), "late_entry_deadline": latest}
    return [{"code": "convocation-after-late-entry", "details": details}]


def _may_register(call: Registration, session: Json, registered: int, action: Json, checks: Row, now: datetime) -> None:
    existing, live = checks
    codes = []
    if existing is not None:
        raise Refusal("duplicate-reference")
    if action["state"] != "published":
        codes.append("action-not-published")
    if session["state"] != "active":
        codes.append(f"session-{session['state']}")
    if now.date() > date.fromisoformat(session["registration_deadline"]):
        codes.append("registration-deadline-passed")
    if registered >= session["capacity"] * session["coefficient"]:
        codes.append("quota-reached")
    if live:
        codes.append("already-applied")
    if codes:
        raise Refusal(call.application, *codes)


def _registered(call: Registration, now: datetime) -> tuple[str, str]:
    """The application, and the entry."""
    at, person, prescriber = now.isoformat(), call.candidate["reference"], dict(call.prescriber)
    application = {
        "reference": call.application,
        "version": 1,
        "state": "pending",
        "session": call.session,
        "candidate": person,
        "prescriber": prescriber,
        "registered_at": at,
        "convocations": [],
        "entry": None,
        "exit": None,
        "weekly_hours": None,
        "motive": None,
        "reason": None,
        "comment": None,
    }
    entry = _entry(
        ("preregister", "preregistered", "L1"),
        (call.application, 1, None, "pending"),
        ("platform", call.organization),
        at,
        [],
        {"session": call.session, "candidate": person, "prescriber": prescriber},
    )
    return json.dumps(application, ensure_ascii=False), entry


def _entry(
    what: tuple[str, str, str],
    moved: tuple[str, int, str | None, str],
    who: tuple[str, str],
    at: str,
    advisories: list[Json],
    data: Json,
) -> str:
    command, event, rule = what
    reference, version, before, after = moved
    return json.dumps(
        {
            "kind": "application",
            "reference": reference,
            "version": version,
            "type": event,
            "effective": at,
            "recorded": at,
            "actor": {"kind": who[0], "organization": who[1], "candidate": None, "reference": None, "name": None},
            "from": before,
            "to": after,
            "rule": rule,
            "command": command,
            "decision": {"kind": "application", "reference": reference, "version": version},
            "fingerprint": FINGERPRINT,
            "advisories": advisories,
            "data": data,
        },
        ensure_ascii=False,
    )


def _digest(command: Json, kind: str, organization: str) -> str:
    text = json.dumps([command, kind, organization], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()

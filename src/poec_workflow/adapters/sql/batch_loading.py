"""Load and lock at once what a batch of commands is about, and keep it as it becomes while they are decided.

Locks are taken in the order of `context_loading`, whatever the order of the commands: actions that sessions are created
under, actions and sessions by the sessions' references, then applications by session and reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from attrs import define, evolve, field

from poec_workflow.adapters.sql.batch_lists import Lists
from poec_workflow.adapters.sql.context_loading import LoadOfSession
from poec_workflow.adapters.sql.prepared import StatementConnection
from poec_workflow.adapters.sql.row_mapping import position_of, stored_keys
from poec_workflow.adapters.sql.stored_values import read, tally_of
from poec_workflow.adapters.sql.stream_heads import StreamHeads
from poec_workflow.commands import Command, CreateAction, CreateSession, Preregister, Retain
from poec_workflow.history_recording import RecordedChange
from poec_workflow.model import (
    LIVE_STATES,
    Application,
    ApplicationState,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports import DecisionContext, LazySequence, Receipt

Keyed = tuple[Command, str | None]
"""A command, and its idempotency key."""


@define
class _Session:
    """A session and what is known around it."""

    enrolment: Enrolment
    action: TrainingAction


@define
class LoadedBatch:
    """What a batch of commands is about, by reference, as the decisions so far have left it."""

    _load_of_session: LoadOfSession
    _actions: dict[str, TrainingAction | None] = field(factory=dict)
    _sessions: dict[str, _Session] = field(factory=dict)
    _created: set[str] = field(factory=set)
    """Sessions that somebody asks to create: which of them there are is known."""
    _applications: dict[str, Application | None] = field(factory=dict)
    _live: dict[tuple[str, str], set[str]] = field(factory=dict)
    _retained: dict[str, dict[str, Application]] = field(factory=dict)
    _receipts: dict[str, Receipt | None] = field(factory=dict)

    @classmethod
    def load(
        cls,
        connection: StatementConnection,
        batch: Sequence[Keyed],
        load_of_session: LoadOfSession,
        heads: StreamHeads,
    ) -> LoadedBatch:
        """Load and lock, in one statement for each kind of row; note the heads of their streams."""
        loaded = cls(load_of_session)
        registrations = [command for command, _ in batch if isinstance(command, Preregister)]
        known = {
            kind: {
                each.reference for each, _ in batch if each.subject_kind is kind and not isinstance(each, Preregister)
            }
            for kind in (SubjectKind.SESSION, SubjectKind.APPLICATION)
        }
        listed = _lists(connection)
        loaded._load_creations(listed, [each for each, _ in batch if isinstance(each, CreateAction | CreateSession)])
        references = known[SubjectKind.SESSION] | {each.session for each in registrations}
        references.update(listed.sessions_of(known[SubjectKind.APPLICATION]))
        for row in listed.sessions(references, registering=bool(registrations)):
            loaded._add_session(row, heads)
        for row in listed.applications(known[SubjectKind.APPLICATION]):
            application = read(row.data, Application)
            loaded._applications[application.reference] = application
            heads[SubjectKind.APPLICATION, application.reference] = row.head
        loaded._load_registrations(listed, registrations)
        loaded._load_retained(listed, {each.reference for each, _ in batch if isinstance(each, Retain)})
        loaded._load_receipts(listed, [key for _, key in batch if key is not None])
        return loaded

    def _add_session(self, row: Any, heads: StreamHeads) -> None:  # noqa: ANN401 - a row
        session = read(row.session, TrainingSession)
        heads[SubjectKind.SESSION, session.reference] = row.session_head
        self._put(_Session(Enrolment(session=session, tally=tally_of(row)), read(row.action, TrainingAction)))

    def _load_creations(self, listed: Lists, creations: Sequence[CreateAction | CreateSession]) -> None:
        """The actions that are to be created, if they are there, and those that sessions are created under."""
        references = {each.action for each in creations}
        self._actions = dict.fromkeys(references)
        for row in listed.actions(references):
            action = read(row.data, TrainingAction)
            self._actions[action.reference] = action
        self._created = {each.session for each in creations if isinstance(each, CreateSession)}

    def _load_registrations(self, listed: Lists, registrations: Sequence[Preregister]) -> None:
        if not registrations:
            return
        unknown = {each.application for each in registrations} - self._applications.keys()
        self._applications.update(dict.fromkeys(unknown))
        for row in listed.existing(unknown):
            self._applications[row.reference] = read(row.data, Application)
        self._live = {(each.candidate.reference, each.session): set() for each in registrations}
        for row in listed.live(self._live):
            if (pair := (row.candidate, row.session)) in self._live:
                self._live[pair].add(row.reference)

    def _load_retained(self, listed: Lists, to_retain: Iterable[str]) -> None:
        """The retained applications of the candidates that somebody is to be retained of."""
        applications = map(self._applications.get, to_retain)
        self._retained = {each.candidate: {} for each in applications if each is not None}
        for row in listed.retained(self._retained):
            application = read(row.data, Application)
            self._retained[application.candidate][application.reference] = application

    def _load_receipts(self, listed: Lists, keys: Sequence[str]) -> None:
        self._receipts = dict.fromkeys(keys)
        stored = {each: key for key in keys for each in reversed(stored_keys(key))}
        for row in listed.receipts(stored):
            key = stored[row.key]
            self._receipts[key] = Receipt(key, row.digest, position_of(row))

    def context(self, command: Command, key: str | None) -> DecisionContext | None:
        """The context of one of the commands; None where it has to be loaded by itself."""
        if key is not None:
            if key not in self._receipts:
                return None
            if (receipt := self._receipts[key]) is not None:
                return DecisionContext(receipt=receipt)
        if isinstance(command, Preregister):
            return self._registration(command)
        if command.subject_kind is SubjectKind.APPLICATION:
            application = self._applications.get(command.reference)
            around = None if application is None else self._sessions.get(application.session)
            if application is None or around is None:
                return None
            context = _context(application, around)
            return self._with_retained(context, application) if isinstance(command, Retain) else context
        around = self._sessions.get(command.reference) if command.subject_kind is SubjectKind.SESSION else None
        return self._creation(command) if around is None else _context(around.enrolment.session, around)

    def _creation(self, command: Command) -> DecisionContext | None:
        if not isinstance(command, CreateAction | CreateSession) or command.action not in self._actions:
            return None
        if isinstance(command, CreateAction):
            return DecisionContext(subject=self._actions[command.action])
        return DecisionContext(action=self._actions[command.action]) if command.session in self._created else None

    def _registration(self, command: Preregister) -> DecisionContext | None:
        around = self._sessions.get(command.session)
        live = self._live.get((command.candidate.reference, command.session))
        if around is None or live is None or command.application not in self._applications:
            return None
        context = _context(self._applications[command.application], around)
        return evolve(context, candidate_live=True) if live else context

    def _with_retained(self, context: DecisionContext, application: Application) -> DecisionContext | None:
        retained = self._retained.get(application.candidate)
        if retained is None:
            return None
        by_reference = (retained[each] for each in sorted(retained))
        elsewhere = tuple(each for each in by_reference if each.session != application.session)
        return evolve(context, retained_elsewhere=elsewhere) if elsewhere else context

    def save(self, changes: Iterable[RecordedChange], receipt: Receipt | None) -> None:
        """Take over what a decision changed."""
        for change in changes:
            match change.subject:
                case Application() as application:
                    self._save_application(application, cast("ApplicationState | None", change.entry.from_state))
                case TrainingSession() as session:
                    self._save_session(session)
                case TrainingAction() as action:
                    self._save_action(action)
        if receipt is not None:
            self._receipts[receipt.key] = receipt

    def _save_session(self, session: TrainingSession) -> None:
        around, of = self._sessions.get(session.reference), self._actions.get(session.action)
        if around is not None:
            self._put(evolve(around, enrolment=evolve(around.enrolment, session=session)))
        elif of is not None and session.reference in self._created:
            self._put(_Session(Enrolment(session=session), of))

    def _save_action(self, action: TrainingAction) -> None:
        if action.reference in self._actions:
            self._actions[action.reference] = action
        for around in self._sessions.values():
            if around.action.reference == action.reference:
                around.action = action

    def _save_application(self, application: Application, before: ApplicationState | None) -> None:
        self._applications[application.reference] = application
        if (around := self._sessions.get(application.session)) is not None:
            tally = around.enrolment.tally.moved(before, application.state)
            self._put(evolve(around, enrolment=evolve(around.enrolment, tally=tally)))
        live = self._live.get((application.candidate, application.session))
        if live is not None:
            (live.add if application.state in LIVE_STATES else live.discard)(application.reference)
        retained = self._retained.get(application.candidate)
        if retained is not None:
            retained.pop(application.reference, None)
            if application.state is ApplicationState.RETAINED:
                retained[application.reference] = application

    def _put(self, around: _Session) -> None:
        """Take over a session; its applications are loaded anew when they are looked at."""
        reference = around.enrolment.session.reference
        around.enrolment = evolve(
            around.enrolment,
            open_applications=LazySequence(lambda: self._load_of_session(reference)),
            retained_applications=LazySequence(lambda: self._load_of_session(reference, retained=True)),
        )
        self._sessions[reference] = around


def _context(subject: Application | TrainingSession | None, around: _Session) -> DecisionContext:
    return DecisionContext(subject=subject, action=around.action, enrolment=around.enrolment)


def _lists(connection: StatementConnection) -> Lists:
    if connection.partitioned is None:
        return Lists(connection)
    from poec_workflow.adapters.sql.batch_of_sessions import ListsOfSessions  # noqa: PLC0415 - few stores have partitions

    return ListsOfSessions(connection)

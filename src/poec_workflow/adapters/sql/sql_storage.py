"""The SQL storage and its transactions: `SqlStorage.open` for a database of its own, `joined` for a host's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from types import TracebackType
from typing import Self, TypeVar

from poec_workflow.adapters.sql import context_loading, last_movements, overdue_batches
from poec_workflow.adapters.sql.batch_loading import LoadedBatch
from poec_workflow.adapters.sql.connections import Connections, OwnConnections
from poec_workflow.adapters.sql.overdue_batches import ClaimedRows
from poec_workflow.adapters.sql.pending_writes import KeyUsed, PendingWrites
from poec_workflow.adapters.sql.person_erasure import StoredRecords, erasable, forget
from poec_workflow.adapters.sql.prepared import StatementConnection
from poec_workflow.adapters.sql.row_mapping import stored_keys
from poec_workflow.adapters.sql.sql_outbox import SqlOutbox, start_digest
from poec_workflow.adapters.sql.sql_queries import SqlQueries
from poec_workflow.adapters.sql.stream_heads import StreamHeads
from poec_workflow.commands import Command
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Application, Candidate
from poec_workflow.ports import DecisionContext, Receipt, SchemaStatus
from poec_workflow.ports.keeping import CandidateFile, LastMovement
from poec_workflow.ports.verification import StreamHead, Verification

T = TypeVar("T")


class SqlStorage:
    """A storage in a database: thread-safe when opened; bound to the connection's thread when joined.

    Django's `connection` stands for the calling thread's own, so one storage that joins it serves all threads.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @classmethod
    def open(cls, url: str, *, busy_timeout: float = 10.0, attempts: int = 8) -> Self:
        """A storage of its own; the file and its tables are made on first use, and upgraded by `create` alone.

        After a fork the child opens connections of its own.

        Args:
            url: as `sqlite:///file.db`, or `postgresql://user@host/database` (extra `postgresql`), whose database has
                the encoding UTF8. With several hosts, `postgresql://user@h1:5432,h2:5432/database`, the one that can be
                written to is found.
            busy_timeout: seconds to wait for the lock of another transaction.
            attempts: how often work is tried before it ends in `Conflict`, or in `StorageUnavailable` where connections
                were lost before the commit.

        Raises:
            Malformed: the URL is none that is known. The text does not quote it, for it may hold a password.
        """
        return cls(OwnConnections(url, busy_timeout=busy_timeout, attempts=attempts))

    @classmethod
    def joined(cls, connection: object) -> Self:
        """A storage in the host's transaction, which it neither commits, nor rolls back, nor retries.

        Args:
            connection: SQLAlchemy's `Connection`, Django's `connection`, a `sqlite3.Connection` or a
                `psycopg.Connection`. On SQLite begin with IMMEDIATE (Django's `transaction_mode`, sqlite3's
                `isolation_level`): a transaction that reads first may find that another one wrote meanwhile, and is
                never retried here.

        What can't be joined shows at the first use: `TypeError` where it is no connection of these, `RuntimeError`
        where it has no transaction, or one that its host has to give up.
        """
        # It knows both dialects, and a storage of its own needs one.
        from poec_workflow.adapters.sql.host_transaction import JoinedConnections  # noqa: PLC0415

        return cls(JoinedConnections(connection))

    def create(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release: for hosts that join, in a migration of theirs.

        Returns:
            What was there before.

        Raises:
            SchemaOutdated: the tables are a later release's, or not ours.
        """
        return self._connections.upgrade()

    def create_partitioned(self, partitions: int) -> SchemaStatus:
        """Make the tables on PostgreSQL partitioned by the session's hash, or bring such tables up to this release.

        Args:
            partitions: of each table, from 1 to 128; it can't be changed afterwards.

        Returns:
            What was there before.

        Raises:
            Malformed: the database is no PostgreSQL, or holds tables that have another number of partitions, or none.
            SchemaOutdated: the tables are a later release's, or not ours.
        """
        return self._connections.upgrade(partitions)

    def schema(self) -> SchemaStatus:
        """Which schema is there, beside the one that this release reads; nothing is made."""
        return self._connections.status()

    def verify(
        self,
        *,
        expected: Iterable[StreamHead] = (),
        each_head: Callable[[StreamHead], object] | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> Verification:
        """Read every stream of the history, and say what was changed behind the workflow's back.

        What is in memory does not grow with the store, and others go on writing meanwhile.

        Args:
            expected: where streams stood once, as `noted_heads` reads them; each still has to come by there.
            each_head: is told where each stream stands now, in the order that `expected` has.
            progress: is told how many entries were looked at.

        Raises:
            Malformed: what is expected can't be read, or is not in order.
            SchemaOutdated: the tables are another release's.
            StorageUnavailable: the database can't be reached or read.
        """
        from poec_workflow.adapters.sql.history_verification import verify  # noqa: PLC0415 - no command needs it

        return verify(self._connections, expected, each_head, progress)

    def scrub(self, *, whole: bool = False) -> bool:
        """Leave nothing of what was erased in the files of a SQLite database: `erase_candidate` and `retain_until` do.

        Args:
            whole: whatever the file's size; without, a large one's free space is left to the next time.

        Returns:
            Whether that could be done: not on PostgreSQL, whose VACUUM is its operator's, not in a host's transaction,
            and not while somebody reads a state from before.
        """
        return self._connections.scrub(whole=whole)

    def close(self) -> None:
        """Close the connections that it opened itself."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def queries(self) -> SqlQueries:
        """Reading."""
        return SqlQueries(self._connections)

    @property
    def outbox(self) -> SqlOutbox:
        """What waits to be sent."""
        return SqlOutbox(self._connections)

    def run(self, work: Callable[[SqlTransaction], T], *, write: bool = True) -> T:
        """Do work in one transaction; undo it when it raises, or when it was not to write.

        Raises:
            Conflict: others kept changing the same thing.
            SchemaOutdated: the tables are another release's.
            StorageUnavailable: the database can't be reached, read or written.
        """

        def in_transaction(connection: StatementConnection, begin: type[SqlTransaction] = SqlTransaction) -> T:
            transaction = begin(connection, lock=write)
            result = work(transaction)
            transaction.flush()
            return result

        def with_keys_last(connection: StatementConnection) -> T:
            try:
                return in_transaction(connection, _KeysLast)
            except KeyUsed as error:
                raise _KeysFirst from error

        if write and self._connections.begins_again:
            with suppress(_KeysFirst):
                return self._connections.run(with_keys_last, write=True)
        return self._connections.run(in_transaction, write=write)


class SqlTransaction:
    """One transaction. Saved changes are gathered, and written before the next read and at the end."""

    def __init__(self, connection: StatementConnection, *, lock: bool) -> None:
        self._connection = connection
        self._lock = lock
        self._unsaved = PendingWrites()
        self._heads = StreamHeads()
        self._ahead: LoadedBatch | None = None

    def load_ahead(self, commands: Sequence[tuple[Command, str | None]]) -> None:
        """Load and lock what some commands are about, each with its key, before they are loaded one by one."""
        self.flush()
        self._ahead = LoadedBatch.load(self._connection, commands, self._of_session, self._heads)

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        """What is known around a command, or the receipt of its key alone."""
        ahead = None if self._ahead is None else self._ahead.context(command, key)
        if ahead is not None:
            return ahead
        self.flush()
        loaded = context_loading.load(
            self._connection, command, self._of_session, self._retained_elsewhere, self._heads, lock=self._lock
        )
        # Read once the locks are held: the transaction that held them may have used the key.
        receipt = context_loading.receipt(self._connection, key) if key is not None else None
        return loaded if receipt is None else DecisionContext(receipt=receipt)

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        """Open applications of sessions that ended before a day, at most `limit`."""
        return self.claim_overdue_batch(ended_before, limit=limit).contexts()

    def claim_overdue_batch(self, ended_before: date, *, limit: int) -> ClaimedRows:
        """The same ones in groups, to be stored by few decisions."""
        self.flush()
        self._ahead = None
        return overdue_batches.claim(self._connection, ended_before, limit, self._of_session, lock=self._lock)

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """The histories of the subjects that a decision changed, up to and including that change."""
        self.flush()
        return context_loading.recall(self._connection, decision)

    def save(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        """Gather a decision to be written."""
        self._unsaved.add(changes, receipt, people, messages)
        if self._ahead is not None:
            self._ahead.save(changes, receipt)

    def start_digest(self, organization: str, day: date) -> int | None:
        """The number of an organisation's digest, unless that day or a later one had one."""
        self.flush()
        return start_digest(self._connection, organization, day)

    def post(self, messages: Sequence[Message], recorded_at: datetime) -> None:
        """Gather messages to be written."""
        self._unsaved.post(messages, recorded_at)

    def forget(self, candidate: str) -> None:
        """Erase a person's name and e-mail, and their name where they acted themself."""
        self.flush()
        self._ahead = None
        forget(self._connection, candidate)

    def last_movements(self, after: str, *, limit: int) -> Sequence[LastMovement]:
        """The candidates whose references come after one, and when each last moved."""
        self.flush()
        return last_movements.following(self._connection, after, limit)

    def lock_movements(self, candidates: Sequence[str]) -> Sequence[LastMovement]:
        """The same of some candidates, whose rows are locked."""
        self.flush()
        return last_movements.of(self._connection, candidates, lock=self._lock)

    def erasable(self, people: Collection[str], files: Collection[str]) -> StoredRecords:
        """What is there to be erased of some people, and of their files."""
        self.flush()
        self._ahead = None
        return erasable(self._connection, people, files)

    def candidate_file(self, candidate: str) -> CandidateFile:
        """Everything that is stored of a person, but for the dates."""
        self.flush()
        # Rare, and it is not what a command should load.
        from poec_workflow.adapters.sql.candidate_traces import candidate_file  # noqa: PLC0415

        return candidate_file(self._connection, candidate)

    def flush(self) -> None:
        """Write what was gathered."""
        gathered, self._unsaved = self._unsaved, PendingWrites()
        gathered.write(self._connection, self._heads)

    def _of_session(self, session: str, *, retained: bool = False) -> Sequence[Application]:
        self.flush()
        return context_loading.applications_of_session(
            self._connection, session, self._heads, retained=retained, lock=self._lock
        )

    def _retained_elsewhere(self, application: Application) -> Sequence[Application]:
        self.flush()
        return context_loading.retained_elsewhere(self._connection, application)


class _KeysLast(SqlTransaction):
    """Few keys were used before, and to look one up takes as long as to lock a session."""

    def receipt(self, key: str) -> Receipt | None:
        """The receipt of a key."""
        return context_loading.receipt(self._connection, key)

    def save(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        """Gather a decision to be written; the index of receipts finds a used key, but for one stored in two ways."""
        if receipt is not None and len(set(stored_keys(receipt.key))) > 1 and self.receipt(receipt.key):
            raise KeyUsed(receipt.key)
        super().save(changes, receipt, people, messages)


class _KeysFirst(Exception):
    """Undo what was done with a key that was used before, to do it again with its receipt looked up first."""

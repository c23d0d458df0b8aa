"""The ports, as Protocols: storage, queries, outbox, clock, notifier.

Adapters translate, and hold no rule; `poec_workflow.adapters.memory` is the shortest complete one. The types that the
methods take and return are importable from here; subjects and people from `poec_workflow`.
"""

from poec_workflow.commands import Command
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.invitations import Invitation
from poec_workflow.messages import Addressee, AddresseeKind, Message, StreamKind
from poec_workflow.model import LIVE_STATES, OPEN_STATES, State, Subject, Tally
from poec_workflow.policies.alerts import AlertCriteria, alerts, awaits_validation, is_ended
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports.channel import (
    Channel,
    Content,
    ExpiringApplication,
    Notifier,
    NotNow,
    Undeliverable,
)
from poec_workflow.ports.clock import Clock, FixedClock, SystemClock
from poec_workflow.ports.context import DecisionContext, LazySequence, OverdueBatch, Receipt
from poec_workflow.ports.feed import FeedEntry, ReadsFeed, reads_feed
from poec_workflow.ports.outbox import (
    EVERYBODY,
    Delivery,
    DeliveryRecord,
    MessageState,
    Outbox,
    OutboxFigures,
    QueuedMessage,
    Routes,
    Settlement,
)
from poec_workflow.ports.queries import Queries
from poec_workflow.ports.storage import (
    ClaimsBatches,
    Closable,
    FindsReceipts,
    LoadsAhead,
    PartitionableStorage,
    SchemaStatus,
    SchemaStorage,
    Scrubs,
    Storage,
    Transaction,
    claims_batches,
    finds_receipts,
    loads_ahead,
)
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionSession,
    ActionTab,
    AlertReason,
    ApplicationFilter,
    ApplicationRow,
    DashboardRow,
    SessionFilter,
    SessionRow,
    Span,
    Tab,
)

__all__ = [
    "EVERYBODY",
    "LIVE_STATES",
    "OPEN_STATES",
    "ActionFilter",
    "ActionRow",
    "ActionSession",
    "ActionTab",
    "Addressee",
    "AddresseeKind",
    "AlertCriteria",
    "AlertReason",
    "ApplicationFilter",
    "ApplicationRow",
    "Channel",
    "ClaimsBatches",
    "Clock",
    "Closable",
    "Command",
    "Content",
    "DashboardRow",
    "DecisionContext",
    "Delivery",
    "DeliveryRecord",
    "Enrolment",
    "ExpiringApplication",
    "FeedEntry",
    "FindsReceipts",
    "FixedClock",
    "HistoryEntry",
    "Invitation",
    "LazySequence",
    "LoadsAhead",
    "Message",
    "MessageState",
    "NotNow",
    "Notifier",
    "Outbox",
    "OutboxFigures",
    "OverdueBatch",
    "PartitionableStorage",
    "Position",
    "Queries",
    "QueuedMessage",
    "ReadsFeed",
    "Receipt",
    "RecordedChange",
    "Routes",
    "SchemaStatus",
    "SchemaStorage",
    "Scrubs",
    "SessionFilter",
    "SessionRow",
    "Settlement",
    "Span",
    "State",
    "Storage",
    "StreamKind",
    "Subject",
    "SystemClock",
    "Tab",
    "Tally",
    "Transaction",
    "Undeliverable",
    "alerts",
    "awaits_validation",
    "claims_batches",
    "finds_receipts",
    "is_ended",
    "loads_ahead",
    "reads_feed",
]

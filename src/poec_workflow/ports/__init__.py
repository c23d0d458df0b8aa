"""What the workflow asks of the world, as Protocols of few methods: storage, reading, outbox, clock, notifier.

Adapters translate, and hold no rule. `poec_workflow.adapters.memory` is the shortest that is complete.
"""

from poec_workflow.ports.clock import Clock, SystemClock
from poec_workflow.ports.context import DecisionContext, LazySequence, Receipt
from poec_workflow.ports.notifier import Notifier
from poec_workflow.ports.outbox import Delivery, Outbox
from poec_workflow.ports.queries import Queries
from poec_workflow.ports.storage import Storage, Transaction

__all__ = [
    "Clock",
    "DecisionContext",
    "Delivery",
    "LazySequence",
    "Notifier",
    "Outbox",
    "Queries",
    "Receipt",
    "Storage",
    "SystemClock",
    "Transaction",
]

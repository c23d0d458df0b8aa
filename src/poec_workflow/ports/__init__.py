"""What the workflow asks of the world, as Protocols of few methods: storage, reading, outbox, clock, notifier.

Adapters translate, and hold no rule. `poec_workflow.adapters.memory` is the shortest that is complete.
"""

from poec_workflow.ports.clock import Clock, SystemClock
from poec_workflow.ports.loading import Lazily, Loaded, Receipt
from poec_workflow.ports.queries import Queries
from poec_workflow.ports.sending import Delivery, Notifier, Outbox
from poec_workflow.ports.storage import Storage, Transaction

__all__ = [
    "Clock",
    "Delivery",
    "Lazily",
    "Loaded",
    "Notifier",
    "Outbox",
    "Queries",
    "Receipt",
    "Storage",
    "SystemClock",
    "Transaction",
]

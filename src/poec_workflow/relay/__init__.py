"""The relay empties the outbox: claim ▸ look up ▸ deliver ▸ settle, any number of relays at once.

A claim has a lease, so that what a dead relay held is claimed again, and a fencing number, so that who comes back late
settles nothing. Delivery is at least once, under a stable id.
"""

from poec_workflow.relay.backoff import Backoff
from poec_workflow.relay.content_lookup import ContentLookup
from poec_workflow.relay.delivery_pools import calling_thread, threads
from poec_workflow.relay.relay import Relay, RelayReport
from poec_workflow.relay.reminders import Reminders, remind
from poec_workflow.relay.routing import Channels, Routing

__all__ = [
    "Backoff",
    "Channels",
    "ContentLookup",
    "Relay",
    "RelayReport",
    "Reminders",
    "Routing",
    "calling_thread",
    "remind",
    "threads",
]

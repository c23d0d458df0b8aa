"""The signal `decided`: what the workflow decided, once it is committed."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.dispatch import Signal

from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused

decided = Signal()
"""Sent after the commit, with `answer`, an `Accepted`, and `request`; the sender is the class of its subject.

For each command that was carried out, the sweep's too. Not for a refused one, nor for a replayed one, whose first
answer was told; not for what was rolled back, with a savepoint either. What a receiver raises is logged by Django, and
changes nothing. A process that dies between the commit and the receiver tells nobody: what must not be missed is a
notice, which is stored with the change and sent until it arrives.
"""


def announce(answer: Accepted | Refused, request: Request, alias: str) -> None:
    """Send the signal when the open transaction commits; at once where none is open."""
    if isinstance(answer, Accepted) and not answer.replayed:
        transaction.on_commit(partial(_send, answer, request), using=alias, robust=True)


def _send(answer: Accepted, request: Request) -> None:
    decided.send_robust(type(answer.subject), answer=answer, request=request)

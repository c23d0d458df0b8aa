"""When a message that could not be delivered is tried again."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from attrs import field, frozen


@frozen(kw_only=True)
class Backoff:
    """Exponential backoff with jitter.

    Attributes:
        first: the longest wait after the first attempt.
        factor: by how much each wait is longer than the one before.
        longest: no wait is longer, unless a receiver asks for it.
        attempts: after so many a message is dead. By default that is about a day.
        rest: how long nothing more is sent to an addressee whose delivery failed, at most.
    """

    first: timedelta = timedelta(seconds=30)
    factor: int = 3
    longest: timedelta = timedelta(hours=6)
    attempts: int = 10
    rest: timedelta = timedelta(minutes=1)
    random: Random = field(factory=Random, repr=False, eq=False)

    def delay(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts: between half and the whole of the exponential wait.

        So that what failed together is not tried again together.
        """
        steps = min(max(attempts, 1) - 1, _MOST_STEPS)
        whole: timedelta = min(self.first * self.factor**steps, self.longest)
        jitter: float = self.random.uniform(0.5, 1)
        return whole * jitter


_MOST_STEPS = 20
"""Beyond these every wait is the longest, and a power would overflow."""

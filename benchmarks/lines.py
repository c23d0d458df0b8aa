"""What one measurement says: our figure beside another one of the same run, and the ratio that it must keep."""

from __future__ import annotations

from attrs import frozen


@frozen
class Target:
    """What a ratio must keep, and what would be worth more.

    Attributes:
        limit: the last ratio that still passes.
        prize: the ratio to strive for.
        least: the ratio must be at least so much (rates), not at most (costs).
    """

    limit: float
    prize: float | None = None
    least: bool = False

    def met(self, ratio: float) -> bool:
        """Whether a ratio passes."""
        return ratio >= self.limit if self.least else ratio <= self.limit


def at_most(limit: float, prize: float | None = None) -> Target:
    """The target of a cost."""
    return Target(limit, prize)


def at_least(limit: float, prize: float | None = None) -> Target:
    """The target of a rate."""
    return Target(limit, prize, least=True)


@frozen(kw_only=True)
class Line:
    """One line of the table.

    Attributes:
        name: the work.
        against: the work that `floor` is the figure of.
        ours: the median of the work, in `unit`.
        floor: the median of the other one, in the same unit.
        target: what the ratio must keep; None where the line only informs.
    """

    name: str
    against: str
    ours: float
    floor: float
    unit: str
    target: Target | None = None

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the other."""
        return self.ours / self.floor

    @property
    def missed(self) -> bool:
        """Whether there is a target, and the ratio is on its wrong side."""
        return self.target is not None and not self.target.met(self.ratio)

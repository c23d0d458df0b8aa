"""How one of several is chosen: by Hypothesis, which can make it simpler, or by seeds, like nothing before."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

seeds = st.binary(min_size=8, max_size=8)
"""What `chosen_by` takes: no two are alike, where Hypothesis would draw the same small integers often."""


class Choose(Protocol):
    """One of some options, of which the first is the simplest."""

    def __call__(self, options: Sequence[T], /) -> T:
        """Choose."""


def drawn_by(draw: st.DrawFn) -> Choose:
    """Choose as Hypothesis draws: what fails shrinks towards the first options."""

    def choose(options: Sequence[T], /) -> T:
        return draw(st.sampled_from(options))

    return choose


def chosen_by(*seeds: bytes) -> Choose:
    """Choose by all the seeds so far; it can't be shrunk.

    Hypothesis makes most examples of a run from an earlier one, with a part of it repeated: they would be alike behind
    that part too. Where every choice depends on each seed before it, all that follows is new. It is drawn faster, too.
    """
    return Random(b"".join(seeds)).choice  # noqa: S311 - no secret

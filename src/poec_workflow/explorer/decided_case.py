"""A sample case whose rows `decide` itself carries out, as a session's and an action's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen

from poec_workflow.decider import Accepted
from poec_workflow.explorer.case import Case


@frozen(slots=False)
class DecidedCase(Case):
    """A case of which folding tells what an acceptance leaves behind.

    Attributes:
        mixers: a dimension that is not just copied ▸ those that decide what it is afterwards; others get a constant.
        followers: those that decide what follows.
        tellers: those that decide who is told.
    """

    mixers: ClassVar[Mapping[str, tuple[str, ...]]]
    followers: ClassVar[tuple[str, ...]]
    tellers: ClassVar[tuple[str, ...]]

    @abstractmethod
    def facts_after(self, values: Mapping[str, Any], answer: Accepted) -> Mapping[str, Any]:
        """The dimensions of `counts` and `own` after an accepted command."""

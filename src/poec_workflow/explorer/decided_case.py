"""A sample case whose rows `decide` itself carries out, as a session's and an action's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from attrs import frozen

from poec_workflow.decider import Accepted
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.tracing import Assignment


@frozen(slots=False)
class DecidedCase(Case):
    """A case of which folding tells what an acceptance leaves behind.

    Attributes:
        fields: a field of the subject ▸ its dimension.
        mixers: a dimension that is not just copied ▸ those that decide what it is afterwards; others get a constant.
        followers: those that decide what follows.
        tellers: those that decide who is told.
    """

    fields: ClassVar[Mapping[str, str]]
    mixers: ClassVar[Mapping[str, tuple[str, ...]]]
    followers: ClassVar[tuple[str, ...]]
    tellers: ClassVar[tuple[str, ...]]

    @abstractmethod
    def facts_after(self, values: Mapping[str, Any], answer: Accepted) -> Mapping[str, Any]:
        """The dimensions of `counts` and `own` after an accepted command."""

    def traced_fields(self, assignment: Assignment) -> Mapping[str, Callable[[], Any]]:
        """How each field of the subject is read off an assignment."""

        def read(dimension: str) -> Callable[[], Any]:
            return lambda: assignment[dimension]

        return {name: read(dimension) for name, dimension in self.fields.items()}

    def copied(self, subject: Any) -> dict[str, Any]:  # noqa: ANN401 - of each kind
        """The dimensions of a subject's fields."""
        return {dimension: getattr(subject, name) for name, dimension in self.fields.items()}

"""The lifecycles together: the package's three tables by kind of subject, and what others must look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.machines.application import APPLICATION
from poec_workflow.machines.lifecycle import Lifecycle
from poec_workflow.machines.session import SESSION
from poec_workflow.machines.training_action import TRAINING_ACTION
from poec_workflow.model import SubjectKind

Lifecycles = Mapping[SubjectKind, Lifecycle]
"""Each kind of subject's lifecycle."""

LIFECYCLES: Lifecycles = FrozenMap({each.kind: each for each in (APPLICATION, SESSION, TRAINING_ACTION)})
"""The package's own."""


def by_name(lifecycles: Lifecycles) -> Mapping[str, Lifecycle]:
    """Each lifecycle by its name on the command line and in diagrams."""
    return FrozenMap({each.name: each for each in lifecycles.values()})


LIFECYCLES_BY_NAME: Mapping[str, Lifecycle] = by_name(LIFECYCLES)
"""The package's own by name."""


def frozen_lifecycles(given: Lifecycles) -> Lifecycles:
    """A copy that its giver can no longer change; what is no mapping unchanged, for a check to report."""
    mapping: object = given
    return FrozenMap(given) if isinstance(mapping, Mapping) and type(given) is not FrozenMap else given


def must_be_lifecycles(given: object, place: str) -> None:
    """Check that a value is a lifecycle for each kind of subject, as `with_rows` makes them.

    Raises:
        Malformed: at `place`; it is something else.
    """
    if faults := [Fault(place, each) for each in _faults(given)]:
        raise Malformed(faults)


def _faults(given: Any) -> Iterator[str]:  # noqa: ANN401 - whatever was given
    if not isinstance(given, Mapping):
        yield f"expected lifecycles, as machines.with_rows makes them, not {given!r:.80}"
        return
    for kind in SubjectKind:
        each = given.get(kind)
        if not isinstance(each, Lifecycle) or each.kind is not kind:
            yield f"expected the lifecycle of {kind}, not {each!r:.80}"
    yield from (f"not a kind of subject: {each!r:.80}" for each in given if each not in {*SubjectKind})

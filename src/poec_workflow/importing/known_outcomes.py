"""What came of each convocation, where a file has no column for it and the lifecycle leaves no choice.

Another convocation follows an absence with notice alone (L2, L4), a retained candidate was present (L9), and who was
absent at the last convocation gave notice (L5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poec_workflow.catalogue import ABSENCE, WITHDRAWAL
from poec_workflow.model import ApplicationState, Outcome

_OF_STATE: Mapping[str, Outcome] = {
    ApplicationState.PRESENT: Outcome.PRESENT,
    ApplicationState.RETAINED: Outcome.PRESENT,
    ApplicationState.ABSENT: Outcome.ABSENT_WITH_NOTICE,
}
_OF_ABSENCE: Mapping[str, Outcome] = {
    "absent-at-last-convocation": Outcome.ABSENT_WITH_NOTICE,
    "absent-without-notice": Outcome.ABSENT_WITHOUT_NOTICE,
}


def with_known_outcomes(data: dict[str, Any]) -> None:
    """Say of each convocation of a row, as the wire format has it, what must have come of it."""
    *earlier, last = data["convocations"]
    for each in earlier:
        each["outcome"] = Outcome.ABSENT_WITH_NOTICE.value
    if (outcome := _of_last(data)) is not None:
        last["outcome"] = outcome.value


def _of_last(data: Mapping[str, Any]) -> Outcome | None:
    """Of who withdrew, and of what was ended by time or with its session, nothing is known."""
    motive = data.get("motive")
    if motive == ABSENCE:
        return _OF_ABSENCE.get(data.get("reason", ""))
    known = _OF_STATE.get(data.get("state", ""))
    return Outcome.PRESENT if known is None and motive not in {None, WITHDRAWAL} else known

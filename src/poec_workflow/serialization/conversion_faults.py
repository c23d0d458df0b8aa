"""The faults that an error of the converter says, each with its place."""

from __future__ import annotations

from collections.abc import Iterator

from cattrs import AttributeValidationNote, BaseValidationError, ForbiddenExtraKeysError

from poec_workflow.errors import Fault, Malformed
from poec_workflow.serialization.parsing import below


def faults_of(error: BaseException, place: str) -> Iterator[Fault]:
    """What an error of the converter says, each with its place."""
    if isinstance(error, BaseValidationError):
        for each in error.exceptions:
            yield from faults_of(each, place + "".join(map(_step, getattr(each, "__notes__", ()))))
    elif isinstance(error, ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            yield Fault(below(place, name), "unknown key")
    elif isinstance(error, Malformed):
        for fault in error.faults:
            yield Fault(place + fault.place.removeprefix("$"), fault.problem)
    elif isinstance(error, KeyError):
        yield Fault(place, "required")
    else:
        yield Fault(place, str(error))


def _step(note: str) -> str:
    return f".{note.name.removesuffix('_')}" if isinstance(note, AttributeValidationNote) else ""

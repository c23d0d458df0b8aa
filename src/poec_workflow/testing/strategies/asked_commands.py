"""The commands that decisions are asked of: some, or all of a lifecycle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from poec_workflow.commands import COMMANDS, Command
from poec_workflow.errors import Fault, Malformed
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import SubjectKind

Of = type[Command] | Lifecycle | SubjectKind | str
"""A command, or a lifecycle for all of its commands: as the package has them, or by their words."""


def asked_commands(of: Of | Iterable[Of]) -> tuple[type[Command], ...]:
    """Return the commands that are asked of, each once.

    >>> [each.type for each in asked_commands("convoke")]
    ['convoke']

    Raises:
        Malformed: something is neither; all faults at once.
    """
    several: Iterable[Any] | None = None if isinstance(of, str | type | Lifecycle) else of
    if several is not None and not isinstance(several, Iterable):
        raise Malformed.at("$.of", _unknown(of))
    found: dict[type[Command], None] = {}
    faults: list[Fault] = []
    asked = (of,) if several is None else tuple(several)
    for index, each in enumerate(asked):
        kinds = _commands(each)
        found.update(dict.fromkeys(kinds))
        if not kinds:
            faults.append(Fault("$.of" if several is None else f"$.of[{index}]", _unknown(each)))
    if not asked:
        faults.append(Fault("$.of", "expected one command or more"))
    if faults:
        raise Malformed(faults)
    return tuple(found)


def _commands(of: object) -> tuple[type[Command], ...]:
    if isinstance(of, Lifecycle):
        return of.step_commands
    if isinstance(of, type):
        return (of,) if of in COMMANDS.values() else ()
    if isinstance(of, str):
        if of in COMMANDS:
            return (COMMANDS[of],)
        return next((each.step_commands for kind, each in LIFECYCLES.items() if of == kind), ())
    return ()


def _unknown(of: object) -> str:
    return f"expected a command or a lifecycle; there is no {of!r}"

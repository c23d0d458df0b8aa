"""The commands that decisions are asked of: some, or all of a lifecycle; and what leads to where they can be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.errors import Fault, Malformed
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import State, SubjectKind

Of = type[Command] | Lifecycle | SubjectKind | str
"""A command, or a lifecycle for all of its commands: as the package has them, or by their words."""

_OPENING = (commands.CreateAction, commands.PublishAction, commands.CreateSession)
_RETAINING = (commands.Preregister, commands.Convoke, commands.RecordPresence, commands.Retain)
_CERTIFYING = (commands.EnrichAction,)
_ABSENT = (commands.Convoke, commands.RecordAbsence)
_NEEDED: Mapping[type[Command], tuple[tuple[type[Command], ...], tuple[type[Command], ...]]] = {
    commands.DeclareSessionFull: (_RETAINING, ()),
    commands.ReopenSession: (_RETAINING, (commands.SetCapacity,)),
    commands.ApproveCertification: ((), _CERTIFYING),
    commands.DeclineCertification: ((), _CERTIFYING),
    commands.RecordAbsence: ((), (commands.RecordAbsence, *_ABSENT, commands.Convoke)),
}
"""What leads to where a command is accepted, besides the way through its rows: before that way, and after it."""


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


def way_to(command: type[Command]) -> tuple[type[Command], ...]:
    """Return commands that, given in this order from nothing on, lead to where a command can be given.

    They are what opens a session, a shortest way through the rows, and what the rows' conditions need besides.
    """
    lifecycle = LIFECYCLES[command.subject_kind]
    shortest = _shortest(lifecycle, lambda state: bool(lifecycle.rows(state, command)))
    opening = _OPENING if lifecycle.parent else ()
    before, after = _NEEDED.get(command, ((), ()))
    own = tuple(each for each in shortest if each not in opening)
    return (*opening, *before, *own, *after)


def _commands(of: object) -> tuple[type[Command], ...]:
    if isinstance(of, Lifecycle):
        return tuple(of.by_command)
    if isinstance(of, type):
        return (of,) if of in COMMANDS.values() else ()
    if isinstance(of, str):
        if of in COMMANDS:
            return (COMMANDS[of],)
        return next((tuple(each.by_command) for kind, each in LIFECYCLES.items() if of == kind), ())
    return ()


def _unknown(of: object) -> str:
    return f"expected a command or a lifecycle; there is no {of!r}"


def _shortest(lifecycle: Lifecycle, is_there: Callable[[State | None], bool]) -> tuple[type[Command], ...]:
    """Return the commands of a shortest way to a state of some kind; none where no row leads there."""
    ways: dict[State | None, tuple[type[Command], ...]] = {None: ()}
    following: list[State | None] = [None]
    for state in following:
        if is_there(state):
            return ways[state]
        for command, rows in lifecycle.by_state.get(state, {}).items():
            for row in rows:
                if row.targets[state] not in ways:
                    ways[row.targets[state]] = (*ways[state], command)
                    following.append(row.targets[state])
    return ()

"""Ways: commands that, given in their order, lead to where another one can be given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import State
from poec_workflow.testing.strategies.weights import WEIGHTS

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


def _shortest(lifecycle: Lifecycle, is_there: Callable[[State | None], bool]) -> tuple[type[Command], ...]:
    """Return the commands of a shortest way to a state of some kind; none where no row leads there."""
    ways: dict[State | None, tuple[type[Command], ...]] = {None: ()}
    following: list[State | None] = [None]
    for state in following:
        if is_there(state):
            return ways[state]
        for command, rows in lifecycle.by_state.get(state, {}).items():
            for row in (each for each in rows if not each.imports):
                if row.targets[state] not in ways:
                    ways[row.targets[state]] = (*ways[state], command)
                    following.append(row.targets[state])
    return ()


_COMPLETE = (*way_to(commands.DeclareSessionFull), commands.DeclareSessionFull)
_CAME_LATER = (*way_to(commands.RecordAbsence)[: -len(_ABSENT)], commands.RecordPresence)
_LATER_ADVICES = ((), (commands.Retain,), (commands.Reject,), (commands.CorrectAttendance,))
WAYS = tuple(
    tuple(command for command in way if command not in _OPENING)
    for way in (
        *[()] * 20,
        *[_COMPLETE] * 8,
        *((*_CAME_LATER, *advice) for advice in _LATER_ADVICES for _ in range(2)),
        *((*way_to(command), command) for command in WEIGHTS),
    )
)
"""Ways from an opened session on: for many journals none, to a complete session, or by a candidate who came when
convoked again; else over a command, so that each is given in some journals."""

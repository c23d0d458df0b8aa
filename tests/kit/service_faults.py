"""How often the machine finds faults that a service may make, each in fresh processes: `--runs 20` measures.

    uv run python tests/kit/service_faults.py [--runs N] [NAME …]

`sunday` is the fault of docs/how-to/test-your-rules.md, run by the page's own code with the settings that
`TestCase` has; each other fault is a policy that refuses too much or too little on one command, beside a promise that
says what was meant, or a storage that loses a count. Hypothesis keeps nothing between runs, and each has other
choices. A fault is found where the process ends within 20 seconds of processor time, its start, its imports and the
shortening of the journal included; the time of the wall is told beside it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis
from attrs import frozen

from poec_workflow import Refused, Settings, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.memory.memory_storage import MemoryTransaction
from poec_workflow.commands import Command
from poec_workflow.policies import messages
from poec_workflow.ports import Storage
from poec_workflow.testing import LifecycleMachine
from poec_workflow.testing.reference import ObservedStep

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "test-your-rules.md"
EXAMPLE = "sunday"
SUNDAY, SATURDAY = 7, 6
SECONDS = 20

Case = tuple[Any, Any, Any]
"""The application or the session before, the session that it is of, and the command."""
Condition = Callable[[Case, Any], bool]
"""Whether a command is refused, by its case and the day."""


@frozen
class PolicyFault:
    """A policy of one command: when it was meant to refuse, and when it does."""

    command: type[Command]
    meant: Condition
    refuses: Condition


def _never(_case: Case, _today: Any) -> bool:
    return False


def _convocations(case: Case) -> int:
    return len(case[0].convocations)


FAULTS: Mapping[str, PolicyFault] = {
    "preregister-too-much": PolicyFault(  # in the session's last week, not on the last day of registration only
        commands.Preregister,
        lambda case, today: case[1].registration_deadline == today,
        lambda case, today: (case[1].registration_deadline - today).days <= 1,
    ),
    "preregister-too-little": PolicyFault(  # a session of one seat was forgotten
        commands.Preregister,
        lambda case, _: case[2].prescriber.origin == "self",
        lambda case, _: case[2].prescriber.origin == "self" and case[1].capacity > 1,
    ),
    "convoke-too-much": PolicyFault(
        commands.Convoke,
        lambda case, _: case[2].on.isoweekday() == SUNDAY,
        lambda case, _: case[2].on.isoweekday() >= SATURDAY,
    ),
    "convoke-too-little": PolicyFault(  # only the first convocation is looked at
        commands.Convoke,
        lambda case, _: case[2].on.isoweekday() == SUNDAY,
        lambda case, _: case[2].on.isoweekday() == SUNDAY and not case[0].convocations,
    ),
    "move-too-much": PolicyFault(  # only an earlier day was meant
        commands.MoveConvocation,
        lambda case, _: case[2].on < case[0].convocations[-1].on,
        lambda case, _: case[2].on <= case[0].convocations[-1].on,
    ),
    "move-too-little": PolicyFault(
        commands.MoveConvocation,
        lambda case, _: case[2].on.isoweekday() >= SATURDAY,
        lambda case, _: case[2].on.isoweekday() == SATURDAY,
    ),
    "absence-too-much": PolicyFault(  # the second absence is one too early
        commands.RecordAbsence, _never, lambda case, _: _convocations(case) == 2 and case[2].notified
    ),
    "absence-too-little": PolicyFault(  # the day itself is too early
        commands.RecordAbsence,
        lambda case, today: not case[2].notified and case[0].convocations[-1].on >= today,
        lambda case, today: not case[2].notified and case[0].convocations[-1].on > today,
    ),
    "retain-too-much": PolicyFault(
        commands.Retain,
        lambda case, _: case[2].weekly_hours < Decimal(24),
        lambda case, _: case[2].weekly_hours <= Decimal(24),
    ),
    "retain-too-little": PolicyFault(
        commands.Retain,
        lambda case, _: case[2].entry > case[1].start,
        lambda case, _: case[2].entry == case[1].late_entry_deadline > case[1].start,
    ),
    "reject-too-much": PolicyFault(  # a rejection needs a comment, where its reason says nothing
        commands.Reject,
        lambda case, _: case[2].comment is None and case[2].reason == "other",
        lambda case, _: case[2].comment is None,
    ),
    "reject-too-little": PolicyFault(  # who came to a second convocation was forgotten
        commands.Reject,
        lambda case, _: case[2].comment is None,
        lambda case, _: case[2].comment is None and _convocations(case) == 1,
    ),
    "withdraw-too-much": PolicyFault(
        commands.Withdraw, _never, lambda case, today: _convocations(case) > 0 and case[0].convocations[-1].on == today
    ),
    "withdraw-too-little": PolicyFault(
        commands.Withdraw,
        lambda case, _: case[0].state in {"present", "absent"},
        lambda case, _: case[0].state == "present",
    ),
    "capacity-too-much": PolicyFault(
        commands.SetCapacity,
        lambda case, _: case[2].capacity < case[0].capacity,
        lambda case, _: case[2].capacity <= case[0].capacity,
    ),
    "capacity-too-little": PolicyFault(
        commands.SetCapacity,
        lambda case, today: case[2].capacity > case[0].capacity and case[0].registration_deadline < today,
        lambda case, today: case[2].capacity > case[0].capacity + 1 and case[0].registration_deadline < today,
    ),
    "full-too-much": PolicyFault(commands.DeclareSessionFull, _never, lambda case, _: case[0].capacity > 1),
    "full-too-little": PolicyFault(
        commands.DeclareSessionFull, lambda case, today: case[0].registration_deadline >= today, _never
    ),
    "cancel-too-much": PolicyFault(
        commands.CancelSession, _never, lambda case, today: case[0].registration_deadline < today
    ),
    "cancel-too-little": PolicyFault(
        commands.CancelSession,
        lambda case, _: case[0].state == "complete",
        lambda case, _: case[0].state == "complete" and case[0].capacity > 1,
    ),
}
"""A fault for too much, and one for too little, of each command that decides on somebody."""


class LosesACount(MemoryStorage):
    """Who is rejected after an absence is still counted as absent."""

    def run(self, work: Callable[[MemoryTransaction], Any], *, write: bool = True) -> Any:
        def losing(transaction: MemoryTransaction) -> Any:
            tables = self._tables
            before = dict(tables.tallies)
            absent = {each.reference for each in tables.applications() if each.state == "absent"}
            result = work(transaction)
            for each in tables.applications():
                if each.reference in absent and each.state == "rejected":
                    tables.tallies[each.session] = before[each.session]
            return result

        return super().run(losing, write=write)


STORAGE = "storage-loses-a-count"
NAMES = (EXAMPLE, *FAULTS, STORAGE)


def machine_with(name: str) -> type[LifecycleMachine]:
    """Return the machine that is to find a fault."""
    if name == EXAMPLE:
        return _of_the_page()
    if name == STORAGE:

        class OnABrokenStorage(LifecycleMachine):
            def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
                del folder
                return nullcontext(LosesACount())

        return OnABrokenStorage
    fault = FAULTS[name]

    class WithAFault(LifecycleMachine):
        settings = Settings(refuse_also={fault.command: (_policy(fault),)})
        promises = (*LifecycleMachine.promises, _promise(fault))

    return WithAFault


def _of_the_page() -> type[LifecycleMachine]:
    """Return `StrictMachine` as the page defines it, up to where the page runs it."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    rules, ours, strict = (
        next(each for each in blocks if words in each)
        for words in ("ours = Settings(", "class OurMachine(", "class StrictMachine(")
    )
    code = "\n".join([rules, ours, strict.partition("\nwith pytest.raises")[0]])
    names: dict[str, Any] = {"__name__": "page"}
    exec(code, names)  # noqa: S102 - the page's own code
    machine: type[LifecycleMachine] = names["StrictMachine"]
    return machine


def _policy(fault: PolicyFault) -> Callable[..., Any]:
    def of_our_own(subject: Any, facts: Any, command: Any) -> dict[str, Any] | None:
        return {"is": command.reference} if fault.refuses((subject, facts.session, command), facts.today) else None

    return messages(fr="Pas chez nous ({is}).", en="Not with us ({is}).")(of_our_own)


def _promise(fault: PolicyFault) -> Callable[[ObservedStep], Iterator[str]]:
    def as_meant(step: ObservedStep) -> Iterator[str]:
        command: Any = step.request.command if step.request else None
        if not isinstance(command, fault.command) or step.key_used:
            return
        subject: Any = step.before.subject(command.subject_kind, command.reference)
        session = step.before.session(getattr(subject or command, "session", command.reference))
        refused = isinstance(step.answer, Refused) and "of-our-own" in step.answer.codes
        if not refused and step.accepted is None:
            return
        meant = fault.meant((subject, session, command), step.now.astimezone(step.settings.zone).date())
        if refused != meant:
            yield f"{command.type} to {command.reference} was {'refused' if refused else 'accepted'}"

    return as_meant


def run_once(name: str) -> int:
    """Run the machine as documented, with new choices; return 1 where it finds the fault, as a failing test would."""
    machine = machine_with(name)
    try:
        machine.check(hypothesis.settings(machine.TestCase.settings, database=None))
    except AssertionError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


def measured(name: str, runs: int) -> str:
    """Run it in processes of their own, and tell how many found the fault, and in what time."""
    found, walls, processors = 0, [], []
    for _ in range(runs):
        used, began = os.times(), time.monotonic()
        ran = subprocess.run([sys.executable, __file__, "--once", name], capture_output=True, text=True, check=False)
        now = os.times()
        walls.append(time.monotonic() - began)
        processors.append(now.children_user + now.children_system - used.children_user - used.children_system)
        if "Traceback" in ran.stderr:
            raise RuntimeError(ran.stderr)
        found += ran.returncode == 1 and processors[-1] <= SECONDS
    of_wall, of_processor = (f"{sum(each) / runs:4.1f} s, at most {max(each):4.1f}" for each in (walls, processors))
    return f"{name:<24} {found:>3} of {runs}; processor {of_processor}; wall {of_wall}"


def main() -> int:
    """Measure some faults, or all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--once", choices=NAMES)
    asked = parser.parse_args()
    if asked.once:
        return run_once(asked.once)
    for name in asked.names:
        sys.stdout.write(f"{measured(name, asked.runs)}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

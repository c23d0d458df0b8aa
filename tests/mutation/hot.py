"""The first round: mutants put into the loaded package, one fork each: `hot.py SESSION SECONDS`, in a copy.

What a judge of the tables finds is recorded in cosmic-ray's session as killed; nothing else is. What is not found, or
can't be put into a loaded package, waits there for the second round, which imports everything afresh.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult
from patching import changes, exchange
from warm import bounded, suspected

LATER = (
    "alerts.py",
    "check.py",
    "executor.py",
    "facts.py",
    "lifecycle.py",
    "policy.py",
    "policy_source.py",
    "rule.py",
    "settings.py",
)
"""Where the judges seldom look, or what runs while a table is built: left to the second round."""


def found(mutation: MutationSpec) -> bool:
    """Whether the mutant is found out, in a fork; what is no function's is not."""
    file = Path(mutation.module_path).resolve()
    if file.name in LATER:
        return False
    text = file.read_text(encoding="utf-8")
    operator = get_operator(mutation.operator_name)(**(mutation.operator_args or {}))
    mutated = mutate_code(text, operator, mutation.occurrence)
    changed = mutated and changes(file, text, mutated)
    if not changed:
        return False
    if not (fork := os.fork()):
        bounded()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        code = 0  # what can't be put in its place is not found
        try:
            if exchange(file, changed):
                code = 1  # whatever ends this otherwise than by an answer
                code = int(suspected())
        finally:
            os._exit(code)
    _, status = os.waitpid(fork, 0)
    return status != 0


def main(session: str, seconds: str) -> None:
    """Judge what is pending and was not tried, until the time is up."""
    assert not suspected(), "the judges fail without a mutant"
    tried = Path(session).with_name("tried")
    before = set(tried.read_text(encoding="utf-8").split()) if tried.exists() else set()
    until = time.monotonic() + float(seconds)
    with use_db(session, WorkDB.Mode.open) as kept, tried.open("a", encoding="utf-8") as trying:
        for item in [each for each in kept.pending_work_items if each.job_id not in before]:
            if time.monotonic() > until:
                return
            (mutation,) = item.mutations
            if found(mutation):
                by = "a judge of the tables"
                kept.set_result(item.job_id, WorkResult(WorkerOutcome.NORMAL, by, TestOutcome.KILLED, ""))
            print(item.job_id, file=trying, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

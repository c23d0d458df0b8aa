"""A judge that is warm: `warm.py SOCKET` answers, in a copy of the project, and forks for each mutant.

It has loaded what others wrote; a fork imports the package and the tests afresh. `ask.py` asks it. An answer is an exit
code, of the tests or of the judges of the tables; 0 is unfound.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterable
from typing import Any

import pytest
from journals import journals

TESTS = (
    (
        "policies",
        "more_policies",
        "tables",
        "own_rows",
        "alerts",
        "deadlines",
        "matrix",
        "settings",
        "values",
        "instants",
    ),
    ("decide", "explain", "errors", "catalogue", "advisories", "funders_and_corrections", "left_out"),
)
"""In the order of how soon they find a mutant."""
OTHERS = ("_pytest.assertion.rewrite", "hypothesis.strategies", "attrs", "cattrs", "transitions", "unittest")
SLOW = "not every_process and not imported_on_demand and not explorer"
"""Those that start processes of their own, or draw whole pages, are passed over."""
REWRITTEN = "ignore::pytest.PytestAssertRewriteWarning"
"""The judges have imported some of the tests."""
SECONDS, BYTES = 60, 3 << 30
"""What a mutant may take of processor and memory: some loop for ever, or ask for a number of that many digits."""
EXAMPLES = 100
"""How many a property is tried on at most: a mutant is judged by many tests, and quickly."""


class Fewer:
    """A plugin: properties take fewer examples, the same ones each time."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Change the settings that the tests were decorated with."""
        from hypothesis import settings  # noqa: PLC0415 - loaded already

        for test in (item.obj for item in items):
            if own := getattr(test, "_hypothesis_internal_use_settings", None):
                fewer = min(own.max_examples, EXAMPLES)
                test._hypothesis_internal_use_settings = settings(own, max_examples=fewer, derandomize=True)  # noqa: SLF001


class InMemory:
    """A plugin: the storage that a test asks for is the one in memory; `conftest.py`, with the others, is not read."""

    @pytest.fixture
    def storage(self) -> Any:
        """An empty one, of a class that is imported afresh for each mutant."""
        from poec_workflow.adapters.memory import MemoryStorage  # noqa: PLC0415 - it loads the package

        return MemoryStorage()


def suspected() -> bool:
    """Whether a judge of the tables fails, each in a fraction of a second; most mutants go no further."""
    from tables import JUDGES  # noqa: PLC0415 - it loads the package

    try:
        for judge in JUDGES:
            judge()
    except Exception:  # noqa: BLE001 - a mutant may fail in any way
        return True
    return False


def verdict(*more: str) -> int:
    """The exit code of the tests, run here, the quick ones first, and stopped at the first that fails."""
    from hypothesis import settings  # noqa: PLC0415 - loaded already

    settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
    settings.load_profile("mutants")
    options = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-k", SLOW, "-W", REWRITTEN]
    files: Iterable[list[str]] = ([f"tests/test_{name}.py" for name in names] for names in TESTS)
    codes = (pytest.main([*options, *more, *each], plugins=[Fewer(), InMemory()]) for each in files)
    return next((int(code) for code in codes if code), 0)


def bounded() -> None:
    """Neither time nor memory without end."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def _proved(*more: str) -> None:
    """In a fork: the tests pass, and everything is kept compiled; a mutant is newer, and is not."""
    if not (fork := os.fork()):
        sys.dont_write_bytecode = False
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(verdict(*more) or int(suspected()))
    _, status = os.waitpid(fork, 0)
    assert status == 0, "the tests fail without a mutant"


def _judge(connection: socket.socket) -> None:
    """In a fork: the answer comes last."""
    bounded()
    out = os.open(os.environ.get("POEC_VERDICTS", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    connection.sendall(str(verdict() or int(suspected())).encode())
    connection.close()
    os._exit(0)


def main(path: str, *more: str) -> None:
    """Answer until killed; `--collect-only` spares the tests that another judge of the same copy has seen pass."""
    for name in OTHERS:
        importlib.import_module(name)
    journals()
    assert not any(name.startswith("poec_workflow") for name in sys.modules)
    _proved(*more)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        os.write(1, b"ready\n")
        while True:
            connection, _ = listening.accept()
            if not os.fork():
                try:
                    _judge(connection)
                finally:
                    os._exit(1)
            connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

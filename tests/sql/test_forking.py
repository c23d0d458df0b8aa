"""A fork after the first use: parent and child go on, each by its own connections, and nothing of either is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import pytest

from guarantees import ADVISER, all_positions, check, registering, workflow_on, workflow_with_session
from poec_workflow import Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Transaction

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it has threads: that is tried


class Child:
    """A fork that does some work; `wait` gives what it said, its traceback where it failed."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._heard, said = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            signal.alarm(20)  # one that hangs says nothing
            try:
                os.write(said, str(work()).encode())
            except BaseException:  # noqa: BLE001 - the parent tells it
                os.write(said, traceback.format_exc().encode())
            os._exit(0)
        os.close(said)

    def wait(self) -> str:
        with os.fdopen(self._heard, "rb") as heard:
            answer = heard.read().decode()
        os.waitpid(self._pid, 0)
        return answer


def register(storage: SqlStorage, number: int) -> str:
    return registered(workflow_on(storage), number)


def registered(workflow: Workflow, number: int) -> str:
    return workflow.execute(registering(number), ADVISER).subject.reference


def test_a_child_outlives_what_its_parent_closes(database_url: str) -> None:
    """The parent closes its last connection between two commands of the child: both are there."""
    first, closed = os.pipe(), os.pipe()
    with SqlStorage.open(database_url) as storage:
        workflow_with_session(storage, seats=60, coefficient=5)

        def work() -> str:
            register(storage, 1)
            os.write(first[1], b"x")
            os.read(closed[0], 1)
            return register(storage, 2)

        child = Child(work)
        os.read(first[0], 1)
        register(storage, 3)
        storage.close()
        os.write(closed[1], b"x")
        assert child.wait() == "C-2"
        register(storage, 4)
        check(storage)
        names = {each.reference for each in all_positions(storage)}
        assert {"C-1", "C-2", "C-3", "C-4"} <= names


def test_a_child_of_a_child(database_url: str) -> None:
    """Each generation has connections of its own, after reading as after writing."""
    with SqlStorage.open(database_url) as storage:
        workflow_with_session(storage, seats=60, coefficient=5)
        storage.queries.organizations()

        def work() -> str:
            register(storage, 1)
            return Child(lambda: register(storage, 2)).wait() + register(storage, 3)

        assert Child(work).wait() == "C-2C-3"
        assert Child(lambda: len(storage.queries.organizations())).wait() == str(len(storage.queries.organizations()))
        check(storage)


def test_threads_go_on_while_their_process_forks(database_url: str) -> None:
    """Their transactions end first; the children are hindered by nothing that a thread held."""
    stop = Event()
    failed: list[BaseException] = []
    with SqlStorage.open(database_url) as storage:
        # One for all: what a workflow computes once is computed under a lock of Python's, which a child would inherit.
        workflow = workflow_with_session(storage, seats=600, coefficient=5)
        registered(workflow, 0)
        storage.queries.organizations()

        def go_on(start: int) -> None:
            number = start
            try:
                while not stop.is_set():
                    registered(workflow, number)
                    storage.queries.organizations()
                    number += 1
            except BaseException as error:  # noqa: BLE001 - told below
                failed.append(error)

        threads = [Thread(target=go_on, args=(10_000 * each,)) for each in (1, 2, 3)]
        for each in threads:
            each.start()
        children = [Child(partial(registered, workflow, number)) for number in range(1, 6)]
        said = [each.wait() for each in children]
        stop.set()
        for each in threads:
            each.join()
        assert (said, failed) == ([f"C-{number}" for number in range(1, 6)], [])
        check(storage)


def test_a_fork_in_the_midst_of_a_transaction(database_url: str) -> None:
    """The transaction is the parent's, who commits it; the child is told, and does nothing to it."""
    with SqlStorage.open(database_url) as storage:
        workflow_with_session(storage, seats=60, coefficient=5)
        own, children = os.getpid(), []

        def forked(_transaction: Transaction) -> None:
            heard, said = os.pipe()
            pid = os.fork()
            if pid:
                os.close(said)
                children.append((heard, pid))
            else:
                children.append((said, 0))

        try:
            storage.run(forked)
        except RuntimeError as error:
            if os.getpid() == own:
                raise
            os.write(children[0][0], str(error).encode())
        finally:
            if os.getpid() != own:
                os._exit(0)
        heard, pid = children[0]
        with os.fdopen(heard, "rb") as said:
            assert b"forked in the midst of a transaction" in said.read()
        os.waitpid(pid, 0)
        assert register(storage, 1) == "C-1"
        check(storage)


def test_a_worker_that_ends_says_no_goodbye_for_its_parent(postgresql_url: str) -> None:
    """A child that ends as a program does, with all its objects let go, leaves the parent's session alive."""
    program = f"""
import gc, os, sys
from poec_workflow.adapters.sql import SqlStorage

storage = SqlStorage.open({postgresql_url!r})
def session():
    return storage.run(lambda t: t._connection._cursor.connection.info.backend_pid)
before = session()
pid = os.fork()
if not pid:
    assert session() != before, "the parent's connection was used"
    storage.close()
    del storage
    gc.collect()
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert session() == before, "the parent's connection was closed"
"""
    ran = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")

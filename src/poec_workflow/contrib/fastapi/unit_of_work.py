"""The unit of work: the host's writes and the workflow's commands on one connection, in one transaction a request.

FastAPI ends a dependency of the scope `function` before the answer is sent: a commit that fails becomes an error
answer. The default scope ends after it, and would lose the write behind an answer that said yes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from anyio import Lock
    from fastapi import Depends
    from sqlalchemy import Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command, Request
from poec_workflow.contrib.fastapi.engine_transactions import Transactions, begun, transactions_of
from poec_workflow.decider import Accepted
from poec_workflow.errors import CommandRefused
from poec_workflow.model import Actor
from poec_workflow.workflow import Answer, Workflow

C = TypeVar("C", Connection, AsyncConnection)
T = TypeVar("T")


@frozen(eq=False)
class UnitOfWork(Generic[C]):
    """One transaction of the host's, and the workflow in it. It ends when the view has returned.

    Attributes:
        connection: the host's, for rows of its own.
    """

    connection: C
    _workflow: Workflow
    _transactions: Transactions
    _turn: Lock = field(factory=Lock, init=False, repr=False)

    async def execute(
        self, command: Command, actor: Actor, *, key: str | None = None, expected_version: int | None = None
    ) -> Accepted:
        """Carry out a command, as `Workflow.execute` does.

        A refused command leaves the transaction as it was. A view that lets the exception go gives up its own writes
        with it; one that catches it keeps them.

        Raises:
            CommandRefused: the rules say no.
            Conflict: somebody else was faster; the request can be sent again.
        """
        return await self.run(
            lambda workflow: workflow.execute(command, actor, key=key, expected_version=expected_version)
        )

    async def submit(self, request: Request) -> Answer:
        """Carry out a request, and return a refusal instead of raising it."""
        return await self.run(lambda workflow: workflow.submit(request))

    async def preview(self, command: Command, actor: Actor) -> Answer:
        """The decision that `execute` would take now, with nothing stored."""
        return await self.run(lambda workflow: workflow.preview(command, actor))

    async def run(self, work: Callable[[Workflow], T]) -> T:
        """Do anything else with the workflow in this transaction, which sees what was written so far."""
        # Two tasks of one request take turns: a connection has one conversation at a time.
        async with self._turn:
            return await self._transactions.run(self.connection, lambda joined: work(self._joined(joined)))

    @property
    def workflow(self) -> Workflow:
        """The workflow in this transaction, for a view that FastAPI runs in a thread (`def`), on an `Engine`.

        Raises:
            TypeError: the engine is asynchronous; `await` the methods.
        """
        if isinstance(self.connection, Connection):
            return self._joined(self.connection)
        raise TypeError("the workflow of an AsyncEngine is awaited: `await unit.execute(…)`, or `await unit.run(…)`")

    def _joined(self, connection: Connection) -> Workflow:
        return self._workflow.using(SqlStorage.joined(connection))


def WorkflowDependency(  # noqa: N802 - as FastAPI's Depends
    engine: Engine | AsyncEngine, workflow: Workflow, *, keep_refused: bool = False
) -> Any:  # noqa: ANN401 - as FastAPI's Depends
    """A dependency that gives a `UnitOfWork`, and commits it before the answer is sent.

    Whatever the view raises rolls it back, an `HTTPException` too. Who asks for it several times in a request gets the
    same one. On SQLite it begins with IMMEDIATE.

    Args:
        engine: the host's.
        workflow: whose rules, clock, settings and observers; its own storage is not used.
        keep_refused: commit the host's own writes when a `CommandRefused` leaves the view.

    Raises:
        TypeError: it is no engine of SQLAlchemy's.
    """
    transactions = transactions_of(engine)
    kept = (CommandRefused,) if keep_refused else ()

    async def unit_of_work() -> AsyncIterator[UnitOfWork[Any]]:
        async with begun(transactions, kept) as connection:
            yield UnitOfWork(connection, workflow, transactions)

    return Depends(unit_of_work, scope="function")

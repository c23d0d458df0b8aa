"""The application: `uvicorn --factory service.app:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

from poec_workflow import SystemClock, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.contrib.fastapi import install_problems, router
from poec_workflow.ports import Clock

from . import views
from .tables import metadata


def create_app(file: str = "service.db", clock: Clock | None = None, *, keep_refused: bool = False) -> FastAPI:
    """The service on a database file, which has the workflow's tables beside ours.

    Args:
        file: of the SQLite database; made with all tables when the service starts.
        clock: what the workflow takes for now, if not the machine's.
        keep_refused: keep the report of an absence whose command is refused, instead of forgetting both.
    """
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    storage = SqlStorage.open(f"sqlite:///{file}")
    workflow = Workflow(storage, clock=clock or SystemClock())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with storage:
            storage.create()
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
            yield
        await engine.dispose()

    app = FastAPI(title="Absences", lifespan=lifespan)
    app.include_router(views.own_routes(engine, workflow, keep_refused=keep_refused))
    app.include_router(router(workflow, views.caller))
    install_problems(app, workflow)
    return app

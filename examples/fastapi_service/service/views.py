"""Three views. What the rules or the wire format refuse is raised here, and answered by `problems`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from poec_workflow import Actor, CommandRefused, Workflow, commands, to_dict
from poec_workflow.adapters.sql import SqlStorage

from .problems import language
from .tables import reports


class Absence(BaseModel):
    """The body that `record_absence` reads, as strictly as the workflow reads its own."""

    model_config = ConfigDict(strict=True, extra="forbid")
    notified: bool
    comment: str = ""


async def caller(x_organization: Annotated[str, Header()]) -> Actor:
    """On whose behalf: the gateway in front of this service authenticated them, and says so in a header."""
    return Actor(kind="organization", organization=x_organization)


Caller = Annotated[Actor, Depends(caller)]
Language = Annotated[str, Depends(language)]


def router(engine: AsyncEngine, workflow: Workflow, *, keep_refused: bool) -> APIRouter:
    """The views on the service's engine, and on a workflow that has connections of its own for what does not join."""
    views = APIRouter()

    @views.post("/applications/{application}/absence")
    async def record_absence(application: str, absence: Absence, actor: Caller) -> dict[str, Any]:
        """Report and command are stored together, or neither is; a service may keep the reports that were refused."""
        report = {"application": application, "organization": actor.organization, "comment": absence.comment}
        command = commands.RecordAbsence(application, notified=absence.notified)
        async with engine.begin() as connection:
            row = await connection.scalar(reports.insert().values(report).returning(reports.c.id))
            try:
                accepted = await connection.run_sync(
                    lambda joined: workflow.using(SqlStorage.joined(joined)).execute(command, actor)
                )
            except CommandRefused:
                if keep_refused:
                    await connection.commit()  # a refused command changed nothing: the report alone stays
                raise
            await connection.execute(reports.update().filter_by(id=row).values(outcome=accepted.subject.state))
        return to_dict(accepted.subject)

    # The readers are plain functions: FastAPI runs them in threads, where waiting for the database is no harm.

    @views.get("/applications/{application}/explanation")
    def explain(application: str, actor: Caller, lang: Language) -> list[dict[str, Any]]:
        """Every command to the application: allowed, or every reason why not."""
        return [each.to_dict(lang) for each in workflow.explain(application, actor)]

    @views.get("/dashboard")
    def dashboard(actor: Caller) -> dict[str, Any]:
        """The caller's organisation, and no other's: who may look is for the service to say."""
        return to_dict(workflow.dashboard(actor.organization))

    return views

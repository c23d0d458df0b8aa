"""What is the service's own: who calls, and its three views. The workflow's come ready."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from poec_workflow import Actor, Application, Workflow, commands
from poec_workflow.contrib.fastapi import (
    Caller,
    CommandBody,
    Preconditions,
    UnitOfWork,
    Wire,
    WorkflowDependency,
    entity_tag,
    preconditions,
)

from .tables import reports


class Absence(BaseModel):
    """The body that `report_absence` reads, as strictly as the workflow reads its own."""

    model_config = ConfigDict(strict=True, extra="forbid")
    notified: bool
    comment: str = ""


def caller(x_organization: Annotated[str, Header(min_length=1, max_length=64)]) -> Caller:
    """On whose behalf: the gateway in front of this service authenticated them, and says so in a header."""
    return Caller(Actor(kind="organization", organization=x_organization), sees=x_organization)


By = Annotated[Caller, Depends(caller)]
Asked = Annotated[Preconditions, Depends(preconditions)]
Convocation = Annotated[commands.Convoke, CommandBody(commands.Convoke, path=["application"])]


def own_routes(engine: AsyncEngine, workflow: Workflow, *, keep_refused: bool) -> APIRouter:
    """The views on the service's engine."""
    views = APIRouter()
    Unit = Annotated[  # noqa: N806 - a type
        UnitOfWork[AsyncConnection], WorkflowDependency(engine, workflow, keep_refused=keep_refused)
    ]

    @views.post("/applications/{application}/absence")
    async def report_absence(application: str, absence: Absence, by: By, unit: Unit) -> Wire[Application]:
        """Report and command are stored together, or neither is; a service may keep the reports that were refused."""
        report = {"application": application, "organization": by.sees, "comment": absence.comment}
        row = await unit.connection.scalar(reports.insert().values(report).returning(reports.c.id))
        accepted = await unit.execute(commands.RecordAbsence(application, notified=absence.notified), by.actor)
        await unit.connection.execute(reports.update().filter_by(id=row).values(outcome=accepted.subject.state))
        return accepted.subject

    @views.post("/applications/{application}/convocation")  # noqa: FAST003 - the body's reader takes it
    async def convoke(
        convocation: Convocation, asked: Asked, by: By, unit: Unit, answer: Response
    ) -> Wire[Application]:
        """The body is the command without its reference, which the path says."""
        accepted = await unit.execute(convocation, by.actor, key=asked.key, expected_version=asked.expected_version)
        answer.headers["ETag"] = entity_tag(accepted.subject.version)
        return accepted.subject

    @views.get("/reports")
    async def own_reports(by: By, unit: Unit) -> list[dict[str, Any]]:
        """The reports of the caller's organisation."""
        rows = await unit.connection.execute(reports.select().filter_by(organization=by.sees).order_by(reports.c.id))
        return [dict(each) for each in rows.mappings()]

    return views

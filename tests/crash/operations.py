"""What is done while things go wrong: every kind of command, each cascade, the sweep, and every migration.

One small town has a subject ready for each. What is overdue is so because the operation's clock is late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from attrs import evolve, fields, frozen

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, retaining, workflow_with_session
from poec_workflow import Actor, Request, Settings, Workflow, commands, sweep
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.revisions import REVISIONS, RevisionChain
from poec_workflow.commands import Command
from poec_workflow.decider import Accepted, Refused
from poec_workflow.importing import ImportRow
from poec_workflow.model import SYSTEM, ActionState, ApplicationState, SessionState
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from stores import later

Answer = Accepted | Refused | None
KEY = "sent again"
LATE = NOW + timedelta(days=151)
EMPTY, TOWN, VERSIONED, UNVERSIONED = "empty", "town", "versioned", "unversioned"
"""What a database is like: with nothing in it, the town, the town to be migrated, and that from before revisions."""


@frozen(kw_only=True)
class Operation:
    """Something that is done, and can be done again.

    Attributes:
        name: what the figures call it.
        act: does it; a command answers.
        base: the database that it is done on.
        chain: the release that does it.
        first: whether it is the first that this release does on the database, and makes what it needs.
    """

    name: str
    act: Callable[[SqlStorage], Answer]
    base: str = TOWN
    chain: RevisionChain = REVISIONS
    first: bool = False


def fill_database(storage: SqlStorage) -> None:
    """Actions, sessions and applications in every state that a command starts from."""
    workflow = workflow_with_session(storage, seats=3, coefficient=5)
    for number, seats in ((2, 1), (3, 1), (4, 1)):
        workflow.execute(opening(f"S-{number}", seats=seats, coefficient=5), PLATFORM)
    for session, numbers in (("S-1", range(1, 6)), ("S-2", (21, 22, 23)), ("S-3", (31,)), ("S-4", (41, 42))):
        for each in numbers:
            workflow.execute(registering(each, session), ADVISER)
    asked: list[Command] = [
        commands.Convoke("C-2", on=date(2021, 11, 20)),
        *retaining(3)[:2],
        *_absent(4, 1),
        *_absent(5, 2),
        commands.Convoke("C-5", on=date(2021, 11, 27)),
        *retaining(21),
        commands.Convoke("C-23", on=date(2021, 11, 20)),
        *retaining(31),
        commands.DeclareSessionFull("S-3"),
        *retaining(41)[:2],
    ]
    for command in asked:
        workflow.execute(command, TRAINER)
    workflow.execute(commands.SetCapacity("S-3", capacity=2), PLATFORM)
    for reference, more in (("A-2", [commands.PublishAction("A-2")]), ("A-3", []), ("A-4", _archived("A-4"))):
        made = commands.CreateAction(reference, title="[POEC] Soudeur", funder="OPCO", responsible="RESP")
        for command in (made, *more):
            workflow.execute(command, PLATFORM)
    workflow.execute(commands.EnrichAction("A-2", changes={"certification": "CléA"}), PLATFORM)


def _absent(number: int, times: int) -> list[Command]:
    days = [date(2021, 11, 20) + timedelta(days=each) for each in range(times)]
    reference = f"C-{number}"
    return [
        each
        for day in days
        for each in (commands.Convoke(reference, on=day), commands.RecordAbsence(reference, notified=True))
    ]


def _archived(reference: str) -> list[Command]:
    return [commands.PublishAction(reference), commands.ArchiveAction(reference)]


AUTOMATIC = Settings(close_when_full="automatic")


def asking(
    name: str,
    command: Command,
    actor: Actor,
    *,
    late: bool = False,
    settings: Settings | None = None,
    key: str | None = KEY,
) -> Operation:
    """A command, sent with its key."""
    request = Request(command=command, actor=actor, key=key)

    def act(storage: SqlStorage) -> Answer:
        clock = SettableClock(LATE if late else NOW)
        return Workflow(storage, clock=clock, settings=settings or Settings()).submit(request)

    return Operation(name=name, act=act)


def _of_applications() -> list[Operation]:
    day = date(2021, 11, 25)
    return [
        asking("preregister", registering(9), ADVISER),
        asking("convoke", commands.Convoke("C-1", on=day), TRAINER),
        asking("convoke again", commands.Convoke("C-4", on=day), TRAINER),
        asking("move-convocation", commands.MoveConvocation("C-2", on=day, place="Agen"), TRAINER),
        asking("record-presence", commands.RecordPresence("C-2"), TRAINER),
        asking("record-absence with notice", commands.RecordAbsence("C-2", notified=True), TRAINER),
        asking("record-absence at the last", commands.RecordAbsence("C-5", notified=True), TRAINER),
        asking("record-absence without notice", commands.RecordAbsence("C-2", notified=False), TRAINER),
        asking("correct-attendance", commands.CorrectAttendance("C-3"), TRAINER),
        asking("retain", retaining(3)[2], TRAINER),
        asking("retain, closing", retaining(41)[2], TRAINER, settings=AUTOMATIC),
        asking("reject", commands.Reject("C-3", motive="profile", reason="prerequisites-not-met"), TRAINER),
        asking("withdraw", commands.Withdraw("C-1", reason="found-employment"), ADVISER),
        asking("expire", commands.Expire("C-1"), SYSTEM, late=True),
        # These two end applications in a session's command alone; sent by themselves they are refused.
        asking("refuse-session-full, refused", commands.RefuseSessionFull("C-1"), SYSTEM),
        asking("cancel, refused", commands.Cancel("C-1"), SYSTEM),
    ]


def _of_sessions() -> list[Operation]:
    moved = commands.RescheduleSession(
        "S-1",
        start=date(2022, 1, 3),
        end=date(2022, 4, 1),
        registration_deadline=date(2022, 1, 3),
        late_entry_deadline=date(2022, 1, 7),
    )
    cancelled = commands.CancelSession("S-1", reason="Trop peu d'inscrits")
    return [
        asking("create-session", opening("S-9"), PLATFORM),
        asking("set-registration-deadline", commands.SetRegistrationDeadline("S-1", on=date(2021, 12, 1)), TRAINER),
        asking("set-coefficient", commands.SetCoefficient("S-1", coefficient=4), TRAINER),
        asking("set-capacity", commands.SetCapacity("S-1", capacity=20), PLATFORM),
        asking("set-information-dates", commands.SetInformationDates("S-1", dates=(date(2021, 11, 1),)), TRAINER),
        asking("reschedule-session", moved, PLATFORM),
        asking("reschedule-session, overdue", moved, PLATFORM, late=True),
        asking("reassign-session", commands.ReassignSession("S-1", trainer="OTHER"), PLATFORM),
        asking("correct-session", commands.CorrectSession("S-1", place="Pau"), PLATFORM),
        asking("declare-session-full", commands.DeclareSessionFull("S-2"), TRAINER),
        asking("declare-session-full, overdue", commands.DeclareSessionFull("S-2"), TRAINER, late=True),
        asking("reopen-session", commands.ReopenSession("S-3"), TRAINER),
        asking("cancel-session", cancelled, PLATFORM),
        asking("cancel-session, overdue", cancelled, PLATFORM, late=True),
    ]


def _of_actions() -> list[Operation]:
    made = commands.CreateAction("A-9", title="[POEC] Soudeur", funder="OPCO", responsible="RESP")
    texts = {"programme": "Gestes et postures", "certification": "CléA"}
    return [
        asking("create-action", made, PLATFORM),
        asking("enrich-action", commands.EnrichAction("A-1", changes=texts), PLATFORM),
        asking("approve-certification", commands.ApproveCertification("A-2"), PLATFORM),
        asking("decline-certification", commands.DeclineCertification("A-2"), PLATFORM),
        asking("publish-action", commands.PublishAction("A-3"), PLATFORM),
        asking("archive-action", commands.ArchiveAction("A-2"), PLATFORM),
        asking("archive-action, overdue", commands.ArchiveAction("A-1"), PLATFORM, late=True),
        asking("restore-action", commands.RestoreAction("A-4"), PLATFORM),
        asking("delete-action", commands.DeleteAction("A-3"), PLATFORM),
        asking("correct-action", commands.CorrectAction("A-1", responsible="OTHER"), PLATFORM),
        asking("delete-action, overdue", commands.DeleteAction("A-1"), PLATFORM, late=True),
    ]


def _swept(storage: SqlStorage) -> None:
    for _ in sweep.batches(storage, LATE, Settings(), size=4):
        pass


def _erased(storage: SqlStorage) -> None:
    Workflow(storage, clock=SettableClock(NOW)).erase_candidate("P-2")


def _taken_over() -> list[Command]:
    """What an import brings: under what is there, and under what it brings itself."""
    known = {"funder": "OPCO", "responsible": "RESP", "state": ActionState.PUBLISHED}
    action = commands.ImportAction("A-9", title="[POEC] Soudeur", **known)  # type: ignore[arg-type]
    return [*(_applied(number, of) for number, of in ((91, "S-1"), (92, "S-9"), (93, "S-9"))), _session("A-9"), action]


def _session(action: str) -> commands.ImportSession:
    dates: dict[str, Any] = {each.name: getattr(opening("S-9"), each.name) for each in fields(commands.CreateSession)}
    return commands.ImportSession(**{**dates, "action": action, "state": SessionState.ACTIVE})


def _applied(number: int, session: str) -> commands.ImportApplication:
    made = registering(number, session)
    return commands.ImportApplication(
        made.application,
        session=session,
        candidate=made.candidate,
        prescriber=made.prescriber,
        state=ApplicationState.PENDING,
        registered_at=NOW,
    )


def _imported(storage: SqlStorage) -> None:
    """An import in batches of two; done again it goes on."""
    rows = [ImportRow(line, each) for line, each in enumerate(_taken_over(), 1)]
    report = Workflow(storage, clock=SettableClock(NOW)).import_(rows, PLATFORM, batch=2)
    assert report.stored
    assert sum(report.imported.values()) + sum(report.unchanged.values()) == len(rows)


def _of_imports() -> list[Operation]:
    first, *_, action = _taken_over()
    return [
        asking("import-application", first, PLATFORM),
        asking("import-session", _session("A-1"), PLATFORM),
        asking("import-action", action, PLATFORM),
        Operation(name="import of a file", act=_imported),
    ]


def _upgraded(storage: SqlStorage) -> None:
    storage.create()


def _of_time_and_people() -> list[Operation]:
    return [Operation(name="sweep", act=_swept), Operation(name="erase a candidate", act=_erased)]


def migrations(place: Path) -> list[Operation]:
    """`store upgrade` of every database that it may find, by this release and by a later one; and a first command."""
    release = later(place)
    made = asking("", commands.CreateAction("A-9", title="[POEC] ", funder="OPCO", responsible="RESP"), PLATFORM)
    return [
        Operation(name="upgrade, empty", act=_upgraded, base=EMPTY, first=True),
        Operation(name="upgrade, unversioned", act=_upgraded, base=UNVERSIONED, first=True),
        Operation(name="upgrade, empty, later release", act=_upgraded, base=EMPTY, chain=release, first=True),
        Operation(name="upgrade, later release", act=_upgraded, base=VERSIONED, chain=release, first=True),
        Operation(
            name="upgrade, unversioned, later release", act=_upgraded, base=UNVERSIONED, chain=release, first=True
        ),
        evolve(made, name="first command, empty", base=EMPTY, first=True),
    ]


def operations(place: Path) -> Sequence[Operation]:
    """All of them; the later release's scripts are put into a folder."""
    kinds = (_of_applications(), _of_sessions(), _of_actions(), _of_imports(), _of_time_and_people(), migrations(place))
    return [each for kind in kinds for each in kind]

"""The service, through FastAPI's own client, with the workflow's clock standing still."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from service.app import create_app
from sqlalchemy.exc import DatabaseError

from poec_workflow import Workflow, machines, to_dict
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock

TOWN = Path(__file__).parents[1] / "town.jsonl"
CLOCK = SettableClock(datetime(2039, 11, 20, 9, tzinfo=UTC))
WITH_NOTICE, WITHOUT_NOTICE = {"notified": True, "comment": "ill"}, {"notified": False}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the service's database is."""
    return tmp_path / "service.db"


@pytest.fixture
def workflow(file: Path) -> Iterator[Workflow]:
    """Another process's view of two applications: C-1 is convoked in two days, C-2 is not yet."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow = Workflow(storage, clock=CLOCK)
        workflow.execute_many([journal_line(line) for line in TOWN.read_bytes().splitlines()])
        yield workflow


@pytest.fixture
def start(file: Path, workflow: Workflow) -> Iterator[Callable[..., TestClient]]:  # noqa: ARG001 - its file
    """Starts the service, on behalf of AFEC."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(
            TestClient(create_app(str(file), CLOCK, **options), headers={"X-Organization": "AFEC"})
        )


@pytest.fixture
def client(start: Callable[..., TestClient]) -> TestClient:
    """The service as it comes."""
    return start()


def absence(client: TestClient, application: str, body: object, **headers: str) -> Response:
    """Report an absence."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/applications/{application}/absence", json=body, headers=headers)


def reported(file: Path) -> list[tuple[str, str, str | None]]:
    """What the service stored of its own."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT application, comment, outcome FROM reports ORDER BY id").fetchall()


def test_report_and_command_are_committed_together(client: TestClient, file: Path, workflow: Workflow) -> None:
    """Other connections see both."""
    answer = absence(client, "C-1", WITH_NOTICE)
    assert (answer.status_code, answer.json()["state"]) == (200, "absent")
    assert reported(file) == [("C-1", "ill", "absent")]
    assert workflow.application("C-1").state == "absent"


REFUSED = {
    "not-permitted": ("C-1", WITH_NOTICE, "ELSEWHERE", 403),
    "unknown-application": ("C-9", WITH_NOTICE, "AFEC", 404),
    "no-transition": ("C-2", WITH_NOTICE, "AFEC", 409),
    "convocation-not-due": ("C-1", WITHOUT_NOTICE, "AFEC", 422),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refused_command_leaves_neither(client: TestClient, file: Path, workflow: Workflow, code: str) -> None:
    """Each kind of refusal has its status and its codes, and takes the report back that was written before it."""
    application, body, organization, status = REFUSED[code]
    answer = absence(client, application, body, X_Organization=organization)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert [each["code"] for each in answer.json()["refusals"]] == [code]
    assert reported(file) == []
    assert [workflow.application(each).state for each in ("C-1", "C-2")] == ["convoked", "pending"]


def test_a_service_may_keep_what_was_refused(start: Callable[..., TestClient], file: Path, workflow: Workflow) -> None:
    """A refused command leaves the transaction as it was: committing it keeps the report, and nothing else."""
    answer = absence(start(keep_refused=True), "C-1", WITHOUT_NOTICE)
    assert answer.status_code == 422
    assert reported(file) == [("C-1", "", None)]
    assert workflow.application("C-1").state == "convoked"


def test_a_failing_write_of_ours_takes_the_command_back(client: TestClient, file: Path, workflow: Workflow) -> None:
    """The report's second write fails after the command was carried out."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TRIGGER failing BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(DatabaseError):
        absence(client, "C-1", WITH_NOTICE)
    assert reported(file) == []
    assert workflow.application("C-1").state == "convoked"


def test_malformed_input_is_a_problem_that_names_every_place(client: TestClient, file: Path) -> None:
    """Nothing is guessed, and all faults come at once; FastAPI's and the workflow's look the same."""
    answer = absence(client, "C-1", {"notified": "yes", "reason": "?"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert {each["place"] for each in answer.json()["faults"]} == {"$.notified", "$.reason"}
    answer = client.post("/applications/C-1/absence", content="{")
    assert [each["place"] for each in answer.json()["faults"]] == ["$"]
    longest = absence(client, "C" * 65, WITH_NOTICE)
    assert longest.status_code == 400
    assert [each["place"] for each in longest.json()["faults"]] == ["$.command.application"]
    assert reported(file) == []


def test_a_refusal_speaks_the_callers_language(client: TestClient) -> None:
    """French, unless Accept-Language names English first."""
    french = absence(client, "C-9", WITH_NOTICE).json()["title"]
    english = absence(client, "C-9", WITH_NOTICE, Accept_Language="de, en-GB;q=0.8, fr;q=0.5").json()["title"]
    assert (french, english) == ("Introuvable", "Not found")


def test_explain_lists_every_command(client: TestClient) -> None:
    """Those that are allowed have no refusals."""
    answer = {each["command"]: each["refusals"] for each in client.get("/applications/C-1/explanation").json()}
    lifecycle = machines.APPLICATION
    assert set(answer) == {each.type for each in lifecycle.by_command if not lifecycle.creates(each)}
    assert answer["record-absence"] == []
    assert [each["code"] for each in answer["retain"]] == ["no-transition"]
    assert client.get("/applications/C-9/explanation").status_code == 404


def test_dashboard_is_the_workflows(client: TestClient, workflow: Workflow) -> None:
    """As JSON, and the caller's own."""
    answer = client.get("/organizations/AFEC/dashboard")
    assert answer.json() == to_dict(workflow.dashboard("AFEC"))
    assert answer.json()["rows"][0]["pending"] == 2
    assert client.get("/organizations/AFEC/dashboard", headers={"X-Organization": "ELSEWHERE"}).status_code == 403


def test_convocation_is_for_the_version_that_the_caller_saw(client: TestClient) -> None:
    """The second of two clerks is told, and a command sent again gets its first answer."""
    path, body = "/applications/C-2/convocation", {"on": "2039-11-25", "place": "Agen"}
    seen = client.get("/applications/C-2").headers["ETag"]
    first = client.post(path, json=body, headers={"If-Match": seen, "Idempotency-Key": '"7f0c"'})
    again = client.post(path, json=body, headers={"If-Match": seen, "Idempotency-Key": '"7f0c"'})
    assert first.json() == again.json()
    assert (first.status_code, first.json()["state"], first.headers["ETag"]) == (200, "convoked", '"2"')
    late = client.post(path, json={"on": "2039-11-26"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["refusals"][0]["code"]) == (412, "stale-version")


def test_a_service_reads_its_own_rows(client: TestClient) -> None:
    """Of the caller's organisation, and of no other."""
    absence(client, "C-1", WITH_NOTICE)
    assert [each["comment"] for each in client.get("/reports").json()] == ["ill"]
    assert client.get("/reports", headers={"X-Organization": "ELSEWHERE"}).json() == []

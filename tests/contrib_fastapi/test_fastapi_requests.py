"""FastAPI's requests: languages, problems, headers, bodies and query strings, read as strictly as a journal."""

import gzip
import json
from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from attrs import evolve
from fastapi import Body, Depends, FastAPI, Header, HTTPException, Query, Response
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate
from pydantic import BaseModel

from fastapi_hosts import ADVISER, AFEC, NOW, TOWN, registration
from poec_workflow import Application, Page, Settings, Workflow, commands, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.contrib.fastapi import (
    EVERYTHING,
    Caller,
    CommandBody,
    ListQuery,
    Preconditions,
    QueryOf,
    Wire,
    entity_tag,
    install_problems,
    preconditions,
    preferred_language,
    router,
)
from poec_workflow.errors import Conflict, Malformed, SchemaOutdated, StorageUnavailable
from poec_workflow.model import Actor
from poec_workflow.schemas import components
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.views import ActionFilter, ApplicationFilter, ApplicationRow, SessionFilter, SessionRow

CALLERS: Mapping[str, Caller] = {
    "AFEC": Caller(AFEC, sees="AFEC"),
    "FT-AGEN": Caller(ADVISER, sees="FT-AGEN"),
    "ELSEWHERE": Caller(Actor(kind="organization", organization="ELSEWHERE"), sees="ELSEWHERE"),
    "CAP": Caller(Actor(kind="platform", organization="CAP"), sees=EVERYTHING),
    "P-1": Caller(Actor(kind="candidate", candidate="P-1"), sees="ELSEWHERE"),
    "P-2": Caller(Actor(kind="candidate", candidate="P-2"), sees="ELSEWHERE"),
}
PRESENT = {"type": "record-absence", "application": "C-1", "notified": True}


def caller(who: Annotated[str, Header()] = "AFEC") -> Caller:
    """Who calls, as the tests have it."""
    return CALLERS[who]


def town() -> Workflow:
    """Two applications: C-1 is convoked, C-2 is not yet."""
    made = Workflow(MemoryStorage(), clock=SettableClock(NOW))
    made.execute_many([journal_line(each) for each in TOWN.read_bytes().splitlines()])
    return made


def service(workflow: Workflow) -> FastAPI:
    """A service of the ready routes."""
    made = FastAPI()
    made.include_router(router(workflow, caller))
    install_problems(made, workflow)
    return made


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """One for all tests that change nothing: it takes a while to make."""
    return service(town())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    """Which gets the answer of what failed, too."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def fresh() -> TestClient:
    """For a test that changes something."""
    return TestClient(service(town()), raise_server_exceptions=False)


def places(answer: Any) -> set[str]:
    """The places of the faults of a malformed request."""
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), answer.text
    assert answer.json()["type"] == "urn:poec-workflow:problem:malformed"
    return {each["place"] for each in answer.json()["faults"]}


def codes(answer: Any) -> list[str]:
    """The codes of a refusal."""
    return [each["code"] for each in answer.json()["refusals"]]


# Languages


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "fr"),
        ("", "fr"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("fr-CA, en;q=0.9", "fr"),
        ("fr;q=0.5, en;q=0.6", "en"),
        ("en;q=0.5, fr;q=0.5", "en"),
        ("de, en-GB;q=0.8, fr;q=0.5", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("fr;q=0, *", "en"),
        ("*;q=0.1, en;q=0.2", "en"),
        ("en;q=0", "fr"),
        ("fr;q=0, en;q=0", "fr"),
        ("en ; q=1.000", "en"),
        ("en;Q=0.2,fr;q=0.1", "en"),
        ("en;q=2, fr;q=0.1", "fr"),
        ("english, fr", "fr"),
        ("en_GB", "fr"),
        (";;;,,,q=1", "fr"),
        ("en;level=1", "fr"),
        ("de," * 60 + "en", "fr"),
    ],
)
def test_the_language_is_the_one_with_the_highest_weight(header: str | None, language: str) -> None:
    """Of equal ones the first that is named; French where none of ours is, and unreadable parts name none."""
    assert preferred_language(header) == language


@given(st.text(max_size=200))
def test_any_header_has_a_language(header: str) -> None:
    """Whatever a caller sends."""
    assert preferred_language(header) in {"fr", "en"}


def test_a_header_may_stand_twice(client: TestClient) -> None:
    """As one list, as HTTP has it."""
    headers = [("accept-language", "de"), ("accept-language", "en")]
    answer = client.get("/applications/C-9", headers=headers)
    assert (answer.json()["title"], answer.headers["content-language"]) == ("Not found", "en")
    assert answer.headers["vary"] == "Accept-Language"


# Problems

RAISED: Mapping[str, tuple[Exception, int, str | None]] = {
    "malformed": (Malformed.at("$.on", "expected a date"), 400, None),
    "busy": (Conflict("a lock on 10.0.0.7"), 409, "1"),
    "unavailable": (StorageUnavailable("no route to 10.0.0.7"), 503, "5"),
    "outdated": (SchemaOutdated("revision 0004 on 10.0.0.7"), 503, None),
}


def raising(error: Exception) -> TestClient:
    """A client of a service whose one view raises."""
    app = FastAPI()
    install_problems(app)

    @app.get("/")
    def view() -> None:
        raise error

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("kind", RAISED)
def test_each_failure_is_a_problem(kind: str) -> None:
    """With its status, and when to come again where that helps; a failing storage names no host to the caller."""
    error, status, wait = RAISED[kind]
    answer = raising(error).get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers.get("retry-after") == wait
    assert (answer.json()["type"], answer.json()["status"]) == (f"urn:poec-workflow:problem:{kind}", status)
    assert "10.0.0.7" not in answer.text or status < 500


def test_what_is_unforeseen_is_a_problem_without_details() -> None:
    """And is raised again, for whoever logs it."""
    answer = raising(ValueError("secret")).get("/", headers={"Accept-Language": "en"})
    assert answer.json() == {"type": "about:blank", "title": "Internal error", "status": 500}
    with pytest.raises(ValueError, match="secret"):
        TestClient(raising(ValueError("secret")).app).get("/")


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (HTTPException(404), {"title": "Introuvable"}),
        (HTTPException(418), {"title": "I'm a Teapot"}),
        (HTTPException(499), {"title": "499"}),
        (HTTPException(409, "Le dossier est clos."), {"title": "Conflit", "detail": "Le dossier est clos."}),
        (
            HTTPException(409, {"type": "/closed", "title": "Clos", "by": "M"}),
            {"type": "/closed", "title": "Clos", "by": "M"},
        ),
        (HTTPException(409, {"status": 200}), {"title": "Conflit"}),
        (HTTPException(422, ["a", "b"]), {"title": "Demande refusée", "errors": ["a", "b"]}),
    ],
)
def test_an_http_exception_is_a_problem(error: HTTPException, members: Mapping[str, object]) -> None:
    """What its detail says is kept; its status is its own."""
    answer = raising(error).get("/")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", **members, "status": error.status_code}
    assert answer.status_code == error.status_code


def test_headers_of_an_exception_are_kept_and_204_has_no_body() -> None:
    """As FastAPI does."""
    answer = raising(HTTPException(401, headers={"WWW-Authenticate": "Bearer"})).get("/")
    assert answer.headers["www-authenticate"] == "Bearer"
    empty = raising(HTTPException(304, headers={"ETag": '"1"'})).get("/")
    assert (empty.status_code, empty.content, empty.headers["etag"]) == (304, b"", '"1"')


def test_what_no_route_answers_is_a_problem(client: TestClient) -> None:
    """Unknown paths and methods, with the methods that there are."""
    assert client.get("/nowhere").headers["content-type"] == "application/problem+json"
    answer = client.get("/commands")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_fastapi_can_not_read_is_malformed() -> None:
    """With every place as the wire format writes it, in body, query and header."""

    class Item(BaseModel):
        on: list[int]

    app = FastAPI()
    install_problems(app)

    @app.post("/{number}")
    def view(
        number: int,
        item: Item,
        convocation: Annotated[Wire[commands.Convoke], Body()],
        limit: Annotated[int, Query()],
        x_who: Annotated[str, Header()],
    ) -> None:
        """Anything."""

    body = {"item": {"on": [1, "x"]}, "convocation": {"application": "C", "on": "tomorrow", "odd key": 1}}
    answer = TestClient(app).post("/x", params={"limit": "y"}, json=body)
    expected = {
        "path.number",
        "query.limit",
        "header.x-who",
        "$.item.on[1]",
        "$.convocation.on",
        '$.convocation["odd key"]',
    }
    assert places(answer) == expected
    assert places(TestClient(app).post("/1?limit=1", json=[], headers={"X-Who": "M"})) == {"$.item", "$.convocation"}


# Bodies


MALFORMED: Mapping[bytes, set[str]] = {
    b"": {"$"},
    b"{": {"$"},
    b"null": {"$"},
    b"[]": {"$"},
    b"\xff": {"$"},
    b"\xef\xbb\xbf{}": {"$"},
    b"NaN": {"$"},
    b"{}": {"$.type"},
    b'{"type": "no-such"}': {"$.type"},
    b'{"type": 3}': {"$.type"},
    b'{"type": "expire", "application": ""}': {"$.application"},
    b'{"type": "expire", "application": "C-1", "application": "C-2"}': {"$.application"},
    b'{"type": "expire", "application": "C-1", "odd": 1}': {"$.odd"},
    b'{"type": "set-capacity", "session": "S", "capacity": 2.0}': {"$.capacity"},
    b'{"type": "set-capacity", "session": "S", "capacity": true}': {"$.capacity"},
    b'{"type": "set-capacity", "session": "S", "capacity": 1e400}': {"$.capacity"},
    b'{"type": "set-capacity", "session": "S", "capacity": ' + b"9" * 5000 + b"}": {"$"},
    b'{"type": "record-absence", "application": "C-1", "notified": 1, "x": 2}': {"$.notified", "$.x"},
    b'{"type": "withdraw", "application": "C-1", "reason": "\\ud800"}': {"$.reason"},
    b'{"type": "withdraw", "application": "C-1", "reason": "\\u0000"}': {"$.reason"},
}


@pytest.mark.parametrize("body", MALFORMED)
def test_a_body_is_read_as_strictly_as_a_journal(client: TestClient, body: bytes) -> None:
    """Whatever is malformed names its places, all of them."""
    answer = client.post("/commands", content=body, headers={"Content-Type": "application/json"})
    assert places(answer) == MALFORMED[body]


def test_a_deep_body_is_refused(client: TestClient) -> None:
    """It is malformed, and no fault of the service's."""
    body = b'{"type": "enrich-action", "action": "A", "changes": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
    answer = client.post("/commands", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/merge-patch+json", 200),
        ("text/plain", 415),
        ("text/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/", 415),
        ("json", 415),
        (None, 415),
    ],
)
def test_a_body_is_said_to_be_json(client: TestClient, kind: str | None, status: int) -> None:
    """Anything else is 415, so that no form of another site is a command."""
    headers = {} if kind is None else {"Content-Type": kind}
    answer = client.post("/previews", content=json.dumps(PRESENT), headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.headers["accept"] == "application/json"


def test_a_compressed_body_is_none_of_ours(client: TestClient) -> None:
    """415, and what is taken; not a fault of the JSON, which nobody saw."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = client.post("/previews", content=gzip.compress(json.dumps(PRESENT).encode()), headers=headers)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_longer_than_any_command_is_refused(client: TestClient) -> None:
    """413."""
    body = json.dumps({**PRESENT, "x": "y" * 2_200_000})
    assert client.post("/commands", content=body, headers={"Content-Type": "application/json"}).status_code == 413


def test_a_command_may_have_its_reference_in_the_path() -> None:
    """The body has neither it nor a type; faults of the path are named as such, and OpenAPI shows the rest."""
    app = FastAPI()
    install_problems(app)

    @app.post("/applications/{application}/convocation")
    def view(application: str, command: Annotated[Command, CommandBody(commands.Convoke, path=["application"])]) -> Any:
        return {**to_dict(command), "also": application}

    client = TestClient(app)
    assert client.post("/applications/C-1/convocation", json={"on": "2039-11-22"}).json()["application"] == "C-1"
    assert places(client.post("/applications/C-1/convocation", json={"on": "x", "application": "C-2"})) == {
        "$.on",
        "$.application",
    }
    assert places(client.post(f"/applications/{'C' * 65}/convocation", json={"on": "2039-11-22"})) == {
        "path.application"
    }
    operation = app.openapi()["paths"]["/applications/{application}/convocation"]["post"]
    shown = operation["requestBody"]["content"]["application/json"]["schema"]
    assert (set(shown["properties"]), shown["required"]) == ({"type", "on", "time", "place"}, ["on"])
    validate(app.openapi())


@pytest.mark.parametrize("command", [commands.Convoke, Command])
def test_a_path_names_fields_of_the_command(command: type[Command]) -> None:
    """A misspelt one is said when the service is made; a command of any type has none that is known."""
    with pytest.raises(TypeError, match=f"{command.__name__} has no field applicaton"):
        CommandBody(command, path=["applicaton"])


# Keys and versions


def commanded(client: TestClient, headers: Any = None, body: Any = None) -> Any:
    """The answer to a command."""
    return client.post("/commands", json=PRESENT if body is None else body, headers=headers)


@pytest.mark.parametrize("other", ["7f0c", '"7f0c"', ' "7f0c" '])
def test_a_command_sent_again_with_its_key_gets_its_first_answer(fresh: TestClient, other: str) -> None:
    """Whether the key stands in quotes or not."""
    first = commanded(fresh, {"Idempotency-Key": '"7f0c"'})
    again = commanded(fresh, {"Idempotency-Key": other})
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    assert first.json()["subject"] == again.json()["subject"]
    assert codes(commanded(fresh, {"Idempotency-Key": "7f0c"}, {**PRESENT, "application": "C-2"})) == ["key-reused"]


@pytest.mark.parametrize("key", ["", '"', '""', '"a', '"a"b"', '"a";p=1', "é", '"\\a"', "k" * 10_001])
def test_a_key_that_is_none_is_malformed(client: TestClient, key: str) -> None:
    """Rather than no key: the command would be carried out twice."""
    assert places(commanded(client, {"Idempotency-Key": key.encode("latin-1")})) == {"header.Idempotency-Key"}


def test_the_version_is_the_entity_tag(fresh: TestClient) -> None:
    """A command for another one is stale; the tag of the answer is that of the next."""
    seen = fresh.get("/applications/C-1").headers["etag"]
    done = commanded(fresh, {"If-Match": seen})
    assert (seen, done.status_code, done.headers["etag"]) == ('"2"', 200, '"3"')
    late = commanded(fresh, {"If-Match": seen})
    assert (late.status_code, codes(late)) == (412, ["stale-version"])
    assert commanded(fresh, {"If-Match": "*"}).status_code == 409


def test_if_none_match_creates(fresh: TestClient) -> None:
    """`*` expects that the subject does not exist; for a reader it is the version that they have."""
    create = {"type": "create-action", "action": "A9", "title": "[POEC] T", "funder": "F", "responsible": "AFEC"}
    headers = {"If-None-Match": "*", "who": "CAP"}
    made = fresh.post("/commands", json=create, headers=headers)
    assert made.status_code == 200
    again = fresh.post("/commands", json=create, headers=headers)
    assert (again.status_code, codes(again)) == (412, ["stale-version"])


@pytest.mark.parametrize("tag", ["3", 'W/"2"', '"x"', '"0"', '"2", "3"', '"02"', '"99999999999"', '"2" x', "**"])
def test_a_version_that_is_none_is_malformed(client: TestClient, tag: str) -> None:
    """Nothing is guessed."""
    assert places(commanded(client, {"If-Match": tag})) == {"header.If-Match"}


def test_faults_of_headers_come_all_at_once(client: TestClient) -> None:
    """A header that stands twice is a fault, and two that contradict each other are."""
    headers = [("if-match", '"2"'), ("if-none-match", "*"), ("idempotency-key", "a"), ("idempotency-key", "b")]
    assert places(commanded(client, headers)) == {"header.If-None-Match", "header.Idempotency-Key"}


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"2"', 304), ('W/"2"', 304), ("*", 304), ('"1", W/"2"', 304), ('"3"', 200), ('"22"', 200), ("2", 200), ("", 200)],
)
def test_who_has_the_version_reads_nothing_new(client: TestClient, tag: str, status: int) -> None:
    """304 with the tag, and no body."""
    answer = client.get("/applications/C-1", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (status, entity_tag(2))
    assert bool(answer.content) == (status == 200)


# Query strings


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tab=x", {"query.tab"}),
        ("tab=", {"query.tab"}),
        ("tab=current&tab=ended", {"query.tab"}),
        ("states=pending&states=x", {"query.states[1]"}),
        ("published=1", {"query.published"}),
        ("published=True", {"query.published"}),
        ("since=2021-2-3", {"query.since"}),
        ("at=1899-12-31", {"query.at"}),
        ("limit=0", {"query.limit"}),
        ("limit=201", {"query.limit"}),
        ("limit=2.0", {"query.limit"}),
        ("limit=-1", {"query.limit"}),
        ("limit=%D9%A3", {"query.limit"}),
        ("after=x", {"query.after"}),
        ("sort=name", {"query.sort"}),
        ("role=trainer", {"query.organization"}),
        ("nonsense=1&Tab=current", {"query.nonsense", "query.Tab"}),
        ("text=%00", {"query.text"}),
        ("tab=x&limit=a&zzz=1", {"query.tab", "query.limit", "query.zzz"}),
    ],
)
def test_a_query_string_is_read_strictly(client: TestClient, query: str, expected: set[str]) -> None:
    """Every fault at once; a misspelt filter would show what was not asked for."""
    assert places(client.get(f"/applications?{query}")) == expected


def test_sessions_are_not_sorted_by_registration(client: TestClient) -> None:
    """Each list has its own orders, and OpenAPI says which."""
    assert places(client.get("/sessions?sort=registration")) == {"query.sort"}


def test_a_query_says_what_the_filter_says(client: TestClient) -> None:
    """Several values, flags, days and pages."""
    query = "tab=current&states=pending&states=convoked&organization=AFEC&role=trainer&published=true&limit=1"
    first = client.get(f"/applications?{query}&since=2021-11-01&descending=true&sort=registration").json()
    assert [each["reference"] for each in first["items"]] == ["C-2"]
    rest = client.get(f"/applications?{query}&since=2021-11-01&descending=true&sort=registration&after={first['next']}")
    assert [each["reference"] for each in rest.json()["items"]] == ["C-1"]
    assert client.get("/applications").json() == to_dict(town().applications(ApplicationFilter(organization="AFEC")))


def test_a_service_may_ask_its_own_lists_so() -> None:
    """`QueryOf` gives the filter and the page."""
    app = FastAPI()
    install_problems(app)

    @app.get("/")
    def view(asked: Annotated[ListQuery[SessionFilter], QueryOf(SessionFilter, SessionRow, most=10)]) -> list[str]:
        return [repr(asked.filter), str(asked.page.limit)]

    assert TestClient(app).get("/?action=A&limit=10").json() == [repr(SessionFilter(action="A")), "10"]
    assert places(TestClient(app).get("/?limit=11")) == {"query.limit"}


# Who sees what

PATHS = {
    "application": ("/applications/C-1", "/applications/C-1/history", "/applications/C-1/explanation"),
    "session": ("/sessions/00301234", "/sessions/00301234/history"),
    "action": ("/actions/20211102000", "/actions/20211102000/history"),
    "list": ("/applications", "/sessions", "/actions"),
    "screen": ("/organizations/AFEC/dashboard", "/organizations/AFEC/queue"),
}
SEEN: Mapping[str, Mapping[str, int]] = {
    "AFEC": dict.fromkeys(PATHS, 200),
    "CAP": dict.fromkeys(PATHS, 200),
    "FT-AGEN": {"application": 200, "session": 404, "action": 404, "list": 200, "screen": 403},
    "ELSEWHERE": {"application": 404, "session": 404, "action": 404, "list": 200, "screen": 403},
}


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("who", SEEN)
def test_nobody_sees_more_than_the_service_lets_them(client: TestClient, who: str, kind: str) -> None:
    """Another's subject is answered as one that does not exist, to the letter."""
    for path in PATHS[kind]:
        answer = client.get(path, headers={"who": who})
        assert answer.status_code == SEEN[who][kind]
        if answer.status_code == 404:
            missing = client.get(path.replace(path.split("/")[2], "X-9"), headers={"who": "CAP"})
            assert answer.text.replace(path.split("/")[2], "X-9") == missing.text


@pytest.mark.parametrize("reference", ["%00", "C" * 65, "C" * 5000])
@pytest.mark.parametrize(
    "path", ["/applications/{}", "/applications/{}/explanation", "/sessions/{}/history", "/actions/{}"]
)
def test_a_path_has_a_reference(client: TestClient, path: str, reference: str) -> None:
    """What can be none is malformed, and names its place."""
    assert places(client.get(path.format(reference))) == {"path.reference"}


@pytest.mark.parametrize("path", PATHS["list"])
def test_lists_show_the_callers_own(client: TestClient, path: str) -> None:
    """Asking for another organisation's is refused rather than answered emptily."""
    assert client.get(path, headers={"who": "ELSEWHERE"}).status_code == 200
    assert client.get(path, params={"organization": "AFEC"}, headers={"who": "ELSEWHERE"}).status_code == 403
    assert client.get(path, params={"organization": "ELSEWHERE"}, headers={"who": "ELSEWHERE"}).json()["items"] == []
    assert client.get(path, params={"organization": "AFEC"}, headers={"who": "CAP"}).json()["items"]


@pytest.mark.parametrize("sees", [None, "", "A" * 65, 3])
def test_a_caller_who_sees_nobody_in_particular_is_none(sees: Any) -> None:
    """None may be a forgotten one: everything has a name of its own."""
    with pytest.raises(Malformed, match=r"\$\.sees"):
        Caller(AFEC, sees=sees)


@pytest.mark.parametrize("who", SEEN)
def test_the_feed_is_for_who_sees_everything(client: TestClient, who: str) -> None:
    """It has everybody's entries."""
    assert client.get("/feed", headers={"who": who}).status_code == (200 if who == "CAP" else 403)


def test_the_feed_goes_on(fresh: TestClient) -> None:
    """By its link as by its cursor; what has nothing new is not sent again."""
    client, by = fresh, {"who": "CAP"}
    whole = client.get("/feed", headers=by).json()
    assert whole == to_dict(town().feed())
    read, answer = [], client.get("/feed?limit=3", headers=by)
    while answer.json()["items"]:
        read += answer.json()["items"]
        assert answer.json()["next"] in answer.headers["Link"]
        answer = client.get(f"/feed{answer.links['next']['url']}", headers=by)
    assert read == whole["items"]
    again = {**by, "If-None-Match": answer.headers["ETag"]}
    assert (client.get(answer.url, headers=again).status_code, client.get(answer.url, headers=again).content) == (
        304,
        b"",
    )
    client.post("/commands", json=PRESENT)
    assert [each["command"] for each in client.get(answer.url, headers=again).json()["items"]] == ["record-absence"]


@pytest.mark.parametrize(
    ("query", "place"),
    [("after=x", "after"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("before=x", "before"),
     ("after=a&after=b", "after"), ("tab=current", "tab")],
)  # fmt: skip
def test_the_feed_is_asked_strictly(client: TestClient, query: str, place: str) -> None:
    """Like the lists."""
    assert places(client.get(f"/feed?{query}", headers={"who": "CAP"})) == {f"query.{place}"}


# Answers and what OpenAPI shows


def test_a_preview_stores_nothing(client: TestClient) -> None:
    """It is the answer that the command would get, refused ones too."""
    assert client.post("/previews", json=PRESENT).json()["subject"]["state"] == "absent"
    assert client.post("/previews", json={**PRESENT, "notified": False}).status_code == 422
    assert client.get("/applications/C-1").json()["state"] == "convoked"


def test_openapi_shows_the_wire_formats_components(app: FastAPI) -> None:
    """Every command, subject, row and problem, to the letter; nothing of FastAPI's own answers that are not given."""
    document = app.openapi()
    shown, ours = document["components"]["schemas"], components(also=(ApplicationFilter, SessionFilter, ActionFilter))
    assert {name: each for name, each in shown.items() if name in ours} == {
        name: ours[name] for name in shown if name in ours
    }
    assert {each.__name__ for each in COMMANDS.values()} <= set(shown)
    assert {"Application", "TrainingSession", "ApplicationRowPage", "Dashboard", "Explanation", "Problem"} <= set(shown)
    assert set(shown) - set(ours) == {"HttpProblem"}
    for path in document["paths"].values():
        for operation in path.values():
            content = {next(iter(each["content"])) for each in operation["responses"].values() if "content" in each}
            assert content <= {"application/json", "application/problem+json"}
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}


def test_openapi_is_made_once(app: FastAPI) -> None:
    """Asking for it again changes nothing."""
    assert app.openapi() is app.openapi()


def on_sunday(_application: object, _facts: object, _command: object) -> dict[str, object] | None:
    """Never on a Sunday, says a service."""
    return None


def test_openapi_shows_the_codes_of_a_services_own_rules() -> None:
    """And of no other's."""
    own = evolve(town(), settings=Settings(refuse_also={commands.Convoke: (on_sunday,)}))
    for schemas, known in ((service(own).openapi()["components"]["schemas"], True), (components(), False)):
        assert ("on-sunday" in schemas["RuleRefusal"]["properties"]["code"]["enum"]) is known


def test_values_are_members_of_models() -> None:
    """Read and written by the wire format, in bodies and in answers."""

    class Dossier(BaseModel):
        application: Wire[Application]
        page: Wire[Page[ApplicationRow]] | None = None

    app = FastAPI()
    install_problems(app)

    @app.post("/")
    def view(dossier: Dossier) -> Dossier:
        assert isinstance(dossier.application, Application)
        return dossier

    workflow = town()
    body = {"application": to_dict(workflow.application("C-1")), "page": to_dict(workflow.applications())}
    assert TestClient(app).post("/", json=body).json() == body
    assert places(TestClient(app).post("/", json={"application": {**body["application"], "version": 2.0}})) == {
        "$.application.version"
    }


def test_preconditions_are_a_services_own_too() -> None:
    """A view of a service's gives them to the workflow."""
    app, workflow = FastAPI(), town()
    install_problems(app)

    @app.post("/")
    def view(asked: Annotated[Preconditions, Depends(preconditions)], answer: Response) -> Any:
        done = workflow.execute(registration(1), ADVISER, key=asked.key, expected_version=asked.expected_version)
        answer.headers["ETag"] = entity_tag(done.subject.version)
        return done.replayed

    headers = {"Idempotency-Key": "k", "If-None-Match": "*"}
    assert [TestClient(app).post("/", headers=headers).json() for _ in range(2)] == [False, True]


@pytest.mark.parametrize(("who", "status"), [("CAP", 200), ("AFEC", 403), ("FT-AGEN", 403), ("P-1", 200), ("P-2", 403)])
def test_a_persons_file_is_their_own(client: TestClient, who: str, status: int) -> None:
    """Everything that is stored of a person is shown to themself, and to who sees everything."""
    answer = client.get("/candidates/P-1/file", headers={"who": who})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["person"]["name"] == "Zoé Nabil"
        assert [each["application"]["reference"] for each in answer.json()["applications"]] == ["C-1"]

"""The command line on a store: a season lived with it alone, on SQLite and PostgreSQL; then formats and exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from databases import DATABASES
from poec_workflow import Message, Settings, from_dict
from poec_workflow.cli.app import program
from seasons import DATA, given_season, notices

LINE = {
    "at": "2021-11-02T09:00:00+01:00",
    "actor": {"kind": "platform", "organization": "CAP"},
    "command": {
        "type": "create-action",
        "action": "A-1",
        "title": "[POEC] =Métier",
        "funder": "France Travail",
        "responsible": "AFEC",
    },
}


class Terminal:
    """`poec-workflow` with a store of its own."""

    def __init__(self, store: str) -> None:
        self.store = store

    def __call__(self, *words: str, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(program, [*words], env={"POEC_STORE": self.store}, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--format", "json").stdout)


@pytest.fixture
def fresh(tmp_path: Path) -> Terminal:
    return Terminal(f"sqlite:///{tmp_path}/poec.db")


@pytest.fixture(scope="module")
def season(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Terminal, dict[str, Any], Path]]:
    """The given season, run into a store of each kind."""
    place = tmp_path_factory.mktemp("season")
    with DATABASES[database]() as url:
        terminal = Terminal(url)
        assert terminal("store", "upgrade").exit_code == 0
        result = terminal("run", str(DATA / "journal.jsonl"), "--refusals", str(place / "refusals.jsonl"))
        assert result.exit_code == 1
        yield terminal, given_season()[1], place


def states(terminal: Terminal, command: str) -> dict[str, str]:
    return {row["reference"]: row["state"] for row in terminal.json(command, "--limit", "0")}


def test_the_season_through_the_command_line_alone(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """Refusals, lists, dashboards before and after the sweep, and who is told what: exactly as it was given."""
    terminal, expected, place = season
    refusals = [json.loads(line) for line in (place / "refusals.jsonl").read_text(encoding="utf-8").splitlines()]
    assert refusals == expected["refusals"]
    assert states(terminal, "applications") == expected["states"]
    assert states(terminal, "sessions") == expected["session_states"]
    assert states(terminal, "actions") == expected["action_states"]

    def dashboards() -> list[Any]:
        names = [each["organization"] for each in expected["dashboards_before_sweep"]]
        return [terminal.json("dashboard", name, "--at", expected["sweep_at"][:10]) for name in names]

    assert dashboards() == expected["dashboards_before_sweep"]
    dry = terminal.json("sweep", "--dry-run", "--at", expected["sweep_at"])
    assert dry == {"at": expected["sweep_at"], "expired": expected["swept"], "dry_run": True}
    assert terminal.json("sweep", "--at", expected["sweep_at"]) == {**dry, "dry_run": False}
    assert dashboards() == expected["dashboards_after_sweep"]
    assert notices_data(terminal.json("relay", "--list")) == expected["notices"]


def notices_data(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `relay --list` prints, in the shape of `notices.jsonl`."""
    assert {(each["state"], each["attempts"]) for each in listed} == {("waiting", 0)}
    return notices(from_dict({name: each[name] for name in MESSAGE}, Message) for each in listed)


MESSAGE = ("id", "notice", "about", "stream", "stream_kind", "to", "session")


def test_every_figure_is_a_door_of_the_command_line(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """The list with the figure's words has as many applications, and `--count` says as many."""
    terminal, expected, _ = season
    name, at = expected["dashboards_before_sweep"][0]["organization"], expected["sweep_at"][:10]
    asked = ("--since", "2021-12-01", "--at", at)
    rows = terminal.json("dashboard", name, *asked)["rows"]
    assert rows
    for row in rows:
        for column in ("pending", "expiring", "retained", "rejected", "no_advice", "session_full", "cancelled"):
            words = ("applications", "--organization", name, "--role", row["role"], "--published", "--column", column)
            listed = terminal.json(*words, *asked, "--limit", "0")
            assert len(listed) == row[column] == terminal.json(*words, *asked, "--count")["total"]


@pytest.mark.parametrize(
    ("lang", "tabs", "position", "in_all", "note"),
    [
        (
            "en",
            "Current and coming sessions [0] · Ended sessions [{many}]",
            "1-3 of {many}",
            "{many} in all",
            "2021-12-01",
        ),
        (
            "fr",
            "Sessions en cours et à venir [0] · Sessions terminées [{many}]",
            "1 à 3 sur {many}",
            "{many} en tout",
            "01/12/2021",
        ),
    ],
)
def test_lists_say_how_many_there_are(
    lang: str, tabs: str, position: str, in_all: str, note: str, season: tuple[Terminal, dict[str, Any], Path]
) -> None:
    """Under a page its tabs and which rows it shows; with `--count` the total; under the dashboard since when."""
    terminal, expected, _ = season
    tabs, position, in_all = (each.format(many=len(expected["states"])) for each in (tabs, position, in_all))
    first = terminal("applications", "--limit", "3", "--lang", lang)
    assert first.stdout.splitlines()[-2:] == [tabs, position]
    cursor = first.stderr.split()[-1]
    second = terminal("applications", "--after", cursor, "--lang", lang).stdout.splitlines()
    assert second[-1] == position.replace("1-3 ", "50 ").replace("1 à 3 ", "50 ")
    counted = terminal("applications", "--count", "--lang", lang).stdout.splitlines()
    assert counted == [tabs, in_all]
    assert terminal("actions", "--count", "--format", "csv").stdout.splitlines()[:2] == [
        "tab,count",
        f"total,{len(expected['action_states'])}",
    ]
    actions = terminal("actions", "--count", "--lang", lang).stdout.splitlines()
    assert max(map(len, actions)) <= 80
    dashboard = terminal("dashboard", "AFEC", "--since", "2021-12-01", "--lang", lang).stdout
    assert note in dashboard.splitlines()[-2]


def test_the_queue_by_the_page(tmp_path: Path) -> None:
    """Each of its lists is what `applications --task` lists."""
    CliRunner().invoke(program, ["demo", "--keep", str(tmp_path / "demo.db"), "--at", "2026-03-10"])
    terminal = Terminal(f"sqlite:///{tmp_path}/demo.db")
    queue = terminal.json("queue", "AFEC", "--at", "2026-03-10")
    asked = ("applications", "--organization", "AFEC", "--at", "2026-03-10", "--limit", "0", "--task")
    for task in ("to_convoke", "attendance_to_record", "advice_to_give", "expiring"):
        assert terminal.json(*asked, task) == queue[task] != []


def test_lists_are_sorted(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """By the word that is given, both ways; page after page is the list."""
    terminal, _, _ = season
    words = ("applications", "--sort", "session-start", "--descending")
    whole = terminal.json(*words, "--limit", "0")
    keys = [(each["session_start"], each["session"], each["reference"]) for each in whole]
    assert keys == sorted(keys, reverse=True)
    first = terminal(*words, "--limit", "100", "--format", "json")
    second = terminal(*words, "--limit", "100", "--after", first.stderr.split()[-1], "--format", "json")
    assert [*json.loads(first.stdout), *json.loads(second.stdout)] == whole[:200]
    before = second.stderr.splitlines()[0].split()[-1]
    assert terminal.json(*words, "--limit", "100", "--before", before) == whole[:100]
    wrong = terminal("applications", "--after", first.stderr.split()[-1])
    assert (wrong.exit_code, "--after: " in wrong.stderr) == (2, True)
    wrong = terminal("applications", "--before", before)
    assert (wrong.exit_code, "--before: " in wrong.stderr) == (2, True)
    assert terminal("sessions", "--sort", "registration").exit_code == 2


@pytest.mark.parametrize("at", ["2022-03-28", "2022-03-28T00:00:00+02:00", "2022-03-27T22:00:00Z"])
def test_a_day_may_be_said_by_an_instant(at: str, season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """Lists, queue, dashboard and explanation as of it."""
    terminal, _, _ = season
    for words in (("queue", "ORG-04"), ("dashboard", "ORG-04")):
        assert terminal.json(*words, "--at", at)["at"] == "2022-03-28"
    assert terminal.json("sessions", "--count", "--at", at) == terminal.json(
        "sessions", "--count", "--at", "2022-03-28"
    )
    explained = ("explain", "C-000001", "--kind", "organization", "--organization", "ORG-04")
    assert terminal.json(*explained, "--at", at) == terminal.json(*explained, "--at", "2022-03-28")
    assert terminal("queue", "ORG-04", "--at", "yesterday").exit_code == 2


def test_one_line_at_a_time(fresh: Terminal) -> None:
    """`exec` carries out a line, from its argument or standard input, now where it has no instant."""
    accepted = fresh.json("exec", json.dumps(LINE))
    assert accepted["accepted"]
    assert accepted["subject"]["state"] == "awaiting-publication"
    assert accepted["events"][0]["type"] == "action-created"
    publish = {"actor": LINE["actor"], "command": {"type": "publish-action", "action": "A-1"}}
    result = fresh("exec", "-", stdin=json.dumps(publish).encode())
    assert (result.exit_code, result.stdout) == (0, "A-1: Published (action published)\n")
    again = fresh("exec", json.dumps(publish), "--format", "json", "--lang", "fr")
    assert again.exit_code == 1
    answer = json.loads(again.stdout)
    assert answer["accepted"] is False
    assert answer["refusals"][0]["code"] == "no-transition"
    assert "Publiée" in answer["refusals"][0]["message"]
    refused = fresh("exec", json.dumps(publish))
    assert refused.stdout.startswith("no-transition: ")
    malformed = fresh("exec", "{}")
    assert malformed.exit_code == 2
    assert "$.actor: required" in malformed.stderr


def test_advisories_are_said(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """An accepted line that deserves a second look says so, on stderr or as data."""
    terminal, *_ = season
    line = {
        "actor": {"kind": "platform", "organization": "CAP"},
        "command": {"type": "create-action", "action": "new", "title": "[POEC] x", "funder": "x", "responsible": "x"},
    }
    assert terminal.json("exec", json.dumps(line))["advisories"] == []


def test_history_and_show(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """One subject whole, and its history with the keys that are promised."""
    terminal, expected, _ = season
    reference = next(iter(expected["states"]))
    shown = terminal.json("show", reference)
    assert {"reference", "state", "version", "session", "candidate", "convocations"} <= shown.keys()
    history = terminal.json("history", reference)
    assert {"type", "effective", "recorded", "actor", "version", "from", "to"} <= history[0].keys()
    assert [entry["version"] for entry in history] == list(range(1, shown["version"] + 1))
    assert (history[0]["from"], history[-1]["to"]) == (None, shown["state"])
    assert reference in terminal("show", reference).stdout
    assert "préinscrire" in terminal("history", reference, "--lang", "fr").stdout
    session = terminal.json("show", shown["session"], "--subject", "session")
    assert session["subject_kind"] == "session"
    assert terminal("show", session["action"]).exit_code == 0


@pytest.mark.parametrize(("lang", "words"), [("fr", ("En cours [", "Passées [")), ("en", ("In progress [", "Past ["))])
def test_a_candidates_applications_say_how_they_ended(
    season: tuple[Terminal, dict[str, Any], Path], lang: str, words: tuple[str, str]
) -> None:
    """In progress and past: entry, exit and hours of who was retained, motive and reason of who was not."""
    terminal, _, _ = season
    everyone = terminal.json("applications", "--limit", "0")
    for state, fields in (("retained", ("entry", "exit", "weekly_hours")), ("rejected", ("motive", "reason"))):
        row = next(each for each in everyone if each["state"] == state and each["convocations"])
        whole = terminal.json("show", row["reference"])
        found = terminal.json("candidate", row["candidate"])
        assert found == [each for each in everyone if each["candidate"] == row["candidate"]]
        assert all(row[name] is not None and row[name] == whole[name] for name in fields)
        assert row["convocations"] == whole["convocations"]
        text = " ".join(terminal("candidate", row["candidate"], "--lang", lang).stdout.split())
        assert all(each in text for each in words)
        assert text.index(words[0]) < text.index(words[1]) < text.index(row["reference"])
        if state == "retained":
            assert f"{row['weekly_hours']} h" in text
        else:
            label = Settings().catalogue.label(lang, row["motive"], row["reason"])
            assert label in text
            assert label in terminal("show", row["reference"], "--lang", lang).stdout
    waiting = next(each for each in everyone if each["state"] == "convoked")
    text = terminal("candidate", waiting["candidate"], "--lang", lang).stdout
    assert text.index(waiting["reference"]) < text.index(words[1])
    assert terminal.json("candidate", "nobody") == []
    assert f"{words[1]}0]" in terminal("candidate", "nobody", "--lang", lang).stdout


OUTCOMES = {
    "fr": ["présent", "absent (prévenu)", "absent (non prévenu)", "pas encore renseigné"],
    "en": ["present", "absent (gave notice)", "absent (no notice)", "nothing yet"],
}


@pytest.mark.parametrize("lang", OUTCOMES)
def test_a_convocation_says_what_came_of_it(season: tuple[Terminal, dict[str, Any], Path], lang: str) -> None:
    """Present, absent with notice, absent without, or nothing yet; in JSON by its code."""
    terminal, _, _ = season
    everyone = terminal.json("applications", "--limit", "0")
    codes = ("present", "absent-with-notice", "absent-without-notice", None)
    for code, label in zip(codes, OUTCOMES[lang], strict=True):
        row = next(each for each in everyone if code in [one["outcome"] for one in each["convocations"]])
        for command in (("show", row["reference"]), ("candidate", row["candidate"])):
            assert label in " ".join(terminal(*command, "--lang", lang).stdout.split())


@pytest.mark.parametrize(("lang", "heading"), [("fr", "Préinscrits"), ("en", "Preregistered")])
def test_sessions_show_who_pays_and_how_many_registered(
    season: tuple[Terminal, dict[str, Any], Path], lang: str, heading: str
) -> None:
    """Funder, market and measure with the session, and registrations beside the quota."""
    terminal, _, _ = season
    row = terminal.json("sessions", "--limit", "1")[0]
    session = terminal.json("show", row["reference"], "--subject", "session")
    action = terminal.json("show", session["action"], "--subject", "action")
    assert row["quota"] == session["capacity"] * session["coefficient"]
    assert (row["funder"], row["market"], row["measure"]) == (action["funder"], session["market"], session["measure"])
    text = " ".join(terminal("sessions", "--limit", "1", "--lang", lang).stdout.split())
    assert heading in text
    assert f"{row['registered']} / {row['quota']}" in text
    assert row["funder"] in text


@pytest.mark.parametrize(("lang", "reason"), [("fr", "incomplète"), ("en", "incomplete")])
def test_actions_say_why_they_are_in_alert(
    season: tuple[Terminal, dict[str, Any], Path], lang: str, reason: str
) -> None:
    """Each reason by its code in JSON, and in words."""
    terminal, _, _ = season
    rows = terminal.json("actions", "--tab", "alert")
    assert rows
    assert all(row["alert"] and row["alerts"] for row in rows)
    assert not any(row["alerts"] for row in terminal.json("actions", "--limit", "0") if not row["alert"])
    incomplete = next(row for row in rows if "incomplete" in row["alerts"])
    text = terminal("actions", "--text", incomplete["reference"], "--lang", lang).stdout
    assert reason in text
    assert incomplete["kind"] in text


def test_what_is_not_there(fresh: Terminal) -> None:
    """An unknown reference is a refusal, exit 1; one that names several asks which."""
    for words in (["show", "X"], ["history", "X", "--subject", "session"], ["explain", "X", "--kind", "system"]):
        result = fresh(*words)
        assert result.exit_code == 1
        assert "unknown-" in result.stderr
    fresh("exec", json.dumps(LINE))
    session = {
        "type": "create-session",
        "session": "A-1",
        "action": "A-1",
        "start": "2021-12-01",
        "end": "2021-12-31",
        "place": "Agen",
        "responsible": "AFEC",
        "positioner": "AFEC",
        "trainer": "AFEC",
        "capacity": 2,
        "coefficient": 2,
        "registration_deadline": "2021-12-01",
        "late_entry_deadline": "2021-12-05",
    }
    fresh("exec", json.dumps({**LINE, "command": session}))
    result = fresh("show", "A-1")
    assert result.exit_code == 2
    assert "--subject" in result.stderr


def test_explain(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """Each command with allowed or every reason why not, for the actor that is named."""
    terminal, expected, _ = season
    reference = next(name for name, state in expected["states"].items() if state == "retained")
    session = terminal.json("show", terminal.json("show", reference)["session"])
    words = ("explain", reference, "--kind", "organization", "--organization", session["trainer"])
    found = terminal.json(*words)
    assert len(found) == 11
    assert {each["refusals"][0]["code"] for each in found} == {"no-transition", "not-permitted"}
    assert not any(each["allowed"] for each in found)
    assert "no-transition" in terminal(*words, "--lang", "fr").stdout
    assert terminal("explain", reference, "--kind", "organization").exit_code == 2
    withdraw = terminal.json("explain", reference, "--kind", "candidate", "--candidate", "P-1")
    assert len(withdraw) == 11


def test_lists_filter_page_and_format(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """Filters restrict, pages follow one another by their mark, and CSV has the columns of the JSON."""
    terminal, expected, _ = season
    retained = terminal.json("applications", "--state", "retained", "--limit", "0")
    assert {row["reference"] for row in retained} == {
        name for name, state in expected["states"].items() if state == "retained"
    }
    first = terminal("applications", "--limit", "2", "--format", "json")
    mark = first.stderr.split()[-1]
    second = terminal("applications", "--limit", "2", "--after", mark, "--format", "json")
    both = [row["reference"] for result in (first, second) for row in json.loads(result.stdout)]
    assert both == sorted(expected["states"])[:4]
    for command in ("applications", "sessions", "actions"):
        rows = list(csv.DictReader(io.StringIO(terminal(command, "--limit", "3", "--format", "csv").stdout)))
        data = terminal.json(command, "--limit", "3")
        assert [row["reference"] for row in rows] == [row["reference"] for row in data]
        assert list(rows[0]) == list(data[0])
        assert data[0]["reference"] in terminal(command, "--lang", "fr").stdout
        assert terminal(command, "--text", "nothing is called so").exit_code == 0
    held = terminal.json("sessions", "--organization", "ORG-02", "--role", "trainer", "--from", "2021-11-01")
    assert held
    assert all(row["trainer"] == "ORG-02" and row["start"] >= "2021-11-01" for row in held)
    assert "Publiées [" in terminal("actions", "--lang", "fr", "--tab", "published").stdout


def test_dashboard_and_queue(season: tuple[Terminal, dict[str, Any], Path]) -> None:
    """Laid out as RAFAEL has them, and as data; an unknown organisation has nothing."""
    terminal, *_ = season
    assert "Passage en avis" in terminal("dashboard", "ORG-02", "--lang", "fr").stdout
    rows = list(csv.DictReader(io.StringIO(terminal("dashboard", "ORG-02", "--format", "csv").stdout)))
    assert [row["role"] for row in rows] == [row["role"] for row in terminal.json("dashboard", "ORG-02")["rows"]]
    assert terminal.json("dashboard", "NOBODY")["rows"] == []
    assert terminal.json("dashboard", "ORG-02", "--since", "2030-01-01")["rows"][0]["retained"] == 0
    assert set(terminal.json("queue", "ORG-02")) >= {"to_convoke", "attendance_to_record", "advice_to_give", "expiring"}
    assert "À convoquer [" in terminal("queue", "ORG-02", "--lang", "fr").stdout
    assert terminal("queue", "ORG-02", "--format", "csv").stdout.startswith("queue,reference,")


def test_sweeping_in_the_future_is_for_trying_only(fresh: Terminal) -> None:
    """An instant later than now needs `--dry-run`; what is no instant is a usage error."""
    assert fresh("sweep", "--at", "2999-01-01T00:00:00+01:00").exit_code == 2
    assert fresh("sweep", "--at", "2999-01-01T00:00:00+01:00", "--dry-run").exit_code == 0
    assert fresh("sweep", "--at", "2021-01-01T00:00:00").exit_code == 2
    assert fresh("sweep").stderr.strip() == "0 expired"


@pytest.mark.parametrize(
    "words",
    [
        ["applications", "--from", "2021-02-30"],
        ["applications", "--role", "trainer"],
        ["applications", "--after", "nonsense"],
        ["dashboard"],
        ["sessions", "--limit", "-1"],
        ["--store"],
    ],
)
def test_wrong_usage_is_exit_2(fresh: Terminal, words: list[str]) -> None:
    """Wrong options, and values that can't be read."""
    result = fresh(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_store_that_can_not_be_reached_is_exit_3(tmp_path: Path) -> None:
    """A file that is no database, and a folder that is not there."""
    (tmp_path / "text.db").write_text("not a database, though long enough to be one " * 100, encoding="utf-8")
    for url in (f"sqlite:///{tmp_path}/text.db", f"sqlite:///{tmp_path}/nowhere/poec.db"):
        result = Terminal(url)("applications")
        assert result.exit_code == 3, result.output
        assert "Traceback" not in result.output


def test_an_unknown_storage_is_wrong_usage() -> None:
    """The message says what there is."""
    result = Terminal("ftp://example")("applications")
    assert result.exit_code == 2
    assert "sqlite:///FILE" in result.stderr


def test_a_terminal_without_utf8() -> None:
    """What it can't show is escaped; JSON stays JSON."""
    words = [sys.executable, "-m", "poec_workflow"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    told = subprocess.run([*words, "demo"], capture_output=True, check=True, env=env)
    assert b"Zo\\xe9 Nabil" in told.stdout
    line = json.dumps({**LINE, "command": {**LINE["command"], "title": "Métier"}})  # type: ignore[dict-item]
    refused = subprocess.run(
        [*words, "exec", line, "--store", "memory:", "--format", "json"], capture_output=True, check=False, env=env
    )
    assert json.loads(refused.stdout)["refusals"][0]["details"]["title"] == "Métier"


def test_what_a_terminal_would_obey_is_shown(fresh: Terminal) -> None:
    """Control characters in references and names show as escapes, in tables and in messages."""
    evil = {**LINE, "command": {**LINE["command"], "action": "E\x1b[2J", "title": "[POEC] \u202e"}}  # type: ignore[dict-item]
    said = fresh("exec", "-", stdin=b"\xef\xbb\xbf" + json.dumps(evil).encode()).output
    for words in (["show", "E\x1b[2J"], ["history", "E\x1b[2J"], ["actions"], ["show", "\x1b"]):
        said += fresh(*words).output
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "E\\x1b[2J" in said

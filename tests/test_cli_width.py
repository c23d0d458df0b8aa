"""Every command on a terminal of 40 and of 80 columns, in both languages, over data that is hard to lay out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from poec_workflow.cli.app import program

LONG = "Organisme de formation aux métiers de l'industrie et du bâtiment de Nouvelle-Aquitaine"
WIDE = "日本語職業訓練所" * 4
ACCENTED = "E\u0301le\u0301onore " * 5 + "d\u2019E\u0301ve\u0301que"
UNBROKEN = "R" * 64
AT = "2021-11-02T09:{:02}:00+01:00"
PLATFORM = {"kind": "platform", "organization": "CAP", "name": "Cap Métiers"}
ADVISER = {"kind": "adviser", "organization": UNBROKEN, "name": ACCENTED}
TRAINER = {"kind": "organization", "organization": LONG[:64], "name": WIDE}
NAMES = (WIDE, ACCENTED, LONG, "👩\u200d🔧 Zoé\tTab", "مرحبا بالعالم", "x" * 300)


def _lines() -> Iterator[dict[str, object]]:
    organization = LONG[:64]
    yield {"actor": PLATFORM, "command": {"type": "create-action", "action": UNBROKEN, "title": f"[POEC] {LONG} {WIDE}",
           "funder": WIDE, "responsible": organization, "objective": LONG * 20}}  # fmt: skip
    yield {"actor": PLATFORM, "command": {"type": "publish-action", "action": UNBROKEN}}
    for session in ("S" * 64, "訓" * 64):
        yield {"actor": PLATFORM, "command": {
            "type": "create-session", "session": session, "action": UNBROKEN, "start": "2021-12-01",
            "end": "2022-03-04", "place": f"Villeneuve-sur-Lot {WIDE}", "responsible": organization,
            "positioner": organization, "trainer": organization, "capacity": 12, "coefficient": 4,
            "registration_deadline": "2021-12-10", "late_entry_deadline": "2021-12-10", "market": LONG, "measure": WIDE,
        }}  # fmt: skip
    for number, name in enumerate(NAMES):
        yield {"actor": ADVISER, "command": {
            "type": "preregister", "application": f"C-{number}" + "0" * 60 * (number % 2), "session": "S" * 64,
            "candidate": {"reference": f"P-{number}", "name": name},
            "prescriber": {"origin": "mission-locale", "organization": UNBROKEN, "name": name},
        }}  # fmt: skip
    yield {"actor": TRAINER, "command": {"type": "convoke", "application": "C-0", "on": "2021-11-02", "place": WIDE}}
    yield {"actor": TRAINER, "command": {"type": "record-absence", "application": "C-0", "notified": False}}
    yield {"actor": TRAINER, "command": {"type": "convoke", "application": "C-2", "on": "2021-12-20", "place": LONG}}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with long names, wide characters, combining accents and words that can't be broken."""
    folder = tmp_path_factory.mktemp("width")
    journal = folder / "journal.jsonl"
    lines = [{**line, "at": AT.format(number)} for number, line in enumerate(_lines())]
    journal.write_text("".join(f"{json.dumps(each)}\n" for each in lines), encoding="utf-8")
    url = f"sqlite:///{folder}/poec.db"
    ran = CliRunner().invoke(program, ["run", str(journal), "--store", url, "--format", "json"])
    assert json.loads(ran.stdout)["accepted"] == len(lines), ran.output
    return url


LISTS = (
    ("applications",), ("applications", "--count"), ("sessions",), ("actions",), ("dashboard", LONG[:64]),
    ("dashboard", LONG[:64], "--since", "2021-01-01"), ("queue", LONG[:64], "--at", "2022-03-20"), ("candidate", "P-0"),
    ("show", "C-0"), ("show", "S" * 64), ("show", UNBROKEN), ("history", "C-0"), ("history", UNBROKEN),
    ("explain", "C-2", "--kind", "organization", "--organization", LONG[:64]), ("relay", "--list"), ("relay", "--dead"),
    ("relay", "--status"), ("sweep", "--dry-run"), ("store", "status"), ("show", "no-such-" + "x" * 50),
    ("exec", '{"actor":{"kind":"platform"},"command":{"type":"convoke","application":"C-2","on":"2021-12-20"}}'),
    ("exec", '{"actor":{"kind":"x"},"command":{"type":"nothing"}}'), ("dashboard", "X", "--at", "no-day"),
    ("explain", "C-2"), ("applications", "--sort", "nothing"), ("sessions", "--nothing"),
)  # fmt: skip
WITHOUT_STORE = (
    ("demo",),
    ("paths",),
    ("paths", "session", "--simple"),
    ("check", "--applications", "1"),
    ("paths", "--to", "x"),
)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("command", [*LISTS, *WITHOUT_STORE], ids=lambda each: " ".join(each)[:40])
def test_no_line_is_wider_than_the_terminal(command: tuple[str, ...], lang: str, store: str) -> None:
    """Whatever the names, the titles and the places; also what is said of a mistake."""
    for columns in (40, 80) if command not in WITHOUT_STORE else (80,):
        environment = {"COLUMNS": str(columns), "POEC_LANG": lang, "POEC_STORE": store}
        ran = CliRunner().invoke(program, [*command], env=environment)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        said = [each for each in ran.output.splitlines() if columns >= 80 or not each.startswith(USAGE)]
        assert bool(said) is (command != ("relay", "--dead"))
        assert max(map(cell_len, said), default=0) <= columns, max(said, key=cell_len)


USAGE = ("Usage", "Utilisation", "Aide", "Try")
"""Lines of click's, which it lays out for 50 columns at least."""


def test_a_row_is_a_line_in_a_pipe(store: str) -> None:
    """What another program reads is not folded: one line for each row, whatever its width."""
    environment = {"COLUMNS": None, "POEC_LANG": "fr", "POEC_STORE": store}
    ran = CliRunner().invoke(program, ["applications"], env=environment)
    rows = [each for each in ran.stdout.splitlines() if each.startswith(" C-")]
    assert len(rows) == len(NAMES)
    assert "x" * 300 in ran.stdout

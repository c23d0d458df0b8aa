"""Bad journals from the command line: a short error that names line and place, and no harm to the other lines."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import Accepted, Malformed, Refused, Request, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.serialization import LONGEST_LINE, journal_line
from poec_workflow.testing import SettableClock

_JOURNAL = Path(__file__).parent / "data" / "season" / "journal.jsonl"
_SHORT = 2_000
"""Characters that one malformed line may print at most."""


@frozen
class Ran:
    """What a run printed and left."""

    code: int
    out: Any
    err: str
    refused: list[Any]


def run(journal: bytes, folder: Path, *options: str) -> Ran:
    """Run a journal of bytes, which ends without a traceback."""
    source, refusals = folder / "journal.jsonl", folder / "refusals.jsonl"
    source.write_bytes(journal)
    command = ["run", str(source), "--store", "memory:", "--format", "json", "--refusals", str(refusals), *options]
    ran = CliRunner().invoke(program, command)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    assert "Traceback" not in ran.output
    lines = refusals.read_text(encoding="utf-8").splitlines()
    return Ran(ran.exit_code, json.loads(ran.stdout), ran.stderr, [json.loads(each) for each in lines])


def line(action: str = "A-1", **changes: Any) -> bytes:
    """A line that creates an action, with other values of its command."""
    command = {
        "type": "create-action",
        "action": action,
        "title": "[POEC] Employé",
        "funder": "F",
        "responsible": "AFEC",
        **changes,
    }
    actor = {"kind": "platform", "organization": "CAP"}
    return json.dumps({"at": "2021-11-02T09:00:00+01:00", "actor": actor, "command": command}).encode()


def _raw(old: bytes, new: bytes) -> bytes:
    changed = line().replace(old, new, 1)
    assert changed != line()
    return changed


_BAD: dict[str, tuple[bytes, str]] = {
    "an unknown key": (line(zz=1), "$.command.zz: "),
    "a key of a kilobyte": (line("A-1", **{"z" * 1_000: 1}), "$.command["),
    "a duplicate key": (_raw(b'"funder": "F"', b'"funder": "F", "funder": "F"'), "$.command.funder: "),
    "a key 50,000 times": (_raw(b'"funder": "F"', b", ".join([b'"funder": "F"'] * 50_000)), "$.command.funder: "),
    "50,000 unknown keys": (line("A-1", **{f"z{each}": 1 for each in range(50_000)}), "$.command.z"),
    "a wrong type": (line(title=5), "$.command.title: "),
    "a long word for an enumeration": (_raw(b'"platform"', b'"' + b"x" * 900_000 + b'"'), "$.actor.kind: "),
    "an array for an enumeration": (
        _raw(b'"platform"', b"[" * 500 + b"0, " * 1_000 + b"0" + b"]" * 500),
        "$.actor.kind: ",
    ),
    "a long type": (_raw(b"create-action", b"x" * 900_000), "$.command.type: "),
    "a naive instant": (_raw(b"+01:00", b""), "$.at: "),
    "an impossible date": (_raw(b"2021-11-02", b"2021-02-30"), "$.at: "),
    "a surrogate": (line(title="\ud800"), "$.command.title: "),
    "a surrogate as a key": (line("A-1", **{"\ud800": 1}), '$.command["\\ud800"]: '),
    "raw surrogate bytes": (_raw(b"[POEC]", b"\xed\xa0\x80"), "$: "),
    "a NUL": (line(title="[POEC]\0"), "$.command.title: "),
    "a raw NUL": (_raw(b"[POEC]", b"\0"), "$: "),
    "a large number": (line(title=2**64), "$.command.title: "),
    "a number of 5,000 digits": (_raw(b'"F"', b"9" * 5_000), "$.command.funder: "),
    "a fraction of 5,000 digits": (_raw(b'"F"', b"0." + b"9" * 5_000), "$.command.funder: "),
    "a large version": (_raw(b'{"at"', b'{"expected_version": 1' + b"0" * 5_000 + b', "at"'), "$.expected_version: "),
    "NaN": (_raw(b'"F"', b"NaN"), "$.command.funder: "),
    "Infinity": (_raw(b'"F"', b"-Infinity"), "$.command.funder: "),
    "100,000 brackets": (b"[" * 100_000, "$: "),
    "100,000 closed brackets": (b"[" * 100_000 + b"]" * 100_000, "$: "),
    "100,000 objects": (b'{"a":' * 100_000, "$: "),
    "100,000 brackets in a value": (_raw(b'"F"', b"[" * 100_000 + b"]" * 100_000), "$: "),
    "900 nested keys": (_raw(b'"F"', b'{"k":' * 900 + b"1" + b"}" * 900), "$.command.funder: "),
    "a duplicate under 900 keys": (
        _raw(b'"F"', (b'{"' + b"k" * 40 + b'":') * 900 + b'{"a": 1, "a": 1}' + b"}" * 900),
        "$.command.funder",
    ),
    "10 MB of text": (line(title="x" * 10_000_000), "$: "),
    "10 MB of nothing": (b"\0" * 10_000_000, "$: "),
    "invalid UTF-8": (_raw(b"[POEC]", b"\xff"), "$: "),
    "UTF-16": (line().decode().encode("utf-16-be"), "$: "),
    "no JSON": (b"create-action A-1", "$: "),
    "half a line": (line()[:-5], "$: "),
    "two objects": (line() + line("A-2"), "$: "),
    "no object": (b"[1, 2]", "$: "),
    "null": (b"null", "$: "),
    "an empty object": (b"{}", "$.command: required"),
    "a form feed and words": (b"\x0cxx", "$: "),
}


@pytest.mark.parametrize("name", _BAD)
def test_a_malformed_line_harms_no_other(name: str, tmp_path: Path) -> None:
    """A malformed line is one short error with its number and place; the lines around it are carried out."""
    bad, place = _BAD[name]
    ran = run(line("A-1") + b"\n" + bad + b"\n" + line("A-2") + b"\n", tmp_path)
    assert (ran.code, ran.out["accepted"], ran.out["refused"], ran.out["malformed"]) == (2, 2, 0, 1)
    assert ran.out["states"]["actions"] == {"A-1": "awaiting-publication", "A-2": "awaiting-publication"}
    assert ran.refused == []
    assert ran.err.startswith("line 2: ")
    assert ran.err.count("\n") == 1
    assert place in ran.err
    assert len(ran.err) < _SHORT


def test_malformed_lines_in_french(tmp_path: Path) -> None:
    """The line's number, and how many faults are left out, are said in the language asked for."""
    ran = run(line("A-1", **{f"z{each}": 1 for each in range(20)}) + b"\n", tmp_path, "--lang", "fr")
    assert ran.err.startswith("ligne 1\xa0: $.command.z0\xa0: ")
    assert ran.err.endswith("\xa0; … et 12 autres\n")


def test_all_faults_of_a_line_are_printed(tmp_path: Path) -> None:
    """Each fault of a line is printed with its own place, on one line."""
    bad = line(title=5, zz=1).replace(b"+01:00", b"").replace(b'"CAP"', b'""')
    ran = run(bad, tmp_path)
    assert all(f"{place}: " in ran.err for place in ("$.at", "$.actor.organization", "$.command.title", "$.command.zz"))
    assert ran.err.count("\n") == 1


def test_a_deep_line_takes_little_memory() -> None:
    """What reading a malformed line takes is in proportion to its length, however deep it nests."""
    deep = (b'{"' + b"k" * 40 + b'":') * 900 + b"[" + b",".join([b"0"] * 5_000) + b"]" + b"}" * 900
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            journal_line(deep)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * len(deep)


# What a line is


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\r\n", b"\n\n\n", b"\n  \t\n"])
def test_line_ends(end: bytes, last: bytes, tmp_path: Path) -> None:
    """Lines end with LF or CRLF; the last one may lack its end, and blank ones at the end say nothing."""
    ran = run(line("A-1") + end + line("A-2") + last, tmp_path)
    assert (ran.code, ran.out["accepted"], ran.err) == (0, 2, "")


def test_blank_lines_count(tmp_path: Path) -> None:
    """Blank lines are ignored, and count as lines."""
    journal = b"\n" + line() + b"\n \t \n\r\n" + line() + b"\n\n" + b"x\n"
    ran = run(journal, tmp_path)
    assert ran.refused == [{"line": 5, "codes": ["duplicate-reference"]}]
    assert ran.err.startswith("line 7: $: ")
    assert (ran.out["accepted"], ran.out["refused"], ran.out["malformed"]) == (1, 1, 1)


def test_a_leading_bom_is_ignored(tmp_path: Path) -> None:
    """A BOM at the beginning is ignored; anywhere else it is malformed."""
    assert run(b"\xef\xbb\xbf" + line(), tmp_path).code == 0
    assert run(b"\xef\xbb\xbf\n" + line("A-2"), tmp_path).out["accepted"] == 1
    assert run(b"\xef\xbb\xbf", tmp_path).code == 0
    ran = run(line() + b"\n\xef\xbb\xbf" + line("A-2"), tmp_path)
    assert (ran.code, ran.err.partition(":")[0]) == (2, "line 2")


@pytest.mark.parametrize("journal", [b"", b"\n", b"\r\n\n  "])
def test_an_empty_journal(journal: bytes, tmp_path: Path) -> None:
    """An empty file is an empty journal: nothing is done, exit 0, and the refusals are there, empty."""
    ran = run(journal, tmp_path)
    assert (ran.code, ran.err, ran.refused) == (0, "", [])
    assert ran.out == {
        "accepted": 0,
        "refused": 0,
        "malformed": 0,
        "codes": {},
        "advisories": {},
        "states": {"applications": {}, "sessions": {}, "actions": {}},
    }


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\\r", "\\n", "\x7f"])
def test_other_separators_end_no_line(separator: str, tmp_path: Path) -> None:
    """Only LF ends a line: U+2028 and its kind may stand inside a text."""
    journal = line().replace(b"Employ", separator.encode() + b"Employ")
    ran = run(journal + b"\n" + journal, tmp_path)
    assert (ran.out["accepted"], ran.out["malformed"], ran.refused[0]["line"]) == (1, 0, 2)


def test_lines_after_an_endless_one_keep_their_numbers(tmp_path: Path) -> None:
    """A line of 10 MB is one line, whatever its length is to the bytes read at once."""
    for size in (*range(LONGEST_LINE - 1, LONGEST_LINE + 4), 2 * LONGEST_LINE + 1, 2 * LONGEST_LINE + 2):
        ran = run(line() + b"\n" + b"x" * size + b"\n" + line(), tmp_path)
        assert ran.err.startswith("line 2: $: ")
        assert ran.refused == [{"line": 3, "codes": ["duplicate-reference"]}]


@pytest.mark.parametrize("size", [LONGEST_LINE, LONGEST_LINE - 1])
def test_the_end_is_no_part_of_a_lines_length(size: int, tmp_path: Path) -> None:
    """A line of the greatest length is read, whichever end it has."""
    full = line() + b" " * (size - len(line()))
    for end in (b"", b"\n", b"\r\n"):
        assert run(full + end, tmp_path).code == 0


# Exit codes and refusals


@pytest.mark.parametrize(
    ("journal", "code"),
    [
        ([line()], 0),
        ([line(), line()], 1),
        ([line(), b"x"], 2),
        ([line(), line(), b"x"], 2),
        ([b"x", line(), line()], 2),
    ],
)
def test_exit_codes(journal: list[bytes], code: int, tmp_path: Path) -> None:
    """0 when all was accepted, 1 when a line was refused, 2 when one was malformed, which wins."""
    assert run(b"\n".join(journal), tmp_path).code == code


def test_refusals_are_written_anew(tmp_path: Path) -> None:
    """The refusals of an earlier run are overwritten, and every one has its line and its sorted codes."""
    (tmp_path / "refusals.jsonl").write_text("old\n" * 100, encoding="utf-8")
    assert run(line(), tmp_path).refused == []
    ran = run(b"\n".join([line(), b"x", line(), line("B", title="no")]), tmp_path)
    assert ran.refused == [
        {"line": 3, "codes": ["duplicate-reference"]},
        {"line": 4, "codes": ["title-without-poec-prefix"]},
    ]
    assert (tmp_path / "refusals.jsonl").read_text(encoding="utf-8").endswith("]}\n")


def test_bad_bytes_in_another_process(tmp_path: Path) -> None:
    """As a program of its own it reads standard input, and says the same: exit 2, no traceback."""
    journal = b"\n".join([b"\xff", b"[" * 100_000, line(), b"9" * 5_000, b"\0", line(title="\ud800")])
    ran = subprocess.run(
        [sys.executable, "-m", "poec_workflow", "run", "-", "--store", "memory:", "--format", "json"],
        input=journal,
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["accepted"] == 1
    assert [each.partition(b":")[0] for each in ran.stderr.splitlines()] == [
        b"line %d" % each for each in (1, 2, 4, 5, 6)
    ]
    assert len(ran.stderr) < _SHORT


# Anything at all


@cache
def _season() -> tuple[Workflow, tuple[bytes, ...]]:
    """A workflow after half a season, and a line of every command and outcome."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2022-02-04T06:00:00+01:00"))
    lines = _JOURNAL.read_bytes().splitlines()
    samples = {}
    for each in lines[:900]:
        request = journal_line(each)
        answer = workflow.submit(request)
        samples[request.command.type, type(answer)] = each
    return workflow, tuple(samples.values())


def _judge(text: bytes) -> None:
    """Malformed, with short faults that have places, or an answer, whose sentences can be said."""
    try:
        request: Request = journal_line(text)
    except Malformed as error:
        faults = error.faults
    else:
        _answered(request)
        return
    assert faults
    assert all(fault.place.startswith("$") and fault.problem for fault in faults)


def _answered(request: Request) -> None:
    answer = _season()[0].preview(request.command, request.actor)
    assert isinstance(answer, Accepted | Refused)
    if isinstance(answer, Refused):
        assert all(each.message("fr") and each.message("en") for each in answer.refusals)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_get_an_answer(text: bytes) -> None:
    """Random bytes are never anything but malformed, accepted or refused."""
    _judge(text)


_NASTY = st.sampled_from([
    b"", b"\0", b"\xff", b"\xed\xa0\x80", b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\ud800", b"\\u0000", b"null",
    b"NaN", b"1e999", b"9" * 400, b"2.0", b"true", b'"2022-99-99"', b"-", b"\xe2\x80\xa8", b"\\", b"e", b"0",
])  # fmt: skip


@settings(deadline=None)
@given(st.data())
def test_mutated_bytes_get_an_answer(data: st.DataObject) -> None:
    """A season's line with bytes cut out and others put in is never anything but malformed, accepted or refused."""
    text = data.draw(st.sampled_from(_season()[1]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(start + 8, len(text))))
        text = text[:start] + data.draw(_NASTY | st.binary(max_size=4)) + text[stop:]
    _judge(text)


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.dates().map(str)
    | st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
    | st.sampled_from(
        ["35.5", "convoke", "platform", "system", "09:30", "C-000001", "absence", "2022-01-01T00:00:00Z"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.data())
def test_mutated_values_get_an_answer(data: st.DataObject) -> None:
    """A season's line with any JSON in place of any of its values gets an answer, or is malformed."""
    changed = json.loads(data.draw(st.sampled_from(_season()[1])))
    for _ in range(data.draw(st.integers(1, 2))):
        node = changed
        while True:
            name = data.draw(st.sampled_from(sorted(node)))
            if isinstance(node[name], dict) and node[name] and data.draw(st.booleans()):
                node = node[name]
                continue
            node[name] = data.draw(_JSON)
            break
    _judge(json.dumps(changed).encode())


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30) | st.sampled_from([line(), line("A-2"), b"{}"]), max_size=6))
def test_any_journal_comes_to_an_end(lines: list[bytes]) -> None:
    """Of any bytes every line that is not blank is counted once, and the exit code follows from the counts."""
    journal = b"\n".join(lines)
    ran = CliRunner().invoke(program, ["run", "-", "--store", "memory:", "--format", "json"], input=journal)
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    counts = json.loads(ran.stdout)
    said = [each for each in journal.removeprefix(b"\xef\xbb\xbf").split(b"\n") if each.strip()]
    assert counts["accepted"] + counts["refused"] + counts["malformed"] == len(said)
    assert ran.exit_code == (2 if counts["malformed"] else 1 if counts["refused"] else 0)
    assert ran.stderr.count("\n") == counts["malformed"]

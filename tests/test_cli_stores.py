"""The command line and its store's URL: no password is said, and a mistyped path stays without a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from poec_workflow.cli.app import program

SECRET = "s3cret"  # noqa: S105 - what no output may have


def invoke(*words: str, **environment: str) -> Result:
    result = CliRunner().invoke(program, [*words], env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


URLS = {
    f"postgres://u:{SECRET}@127.0.0.1:1/d": 3,
    f"postgresql+psycopg://u@127.0.0.1:1/d?password={SECRET}": 3,
    f"postgres://u:{SECRET}@h:abc/d": 2,
    f"postgres://u:{SECRET}": 2,
    f"postgres://u:x@{SECRET}@h/d": 2,
    f"postgresql+psycopg2://u:{SECRET}@h/d": 2,
    f"mysql://u:{SECRET}@h/d": 2,
    f"u:{SECRET}@h/d": 2,
    f"host=h user=u password={SECRET}": 2,
    f"sqlite://u:{SECRET}@h/f.db": 2,
    f"postgres://u:a {SECRET}@h h/d": 2,
}


@pytest.mark.parametrize("words", [["actions"], ["store", "status"], ["store", "upgrade", "--sql"]], ids=" ".join)
@pytest.mark.parametrize("url", URLS)
def test_a_store_is_never_quoted(url: str, words: list[str]) -> None:
    """Wherever it is named; a wrong URL is wrong usage, a server that is not there is exit 3."""
    for result in (invoke(*words, POEC_STORE=url), invoke(*words, "--store", url), invoke(*words, f"--store={url}")):
        assert SECRET not in result.output
        assert result.exit_code == URLS[url] or "--sql" in words


@pytest.mark.parametrize(
    "words",
    [
        ["URL", "actions"],
        ["--stroe=URL", "actions"],
        ["actions", "URL"],
        ["actions", "--stroe=URL"],
        ["actions", "--tab", "URL"],
        ["actions", "--settings", "URL"],
        ["run", "URL"],
        ["exec", "URL"],
        ["show", "URL", "--store", "memory:"],
        ["relay", "--channels", "URL", "--store", "memory:"],
        ["relay", "--retry", "URL", "--store", "memory:"],
        ["demo", "--keep", "URL"],
        ["diagram", "--into", "URL"],
        ["check", "--properties", "URL"],
    ],
    ids=" ".join,
)
def test_nor_is_a_url_at_a_wrong_place(words: list[str]) -> None:
    """A slip of who types does not put it into a log."""
    for url in (f"postgres://u:{SECRET}@h/d", f"amqp://u:x@{SECRET}@h//"):
        result = invoke(*(each.replace("URL", url) for each in words))
        assert SECRET not in result.output
        assert result.exit_code != 0


def test_the_scheme_is_said_and_what_would_do() -> None:
    """Of a storage that is not known."""
    said = invoke("actions", POEC_STORE="mysql://u:p@h/d").output
    assert "mysql://" in said
    assert "postgresql://USER@HOST/DATABASE" in said


READING = [
    ["applications"],
    ["sessions", "--count"],
    ["actions", "--format", "json"],
    ["show", "X"],
    ["history", "X"],
    ["explain", "X", "--kind", "system"],
    ["dashboard", "AFEC"],
    ["queue", "AFEC"],
    ["candidate", "X"],
    ["relay", "--list"],
    ["relay", "--dead"],
    ["relay", "--status"],
    ["sweep", "--dry-run"],
    ["diagram", "--counts"],
    ["exec", "LINE", "--dry-run"],
    ["store", "status"],
]
LINE = {
    "actor": {"kind": "platform", "organization": "CAP"},
    "command": {
        "type": "create-action",
        "action": "A",
        "title": "[POEC] Métier",
        "funder": "France Travail",
        "responsible": "AFEC",
    },
}


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_reading_makes_no_file_of_a_mistyped_path(words: list[str], tmp_path: Path) -> None:
    """It says that there is no store, in either language; nothing is listed, and what is asked for is unknown."""
    url = f"sqlite:///{tmp_path}/mistyped.db"
    given = [json.dumps(LINE) if each == "LINE" else each for each in words]
    for lang in ("en", "fr"):
        result = invoke(*given, "--lang", lang, POEC_STORE=url)
        assert list(tmp_path.iterdir()) == []
        assert result.exit_code in ((0, 1) if words[0] != "store" else (0, 3))
        assert words[0] == "store" or f"{tmp_path}/mistyped.db" in result.stderr


@pytest.mark.parametrize("words", [["exec", "LINE"], ["sweep"], ["store", "upgrade"]], ids=" ".join)
def test_writing_makes_it(words: list[str], tmp_path: Path) -> None:
    """On first use, as ever, and then it is there to be read."""
    url = f"sqlite:///{tmp_path}/new.db"
    given = [json.dumps(LINE) if each == "LINE" else each for each in words]
    assert invoke(*given, POEC_STORE=url).exit_code == 0
    assert (tmp_path / "new.db").exists()
    assert invoke("actions", POEC_STORE=url).stderr == ""

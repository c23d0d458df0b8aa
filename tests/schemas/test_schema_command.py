"""The command `schema`: what it prints, in which language, under whose rules, and how it is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poec_workflow import locales, schemas
from test_cli import invoke


@pytest.mark.parametrize("name", schemas.DOCUMENTS)
def test_it_prints_each_document(name: str) -> None:
    """As JSON, with `--format json` as without; by itself it prints that of commands."""
    ran = invoke("schema", name, "--lang", "en")
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == schemas.document(name, "en")
    if name == "commands":
        assert invoke("schema", "--lang", "en", "--format", "json").stdout == ran.stdout


@pytest.mark.parametrize("lang", locales.LANGUAGES)
def test_lang_chooses_the_descriptions(lang: str) -> None:
    """The other language stands beside them."""
    assert json.loads(invoke("schema", "problems", "--lang", lang).stdout) == schemas.document("problems", lang)


def test_a_services_own_rules_and_rows_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--settings` takes its settings, its lifecycles and its notices."""
    (tmp_path / "shop.py").write_text(
        "from poec_workflow import Settings, commands\n"
        "from poec_workflow.notices import NOTICES\n"
        "from own_rules import BACK\n"
        "def on_sunday(subject, facts): ...\n"
        "settings = Settings(refuse_also={commands.Convoke: (on_sunday,)})\n"
        "notices = NOTICES.without('N3')\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    own = ("--settings", "shop:settings", "--settings", "shop:BACK", "--settings", "shop:notices", "--lang", "en")
    problems = json.loads(invoke("schema", "problems", *own).stdout)
    codes = problems["$defs"]["RuleRefusal"]["properties"]["code"]["enum"]
    assert {"on-sunday", "session-begun"} <= {*codes}
    withdraw = json.loads(invoke("schema", "commands", *own).stdout)["$defs"]["Withdraw"]
    assert withdraw["description"] == "withdraw (L11, X1)"
    channels = json.loads(invoke("schema", "asyncapi", *own).stdout)["channels"]
    assert "retained" not in channels["system"]["messages"]
    assert "retained" in schemas.document("asyncapi", "en")["channels"]["system"]["messages"]


@pytest.mark.parametrize(
    "words", [("schema", "yaml"), ("schema", "--format", "text"), ("schema", "--settings", "nowhere:settings")]
)
def test_what_is_not_there_is_wrong_usage(words: tuple[str, ...]) -> None:
    """Exit code 2, and nothing on stdout."""
    ran = invoke(*words)
    assert (ran.exit_code, ran.stdout) == (2, "")

"""Which language the command line speaks, and that all it says is in it."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping

import click
import pytest
from click.testing import CliRunner, Result

from poec_workflow import SchemaOutdated, StorageUnavailable
from poec_workflow.cli import click_words, language
from poec_workflow.cli.app import program
from poec_workflow.locales.exception_sentences import sentence

LOCALE = dict.fromkeys(("POEC_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "COLUMNS"))


def invoke(*arguments: str, **environment: str | None) -> Result:
    """Run the program in an environment that says nothing else of languages."""
    return CliRunner().invoke(program, list(arguments), env={**LOCALE, **environment}, prog_name="poec-workflow")


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({}, (), "fr"),
        ({"LANG": "fr_FR.UTF-8"}, (), "fr"), ({"LANG": "fr"}, (), "fr"), ({"LANG": "fr_CA@euro"}, (), "fr"),
        ({"LANG": "C.UTF-8"}, (), "fr"), ({"LANG": "de_DE.UTF-8"}, (), "en"), ({"LANG": "frr_DE"}, (), "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "fr_FR.UTF-8"}, (), "en"), ({"LC_ALL": "C", "LANG": "en_US"}, (), "fr"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_FR", "LANG": "en_US"}, (), "fr"),
        ({"LANGUAGE": "de:fr:en", "LANG": "en_US.UTF-8"}, (), "fr"), ({"LANGUAGE": "en", "LC_ALL": "C"}, (), "fr"),
        ({"POEC_LANG": "en", "LC_ALL": "fr_FR"}, (), "en"), ({"POEC_LANG": "fr", "LC_ALL": "C"}, (), "fr"),
        ({"POEC_LANG": "", "LANG": "fr_FR"}, (), "fr"),
        ({"POEC_LANG": "fr"}, ("--lang", "en"), "en"), ({"LANG": "fr_FR"}, ("--lang=en",), "en"),
        ({}, ("--lang", "en", "--lang", "fr"), "fr"), ({}, ("--", "--lang", "en"), "fr"), ({}, ("--lang", "FR"), "fr"),
    ],
)  # fmt: skip
def test_the_option_wins_over_the_variable_and_that_over_the_locale(
    environment: Mapping[str, str], arguments: tuple[str, ...], expected: str
) -> None:
    """As gettext reads a locale; English where nothing says anything, as `diagrams.render` does."""
    assert language.chosen(arguments, environment) == expected


FRENCH = pytest.mark.parametrize(
    "asked", [("--lang", "fr"), {"POEC_LANG": "fr"}, {"LANG": "fr_FR.UTF-8"}, {"LC_MESSAGES": "fr_FR"}]
)


@FRENCH
def test_commands_speak_it(asked: tuple[str, ...] | dict[str, str]) -> None:
    """Wherever it was asked for; the option before the command and after it."""
    environment = asked if isinstance(asked, dict) else {}
    options = asked if isinstance(asked, tuple) else ()
    for arguments in (("queue", "AFEC", *options), (*options, "queue", "AFEC")):
        assert "Avis à donner [0]" in invoke(*arguments, "--store", "memory:", **environment).stdout
    wrong = invoke("show", *options, **environment)
    assert wrong.exit_code == 2
    assert "Argument manquant 'RÉFÉRENCE'." in wrong.stderr
    assert "Argument manquant" in invoke(*options, "show", **environment).stderr
    helped = invoke("explain", "--help", *options, **environment).stdout
    assert all(
        each in helped for each in ("Utilisation\u00a0:", "Options\u00a0:", "Afficher cette aide", "[obligatoire]")
    )
    assert "Commandes\u00a0:" in invoke(*options, "--help", **environment).stdout


def test_the_default_is_that_of_pictures() -> None:
    """One default language: of the command line where the environment says nothing, and of `render`."""
    from poec_workflow import diagrams, machines  # noqa: PLC0415 - beside what it is about

    assert invoke("diagram").stdout == diagrams.render(machines.APPLICATION, "mermaid")


def test_one_run_leaves_nothing_to_the_next() -> None:
    """After help in French, help in English, and the reverse."""
    for _ in range(2):
        assert "Afficher cette aide" in invoke("show", "--help", "--lang", "fr").stdout
        assert "Show this message" in invoke("show", "--help", "--lang", "en").stdout
        assert "Utilisation" in invoke("show", "--lang", "fr").stderr
        assert "Usage: poec-workflow show" in invoke("show", "--lang", "en").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shw",), "La commande 'shw' n'existe pas."),
        (("show", "--nothing"), "L'option '--nothing' n'existe pas."),
        (("show", "a", "b"), "Argument en trop (b)"),
        (("explain", "C"), "Option manquante '--kind'. Au choix\u00a0:"),
        (("applications", "--limit", "x"), "'x' n'est pas un nombre entier."),
        (("applications", "--limit", "-1"), "hors de l'intervalle"),
        (("applications", "--limit"), "L'option '--limit' attend une valeur."),
        (("applications", "--since", "hier"), "'hier' n'est pas une date AAAA-MM-JJ"),
        (("dashboard", "X", "--at", "2022-02-30"), "ce jour n'existe pas"),
        (("run", "no-file"), "fichier introuvable"),
        (("check", "--format", "csv"), "n'est pas l'une des valeurs possibles\u00a0: 'text', 'json'"),
        (("sweep", "--at", "2999-01-01T00:00:00Z"), "--at est dans le futur"),
        (("relay", "--list", "--dead"), "--list, --dead\u00a0: un seul à la fois"),
        (("actions", "--settings", "x"), "--settings x\u00a0: MODULE:NOM est attendu"),
        (("actions", "--store", "foo:x"), "aucune base pour"),
        (("exec", "{"), "poec-workflow: $\u00a0: ce n'est pas du JSON"),
        (("exec", '{"command":{"type":"convoke","application":"","on":"1"}}'), "de 1 à 64 caractères sont attendus"),
        (("show", "C-1"), "La candidature C-1 n'existe pas."),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)  # fmt: skip
def test_mistakes_are_told_in_french(arguments: tuple[str, ...], said: str) -> None:
    """Those that click finds, those of ours, and what is malformed or not there."""
    store = () if "--store" in arguments or arguments[0] in {"check", "shw"} else ("--store", "memory:")
    ran = invoke(*arguments[:1], *store, *arguments[1:], LANG="fr_FR.UTF-8")
    assert ran.exit_code in {1, 2}
    assert said in ran.stderr
    assert "Error" not in ran.stderr


def _asked() -> Iterator[str]:
    """Every text that click's modules hand to gettext."""
    for module in click_words.ASKING:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}:
                yield from (
                    each.value
                    for each in node.args[:2]
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


UNHEARD = re.compile(
    "Deprecat|defined twice|cannot use|Could not determine|No options defined|Arguments take|Do you want|Confirm the"
    r"|Invalid start|^(file|directory|path|Choice\(.*)$"
)
"""Of click's: said to who writes a program, or to a question that ours does not ask."""


def test_all_that_click_says_is_translated() -> None:
    """A release of click with a new message is noticed here."""
    texts = [each for each in _asked() if not UNHEARD.search(each)]
    assert len(texts) > 30
    assert not [each for each in texts if each not in click_words.french("click")]


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (one := command.get_command(context, name)) is not None:
                yield from _commands(one)


def test_all_help_is_translated() -> None:
    """Each command's and each option's; and nothing is in the table that no command says any more."""
    with language.speaking("en"):
        every = list(_commands(program))
    helped = {click_words.paragraphs(each.help) for each in every if each.help}
    helped |= {one.help for each in every for one in each.params if isinstance(one, click.Option) and one.help}
    known = click_words.french("help")
    assert not helped - set(known)
    assert not [each for each in set(known) - helped if not each.isupper()]


@pytest.mark.parametrize(
    ("error", "french"),
    [
        (
            SchemaOutdated("the store has the schema 0004, this release reads 0005: run `poec-workflow store upgrade`"),
            "la base est au schéma 0004, cette version lit 0005\u00a0: lancez `poec-workflow store upgrade`",
        ),
        (
            StorageUnavailable("the database can't be used: unable to open database file"),
            "la base est inutilisable\u00a0: impossible d'ouvrir le fichier de la base",
        ),
        (ValueError("something else"), "something else"),
    ],
)
def test_exceptions_are_told_in_french(error: Exception, french: str) -> None:
    """As far as their sentence is known."""
    assert sentence(str(error), "fr") == french
    assert sentence(str(error), "en") == str(error)


def test_programs_read_codes() -> None:
    """JSON has the same codes and keys in every language; only messages differ."""
    line = '{"actor":{"kind":"platform"},"command":{"type":"convoke","application":"C-1","on":"2021-12-20"}}'
    said = {
        lang: json.loads(invoke("exec", line, "--store", "memory:", "--format", "json", "--lang", lang).stdout)
        for lang in ("fr", "en")
    }
    for each in said.values():
        assert each["refusals"][0].pop("message")
    assert said["fr"] == said["en"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("applications --after nonsense", "--after: not the cursor of a page"),
        ("sessions --from 1800-01-01", "--from: expected a year from 1900 to 2999"),
        ("applications --role trainer", "--organization: required where a role is named"),
        ("explain C-1 --kind candidate", "--candidate: required for an actor of the kind candidate"),
        (f"candidate {'x' * 65}", "REFERENCE: expected 1 to 64 characters, not 65"),
        ('exec {"at":5}', "$.at: expected an instant of RFC 3339"),
    ],
)
def test_a_fault_of_an_option_names_the_option(words: str, said: str) -> None:
    """Not the field that Python would call it; what is read as JSON keeps its places."""
    ran = invoke(*words.split(), "--store", "memory:", "--lang", "en")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "--store" not in ran.stderr

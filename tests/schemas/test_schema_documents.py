"""The documents: what other programs say of them, what they cover, and what they refuse."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import pytest
from attrs import NOTHING, fields, frozen
from jsonschema import Draft202012Validator, SchemaError  # type: ignore[import-untyped]
from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from poec_workflow import Settings, commands, locales, schemas
from poec_workflow.commands import COMMANDS
from poec_workflow.errors import RefusalKind
from poec_workflow.events import EVENTS
from poec_workflow.model import Page, Reference, Role, TextLength
from poec_workflow.schemas.problem_components import statuses
from poec_workflow.serialization.converter import IGNORED_KEYS
from poec_workflow.views import PageRequest, SessionRow
from poec_workflow.views.ordering import SORTS

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
QUEUE = "/organizations/{organization}/queue"
JSON_SCHEMAS = ("commands", "events", "messages", "problems")
LANG = pytest.mark.parametrize("lang", locales.LANGUAGES)


@cache
def made(name: str, lang: str = "en") -> dict[str, Any]:
    return schemas.document(name, lang)


def copy_of(name: str) -> dict[str, Any]:
    return deepcopy(made(name))


def inner(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in some JSON."""
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from inner(each)
    if isinstance(schema, dict):
        yield schema


# What other programs say


@pytest.mark.parametrize("name", JSON_SCHEMAS)
def test_each_is_a_json_schema(name: str) -> None:
    """As the metaschema of draft 2020-12 says; each reference in it leads somewhere in it."""
    document = made(name)
    Draft202012Validator.check_schema(document)
    led_to = {each["$ref"] for each in inner(document) if isinstance(each.get("$ref"), str)}
    assert {each.removeprefix("#/$defs/") for each in led_to} <= document["$defs"].keys()


def test_what_is_no_json_schema_is_told() -> None:
    """The check fails where there is something to find."""
    wrong = copy_of("commands")
    wrong["$defs"]["Convoke"]["required"] = "type"
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema(wrong)


def test_it_is_an_openapi_document() -> None:
    """As `openapi-spec-validator` says, and each component of it is a JSON Schema."""
    document = made("openapi")
    validate(document)
    schemas_of_it = {"$defs": document["components"]["schemas"]}
    Draft202012Validator.check_schema(schemas_of_it)


@pytest.mark.parametrize(
    "fault",
    [
        lambda document: document["paths"][QUEUE]["get"]["responses"]["200"].pop("description"),
        lambda document: document["paths"]["/applications/{reference}"]["get"]["parameters"].pop(0),
        lambda document: document["paths"][QUEUE]["get"].update(operationId="dashboard"),
        lambda document: document["info"].pop("version"),
    ],
    ids=["an answer without a word", "an undeclared parameter of the path", "two of one name", "no version"],
)
def test_what_is_no_openapi_document_is_told(fault: Any) -> None:
    """The check fails where there is something to find."""
    wrong = copy_of("openapi")
    fault(wrong)
    with pytest.raises(OpenAPIValidationError):
        validate(wrong)


def by_asyncapi_parser(*documents: Mapping[str, Any]) -> list[list[str]]:
    """The errors that `@asyncapi/parser` finds in each; passed over where it or Node is missing, in CI failed."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "@asyncapi" / "parser").is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Node or @asyncapi/parser is missing: npm install")
    given = json.dumps(documents)
    done = subprocess.run(["node", "parse.mjs"], cwd=HERE, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def small_asyncapi() -> dict[str, Any]:
    """The document with the broker alone: each message costs the parser."""
    small = copy_of("asyncapi")
    small["channels"] = {"broker": small["channels"]["broker"]}
    small["operations"] = {"send-broker": small["operations"]["send-broker"]}
    small["components"]["messages"] = {"message": small["components"]["messages"]["message"]}
    return small


def test_it_is_an_asyncapi_document_and_what_is_none_is_told() -> None:
    """As `@asyncapi/parser` says; it finds what was spoilt."""
    adrift, wrong_type = small_asyncapi(), small_asyncapi()
    adrift["operations"]["send-broker"]["channel"]["$ref"] = "#/channels/nowhere"
    wrong_type["components"]["schemas"]["Day"]["type"] = "day"
    good, small, *bad = by_asyncapi_parser(made("asyncapi"), small_asyncapi(), adrift, wrong_type)
    assert (good, small) == ([], [])
    assert ["#/channels/nowhere" in "".join(bad[0]), "components.schemas.Day" in "".join(bad[1])] == [True, True], bad


def test_patterns_are_read_alike_by_javascript_and_python() -> None:
    """As ECMA 262 with the flag `u` reads them; a last newline is refused by what stands beside them in Python."""
    if shutil.which("node") is None:
        pytest.skip("Node is missing")
    patterns = sorted({each["pattern"] for each in inner(made("openapi")) if isinstance(each.get("pattern"), str)})
    probes = [
        "",
        "a",
        "😀" * 3,
        "\0",
        "\u2028\n",
        "2020-02-29",
        "2021-02-29",
        "09:30",
        "24:00",
        "-0.5",
        "٣",
        '"3"',
        "\n",
    ]
    done = subprocess.run(
        ["node", "patterns.mjs"],
        cwd=HERE,
        input=json.dumps({"patterns": patterns, "probes": probes}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[re.search(each, probe) is not None for probe in probes] for each in patterns]


# What they cover


def test_every_command_event_and_problem_has_its_schema() -> None:
    """By its name on the wire."""
    branches = made("commands")["$defs"]["Command"]["properties"]["type"]["enum"]
    assert branches == [*COMMANDS]
    entries = made("events")["$defs"]
    assert entries["HistoryEntry"]["properties"]["type"]["enum"] == [*EVENTS]
    assert entries["Event"]["properties"]["type"]["enum"] == [*EVENTS]
    kinds = made("problems")["$defs"]["Problem"]["properties"]["type"]["enum"]
    assert [each.rpartition(":")[2] for each in kinds] == [*statuses()]
    assert {*statuses()} >= {*RefusalKind}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.type)
def test_a_command_has_its_fields_and_no_others(command: Any) -> None:
    """Read off its class: what has no default is required."""
    schema = schemas.components()[command.__name__]
    ignored = IGNORED_KEYS.get(command, ())
    assert [each for each in schema["properties"] if each not in ignored] == [
        "type",
        *(f.name for f in fields(command)),
    ]
    assert schema["required"] == ["type", *(each.name for each in fields(command) if each.default is NOTHING)]
    assert schema["additionalProperties"] is False


def test_a_new_field_needs_no_schema_of_its_own() -> None:
    """Whatever annotation the wire format knows: a length of its own, a default, null, an array, an enumeration."""

    @frozen(kw_only=True)
    class Visit:
        reference: Reference
        on: date
        note: Annotated[str, TextLength(2, 5)] | None = None
        hours: Decimal = Decimal(7)
        roles: tuple[Role, ...] = ()

    validator = Draft202012Validator(schemas.schema_of(Visit))
    good = {"reference": "V-1", "on": "2021-11-02", "note": "😀😀", "hours": "3.5", "roles": ["trainer"]}
    assert validator.is_valid(good)
    assert validator.is_valid({"reference": "V-1", "on": "2021-11-02", "note": None, "hours": None, "roles": None})
    for wrong in ({"note": "😀"}, {"hours": 7}, {"roles": ["pilot"]}, {"on": None}, {"by": "A"}, {"reference": ""}):
        assert not validator.is_valid({**good, **wrong}), wrong
    assert schemas.schema_of(Visit)["$defs"]["Visit"]["properties"]["hours"]["default"] == "7"


def test_a_list_is_asked_by_its_filter() -> None:
    """Each field of the filter and of the page is a parameter, and sorting is what the list can."""
    for operation in schemas.OPERATIONS:
        if operation.filter is None:
            continue
        parameters = made("openapi")["paths"][operation.path]["get"]["parameters"]
        asked = {each["name"]: each for each in parameters if each["in"] == "query"}
        assert asked.keys() == {each.name for cls in (operation.filter, PageRequest) for each in fields(cls)}
        assert not any(each["required"] or {"type": "null"} in inner(each) for each in asked.values())
    sessions = made("openapi")["paths"]["/sessions"]["get"]["parameters"]
    assert [each["schema"]["enum"] for each in sessions if each["name"] == "sort"] == [[*SORTS[SessionRow]]]


def test_refusals_are_answered_with_their_status() -> None:
    """Of each kind, as `RefusalKind` has it."""
    answers = made("openapi")["paths"]["/commands"]["post"]["responses"]
    for kind in RefusalKind:
        assert f"{kind.capitalize()}Problem" in json.dumps(answers[str(kind.http_status)])


def _undescribed(name: str, schema: Mapping[str, Any], lang: str) -> Iterator[str]:
    other = f"x-description-{'fr' if lang == 'en' else 'en'}"
    if not (schema.get("description") and schema.get(other)):
        yield name
    for member, each in schema.get("properties", {}).items():
        if "const" not in each and "enum" not in each and not (each.get("description") and each.get(other)):
            yield f"{name}.{member}"
        if "properties" in each and each["additionalProperties"] is False:
            yield from _undescribed(f"{name}.{member}", each, lang)


@LANG
def test_everything_is_described_in_both_languages(lang: str) -> None:
    """Each component and each member; a placeholder that nothing fills would be seen."""
    nested = [each for name in JSON_SCHEMAS for each in made(name, lang)["$defs"].items()]
    found = {**schemas.components(lang), **made("openapi", lang)["components"]["schemas"], **dict(nested)}
    assert len(found) > 150
    missing = [each for name, schema in found.items() for each in _undescribed(name, schema, lang)]
    # Of a refusal of one kind it is said in the others; of what tells objects apart, by those.
    assert [each for each in missing if not each.endswith(".type")] == []
    assert "{" not in json.dumps([each.get("description") for each in inner(found)])


def test_descriptions_are_in_the_language_that_was_asked_for() -> None:
    """The other stands beside it, and nothing else differs."""
    french, english = schemas.components("fr")["Convoke"], schemas.components("en")["Convoke"]
    assert (french["description"], french["x-description-en"]) == ("convoquer (L2)", "convoke (L2)")
    assert (english["description"], english["x-description-fr"]) == ("convoke (L2)", "convoquer (L2)")
    assert french["required"] == english["required"]
    with pytest.raises(ValueError, match="unknown language 'de'"):
        schemas.components("de")


def test_a_services_own_rules_stand_in_them() -> None:
    """The codes of its own policies, and its numbers."""

    def on_sunday(_subject: object, _facts: object) -> None: ...

    own = Settings(coefficient_max=9, refuse_also={commands.Convoke: (on_sunday,)})
    codes = schemas.document("problems", "en", own)["$defs"]["RuleRefusal"]["properties"]["code"]["enum"]
    assert "on-sunday" in codes
    assert "on-sunday" not in made("problems")["$defs"]["RuleRefusal"]["properties"]["code"]["enum"]
    coefficient = schemas.components("en", own)["SetCoefficient"]["properties"]["coefficient"]
    assert coefficient["description"].endswith("2 to 9.")


def test_unknown_documents_and_classes_are_told() -> None:
    """By name."""
    with pytest.raises(ValueError, match="unknown document 'yaml': one of commands"):
        schemas.document("yaml")
    for other in (object, Page, list, None, 3, "Application"):
        with pytest.raises(TypeError, match="no schema of "):
            schemas.schema_of(other)

"""The pages that are drawn from the code: `python docs/generate.py` writes them, `--check` says which are stale.

Tables, policies, commands, events and the database schema are the only sources; the remedies stand in `remedies.toml`.
"""

from __future__ import annotations

import inspect
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from poec_workflow import Refusal, diagrams, locales
from poec_workflow.adapters.sql.schema import HEAD, metadata
from poec_workflow.events import ApplicationEvent
from poec_workflow.machines import LIFECYCLES, AnyRule
from poec_workflow.policies import PERMISSIONS

HERE = Path(__file__).parent
NOTE = "% Drawn from the code by `python docs/generate.py`; a test fails when it is stale.\n"
HEADS = {
    "lifecycles": """# The lifecycles

Each is drawn from the table that decides it: a picture, what each state does with each command, and the rows with who
may give them and the codes of their refusals.
""",
    "refusals": """# Every refusal

A refusal is an answer, with a stable code, a sentence in French and English, and details as data. Of the answers before
the rules one is given, alone; of a row's rules, every one that fails.
""",
    "commands": """# Commands

One frozen class each, in `poec_workflow.commands`, named after the command: `RecordAbsence` is `record-absence` on the
wire. A trailing `?` is an optional field.
""",
    "events": """# Events

What happened: one class per outcome, in `poec_workflow.events`. Every event has {envelope}; names of events and fields
are stored for good. Folding a subject's events gives the subject. The history entry around an event says who, when it
took effect and when it was recorded, by which row and command, in which decision, and under which table and settings
(`fingerprint`).
""",
    "schema": """# The database schema

Revision {head}, the same on SQLite and PostgreSQL (types as PostgreSQL has them). Days are ISO text, instants
microseconds since 1970, flags 0 or 1. Subjects stand whole in `data`, as JSON; the columns beside it are what is
searched by. [Upgrading](../how-to/upgrade-the-store.md) is a command.
""",
}

_NAMES = re.compile(r"{(\w+)}")

RULES: Sequence[AnyRule] = [rule for each in LIFECYCLES.values() for rule in each.rules]
BEFORE_THE_RULES: Mapping[str, str] = {
    "key-reused": "Answer 0: the key was used by an accepted command, and this is another one.",
    "unknown-application": "Answer 1: the subject does not exist.",
    "unknown-session": "Answer 1: the subject, or what it is created under, does not exist.",
    "unknown-action": "Answer 1: the subject, or what it is created under, does not exist.",
    "not-permitted": "Answer 2: the actor may not do it; nothing else is revealed.",
    "stale-version": "Answer 3: the caller's expected version differs.",
    "no-transition": "Answer 4: the table has no row for this state and command.",
    "duplicate-reference": "Answer 5: the reference of a creating command is taken.",
}
"""The codes that are no rule of a row, in the order of answers."""


def _head(page: str, **figures: str) -> str:
    return f"{NOTE}\n{HEADS[page].format(**figures)}"


def lifecycles() -> str:
    """The three tables: drawn, state by command, and row by row."""
    parts = [_head("lifecycles")]
    for lifecycle in LIFECYCLES.values():
        title = locales.label("words", lifecycle.name, "en")
        picture = f"![The lifecycle: {title}](pictures/{lifecycle.name}.svg)"
        table = diagrams.render(lifecycle, "table", lang="en", show=("conditions",))
        rows = diagrams.render(lifecycle, "rows", lang="en", show=("conditions", "codes", "actors"))
        parts.append(f"## {title}\n\n{picture}\n\n{table}\n{rows}")
    return "\n".join(parts)


def _pictures() -> Mapping[str, Callable[[], str]]:
    return {
        f"reference/pictures/{each.name}.svg": partial(diagrams.render, each, "svg", lang="en", show=("conditions",))
        for each in LIFECYCLES.values()
    }


def refusals() -> str:
    """Every code: what it is, where it stands, its sentences, what to do."""
    parts = [_head("refusals")]
    parts += ["## Before the rules\n", *map(_refusal, BEFORE_THE_RULES), "## Rules\n", *map(_refusal, rule_codes())]
    return "\n".join(parts)


def rule_codes() -> list[str]:
    """The codes of the rows' policies, in the order of the tables."""
    return list(dict.fromkeys(code for rule in RULES for code in rule.codes))


def _refusal(code: str) -> str:
    refusal, rows = Refusal(code), [rule for rule in RULES if code in rule.codes]
    sentences = {lang: locales.words(lang)["refusals"][code] for lang in ("fr", "en")}
    of = ", ".join(f"{rule.id} `{rule.command.type}`" for rule in rows)
    lines = [
        f"### `{code}`\n",
        f"{BEFORE_THE_RULES.get(code) or _cause(code, rows[0])}\n",
        *([f"- Rows: {of}"] if rows else []),
        f"- HTTP: {refusal.http_status} ({refusal.kind})",
        f"- Details: {', '.join(f'`{name}`' for name in _NAMES.findall(sentences['en']))}",
        f"- « {_literal(sentences['fr'])} »",
        f"- “{_literal(sentences['en'])}”",
        f"- **What to do**: {remedies()[code]}\n",
    ]
    return "\n".join(lines)


def _cause(code: str, rule: AnyRule) -> str:
    policy = next(each for each in rule.unless if each.__name__ == code.replace("-", "_"))
    return inspect.cleandoc(policy.__doc__ or "").replace("\n", " ")


def _literal(sentence: str) -> str:
    return _NAMES.sub(r"`\1`", sentence)


def remedies() -> Mapping[str, str]:
    """Code ▸ what to do."""
    found: Mapping[str, str] = tomllib.loads((HERE / "remedies.toml").read_text(encoding="utf-8"))
    return found


def commands() -> str:
    """Every command with its fields, its row and who may give it by default."""
    head = "| command | row | fields | who, by default |\n|---|---|---|---|"
    parts = [_head("commands")]
    for lifecycle in LIFECYCLES.values():
        rows = [_command(command) for command in lifecycle.by_command]
        parts.append("\n".join([f"## {locales.label('words', lifecycle.name, 'en')}\n", head, *rows, ""]))
    return "\n".join(parts)


def _command(command: type) -> str:
    names = [f"`{each.name}{'' if each.default is attrs.NOTHING else '?'}`" for each in attrs.fields(command)]
    ids = ", ".join(rule.id for rule in RULES if rule.command is command)
    who = ", ".join(str(grant).replace(":anyone", "").replace(":", " as ") for grant in PERMISSIONS[command])
    return f"| `{command.type}` | {ids} | {', '.join(names)} | {who} |"


def events() -> str:
    """Every event with its row and fields."""
    envelope = [each.name for each in attrs.fields(ApplicationEvent)]
    head = "| event | row | fields of its own |\n|---|---|---|"
    parts = [_head("events", envelope=", ".join(f"`{name}`" for name in envelope))]
    for lifecycle in LIFECYCLES.values():
        rows = [_event(rule, envelope) for rule in lifecycle.rules]
        parts.append("\n".join([f"## {locales.label('words', lifecycle.name, 'en')}\n", head, *rows, ""]))
    return "\n".join(parts)


def _event(rule: AnyRule, envelope: Sequence[str]) -> str:
    own = [f"`{each.name}`" for each in attrs.fields(rule.event) if each.name not in envelope]
    return f"| `{rule.event.type}` | {rule.id} | {', '.join(own)} |"


def schema() -> str:
    """Every table, column and index."""
    parts = [_head("schema", head=HEAD)]
    parts += [_table(table) for table in sorted(metadata.tables.values(), key=lambda each: each.name)]
    return "\n".join(parts)


def _table(table: Table) -> str:
    key = ", ".join(f"`{column.name}`" for column in table.primary_key)
    indexes = sorted(
        f"- index `{each.name}` on {', '.join(f'`{c.name}`' for c in each.columns)}" for each in table.indexes
    )
    rows = [_column(column) for column in table.columns]
    return "\n".join(
        [f"## `{table.name}`\n", "| column | type | null |\n|---|---|---|", *rows, "", f"- key: {key}", *indexes, ""]
    )


def _column(column: Column[Any]) -> str:
    written = column.type.compile(dialect=postgresql.dialect())
    return f"| `{column.name}` | {written} | {'yes' if column.nullable else ''} |"


PAGES: Mapping[str, Callable[[], str]] = {
    "reference/lifecycles.md": lifecycles,
    "reference/refusals.md": refusals,
    "reference/commands.md": commands,
    "reference/events.md": events,
    "reference/schema.md": schema,
    **_pictures(),
}
"""Page or picture ▸ what draws it."""
_PLACED = re.compile(r' (?:[xyrd]|cx|cy|rx|width|height|points|viewBox)="[^"]*"')
"""Where things stand in a picture, which may differ by the release of Graphviz."""


def stale() -> Iterator[str]:
    """The pages that are not what the code draws now."""
    for name, draw in PAGES.items():
        page = HERE / name
        if not page.exists() or _PLACED.sub("", page.read_text(encoding="utf-8")) != _PLACED.sub("", draw()):
            yield name


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` only look."""
    old = list(stale())
    for name in old:
        if "--check" in arguments:
            sys.stderr.write(f"stale: {name}\n")
        else:
            (HERE / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if old and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

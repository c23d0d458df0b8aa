"""The explorer's page, its data taken out of it again, and its own script run by Node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from attrs import field, frozen

from browser import needs
from poec_workflow import Settings, commands, decide
from poec_workflow.decider import Refused
from poec_workflow.diagrams import render
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.explorer_page import CASES
from poec_workflow.machines import APPLICATION, LIFECYCLES, Lifecycle, Lifecycles

JUDGE = Path(__file__).parent / "judge.js"
RULES = {code for lifecycle in LIFECYCLES.values() for each in lifecycle.steps for code in each.codes}
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_RENDERS = "// Renders the page"


@frozen(slots=False)
class Page:
    """A page, and what is in it."""

    settings: Settings
    html: str = field(repr=False)
    lifecycle: Lifecycle = APPLICATION

    @cached_property
    def case(self) -> Any:
        """The sample case that it evaluates."""
        return CASES[self.lifecycle.kind](self.settings)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What it looks up."""
        found = _DATA.search(self.html)
        assert found
        data: dict[str, Any] = json.loads(found[1])
        return data

    def judge(
        self, *, cells: list[Any] | None = None, journeys: list[Any] | None = None, data: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """What the page's script answers, of its own data unless others are given."""
        found = _SCRIPT.search(self.html)
        assert found
        script, _, _ = found[1].partition(_RENDERS)
        jobs = {"script": script, "data": data or self.data, "cells": cells or [], "journeys": journeys or []}
        needs("node", there=shutil.which("node") is not None)
        done = subprocess.run(
            ["node", str(JUDGE)], input=json.dumps(jobs), capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answers: dict[str, Any] = json.loads(done.stdout)
        return answers


@cache
def page(settings: Settings | None = None, lang: str = "fr", lifecycle: Lifecycle = APPLICATION) -> Page:
    """The page under settings."""
    given = settings or Settings()
    return Page(given, render(lifecycle, "html", lang=lang, settings=given), lifecycle)


def inputs(case: Case, command: str, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """The real subject, facts and command of some facts of the page."""
    kind = commands.COMMANDS[command]
    options = {
        name: each[max(at[name], 0)].value if at[name] is not None else None for name, each in case.dimensions.items()
    }
    return case.real(kind, options, existing=at["state"] is not None)


def verdict(case: Case, command: str, at: Mapping[str, Any], lifecycles: Lifecycles = LIFECYCLES) -> dict[str, Any]:
    """What `decide` answers, in the shape of the page's answer."""
    subject, facts, asked = inputs(case, command, at)
    answer = decide(subject, asked, facts, lifecycles)
    if isinstance(answer, Refused):
        row = any(each.code in RULES or each.templates for each in answer.refusals)
        chosen = lifecycles[asked.subject_kind].executor.choose(subject, facts, asked) if row else None
        told = sorted([each.code, each.message("fr"), each.message("en")] for each in answer.refusals)
        return _answer(at, chosen.id if chosen else None, refusals=told)
    notes = sorted([each.code, each.message("fr"), each.message("en")] for each in answer.advisories)
    to = lifecycles[asked.subject_kind].states.index(answer.subject.state)
    return _answer(at, answer.change.rule, advisories=notes, to=to)


def _answer(at: Mapping[str, Any], row: str | None, **more: Any) -> dict[str, Any]:
    return {"actor": at["actor"], "row": row, "refusals": [], "advisories": [], "to": None, **more}

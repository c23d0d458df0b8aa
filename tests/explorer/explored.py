"""The explorer's page, its data taken out of it again, and its own script run by Node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from attrs import field, frozen

from browser import needs
from poec_workflow import Settings
from poec_workflow.diagrams import render
from poec_workflow.machines import APPLICATION

JUDGE = Path(__file__).parent / "judge.js"
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_DRAWS = "// Draws the page"


@frozen
class Page:
    """A page, and what is in it."""

    settings: Settings
    html: str = field(repr=False)

    @property
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
        script, _, _ = found[1].partition(_DRAWS)
        jobs = {"script": script, "data": data or self.data, "cells": cells or [], "journeys": journeys or []}
        needs("node", there=shutil.which("node") is not None)
        done = subprocess.run(
            ["node", str(JUDGE)], input=json.dumps(jobs), capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        answers: dict[str, Any] = json.loads(done.stdout)
        return answers


@cache
def page(settings: Settings | None = None, lang: str = "fr") -> Page:
    """The page under settings."""
    given = settings or Settings()
    return Page(given, render(APPLICATION, "html", lang=lang, settings=given))

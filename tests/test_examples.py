"""The examples work, and are short: each is run as its README says, with its framework's own client."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
VIEWS = {"django_service": "absences/views.py", "fastapi_service": "service/views.py"}
PYTEST = ["-m", "pytest", "-p", "no:cacheprovider", "."]
DJANGO = ["manage.py", "test"]
TESTS = {"django_service": DJANGO, "fastapi_service": PYTEST, "own_rules": PYTEST, "rafael": DJANGO}


@pytest.mark.parametrize("service", TESTS)
def test_its_own_tests_pass(service: str) -> None:
    """In a process of its own, where a warning is an error too."""
    command = [sys.executable, "-W", "error", *TESTS[service]]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=EXAMPLES / service, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", VIEWS)
def test_three_views_take_fewer_than_forty_lines(service: str) -> None:
    """Of statements, imports and docstrings apart: all that a service writes to use the workflow."""
    assert 20 < len(lines_of_code((EXAMPLES / service / VIEWS[service]).read_text(encoding="utf-8"))) < 40


@pytest.mark.parametrize("service", VIEWS)
def test_a_service_knows_none_of_the_tables(service: str) -> None:
    """No file of it names one."""
    for path in (EXAMPLES / service).rglob("*.py"):
        assert not re.search(r"\bpoec_(?!workflow\b)", path.read_text(encoding="utf-8")), path


def lines_of_code(source: str) -> set[int]:
    """The numbers of the lines that are neither blank, comment, docstring nor import."""
    tree = ast.parse(source)
    apart: set[int] = set()
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and (is_text or isinstance(node, (ast.Import, ast.ImportFrom))):
            apart.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code = {number for number, line in enumerate(source.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
    return code - apart

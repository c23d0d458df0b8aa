"""The command that measures runs, and keeps what it measured; how fast anything is no test says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A quick run of the decisions alone, and the file that it keeps."""
    kept = tmp_path_factory.mktemp("kept") / "decision.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "decision", "--json", str(kept)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False), kept


def test_every_line_is_kept(run: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """With both figures, their ratio, and the target that it is held against."""
    said, kept = run
    lines = json.loads(kept.read_text(encoding="utf-8"))["lines"]
    assert {"decide, accepted", "decide, no row", "by hand, a frozen table"} <= {each["name"] for each in lines}
    for each in lines:
        assert each["group"] == "decision"
        assert each["ours"] > 0
        assert each["floor"] > 0
        assert each["ratio"] == each["ours"] / each["floor"]
        assert each["target"] is None or each["missed"] is (each["ratio"] > each["target"]["limit"])
    assert said.returncode == int(any(each["missed"] for each in lines)), said.stderr


def test_the_table_fits_a_terminal(run: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """In 80 columns, a line for each."""
    said, _ = run
    assert max(map(len, said.stdout.splitlines())) <= 80
    assert "decide, accepted" in said.stdout

"""Plant each kept fault in a copy of the project, run the tests there, and print which were found.

    uv run python tests/faults/run.py [NAME …]

Exits 1 when a fault stays unfound, or its patch no longer applies.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COPIED = ("src", "tests", "docs", "examples", "pyproject.toml", "README.md", "CONTRIBUTING.md")
TESTS = ("deadlines", "matrix", "decide", "workflow", "stateful", "explain", "season")


def verdict(patch: Path) -> tuple[bool, str]:
    """Whether a test fails under the fault, and which does first."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        applied = subprocess.run(["git", "apply", str(patch)], cwd=copy, capture_output=True, text=True, check=False)
        if applied.returncode:
            return False, f"the patch does not apply: {applied.stderr.strip()}"
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        command += [f"tests/test_{name}.py" for name in TESTS]
        # The copy's own package comes before the one that is installed.
        found = subprocess.run(
            command,
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        first = next((line for line in found.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), "no test")
        return found.returncode == 1, first[:100]


def main(names: list[str]) -> int:
    """Plant the named faults, or all of them."""
    patches = [each for each in sorted(HERE.glob("*.patch")) if not names or each.stem in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        verdicts = list(pool.map(verdict, patches))
    for patch, (found, by) in zip(patches, verdicts, strict=True):
        print(f"{'found' if found else 'NOT FOUND':<10} {patch.stem:<32} {by}")
    score = sum(found for found, _ in verdicts)
    print(f"{score} of {len(patches)} planted faults found")
    return 0 if patches and score == len(patches) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

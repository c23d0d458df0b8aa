"""Plant each kept fault in a copy of the project, see whether it is found, and print the score.

    uv run python tests/faults/run.py [NAME …]        the faults beside this file, by the example tests
    uv run python tests/faults/run.py --kit [NAME …]  those of kit/, by the testing kit alone: no example is run

Exits 1 when a fault stays unfound, when the kit's journal to it is long, or when a patch no longer applies.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COPIED = ("src", "tests", "docs", "examples", "pyproject.toml", "README.md", "CONTRIBUTING.md")
TESTS = (
    "deadlines",
    "matrix",
    "advisories",
    "left_out",
    "own_rows",
    "decide",
    "workflow",
    "stateful",
    "explain",
    "season",
    "notices",
)
LONGEST_JOURNAL = 12

Verdict = tuple[bool, str]
"""Whether a fault was found, and by what."""


@contextmanager
def planted(patch: Path) -> Iterator[Path]:
    """A copy of the project with the fault in it."""
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
            raise ValueError(f"the patch does not apply: {applied.stderr.strip()}")
        yield copy


def run_in(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python there; the copy's own package comes before the one that is installed."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def by_tests(copy: Path) -> Verdict:
    """Whether an example test fails, and which does first."""
    tests = [f"tests/test_{name}.py" for name in TESTS]
    # Rules are the same on every storage: to begin a server for each fault takes longer than to find it.
    found = run_in(copy, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *tests)
    first = next((line for line in found.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), "no test")
    return found.returncode == 1, first[:100]


def by_kit(copy: Path) -> Verdict:
    """Whether the kit finds it by itself in time, and tells it shortly."""
    hunted = run_in(copy, "tests/faults/hunt.py")
    lines = hunted.stdout.splitlines()
    if hunted.returncode != 1 or not lines:
        return False, hunted.stderr[-300:] or "nothing was found"
    found = json.loads(lines[-1])
    length, seconds = len(found["journal"]), found["seconds"]
    told = f"{length:>2} lines, {seconds:4.1f} s by {found['by']}: {found['what']}"
    return 0 < length <= LONGEST_JOURNAL, told[:160]


def verdict(patch: Path) -> Verdict:
    """What becomes of a fault: those in kit/ are the kit's to find."""
    try:
        with planted(patch) as copy:
            return by_kit(copy) if patch.parent.name == "kit" else by_tests(copy)
    except ValueError as error:
        return False, str(error)


def main(asked: list[str]) -> int:
    """Plant the named faults, or all of them."""
    names = [each for each in asked if each != "--kit"]
    folder = HERE / "kit" if "--kit" in asked else HERE
    patches = [each for each in sorted(folder.glob("*.patch")) if not names or each.stem in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        verdicts = list(pool.map(verdict, patches))
    for patch, (found, by) in zip(patches, verdicts, strict=True):
        print(f"{'found' if found else 'NOT FOUND':<10} {patch.stem:<32} {by}")
    score = sum(found for found, _ in verdicts)
    print(f"{score} of {len(patches)} planted faults found")
    return 0 if patches and score == len(patches) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

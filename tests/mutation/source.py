"""Mutate the rules' source with cosmic-ray, and judge every mutant: `python tests/mutation/source.py [--minutes 9]`.

Two workers, each on a copy of the project under `build/mutation`; a next call goes on where the last one stopped. Two
rounds: the quick one (`hot.py`) puts a mutant into the loaded package, the thorough one (`warm.py`) imports it afresh.
When all are judged it prints the score, and holds the survivors against `survivors.toml`. It exits 1 when mutants are
left, when fewer than 95 % are killed, when a survivor stands unexplained, or when an explained one is none any more.
`--fresh` forgets what was judged, as a change of the source does; `--again` judges the survivors again.

Left out is what cosmic-ray makes of `|`, which the rules use between types alone; that is checked here.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from attrs import frozen
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KEPT = ROOT / "build" / "mutation"
PACKAGE = ROOT / "src" / "poec_workflow"
MUTATED = ("machines/*.py", "policies/*.py", "decider.py")
COPIED = ("src", "tests", "docs", "pyproject.toml", "README.md", "CONTRIBUTING.md")
WORKERS = 2
LEAST = 95
"""Per cent of the mutants."""
CONF, SESSION = "../configuration.toml", "../session.sqlite"
TYPES = {
    "check.py: Details | None",
    "check.py: tuple[Details | None, ...] | None",
    "policy.py: Callable[[S, Facts], Details | None] | Callable[[S, Facts, C], Details | None]",
    "policy.py: Details | None",
    "rule.py: ApplicationStateName | SessionStateName",
    "rule.py: ApplicationStateName | SessionStateName | ActionStateName",
}
"""What is of types though no annotation: the names `Evaluate`, `Policy` and `StateName`, given to them."""

CONFIGURATION = """
[cosmic-ray]
module-path = {modules}
timeout = 600.0
excluded-modules = []
test-command = "{python} -I {ask} {socket}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = ["core/ReplaceBinaryOperator_BitOr_.*"]
"""


@frozen(order=True)
class Survivor:
    """A mutant under which every test passes: the function, what stood there, what stands there instead."""

    file: str
    where: str
    was: str
    became: str


def modules() -> list[Path]:
    """What is mutated."""
    return sorted(each for pattern in MUTATED for each in PACKAGE.glob(pattern))


def unions_that_run() -> list[str]:
    """Each `|` of the mutated source that is not within an annotation."""
    found = []
    for module in modules():
        tree = ast.parse(module.read_text(encoding="utf-8"))
        notes = [each for node in ast.walk(tree) for each in _annotations(node)]
        typed = {id(node) for note in notes for node in ast.walk(note)}
        unions = (each for each in ast.walk(tree) if isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr))
        found += [f"{module.name}: {ast.unparse(node)}" for node in unions if id(node) not in typed]
    return found


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    given = (getattr(node, name, None) for name in ("annotation", "returns"))
    return (each for each in given if isinstance(each, ast.AST))


def copied(place: Path) -> None:
    """The project as it is now, to be mutated in place."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place / name)


def prepared(place: Path, share: Sequence[Path]) -> None:
    """A worker's copy, cosmic-ray's configuration and its session."""
    copied(place / "project")
    text = CONFIGURATION.format(
        modules=[str(each.relative_to(ROOT)) for each in share],
        python=sys.executable,
        ask=HERE / "ask.py",
        socket=place / "judge",
    )
    (place / "configuration.toml").write_text(text, encoding="utf-8")
    if not (place / "session.sqlite").exists():
        for command in (("cosmic-ray", "init", CONF, SESSION), ("cr-filter-operators", SESSION, CONF)):
            assert _tool(place, *command).wait() == 0, command


def _tool(place: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([Path(sys.executable).parent / name, *arguments], cwd=place / "project")


@contextmanager
def judge(place: Path, *more: str) -> Iterator[None]:
    """A warm judge of a worker's copy; whatever it still judges ends with it."""
    (place / "judge").unlink(missing_ok=True)
    with _python(place, "warm.py", str(place / "judge"), *more) as process:
        assert process.stdout
        try:
            assert process.stdout.readline(), "the judge did not start"
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _python(place: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A program of ours on a worker's copy: with the package of the copy."""
    return subprocess.Popen(
        [sys.executable, f"tests/mutation/{name}", *arguments],
        cwd=place / "project",
        env={**os.environ, "PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def judged(places: Sequence[Path], minutes: float) -> None:
    """Both rounds, all workers at once, until they are done or the time is up; what is judged is kept."""
    until = time.monotonic() + minutes * 60
    first = [_python(each, "hot.py", SESSION, str(minutes * 60)) for each in places]
    codes = [each.wait() for each in first]
    assert not any(codes), "the first round failed"
    if time.monotonic() > until:
        return
    with ExitStack() as stack:
        for number, each in enumerate(places):
            stack.enter_context(judge(each, *(["--collect-only"] if number else [])))
        running = [_tool(each, "cosmic-ray", "exec", CONF, SESSION) for each in places]
        for process in running:
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
                process.wait()


def forgotten(place: Path) -> None:
    """The survivors' verdicts."""
    with closing(sqlite3.connect(place / "session.sqlite")) as kept, kept:
        kept.execute("DELETE FROM work_results WHERE test_outcome = 'SURVIVED'")


def counted(place: Path) -> tuple[Counter[str], list[Survivor]]:
    """How many mutants ended how, and who survived."""
    score: Counter[str] = Counter()
    survivors = []
    with use_db(place / "session.sqlite", WorkDB.Mode.open) as kept:
        score["left"] = len(list(kept.pending_work_items))
        for item, result in kept.completed_work_items:
            if result.worker_outcome == WorkerOutcome.SKIPPED:
                score["passed over: a type"] += 1
                continue
            score[result.test_outcome.value] += 1
            if result.test_outcome == TestOutcome.SURVIVED:
                (mutation,) = item.mutations
                survivors.append(_survivor(mutation.module_path, mutation.definition_name, result.diff))
    return score, survivors


def _survivor(module: Path, where: str | None, diff: str) -> Survivor:
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    was, became = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)).strip() for sign in ("-", "+"))
    return Survivor(str(module).removeprefix("src/poec_workflow/"), where or "", was, became)


def explained() -> list[Survivor]:
    """The survivors of `survivors.toml`, each with its reason."""
    entries = tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8"))["survivor"]
    assert all(each.pop("why") for each in entries)
    return [Survivor(**each) for each in entries]


def reported(places: Sequence[Path]) -> bool:
    """Print the score and whoever is not as the file says; whether all is well."""
    score: Counter[str] = Counter()
    survivors: list[Survivor] = []
    for place in places:
        counts, found = counted(place)
        score += counts
        survivors += found
    told = score["killed"] + score["survived"]
    share = 100 * score["killed"] / max(1, told)
    print(*(f"{count:>6,} {name}" for name, count in sorted(score.items())), sep="\n")
    print(f"{share:.1f} % of {told:,} mutants killed")
    unexplained = sorted((Counter(survivors) - Counter(explained())).elements())
    stale = sorted((Counter(explained()) - Counter(survivors)).elements()) if not score["left"] else []
    for title, each in [("UNEXPLAINED", one) for one in unexplained] + [("NO SURVIVOR", one) for one in stale]:
        print(f"{title} {each.file} {each.where}\n  - {each.was}\n  + {each.became}")
    return share >= LEAST and not (score["left"] or score["incompetent"] or unexplained or stale)


def main() -> int:
    """Judge, count, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args()
    if strange := sorted({*unions_that_run()} - TYPES):
        print("a `|` that is not between types:", *strange)
        return 1
    largest_first = sorted(modules(), key=lambda each: each.stat().st_size, reverse=True)
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sorted(largest_first))).hexdigest()[:12]
    places = [KEPT / f"{digest}-{number}" for number in range(WORKERS)]
    for number, place in enumerate(places):
        if asked.fresh:
            shutil.rmtree(place, ignore_errors=True)
        prepared(place, largest_first[number::WORKERS])
        if asked.again:
            forgotten(place)
    judged(places, asked.minutes)
    return 0 if reported(places) else 1


if __name__ == "__main__":
    sys.exit(main())

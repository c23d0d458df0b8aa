"""The structure of the package: no circle, at most ten layers, no name twice, and nothing heavy on import.

What the layers are stands in `pyproject.toml`; `lint-imports` holds the imports to it. Each test here has its contrary
beside it: the same check on a small package that is wrong in this way.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import grimp
import pytest

import poec_workflow

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "poec_workflow"
MOST_LAYERS = 10
MOST_FILES = 25
UNCOUNTED = {"__init__", "__main__"}
HEAVY = (
    "alembic",
    "cattrs",
    "click",
    "cloudevents",
    "django",
    "fastapi",
    "httpcore2",
    "hypothesis",
    "icalendar",
    "jinja2",
    "kombu",
    "opentelemetry",
    "poec_workflow.adapters",
    "poec_workflow.cli",
    "poec_workflow.contrib",
    "poec_workflow.diagrams",
    "poec_workflow.explorer",
    "poec_workflow.readjudication",
    "poec_workflow.schemas",
    "poec_workflow.testing",
    "psycopg",
    "pygraphviz",
    "pytest",
    "rich",
    "standardwebhooks",
    "sqlalchemy",
    "stamina",
)
"""What `import poec_workflow` must not load."""
LIGHT = {
    "poec_workflow": HEAVY,
    "poec_workflow.diagrams": tuple(each for each in HEAVY if each != "poec_workflow.diagrams"),
    "poec_workflow.adapters.memory": tuple(each for each in HEAVY if each != "poec_workflow.adapters"),
}


def imports(package: str) -> Mapping[str, frozenset[str]]:
    """The modules that each module of a package imports, for type checking alone included."""
    graph = grimp.build_graph(package, cache_dir=None)
    return {each: frozenset(graph.find_modules_directly_imported_by(each)) for each in graph.modules}


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """One circle of a graph; none is an empty list."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def between_rooms(graph: Mapping[str, Iterable[str]], package: str) -> Mapping[str, frozenset[str]]:
    """The same graph between the direct children of the package."""

    def room(module: str) -> str:
        return ".".join(module.split(".")[:2])

    rooms: dict[str, set[str]] = {}
    for module, others in graph.items():
        rooms.setdefault(room(module), set()).update(room(each) for each in others)
    rooms.pop(package, None)
    return {name: frozenset(others - {name, package}) for name, others in rooms.items()}


def repeated(folder: Path) -> set[str]:
    """The names that more than one module below a folder has."""
    names = Counter(each.stem for each in folder.rglob("*.py") if each.stem not in UNCOUNTED)
    return {name for name, times in names.items() if times > 1}


def layers(project: Path) -> list[str]:
    """The layers of the project's contract, the highest first."""
    configuration = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = [each for each in configuration["contracts"] if each["type"] == "layers"]
    assert contract["exhaustive"]
    found: list[str] = contract["layers"]
    return found


def loaded(module: str, unwanted: Iterable[str], path: Path) -> list[str]:
    """Which of some modules a fresh interpreter has loaded after it imported one."""
    code = f"import sys, {module}; print(*({set(unwanted)!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=path, capture_output=True, text=True, check=True)
    return sorted(found.stdout.split())


def test_no_module_imports_in_a_circle() -> None:
    """Imports between modules have an order, those for type checking included."""
    assert circle(imports("poec_workflow")) == []


def test_no_room_imports_in_a_circle() -> None:
    """Imports between the package's rooms have an order."""
    assert circle(between_rooms(imports("poec_workflow"), "poec_workflow")) == []


def test_at_most_ten_layers() -> None:
    """The contract has at most ten layers, and no room stands in two of them."""
    found = layers(ROOT)
    assert 0 < len(found) <= MOST_LAYERS
    rooms = [room.strip() for layer in found for room in layer.replace("|", ":").split(":")]
    assert len(rooms) == len(set(rooms))


def test_no_two_modules_share_a_name() -> None:
    """A name says which file is meant, whatever its room."""
    assert repeated(PACKAGE) == set()


@pytest.mark.parametrize("module", LIGHT)
def test_an_import_loads_nothing_heavy(module: str) -> None:
    """A service pays for what it uses: storages, pictures, the kit and the command line are loaded on demand."""
    assert loaded(module, LIGHT[module], ROOT) == []


def test_help_loads_nothing_of_the_domain() -> None:
    """The list of commands is written without the rules, the libraries that they use, and the commands themselves."""
    code = "from poec_workflow.cli.app import program; program(['--help'], standalone_mode=False)"
    found = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules, sep='\\n', file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(found.stderr.split())
    assert {each for each in modules if each.startswith("poec_workflow")} == {
        "poec_workflow",
        "poec_workflow.cli",
        "poec_workflow.cli.app",
        "poec_workflow.cli.click_words",
        "poec_workflow.cli.interruption",
        "poec_workflow.cli.language",
        "poec_workflow.locales",
        "poec_workflow.locales.elision",
    }
    assert not modules & {"attr", "rich", "transitions"}


def test_a_command_loads_what_it_uses(tmp_path: Path) -> None:
    """Figures of a store on SQLite, printed into a file, need no decision, no JSON, no retry and no other database."""
    code = (
        "import sys; from poec_workflow.cli.app import program; "
        f"program(['dashboard', 'AFEC', '--store', 'sqlite:///{tmp_path}/poec.db'], standalone_mode=False); "
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    unused = {"alembic", "cattrs", "rich.console", "sqlalchemy.dialects.postgresql", "stamina", "transitions"}
    assert not unused & set(found.stderr.split())


def test_every_public_name_is_where_it_is_said_to_be() -> None:
    """What type checkers read as an import of the package is what it gives at run time, and all that it publishes."""
    (checked,) = (
        each
        for each in ast.parse((PACKAGE / "__init__.py").read_text()).body
        if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING"
    )
    imported = {
        name.name: each.module for each in checked.body if isinstance(each, ast.ImportFrom) for name in each.names
    }
    assert sorted(imported) == sorted(poec_workflow.__all__)
    for name, module in imported.items():
        found = getattr(poec_workflow, name)
        assert module
        expected = sys.modules.get(f"{module}.{name}") or getattr(import_module(module), name)
        assert found is expected
        assert name in dir(poec_workflow)


@pytest.mark.parametrize("name", ["Misspelt", "misspelt", "__main__", "__wrapped__"])
def test_the_package_has_no_other_names(name: str) -> None:
    """A name that is none is an AttributeError; asking for one runs nothing."""
    assert not hasattr(poec_workflow, name)


def test_a_module_of_the_package_is_an_attribute_of_it() -> None:
    """Also one that nothing has imported yet."""
    code = "import poec_workflow; print(poec_workflow.ports.SystemClock.__name__)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "SystemClock\n"


# The contrary of each


def test_a_use_case_enters_few_files() -> None:
    """A warm `convoke` and a warm `explain` on SQLite enter fewer than 25 files; more are to be read by who follows."""
    spec = spec_from_file_location("files_entered", ROOT / "benchmarks" / "files_entered.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    for name, files in benchmark.counted().items():
        assert 0 < len(files) < MOST_FILES, (name, files)


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that is wrong in each of these ways."""
    for name, text in {
        "wrong/__init__.py": "import wsgiref\n",
        "wrong/above/__init__.py": "",
        "wrong/above/lists.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import wrong.below.queries\n",
        "wrong/below/__init__.py": "",
        "wrong/below/lists.py": "",
        "wrong/below/queries.py": "import wrong.above.lists\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_circle_is_found(wrong: Path) -> None:
    """Also one that exists for type checking alone, and one between rooms."""
    graph = imports("wrong")
    assert {*circle(graph)} == {"wrong.above.lists", "wrong.below.queries"}
    assert {*circle(between_rooms(graph, "wrong"))} == {"wrong.above", "wrong.below"}
    assert wrong.exists()


def test_an_eleventh_layer_is_found(tmp_path: Path) -> None:
    """The check counts what the contract says."""
    contract = (
        f"[[tool.importlinter.contracts]]\ntype = 'layers'\nexhaustive = true\nlayers = {list('abcdefghijk')!r}\n"
    )
    (tmp_path / "pyproject.toml").write_text(contract)
    assert len(layers(tmp_path)) > MOST_LAYERS


def test_a_repeated_name_is_found(wrong: Path) -> None:
    """Two modules of one name in different rooms."""
    assert repeated(wrong) == {"lists"}


def test_a_heavy_import_is_found(wrong: Path) -> None:
    """A module that a package loads on import."""
    assert loaded("wrong", ("wsgiref",), wrong) == ["wsgiref"]

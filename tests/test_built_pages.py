"""The pages as readers get them: every public name can be looked up, defaults are shown, buttons copy what is typed."""

from __future__ import annotations

import ast
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

from browser import chromium
from public_names import public_names
from test_docs import DOCS, ROOT, blocks, commands_of

SHOWN_BADLY = re.compile(r"NOTHING|attr_dict|Factory\(|<factory>|<lambda>|\bat 0x|<object|<function")
SIGNATURE = re.compile(r'<dt class="sig .*?</dt>', re.DOTALL)
COPIES = """() => {
  const copied = [];
  document.addEventListener("copy", () => copied.push(document.activeElement.value), true);
  return [...document.querySelectorAll("div.highlight-console")].map(block => {
    block.querySelector("button.copybtn").click();
    return copied.at(-1);
  });
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages: the one that `POEC_BUILT_PAGES` names, else built here."""
    if given := os.environ.get("POEC_BUILT_PAGES"):
        return Path(given)
    folder = tmp_path_factory.mktemp("pages")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def inventory(pages: Path) -> Mapping[str, object]:
    """What other projects can link to: each Python name that stands on a page, and what it names."""
    listed = InventoryFile.loads((pages / "objects.inv").read_bytes(), uri="").data
    return dict(_named(name for kind, names in listed.items() if kind.startswith("py:") for name in names))


def _named(names: Iterator[str]) -> Iterator[tuple[str, object]]:
    for name in names:
        try:
            yield name, pkgutil.resolve_name(name)
        except AttributeError:  # an attribute without a default, which the class does not have
            continue


def _stands(name: str, value: object, inventory: Mapping[str, object]) -> bool:
    """Whether a page has the name, or the same class or function by another of its names."""
    return name in inventory or (hasattr(value, "__qualname__") and any(value is each for each in inventory.values()))


def test_every_public_name_is_on_a_page(inventory: Mapping[str, object]) -> None:
    """What a module's `__all__` says, and every command and event."""
    assert len(public_names()) > 300
    assert [name for name, value in public_names().items() if not _stands(name, value, inventory)] == []


def test_what_the_pages_import_is_on_a_page(inventory: Mapping[str, object]) -> None:
    """Whoever reads an example can look up each name that it takes from the package."""
    missing = set()
    for page in (ROOT / "README.md", *DOCS.rglob("*.md")):
        for code in blocks(str(page.relative_to(ROOT)), "python"):
            for node in ast.walk(ast.parse(code)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("poec_workflow"):
                    names = {f"{node.module}.{each.name}" for each in node.names}
                    found = {name: pkgutil.resolve_name(name) for name in names}
                    missing |= {name for name, value in found.items() if not _known(name, value, inventory)}
    assert sorted(missing) == []


def _known(name: str, value: object, inventory: Mapping[str, object]) -> bool:
    module = getattr(value, "__spec__", None)
    return any(each.startswith(f"{name}.") for each in inventory) if module else _stands(name, value, inventory)


def test_signatures_show_what_is_written(pages: Path) -> None:
    """No default is a placeholder of attrs, of dataclasses, or an object's address."""
    signatures = [
        (page.name, unescape(re.sub("<[^>]+>", "", each)))
        for page in pages.rglob("*.html")
        for each in SIGNATURE.findall(page.read_text(encoding="utf-8"))
    ]
    assert len(signatures) > 500
    assert [each for each in signatures if SHOWN_BADLY.search(each[1])] == []
    (settings,) = (each for _, each in signatures if "class poec_workflow.Settings(" in each)
    for written in ("permissions=PERMISSIONS", "catalogue=Catalogue.default()", "refuse_also={}", "grace_days=21"):
        assert written in settings
    assert any("clock=SystemClock(), settings=" in each for _, each in signatures)


def test_a_button_copies_what_is_typed(pages: Path) -> None:
    """Of each console block of every page: its commands, without prompts and without what they print."""
    with chromium() as browser:
        context = browser.new_context()
        for source in sorted(DOCS.rglob("*.md")):
            wanted = ["\n".join(each for each, _ in commands_of(code)) for code in _console(source)]
            if wanted:
                page = context.new_page()
                page.goto((pages / source.relative_to(DOCS)).with_suffix(".html").as_uri())
                assert [each.strip() for each in page.evaluate(COPIES)] == wanted, source
                page.close()


def _console(page: Path) -> list[str]:
    return blocks(str(page.relative_to(ROOT)), "console")

"""Debian's Chromium, driven from tests: offline, with nothing of its own going out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = (
    "--no-sandbox",  # CI is root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def needs(program: str | Path, *, there: bool) -> None:
    """Skip the test where a program is missing; in CI that is a failure."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing, and CI must have it")
    pytest.skip(f"{program} is missing")


def npm(path: str) -> str:
    """The text of a file of an npm package, as `package.json` pins them."""
    file = Path(__file__).parent.parent / "node_modules" / path
    needs(f"node_modules/{path} (npm install)", there=file.exists())
    return file.read_text(encoding="utf-8")


@contextmanager
def chromium(*options: str) -> Iterator[Browser]:
    """A browser with further options, or a test skipped (in CI: failed) where there is none."""
    needs(PROGRAM, there=PROGRAM.exists())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PROGRAM), args=[*QUIET, *options])
        try:
            yield browser
        finally:
            browser.close()

"""The link of a journey is copied wherever the page lies: over plain http a browser has no clipboard for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from explored import page
from opened_page import Opened, desktop
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from browser import chromium

HOST = "explorer.test"
"""A name that no browser trusts, as it trusts `localhost`."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page lies."""
    made = tmp_path_factory.mktemp("served")
    (made / "explorer.html").write_text(page(lang="en").html, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where it is served, over plain http."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{HOST}:{server.server_port}/explorer.html"
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """A tab of a browser that finds the host."""
    with chromium(f"--host-resolver-rules=MAP {HOST} 127.0.0.1") as browser, desktop(browser) as made:
        yield made


def pasted(tab: Tab) -> str:
    """What is in the clipboard, as somebody pastes it."""
    tab.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'pasted' }))")
    tab.focus("#pasted")
    tab.keyboard.press("Control+V")
    text = tab.input_value("#pasted")
    tab.evaluate("document.getElementById('pasted').remove()")
    return text


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_link_is_copied(tab: Tab, folder: Path, address: str, scheme: str) -> None:
    """The clipboard has the address with the journey, and the focus stays where it was."""
    tab.goto(address if scheme == "http" else (folder / "explorer.html").as_uri())
    assert tab.evaluate("isSecureContext") is (scheme == "file")
    assert tab.evaluate("'clipboard' in navigator") is (scheme == "file")
    Opened(tab).give("seats=1" if scheme == "http" else "quota=1", "preregister")
    tab.focus("#copy-link")
    tab.keyboard.press("Enter")
    expect(tab.locator("#copied")).to_have_text("Copied.")
    expect(tab.locator("#link")).to_be_hidden()
    assert tab.evaluate("document.activeElement.id") == "copy-link"
    assert pasted(tab) == tab.url
    assert tab.url.endswith(":seats=1;preregister" if scheme == "http" else ":quota=1;preregister")


def test_a_link_that_is_not_copied_can_be_taken(tab: Tab, address: str) -> None:
    """Where a browser copies nothing at all, the link stands there, selected, with its label."""
    tab.goto("about:blank")
    tab.goto(address)
    tab.evaluate("document.execCommand = () => false")
    Opened(tab).give("preregister")
    tab.click("#copy-link")
    expect(tab.locator("#copied")).to_have_text("Not copied: take it from here.")
    expect(tab.get_by_label("The link to copy")).to_have_value(tab.url)
    assert tab.evaluate("getSelection().toString()") == tab.url
    Opened(tab).give("convoke")
    expect(tab.locator("#link")).to_be_hidden()

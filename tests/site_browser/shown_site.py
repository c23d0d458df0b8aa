"""The example's site as somebody meets it: served by its own command, opened in a browser, somebody signed in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from browser import npm

MANAGE = Path(__file__).parent.parent.parent / "examples" / "rafael" / "manage.py"
TODAY = "2026-03-10"
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)


@contextmanager
def shown_site() -> Iterator[str]:
    """The address of the site, in a process of its own."""
    command = [sys.executable, "-W", "error", str(MANAGE), "demo", "--port", "0", "--today", TODAY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.search(r"(http://\S+)/", line):
                    yield found[1]
                    break
            else:
                raise AssertionError("the site did not start")
        finally:
            process.terminate()


@frozen
class Clerk:
    """Somebody at a browser, signed in."""

    context: BrowserContext
    page: Page
    site: str

    def opens(self, path: str) -> Clerk:
        """Go to a page of the site, which is there."""
        answer = self.page.goto(f"{self.site}{path}")
        assert answer is not None
        assert answer.ok, (path, answer.status)
        return self

    def presses(self, name: str, *, exact: bool = True) -> Clerk:
        """Press the one button of a name that can be seen, and come to the page that it leads to."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=exact).locator("visible=true").click()
        return self

    def unfolds(self, text: str) -> Clerk:
        """Open what is folded away."""
        self.page.locator("summary", has_text=text).first.click()
        return self

    def fills(self, label: str, value: str) -> Clerk:
        """Fill in the field of a label that can be seen."""
        field = self.page.get_by_label(label).locator("visible=true").first
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
        return self

    def confirms(self) -> Clerk:
        """Read the page that asks once more, and confirm."""
        assert self.page.locator("#confirm-title").count() == 1, self.text
        return self.presses("Confirmer")

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    @property
    def state(self) -> str:
        """The badge beside the title."""
        return self.page.locator("h1 .badge").inner_text()

    @property
    def told(self) -> str:
        """What the page says first of what just happened."""
        return self.page.locator(".notice").first.inner_text()


@contextmanager
def clerk(browser: Browser, site: str, username: str, **options: Any) -> Iterator[Clerk]:
    """Somebody who signs in with a click; nobody where there is no name."""
    told = {"locale": "fr-FR", "viewport": DESK, **options}
    context = browser.new_context(**told)
    context.set_default_timeout(10_000)
    try:
        page = context.new_page()
        page.goto(f"{site}/")
        if username:
            with page.expect_navigation():
                page.locator(f"button[value={username}]").click()
        yield Clerk(context, page, site)
    finally:
        context.close()


def faults_of_access(page: Page, **options: Any) -> list[str]:
    """What axe-core finds on a page, a line for each rule, with where."""
    # A page's policy lets no script in but its own: axe comes by the browser's own door.
    page.evaluate(npm("axe-core/axe.min.js"))
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def wider_than_the_window(page: Page) -> list[str]:
    """The parts of a page that make it scroll sideways: boxes, and boxes whose words stick out."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter(each => !each.closest(".scroll") && (each.getBoundingClientRect().right > innerWidth
            || each.getBoundingClientRect().left + each.scrollWidth > innerWidth))
        .map(each => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 40)}`)"""
    )
    return found

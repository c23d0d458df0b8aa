"""The explorer's page as somebody has it open in a browser: its moves, and what it then shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen
from explored import page
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Page as Tab

from poec_workflow import Settings, commands
from poec_workflow.machines import APPLICATION, Lifecycle

DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=640)

_SHOWN = """recipes => recipes.map(recipe => {
  moves = recipe;
  render();
  const { answer } = replay(DATA, moves).steps.at(-1);
  const shown = {};
  for (const each of Object.keys(DATA.words)) {
    setLanguage(each);
    shown[each] = [...document.querySelectorAll("#answer .rules > li.no")]
      .map((item) => [item.querySelector("code").textContent, item.textContent]);
  }
  return { facts: answer.facts, shown };
})"""


@frozen
class Opened:
    """The page as somebody has it open."""

    tab: Tab

    def give(self, *tokens: str) -> None:
        """Change facts (`seats=1`, `@overdue` for a day) and give commands, by what the page offers."""
        for token in tokens:
            name, _, value = token.partition("=")
            if token.startswith("@"):
                self.tab.click(f"#day-{token.removeprefix('@')}")
            elif value:
                self.tab.evaluate("document.getElementById('before').open = true")
                self.tab.locator(f"select:is([id='{name}'], [id='fact-{name}'])").select_option(value)
            else:
                self.tab.click(f"#command-{name} .run")

    def state(self) -> str:
        """The state that the picture marks."""
        return self.tab.locator("#picture .current").get_attribute("data-state") or ""

    def check(self) -> list[str]:
        """What axe-core finds."""
        found: dict[str, Any] = self.tab.evaluate("axe.run(document)")
        return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]

    def shown(self, recipes: Sequence[Sequence[str]], data: Mapping[str, Any]) -> list[Any]:
        """The facts at the end of each recipe, and the refusals that the page then shows, by language; all at once."""
        moves = [[move(token, data) for token in recipe] for recipe in recipes]
        shown: list[Any] = self.tab.evaluate(_SHOWN, moves)
        return shown


def move(token: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """A token as the page keeps it: `on-convoke=3` chooses a payload's option, `on=3` does so whatever the command."""
    name, _, value = token.partition("=")
    if token.startswith("@"):
        return {"set": "today", "to": data["landmarks"][token.removeprefix("@")]}
    if not value:
        return {"run": name}
    of_a_command = [each for each in data["dimensions"] if name.removeprefix(f"{each}-") in commands.COMMANDS]
    return {"set": of_a_command[0] if of_a_command else name, "to": int(value)}


@contextmanager
def desktop(browser: Browser) -> Iterator[Tab]:
    """A tab of a desktop's width."""
    with browser.new_context(viewport=DESKTOP) as context:
        made = context.new_page()
        made.set_default_timeout(5_000)
        yield made


def opened(
    tab: Tab,
    folder: Path,
    settings: Settings | None = None,
    lang: str = "en",
    link: str = "",
    lifecycle: Lifecycle = APPLICATION,
) -> Opened:
    """The page as a file; where it is open already, it starts again."""
    made = page(settings or Settings(), lang, lifecycle)
    file = folder / f"{hashlib.sha256(made.html.encode()).hexdigest()}.html"
    if not file.exists():
        file.write_text(made.html, encoding="utf-8")
    if tab.url.partition("#")[0] == file.as_uri() and not link:
        tab.evaluate(
            "lang => { document.getElementById('before').open = false; notes = []; restart(); setLanguage(lang); }",
            lang,
        )
    else:
        tab.goto("about:blank")
        tab.goto(f"{file.as_uri()}{link}")
    return Opened(tab)


def reach(tab: Tab, where: str, *, back: bool = False) -> None:
    """Press Tab until something has the focus, which must be seen."""
    for _ in range(100):
        if tab.evaluate("where => document.activeElement.matches(where)", where):
            assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
        tab.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"no key leads to {where}")

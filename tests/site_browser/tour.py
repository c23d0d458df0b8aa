"""Take a picture of every screen: light and dark, at 1x and 2x, in French and English, on a desk and on a phone.

uv run python tests/site_browser/tour.py FOLDER [NAME ...]

With `--documentation` it takes the few that the documentation shows instead, and puts them there.
"""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from itertools import product
from pathlib import Path
from typing import Literal

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "examples" / "rafael")]

from every_screen import SCREENS, Screen
from playwright.sync_api import Browser, Page, ViewportSize
from shown_site import DESK, PHONE, clerk, faults_of_access, shown_site, wider_than_the_window

from browser import chromium

LOCALES = {"fr": "fr-FR", "en": "en-GB"}


DOCUMENTATION = Path(__file__).parent.parent.parent / "docs" / "how-to" / "screens"
SHOWN = {
    "fr": ("sign-in", "home", "actions", "session", "applications", "work", "application-present"),
    "en": ("home", "application-present"),
}
WINDOW = ViewportSize(width=1120, height=760)
TO_WEBP = """async png => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({type: "image/webp", quality: 0.8})).arrayBuffer());
    return btoa(Array.from(bytes, each => String.fromCharCode(each)).join(""));
}"""


def main() -> int:
    """Take them; what axe-core finds, and what is wider than its window, is printed and fails."""
    if sys.argv[1:] == ["--documentation"]:
        return _document()
    folder, *names = sys.argv[1:] or ["build/screens"]
    wanted = [each for each in SCREENS if not names or each.name in names]
    Path(folder).mkdir(parents=True, exist_ok=True)
    found = 0
    with chromium() as browser, shown_site() as site:
        for user, lang, scale in product(dict.fromkeys(each.user for each in wanted), LOCALES, (1, 2)):
            own = [each for each in wanted if each.user == user]
            found += _tour(browser, site, own, lang, scale, Path(folder))
    print(f"{found} faults")
    return 1 if found else 0


def _tour(browser: Browser, site: str, screens: list[Screen], lang: str, scale: int, folder: Path) -> int:
    found = 0
    with clerk(browser, site, screens[0].user, locale=LOCALES[lang], device_scale_factor=scale) as visitor:
        for each in screens:
            visitor.page.goto(f"{site}{each.path}")
            colours: Literal["light", "dark"]
            for colours in ("light", "dark"):
                visitor.page.emulate_media(color_scheme=colours)
                name = f"{each.name}-{lang}-{colours}-{scale}x"
                visitor.page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
                if scale == 1:
                    found += _faults(visitor.page, name)
            if scale == 1:
                visitor.page.set_viewport_size(PHONE)
                visitor.page.screenshot(path=str(folder / f"{each.name}-{lang}-phone.png"), full_page=True)
                for wide in wider_than_the_window(visitor.page):
                    found += 1
                    print(f"{each.name}-{lang}-phone: {wide}")
                visitor.page.set_viewport_size(DESK)
    return found


def _faults(page: Page, name: str) -> int:
    faults = faults_of_access(page)
    for each in faults:
        print(f"{name}: {each}")
    return len(faults)


def _document() -> int:
    """Small pictures of what a clerk sees first."""
    DOCUMENTATION.mkdir(exist_ok=True)
    with chromium() as browser, shown_site() as site:
        blank = browser.new_page()
        for lang, locale in LOCALES.items():
            for each in SCREENS:
                if each.name in SHOWN[lang]:
                    with clerk(browser, site, each.user, locale=locale, viewport=WINDOW) as visitor:
                        visitor.page.goto(f"{site}{each.path}")
                        png = b64encode(visitor.page.screenshot()).decode()
                    webp = b64decode(blank.evaluate(TO_WEBP, png))
                    (DOCUMENTATION / f"{each.name}-{lang}.webp").write_bytes(webp)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""One browser and one site for all tests here; each test has applications of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from shown_site import shown_site

from browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def site(browser: Browser) -> Iterator[str]:
    """The site's address; the browser first, so that where there is none nothing is served."""
    del browser
    with shown_site() as address:
        yield address

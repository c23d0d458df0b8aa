"""One browser and one site for the tests of a module; each test has applications of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from shown_site import shown_site

from browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser; closed with the module, for the loop that drives it would be in the way of other tests' own."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    """The site's address; the browser first, so that where there is none nothing is served."""
    del browser
    with shown_site() as address:
        yield address

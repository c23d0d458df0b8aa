"""Of every screen: nothing that axe-core finds, light and dark; a phone does not scroll it sideways; no error in it."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

import pytest
from every_screen import SCREENS, Screen
from playwright.sync_api import Browser, Page
from shown_site import DESK, PHONE, clerk, faults_of_access, wider_than_the_window

TOUR_ONLY = {"application-rejected", "application-no-advice", "application-convoked", "session-full", "action-claimed"}
"""Alike to others: `tour.py` looks at them, in both languages."""
SHOWN = [each for each in SCREENS if each.name not in TOUR_ONLY]
BY_USER = {user: list(of) for user, of in groupby(sorted(SHOWN, key=attrgetter("user")), attrgetter("user"))}
UNFOLD = """() => document.querySelectorAll("details").forEach(each => {
    each.removeAttribute("name");
    each.open = true;
})"""
COLOURS = {"runOnly": ["color-contrast"]}


@pytest.mark.parametrize("user", BY_USER)
def test_a_screen_is_for_everybody(user: str, browser: Browser, site: str) -> None:
    """In French as it comes, in English too where somebody asks for it; with the colours of day and night."""
    found: dict[str, list[str]] = {}
    with clerk(browser, site, user) as visitor:
        errors: list[str] = []
        visitor.page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        visitor.page.on("pageerror", lambda error: errors.append(str(error)))
        for each in BY_USER[user]:
            found[each.name] = _faults(visitor.page, site, each)
        allowed = [each for each in errors if "404" in each]
        assert errors == allowed
    assert {name: faults for name, faults in found.items() if faults} == {}


def _faults(page: Page, site: str, screen: Screen) -> list[str]:
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}{screen.path}")
    # What is folded away is read too.
    page.evaluate(UNFOLD)
    faults = faults_of_access(page)
    page.emulate_media(color_scheme="dark")
    faults += faults_of_access(page, **COLOURS)
    page.set_viewport_size(PHONE)
    faults += wider_than_the_window(page)
    page.set_viewport_size(DESK)
    return faults

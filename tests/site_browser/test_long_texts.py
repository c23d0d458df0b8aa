"""A name, or a text, without a space in it: broken where its box ends, on a phone and at a desk."""

from __future__ import annotations

from playwright.sync_api import Browser
from shown_site import DESK, PHONE, clerk, wider_than_the_window

LONG = "Nom" * 80
SESSION = "/sessions/00301410/"


def test_a_long_name_widens_no_page(browser: Browser, site: str) -> None:
    """Whoever registers a person may paste anything: the application, the person, the list; and a long reason."""
    with clerk(browser, site, "plateforme") as visitor:
        visitor.opens(f"{SESSION}register/")
        visitor.fills("Référence de la candidature", "LONG").fills("Référence du candidat", "P-LONG")
        visitor.fills("Nom du candidat", LONG).fills("Prescripteur", "autre").presses("Préinscrire")
        found = {}
        for path in ("/applications/LONG/", "/candidates/P-LONG/", "/applications/?text=P-LONG"):
            visitor.opens(path)
            for size in (PHONE, DESK):
                visitor.page.set_viewport_size(size)
                found[path, size["width"]] = wider_than_the_window(visitor.page)
            assert LONG in visitor.text
        visitor.opens(SESSION).fills("Raison de l'annulation", LONG).presses("Annuler la session")
        visitor.page.locator("#confirm-title").wait_for()
        found["confirmation", DESK["width"]] = wider_than_the_window(visitor.page)
        assert {each: faults for each, faults in found.items() if faults} == {}

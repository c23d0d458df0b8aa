"""The language of the screens: the one that was chosen, else what the browser prefers, as the API reads it too."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from poec_workflow.contrib.accept_language import preferred_language
from poec_workflow.contrib.django.screens.visitor import language_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("fr-FR", "fr"),
        ("de, en;q=0.8, fr;q=0.5", "en"),
        ("de", "fr"),
        ("", "fr"),
        ("en;q=0", "fr"),
        ("fr;q=0.2, en;q=0.7", "en"),
        ("*", "fr"),
        ("english", "fr"),
    ],
)
def test_what_a_browser_prefers(header: str, expected: str) -> None:
    """By its weights, French where it names none of ours."""
    request = RequestFactory().get("/", headers={"Accept-Language": header})
    assert language_of(request) == preferred_language(header) == expected


def test_what_was_chosen_comes_first() -> None:
    """The cookie, where it names a language of ours; a browser that says nothing reads French."""
    requests = RequestFactory()
    assert language_of(requests.get("/")) == "fr"
    for chosen, expected in (("en", "en"), ("fr", "fr"), ("de", "en")):
        requests.cookies["django_language"] = chosen
        assert language_of(requests.get("/", headers={"Accept-Language": "en"})) == expected

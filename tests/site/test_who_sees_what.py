"""Who sees what over HTTP: every page as every user, and which subjects have a page for whom, written down here."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from every_page import addresses, pages
from site_world import USERS, SignedIn
from test_who_does_what import recorded

C, X = ("C-pending", "C-due"), ("X-pending",)
S, A = ("S-mine",), ("A-mine",)
OPEN = ("S-mine", "S-other", "A-mine", "A-other")
"""What who looks for a training is shown: sessions of published actions."""
SEEN: dict[str, tuple[str, ...]] = {
    "responsible": (*C, *S, *A),
    "positioner": (*C, *S, *A),
    "trainer": (*C, *S, *A),
    "action-responsible": (*A, "A-draft"),
    "adviser": (*C, *OPEN),
    "funder": (*C, *S, *A, "A-draft"),
    "candidate": ("C-pending", *OPEN),
    "platform": (*C, *X, *OPEN, "A-draft"),
    "other-organization": (*X, "S-other", "A-other"),
    "other-adviser": (*X, *OPEN),
    "other-funder": (*X, "S-other", "A-other"),
    "other-candidate": OPEN,
    "adviser-called-trainer": OPEN,
    "organization-called-adviser": (),
    "several": (*C, *S, *A),
    "nobody": (),
}
PATHS = {"C": "applications", "X": "applications", "S": "sessions", "A": "actions"}
ALL = (*C, *X, *OPEN, "A-draft")
SECRET = {
    "C": re.compile(r"\bC-(convoked|due|present|absent)\b|\bP-1[0-9]\b|P-1[0-9]@"),
    "X": re.compile(r"\bX-(pending|convoked|due|present|absent)\b|\bP-2[0-9]\b|P-2[0-9]@"),
}
"""The applications and people of each half of the world."""
HIDDEN: dict[str, str] = {
    "responsible": "X",
    "positioner": "X",
    "trainer": "X",
    "several": "X",
    "adviser": "X",
    "funder": "X",
    "action-responsible": "CX",
    "candidate": "CX",
    "other-organization": "C",
    "other-adviser": "C",
    "other-funder": "C",
    "other-candidate": "CX",
    "adviser-called-trainer": "CX",
    "organization-called-adviser": "CX",
    "nobody": "CX",
}
"""Whose applications no page shows to whom."""


@pytest.mark.parametrize("user", USERS)
def test_a_subject_has_a_page_for_whom_it_concerns(user: str, signed_in: SignedIn) -> None:
    """For others it is not found, as what does not exist."""
    client = signed_in(user)
    seen = {each for each in ALL if client.get(f"/{PATHS[each[0]]}/{each}/").status_code == 200}
    assert seen == set(SEEN[user])


@pytest.mark.parametrize("user", HIDDEN)
def test_no_page_shows_what_is_others(user: str, signed_in: SignedIn) -> None:
    """Lists, files, forms, problems: whatever the address, nothing fails, and nobody else's people stand in it."""
    client = signed_in(user)
    before = recorded()
    for address in pages():
        answer = client.get(address)
        assert answer.status_code in {200, 302, 403, 404, 405}, (address, answer.status_code)
        text = answer.getvalue().decode()
        for half in HIDDEN[user]:
            found = {each[0] for each in SECRET[half].finditer(text)}
            # The address itself stands in the page, for the choice of a language.
            assert all(each in address for each in found), (address, found)
    assert recorded() == before


def test_who_is_not_signed_in_sees_nothing() -> None:
    """Each address asks to sign in, or takes no such request."""
    for address in addresses():
        answer = Client().get(address)
        assert answer.status_code in {302, 405}, (address, answer.status_code)
        if answer.status_code == 302 and address != "/language/":
            assert answer.headers["Location"].startswith("/sign-in/?next=/"), address


def test_what_is_not_there_and_what_is_not_for_one_are_told_apart_by_nothing(signed_in: SignedIn) -> None:
    """But by the reference itself."""
    client = signed_in("trainer")
    for path, hidden, absent in (
        ("applications", "X-pending", "Y-nothing"),
        ("sessions", "S-other", "S-nihil"),
        ("actions", "A-other", "A-nihil"),
    ):
        theirs, nobodys = (client.get(f"/{path}/{each}/").content.decode() for each in (hidden, absent))
        token = re.compile(r'(csrfmiddlewaretoken" value=")\w+')
        assert token.sub(r"\1", theirs.replace(hidden, absent)) == token.sub(r"\1", nobodys)

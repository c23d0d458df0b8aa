"""Who may create what over HTTP, and that nobody writes somebody else into the form of their own."""

from __future__ import annotations

import pytest
from django.test import Client
from site_world import USERS, SignedIn
from test_who_does_what import acting, recorded

REGISTER, SESSION, ACTION = "/sessions/S-mine/register/", "/actions/A-mine/create-session/", "/create-action/"
DATES = {
    "start": "2026-05-04",
    "end": "2026-07-31",
    "registration_deadline": "2026-04-30",
    "late_entry_deadline": "2026-05-15",
}
BODIES = {"responsible": "RESP", "positioner": "POS", "trainer": "TRAIN"}
NEW_SESSION = {"session": "S-new", "action": "A-mine", "place": "64 - PAU", "capacity": "9", "coefficient": "2"}
NEW_ACTION = {"action": "A-new", "title": "[POEC] Neuf", "funder": "OPCO-1", "responsible": "RESP", "kind": "SIMPLE"}
CREATES = {
    SESSION: ({**NEW_SESSION, **DATES, **BODIES, "minimum_headcount": "0"}, {"funder", "platform"}),
    ACTION: (NEW_ACTION, {"platform"}),
}
"""Of each address: what is filled in, and which users may."""


def person(candidate: str, origin: str, organization: str = "") -> dict[str, str]:
    """What a registration says of the candidate and who sends them."""
    return {
        "application": "C-new",
        "session": "S-mine",
        "candidate.reference": candidate,
        "candidate.name": "Ana Ruiz",
        "prescriber.origin": origin,
        "prescriber.organization": organization,
    }


def sent(client: Client, user: str, address: str, fields: dict[str, str]) -> bool:
    """Whether something was recorded."""
    before = recorded()
    form = {"acting": acting(user), "key": "a-key", "confirmed": "yes", **fields}
    answer = client.post(address, form)
    assert answer.status_code in {302, 400, 403, 404, 422}, (user, address, answer.status_code)
    return recorded() > before


@pytest.mark.parametrize("address", CREATES)
def test_who_may_creates_and_who_may_not_does_not(address: str, signed_in: SignedIn) -> None:
    """By the domain page's matrix."""
    from django.db import transaction  # noqa: PLC0415 - once Django knows its settings

    fields, may = CREATES[address]
    refused = {user for user in USERS if user not in may}
    assert {user for user in refused if sent(signed_in(user), user, address, fields)} == set()
    for user in may:
        with transaction.atomic():
            assert sent(signed_in(user), user, address, fields), user
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("user", "fields"),
    [
        ("adviser", person("P-99", "france-travail", "FT-1")),
        ("other-adviser", person("P-99", "mission-locale", "FT-2")),
        ("other-candidate", person("P-2", "self")),
        ("platform", person("P-99", "other")),
    ],
)
def test_who_may_register(user: str, fields: dict[str, str], signed_in: SignedIn) -> None:
    """An adviser for their own organisation, a candidate for themself, the platform."""
    assert sent(signed_in(user), user, REGISTER, fields)


@pytest.mark.parametrize(
    ("user", "fields"),
    [
        ("trainer", person("P-99", "other")),
        ("funder", person("P-99", "other")),
        ("trainer", person("P-99", "france-travail", "FT-1")),
    ],
)
def test_who_may_not_register(user: str, fields: dict[str, str], signed_in: SignedIn) -> None:
    """Whoever they say sends the candidate."""
    assert not sent(signed_in(user), user, REGISTER, fields)


@pytest.mark.parametrize(
    ("user", "fields"),
    [
        ("adviser", person("P-99", "france-travail", "FT-2")),
        ("other-candidate", person("P-1", "self")),
        ("other-candidate", person("P-2", "france-travail", "FT-1")),
    ],
)
def test_nobody_is_registered_in_anothers_name(user: str, fields: dict[str, str], signed_in: SignedIn) -> None:
    """Refused, or registered as what the visitor is: never as what the forged field says."""
    from poec_workflow.contrib.django import get_workflow  # noqa: PLC0415 - once Django knows its settings

    if sent(signed_in(user), user, REGISTER, fields):
        made = get_workflow().application("C-new")
        whose = USERS[user][0]
        assert made.candidate == (whose.candidate or fields["candidate.reference"])
        assert made.prescriber.organization == whose.organization

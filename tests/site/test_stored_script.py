"""Script in every text that somebody stored: a page shows it as text, and a file for spreadsheets as no formula."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils.html import escape
from every_page import pages
from site_world import PLATFORM, SignedIn, adviser, organization

from poec_workflow import Candidate, Origin, Prescriber, commands
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.reference_paths import ReferenceConverter

HOSTILE = "\"'><script>{}</script>{{{{7*7}}}}{{% now 'Y' %}}&lt;"
TITLE, OBJECTIVE, PLACE, MARKET, NAME, SENT, COMMENT, CONVOKED = (
    HOSTILE.format(each) for each in ("title", "objective", "place", "market", "name", "sent", "comment", "convoked")
)
BODY, ACTION, SESSION, APPLICATION, PERSON = (f"\"'><script>{each}</script>" for each in ("b", "a", "s", "c", "p"))


@pytest.fixture
def stored() -> None:
    """A story whose every text is hostile."""
    told = [
        (PLATFORM, commands.CreateAction(
            ACTION, title=f"[POEC]{TITLE}", funder=BODY, responsible=BODY, kind=HOSTILE, objective=OBJECTIVE,
            programme=HOSTILE, certification=HOSTILE, durations=HOSTILE, regulatory_conditions=HOSTILE,
            prerequisites=HOSTILE,
        )),
        (PLATFORM, commands.PublishAction(ACTION)),
        (PLATFORM, commands.CreateSession(
            SESSION, action=ACTION, start=date(2026, 4, 6), end=date(2026, 6, 26), place=PLACE, responsible=BODY,
            positioner=BODY, trainer="TRAIN", capacity=2, coefficient=2, registration_deadline=date(2026, 4, 3),
            late_entry_deadline=date(2026, 4, 17), session_type=HOSTILE, market=MARKET, measure=HOSTILE,
            follow_on_ratio=Decimal("0.5"),
        )),
        (adviser(BODY), commands.Preregister(
            APPLICATION, session=SESSION, candidate=Candidate(reference=PERSON, name=NAME, email="a<b>@example.org"),
            prescriber=Prescriber(origin=Origin.OTHER, organization=BODY, name=SENT),
        )),
        (organization("TRAIN"), commands.Convoke(APPLICATION, on=date(2026, 3, 10), place=CONVOKED)),
        (organization("TRAIN"), commands.RecordPresence(APPLICATION)),
        (organization("TRAIN"), commands.Reject(
            APPLICATION, motive="profile", reason="prerequisites-not-met", comment=COMMENT)),
    ]  # fmt: skip
    for actor, command in told:
        get_workflow().execute(command, actor)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("user", ["platform", "trainer"])
def test_no_page_has_markup_that_was_stored(user: str, signed_in: SignedIn) -> None:
    """Nor what a template would read as its own."""
    client = signed_in(user)
    segment = ReferenceConverter().to_url
    own = [
        f"/{path}/{segment(each)}/"
        for path, each in {
            "actions": ACTION,
            "sessions": SESSION,
            "applications": APPLICATION,
            "candidates": PERSON,
        }.items()
    ]
    shown = ""
    for address in (*own, *pages(), "/applications/?text=<script>", "/sessions/?text=\"'><script>"):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.headers["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            assert "<script>" not in text, address
            shown += text
    for each in (TITLE, OBJECTIVE, PLACE, MARKET, NAME, SENT, COMMENT, CONVOKED, BODY, ACTION, SESSION, APPLICATION):
        assert escape(each) in shown, each


@pytest.mark.usefixtures("stored")
def test_what_was_typed_comes_back_as_text(signed_in: SignedIn) -> None:
    """In the form that is shown again, and in a confirmation."""
    client = signed_in("trainer")
    for address, fields in (
        ("/applications/C-pending/convoke/", {"on": "\"'><script>", "place": PLACE}),
        ("/applications/C-present/reject/", {"reason": "\"'><script>", "comment": COMMENT}),
        ("/applications/C-present/reject/", {"reason": '["profile", "prerequisites-not-met"]', "comment": COMMENT}),
        ("/actions/A-mine/enrich-action/", {"changes.objective": OBJECTIVE}),
    ):
        sent = {"acting": "organization/TRAIN/", "key": "\"'><script>", "version": "\"'><script>", **fields}
        answer = client.post(address, sent)
        assert answer.status_code in {200, 400, 422}, address
        assert "<script>" not in answer.content.decode(), address

"""How many queries a page takes: as many for twenty rows as for two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from site_world import PLATFORM, SignedIn
from sqlalchemy import Engine, event

from poec_workflow import Candidate, Origin, Prescriber, commands
from poec_workflow.contrib.django import get_workflow

LISTS = (
    "/",
    "/actions/",
    "/sessions/",
    "/applications/",
    "/work/",
    "/applications/?format=csv",
    "/sessions/?format=csv",
)
PAGES = ("/applications/C-due/", "/sessions/S-mine/", "/actions/A-mine/", "/candidates/P-1/")
SESSIONS = 3
"""How many there are more."""
FOR_EACH_SESSION: Mapping[object, int] = {("adviser", "/"): 6, "/actions/A-mine/": 2}
"""What is asked of each session after all: whether one can register on those that home shows, ten at most; the
sessions of one action, for the rules that look at all of them."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements within."""
    found: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def test_no_page_asks_for_each_row(signed_in: SignedIn) -> None:
    """Nine more applications, and three more sessions, cost no query more."""
    clients = {user: signed_in(user) for user in ("trainer", "platform", "adviser", "funder", "responsible")}

    def asked() -> dict[tuple[str, str], int]:
        found = {}
        for user, client in clients.items():
            for page in (*LISTS, *PAGES):
                with counted() as statements:
                    _ = client.get(page).getvalue()
                found[user, page] = len(statements)
        return found

    asked()  # what is read once a process is read
    before = asked()
    grow()
    after = asked()
    for (user, page), many in after.items():
        each = FOR_EACH_SESSION.get((user, page)) or FOR_EACH_SESSION.get(page, 0)
        assert many <= before[user, page] + SESSIONS * each, (user, page)


def grow() -> None:
    """More of each."""
    workflow = get_workflow()
    for number in range(SESSIONS):
        session = commands.CreateSession(
            f"S-more-{number}", action="A-mine", start=date(2026, 4, 6), end=date(2026, 6, 26), place="47 - AGEN",
            responsible="RESP", positioner="POS", trainer="TRAIN", capacity=9, coefficient=2,
            registration_deadline=date(2026, 3, 13), late_entry_deadline=date(2026, 4, 17),
        )  # fmt: skip
        workflow.execute(session, PLATFORM)
        for one in range(3):
            registered = commands.Preregister(
                f"C-more-{number}-{one}", session=session.session,
                candidate=Candidate(reference=f"P-5{one}", name="Léa Roy"),
                prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT-1"),
            )  # fmt: skip
            workflow.execute(registered, PLATFORM)

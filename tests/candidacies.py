"""A project with the screens and a small season in it, seen by each kind of actor: fixtures of `screens/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.http import HttpRequest
from django.test import Client

from django_project import migrated
from django_settings import configure
from poec_workflow import Actor, Candidate, Prescriber, Request, Workflow, commands
from poec_workflow.commands import Command
from poec_workflow.testing import SettableClock
from screens_project import screens_on, told_file

__all__ = ["ACTORS", "Browser", "clock", "django_queries", "migrated", "played", "site"]

configure()

"""Sessions without a table: fewer writes."""
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 10, tzinfo=ZoneInfo("Europe/Paris"))
HOSTILE = "<script>alert('é')</script>\"'&amp;{{ 7|add:7 }}"
ODD = ("a/b", "é", "..", ".", "%2F", "~2F", "a b", "?x=1#y", "register", "erase", "😀" * 64)

ACTORS: Mapping[str, Sequence[Actor]] = {
    "responsible": [Actor(kind="organization", organization="AFEC", name="R. Responsable")],
    "trainer": [Actor(kind="organization", organization="FORM", name="T. Formateur")],
    "stranger": [Actor(kind="organization", organization="NOBODY")],
    "elsewhere": [Actor(kind="organization", organization="OTHER")],
    "adviser": [Actor(kind="adviser", organization="FT-AGEN", name="A. Martin")],
    "other-adviser": [Actor(kind="adviser", organization="ML-PAU")],
    "candidate": [Actor(kind="candidate", candidate="P-PENDING")],
    "other-candidate": [Actor(kind="candidate", candidate="P-NEW")],
    "funder": [Actor(kind="funder", organization="FUND")],
    "platform": [Actor(kind="platform", organization="CAP")],
    "system": [Actor(kind="system")],
    "several": [Actor(kind="organization", organization="AFEC"), Actor(kind="organization", organization="OTHER")],
}
PLATFORM, AFEC = ACTORS["platform"][0], ACTORS["responsible"][0]


def actors_of(request: HttpRequest) -> Sequence[Actor]:
    """The actors of a user, by their name."""
    return ACTORS[request.user.get_username()]


def registered(reference: str, session: str = "S1", *, by: str = "FT-AGEN", person: str = "", **more: Any) -> Command:
    """A registration."""
    candidate = Candidate(
        reference=person or f"P-{reference}", name=more.get("name", f"Nom {reference}"), email=f"{len(reference)}@x.org"
    )
    prescriber = Prescriber(origin="france-travail", organization=by, name=more.get("prescriber", "A. Martin"))
    return commands.Preregister(application=reference, session=session, candidate=candidate, prescriber=prescriber)


def _session(reference: str, action: str, start: date, end: date, holder: str, trainer: str) -> Command:
    return commands.CreateSession(
        session=reference, action=action, start=start, end=end, place=HOSTILE, responsible=holder, positioner=holder,
        trainer=trainer, capacity=20, coefficient=2, registration_deadline=end - timedelta(20),
        late_entry_deadline=end - timedelta(10),
    )  # fmt: skip


def season_of() -> Iterator[tuple[int, Command]]:
    """What happened, each so many days before today."""
    for action, funder in (("A1", "FUND"), ("A2", "FUND-2")):
        yield 100, commands.CreateAction(action=action, title=f"[POEC] {action}", funder=funder, responsible="AFEC")
        yield 100, commands.PublishAction(action)
    yield 99, _session("S1", "A1", TODAY - timedelta(8), TODAY + timedelta(100), "AFEC", "FORM")
    yield 99, _session("S2", "A1", TODAY - timedelta(90), TODAY - timedelta(10), "AFEC", "AFEC")
    yield 99, _session("S3", "A2", TODAY + timedelta(8), TODAY + timedelta(90), "OTHER", "OTHER")
    for each in ("PENDING", "DUE", "LATER", "PRESENT", "ABSENT", "RETAINED", "REJECTED"):
        yield 30, registered(each)
    yield 30, registered("ELSEWHERE", "S3", by="ML-PAU", person="P-PENDING", name="Nom PENDING")
    yield 40, registered("EXPIRING", "S2")
    yield 30, registered("HOSTILE", person="P-<b>", name=HOSTILE, prescriber=HOSTILE)
    for reference, day in (("DUE", -1), ("LATER", 9), ("PRESENT", -2), ("ABSENT", -2), ("RETAINED", -3)):
        yield 20, commands.Convoke(application=reference, on=TODAY + timedelta(day), place=HOSTILE)
    yield 20, commands.Convoke(application="REJECTED", on=TODAY - timedelta(3))
    for reference in ("PRESENT", "RETAINED", "REJECTED"):
        yield 1, commands.RecordPresence(reference)
    yield 1, commands.RecordAbsence(application="ABSENT", notified=True)
    hours = Decimal(35)
    yield 1, commands.Retain(application="RETAINED", entry=TODAY, exit=TODAY + timedelta(60), weekly_hours=hours)
    yield 1, commands.Reject(application="REJECTED", motive="profile", reason="prerequisites-not-met", comment=HOSTILE)


def _giver(command: Command) -> Actor:
    creating = isinstance(command, (commands.Preregister, commands.CreateSession)) or command.subject_kind == "action"
    return PLATFORM if creating else AFEC


class Browser:
    """A user's browser: what it shows, and forms filled in as they are shown.

    Attributes:
        client: Django's.
        lang: of the pages.
    """

    def __init__(self, user: str, lang: str = "fr") -> None:
        from django.contrib.auth.models import User  # noqa: PLC0415 - once Django is configured

        self.client = Client(headers={"accept-language": lang})
        self.client.force_login(User.objects.get_or_create(username=user)[0])

    def get(self, url: str, **query: str) -> Any:
        """A page."""
        return self.client.get(url, query)

    def page(self, url: str, expected: int = 200, /, **query: str) -> str:
        """The text of a page, which must have a status."""
        answer = self.client.get(url, query)
        assert answer.status_code == expected, (url, query, answer.status_code)
        return str(answer.content.decode())

    def form(self, url: str, action: str, **typed: str) -> dict[str, str]:
        """What a form of a page sends, with what is typed into it."""
        return filled(self.page(url), action, **typed)

    def give(self, reference: str, command: str, **typed: str) -> Any:
        """The answer to the form of a command, sent from the application's page."""
        page, action = application_url(reference), application_url(reference, command)
        return self.client.post(action, self.form(page, action, **typed))


def filled(page: str, action: str, **typed: str) -> dict[str, str]:
    """What the first form to an address sends."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found, f"no form to {action}"
    inputs = re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', found[1])
    return {name: unescape(value) for name, value in inputs if name != "csrfmiddlewaretoken"} | typed


def application_url(reference: str, command: str = "") -> str:
    """Where an application, or a command to it, is."""
    from django.urls import reverse  # noqa: PLC0415 - once Django is configured

    if command:
        return reverse("poec:command", args=["application", reference, command])
    return reverse("poec:application", args=[reference])


@pytest.fixture(scope="session")
def played(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which the season was played."""
    steps = sorted(season_of(), key=lambda each: -each[0])
    requests = [Request(command=each, actor=_giver(each), at=NOW - timedelta(ago)) for ago, each in steps]
    return told_file(migrated, tmp_path_factory.mktemp("season") / "played.sqlite3", SettableClock(NOW), requests)


@pytest.fixture
def clock() -> SettableClock:
    """Stands on the season's day."""
    return SettableClock(NOW)


@pytest.fixture
def site(played: Path, tmp_path: Path, clock: SettableClock) -> Iterator[Workflow]:
    """The project with the season; its workflow."""
    with screens_on(played, tmp_path / "site.sqlite3", clock, actors_of) as workflow:
        yield workflow


@pytest.fixture
def django_queries(site: Workflow) -> Iterator[list[str]]:
    """The statements that reach the database, as they do."""
    del site
    seen: list[str] = []
    connections["default"].ensure_connection()
    connections["default"].connection.set_trace_callback(seen.append)
    yield seen
    connections["default"].connection.set_trace_callback(None)

"""A project with the screens, training actions and sessions in it, and the browsers of each kind of actor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpRequest
from django.test import Client

from django_project import migrated
from django_settings import configure
from poec_workflow import Actor, Candidate, Prescriber, Request, Workflow, commands
from poec_workflow.commands import Command
from poec_workflow.testing import SettableClock
from screens_project import screens_on, told_file

__all__ = ["ACTORS", "TODAY", "Site", "clock", "migrated", "prepared", "site"]

configure()

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 10, tzinfo=ZoneInfo("Europe/Paris"))
SCRIPT = "<script>alert('é')</script>\"&{{ 7 }}"
ODD = ("a/b", "é", "..", ".", "%2F", "~2F", "a b", "?x=1#y", "new", "create-session", "😀" * 64, "=1+1", "<b>")

ACTORS: Mapping[str, Sequence[Actor]] = {
    "responsible": [Actor(kind="organization", organization="RESP", name="R. Roy")],
    "positioner": [Actor(kind="organization", organization="POS")],
    "trainer": [Actor(kind="organization", organization="FORM", name="T. Petit")],
    "stranger": [Actor(kind="organization", organization="NOBODY")],
    "adviser": [Actor(kind="adviser", organization="FT-AGEN")],
    "candidate": [Actor(kind="candidate", candidate="P-1")],
    "funder": [Actor(kind="funder", organization="FUND")],
    "other-funder": [Actor(kind="funder", organization="FUND-2")],
    "platform": [Actor(kind="platform", organization="CAP")],
    "system": [Actor(kind="system")],
    "several": [Actor(kind="organization", organization="FORM"), Actor(kind="organization", organization="POS")],
}
PLATFORM = ACTORS["platform"][0]


def actors_of(request: HttpRequest) -> Sequence[Actor]:
    """The actors of a user, by their name."""
    return ACTORS[request.user.get_username()]


def day(days: int) -> date:
    """So many days after today."""
    return TODAY + timedelta(days)


def action(reference: str, **more: Any) -> Command:
    """The creation of a training action."""
    known = {"title": f"[POEC] {reference}", "funder": "FUND", "responsible": "RESP", "objective": "But", **more}
    return commands.CreateAction(action=reference, **known)


def session(reference: str, of: str, **more: Any) -> Command:
    """The creation of a session that starts in a month and has two seats."""
    known = {
        "start": day(30),
        "end": day(90),
        "place": "47 - AGEN",
        "responsible": "RESP",
        "positioner": "POS",
        "trainer": "FORM",
        "capacity": 2,
        "coefficient": 2,
        "registration_deadline": day(20),
        "late_entry_deadline": day(40),
        **more,
    }
    return commands.CreateSession(session=reference, action=of, **known)


def preregister(reference: str, on: str) -> Command:
    """A registration."""
    candidate = Candidate(reference=f"P-{reference[2:]}", name=f"Nom {reference}")
    prescriber = Prescriber(origin="france-travail", organization="FT-AGEN", name="A. Martin")
    return commands.Preregister(application=reference, session=on, candidate=candidate, prescriber=prescriber)


def story() -> Iterator[Command]:
    """What happened."""
    texts = {"programme": "Deux modules\nbrefs", "prerequisites": "Lire", "certification": "CQP"}
    yield action("A1", **texts)
    yield action("A2", funder="FUND-2", responsible="OTHER", **texts)
    yield action("WAITING")
    yield action("GONE")
    yield from (commands.PublishAction(each) for each in ("A1", "A2", "GONE"))
    yield commands.ArchiveAction("GONE")
    yield session("S1", "A1", market="2026-B", measure="PRF", minimum_headcount=1, information_dates=[day(1)])
    yield session("FULL", "A1", capacity=1)
    yield session(
        "ENDED", "A1", start=day(-90), end=day(-10), registration_deadline=day(-80), late_entry_deadline=day(-70)
    )
    yield session("OTHERS", "A2", responsible="OTHER", positioner="OTHER", trainer="OTHER")
    yield session("DRAFT", "WAITING", responsible="OTHER", positioner="OTHER", trainer="OTHER")
    yield preregister("C-1", "S1")
    yield from (preregister(f"C-{number}", "FULL") for number in (2, 3))
    yield commands.Convoke(application="C-2", on=day(-100))
    yield commands.RecordPresence("C-2")
    yield commands.Retain(application="C-2", entry=day(30), exit=day(60), weekly_hours=Decimal(35))


def giver(command: Command) -> Actor:
    """Who may give a command of the story."""
    by_platform = (
        isinstance(command, (commands.Preregister, commands.CreateSession)) or command.subject_kind == "action"
    )
    return PLATFORM if by_platform else ACTORS["positioner"][0]


class Forms(HTMLParser):
    """The forms of a page: by their address, what each sends as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None
        self._text: tuple[str, list[str]] | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read a tag."""
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = self.found.setdefault(known.get("action", ""), {})
        elif self._fields is not None and tag == "input" and "name" in known:
            self._fields[known["name"]] = known.get("value", "")
        elif tag == "textarea" and "name" in known:
            self._text = known["name"], []
        elif tag == "select":
            self._select = known.get("name", "")
        elif self._fields is not None and tag == "option" and self._select and "selected" in known:
            self._fields[self._select] = known.get("value", "")

    def handle_data(self, data: str) -> None:
        """Read the text of a textarea."""
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a form, or a textarea, whose first line end is none of its text."""
        if tag == "form":
            self._fields = None
        elif tag == "textarea" and self._text and self._fields is not None:
            self._fields[self._text[0]] = "".join(self._text[1]).removeprefix("\n")
            self._text = None


class Site:
    """The project, and a browser for each user."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self._clients: dict[tuple[str, str], Client] = {}

    def client(self, user: str, lang: str = "fr") -> Client:
        """A user's browser."""
        from django.contrib.auth.models import User  # noqa: PLC0415 - once Django is configured

        if (user, lang) not in self._clients:
            client = Client(headers={"accept-language": lang})
            client.force_login(User.objects.get_or_create(username=user)[0])
            self._clients[user, lang] = client
        return self._clients[user, lang]

    def page(self, user: str, url: str, status: int = 200, lang: str = "fr") -> str:
        """The text of a page, which must have a status."""
        answer = self.client(user, lang).get(url)
        assert answer.status_code == status, (user, url, answer.status_code)
        return str(answer.content.decode())

    def form(self, user: str, page: str, action: str) -> dict[str, str]:
        """What a form on a page sends as it stands."""
        forms = Forms(self.page(user, page)).found
        assert action in forms, (action, sorted(forms))
        return forms[action]

    def send(self, user: str, page: str, to: str, /, **typed: str) -> Any:
        """The answer to a form of a page, with what is typed into it; `__` stands for `.` in names."""
        said = {name.replace("__", "."): value for name, value in typed.items()}
        return self.client(user).post(to, {**self.form(user, page, to), **said})

    def confirm(self, user: str, answer: Any) -> Any:
        """The answer to the confirmation that another answer asks for."""
        assert answer.status_code == 200, answer.content.decode()
        assert "confirm-title" in answer.content.decode()
        [(action, fields)] = [each for each in Forms(answer.content.decode()).found.items() if "key" in each[1]]
        return self.client(user).post(action, {**fields, "confirmed": "yes"})

    def give(self, user: str, kind: str, reference: str, command: str, /, **typed: str) -> Any:
        """The answer to a command that is given from its subject's page, before it is confirmed."""
        return self.send(user, url(kind, reference), url("command", kind, reference, command), **typed)

    def do(self, user: str, kind: str, reference: str, command: str, /, **typed: str) -> None:
        """Give a command and confirm it; it must be carried out."""
        done = self.confirm(user, self.give(user, kind, reference, command, **typed))
        assert done.status_code == 302, done.content.decode()
        assert done.headers["Location"] == url(kind, reference)


def url(view: str, *args: str) -> str:
    """The address of a view."""
    from django.urls import reverse  # noqa: PLC0415 - once Django is configured

    return reverse(f"poec:{view}", args=args)


@pytest.fixture(scope="session")
def prepared(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which the story happened."""
    requests = [Request(command=each, actor=giver(each), at=NOW - timedelta(100)) for each in story()]
    return told_file(migrated, tmp_path_factory.mktemp("training") / "prepared.sqlite3", SettableClock(NOW), requests)


@pytest.fixture
def clock() -> SettableClock:
    """Stands on the story's day."""
    return SettableClock(NOW)


@pytest.fixture
def site(prepared: Path, tmp_path: Path, clock: SettableClock) -> Iterator[Site]:
    """The project after the story."""
    with screens_on(prepared, tmp_path / "site.sqlite3", clock, actors_of) as workflow:
        yield Site(workflow)

"""The admin shows the workflow's tables, in few queries and in both languages, and changes nothing."""

from __future__ import annotations

import re
from html import unescape
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser, Permission, User
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from poec_workflow import Actor, Candidate, Prescriber, commands
from poec_workflow.contrib.django.models import Application, Membership
from poec_workflow.workflow import Workflow

LISTS = ("application", "session", "action", "entry", "message", "delivery")
PAGES = {
    "application": "C-1",
    "session": "00301234",
    "action": "20211102000",
    "entry": "application:C-1:2",
    "message": "1",
}
ADMIN = "/admin/poec_workflow"
EVERYTHING = {"_save": "1", "state": "retained", "reference": "X", "action": "delete_selected", "post": "yes"}


def text_of(answer: Any) -> str:
    """What a page says."""
    assert answer.status_code == 200, answer.status_code
    return " ".join(
        unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)).split()
    )


def page(name: str) -> str:
    """The address of a row's page."""
    return reverse(f"admin:poec_workflow_{name}_change", args=[PAGES[name]])


def preregister(town: Workflow, number: int) -> None:
    """One application more."""
    command = commands.Preregister(
        f"D-{number}",
        session="00301234",
        candidate=Candidate(reference=f"Q-{number}", name=f"Élodie Né{number}"),
        prescriber=Prescriber(origin="self"),
    )
    town.execute(command, Actor(kind="candidate", candidate=f"Q-{number}"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_whatever_its_rows(town: Workflow, operator: Client, name: str) -> None:
    """No query a row, nor one for the choices of a filter."""
    asked = []
    for number in (1, 2):
        operator.get(f"{ADMIN}/{name}/")
        with CaptureQueriesContext(connections["default"]) as queries:
            text_of(operator.get(f"{ADMIN}/{name}/"))
        asked.append(len(queries))
        preregister(town, number)
    assert asked[0] == asked[1] <= 8


@pytest.mark.usefixtures("town")
def test_lists_read_no_whole_subject(operator: Client) -> None:
    """The columns of a page, and not what a subject is as JSON."""
    for name in ("application", "session", "action"):
        with CaptureQueriesContext(connections["default"]) as queries:
            operator.get(f"{ADMIN}/{name}/")
        assert not [each for each in queries if '"data"' in each["sql"]]


APPLICATIONS = [
    ("", {"C-1", "C-2"}),
    ("q=lefevre", {"C-2"}),
    ("q=HUGO+LEFÈVRE", {"C-2"}),
    ("q=c-1", {"C-1"}),
    ("q=FT-AGEN", {"C-1", "C-2"}),
    ("q=100%25", set()),
    ("q=nobody", set()),
    ("state=convoked", {"C-1"}),
    ("state=pending", {"C-2"}),
    ("state=misspelt", {"C-1", "C-2"}),
    ("sessions=current", {"C-1", "C-2"}),
    ("sessions=ended", set()),
    ("state=convoked&q=hugo", set()),
]


@pytest.mark.usefixtures("town")
def test_applications_are_filtered_and_searched(operator: Client) -> None:
    """By state, by sessions, by any word whatever its accents."""
    for query, found in APPLICATIONS:
        said = text_of(operator.get(f"{ADMIN}/application/?{query}"))
        assert {each for each in ("C-1", "C-2") if f" {each} " in said} == found, query


OTHERS = [
    ("session", "sessions=current", 1),
    ("session", "sessions=ended", 0),
    ("session", "q=agen", 1),
    ("action", "alert=incomplete", 1),
    ("action", "alert=awaits_validation", 0),
    ("entry", "q=C-1", 2),
    ("entry", "kind=session", 1),
    ("message", "sending=waiting&to_kind=candidate", 1),
    ("message", "sending=dead", 0),
    ("message", "notice=N2", 2),
    ("message", "q=C-2", 2),
    ("delivery", "outcome=delivered", 0),
]


@pytest.mark.usefixtures("town")
def test_other_lists_are_filtered(operator: Client) -> None:
    """By what is asked of each."""
    for name, query, count in OTHERS:
        answer = operator.get(f"{ADMIN}/{name}/?{query}")
        assert answer.context["cl"].result_count == count, (name, query)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "fr",
            ("Convoquée", "Zoé Nabil", "déplacer la convocation organisme AFEC", "convocation-not-due", "en attente"),
        ),
        (
            "en",
            (
                "Convoked",
                "Zoé Nabil",
                "move convocation organisation AFEC",
                "convocation-not-due",
                "waiting",
                "Who may do what",
            ),
        ),
    ],
)
def test_an_application_says_who_may_do_what_and_why_not(operator: Client, lang: str, words: tuple[str, ...]) -> None:
    """With its history and its messages, in the language of who looks."""
    said = text_of(operator.get(page("application"), headers={"accept-language": lang}))
    assert [each for each in words if each not in said] == []


@pytest.mark.usefixtures("town")
def test_a_history_says_who_did_what(operator: Client) -> None:
    """When, by which rule, and to which state."""
    said = text_of(operator.get(f"{ADMIN}/entry/?q=C-1"))
    assert "application:C-1:2 04/11/2021 09:00 convoquer (L2) L. Roy, AFEC (organisme) Convoquée" in said


@pytest.mark.usefixtures("town")
def test_pages_show_rows(operator: Client) -> None:
    """Every kind of row has a page, without a button that saves."""
    for name, key in PAGES.items():
        answer = operator.get(page(name))
        assert key.split(":")[-1] in text_of(answer)
        assert b"_save" not in answer.content


def test_what_a_person_wrote_is_no_html(town: Workflow, operator: Client) -> None:
    """A reason with a script in it is text."""
    afec = Actor(kind="organization", organization="AFEC")
    move = commands.MoveConvocation("C-1", on=town.application("C-1").convocations[0].on, place="<script>x</script>")
    town.execute(move, afec)
    assert b"<script>x" not in operator.get(page("application")).content
    assert b"&lt;script&gt;x" in operator.get(page("application")).content


def test_nobody_adds_changes_or_deletes(town: Workflow, operator: Client) -> None:
    """Not a superuser either: neither by a form, nor by an action on a list."""
    before = list(Application.objects.values()), town.history("application", "C-1")
    for name in LISTS:
        key = PAGES.get(name, "x").replace(":", "_3A")
        for path in ("add/", f"{key}/delete/", f"{key}/change/", ""):
            answer = operator.post(f"{ADMIN}/{name}/{path}", {**EVERYTHING, "_selected_action": key})
            assert answer.status_code in {302, 403, 404} or (path == "" and answer.status_code == 200)
    assert (list(Application.objects.values()), town.history("application", "C-1")) == before


@pytest.mark.usefixtures("town")
def test_who_has_no_permission_sees_nothing(project: Any) -> None:
    """Looking needs the permission to; having all the others helps nobody."""
    clerk = User.objects.create_user("clerk", is_staff=True)
    client = Client()
    client.force_login(clerk)
    assert client.get(page("application")).status_code == 403
    assert client.get(f"{ADMIN}/application/").status_code == 403
    known = {each.codename for each in Permission.objects.filter(content_type__app_label="poec_workflow")}
    assert {each for each in known if not each.startswith("view_")} == {
        f"{each}_membership" for each in ("add", "change", "delete")
    }
    clerk.user_permissions.add(Permission.objects.get(codename="view_application"))
    assert client.get(page("application")).status_code == 200
    assert client.get(f"{ADMIN}/session/").status_code == 403
    assert project is connections["default"]


@pytest.mark.usefixtures("town")
def test_a_row_that_is_not_there(operator: Client) -> None:
    """Sends to the list, as Django's own pages do."""
    for name, key in product(("application", "entry"), ("C-9", "application:C-9:1", "a:b:c", "application:C-1:²")):
        answer = operator.get(reverse(f"admin:poec_workflow_{name}_change", args=[key]))
        assert answer.status_code == 302


def test_users_may_have_no_full_names(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those made on `AbstractBaseUser`: the history has what they sign in with."""
    del project
    monkeypatch.delattr(AbstractUser, "get_full_name")
    assert Membership(user=User(username="zoe"), kind="platform").actor.name == "zoe"


def test_memberships_are_edited(operator: Client) -> None:
    """And one that names nobody is refused, in words, at its field."""
    user = User.objects.get()
    given = {"user": user.pk, "kind": "organization", "organization": "", "candidate": ""}
    assert "il faut dire pour quel organisme" in text_of(operator.post(f"{ADMIN}/membership/add/", given))
    given |= {"kind": "candidate", "organization": "AFEC"}
    assert "il faut dire sa référence" in text_of(operator.post(f"{ADMIN}/membership/add/", given))
    given |= {"kind": "organization"}
    assert operator.post(f"{ADMIN}/membership/add/", given).status_code == 302
    assert [str(each.actor.organization) for each in Membership.objects.all()] == ["AFEC"]
    assert "existe déjà" in text_of(operator.post(f"{ADMIN}/membership/add/", given))
    given |= {"kind": "system"}
    assert operator.post(f"{ADMIN}/membership/add/", given).status_code == 200

"""The work queue, a candidate's page and erasure, and registration: for each kind of actor, refused and carried out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from attrs import evolve
from django.test import override_settings
from django.urls import reverse

from candidacies import ACTORS, AFEC, HOSTILE, TODAY, Browser, actors_of, application_url, filled, registered
from poec_workflow import Workflow, commands
from poec_workflow.contrib.django.screens import work_queue
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.serialization import to_dict
from poec_workflow.testing import SettableClock

pytestmark = pytest.mark.usefixtures("site")

PLATFORM = ACTORS["platform"][0]
LISTS = {
    "to-convoke": "to_convoke",
    "attendance-to-record": "attendance_to_record",
    "advice-to-give": "advice_to_give",
    "expiring": "expiring",
}


def rows(page: str) -> list[str]:
    """The applications that the lines of a work list lead to."""
    return re.findall(r'href="/applications/([^/]+)/#advice"', page)


def lists(page: str) -> dict[str, list[str]]:
    """The same, list by list."""
    parts = re.split(r'<section id="([a-z-]+)"', page)[1:]
    return {name: rows(part) for name, part in zip(parts[::2], parts[1::2], strict=True)}


# The work queue


@pytest.mark.parametrize("user", ["responsible", "trainer", "elsewhere", "stranger"])
def test_the_queue_is_the_workflows(site: Workflow, user: str, clock: SettableClock) -> None:
    """Four lists with what the workflow puts in them, on the day and once the deadline of some is passed."""
    for instant in ("2026-03-10T10:00:00+01:00", "2026-03-22T00:00:00+01:00"):
        clock.set(instant)
        queue = site.work_queue(ACTORS[user][0].organization or "")
        expected = {name: sorted(each.reference for each in getattr(queue, place)) for name, place in LISTS.items()}
        assert {name: sorted(each) for name, each in lists(Browser(user).page("/work/")).items()} == expected


def test_each_line_says_the_next_action() -> None:
    """Of an expiring one too: what is to be done is said, not only that time runs out."""
    page = Browser("responsible").page("/work/")
    words = {"PENDING": "Convoquer", "DUE": "Noter la présence", "PRESENT": "Donner l'avis", "EXPIRING": "Convoquer"}
    found = re.findall(r'href="/applications/([A-Z]+)/#advice">(.*?)<span', page)
    assert {name: unescape(text) for name, text in found if name in words} == words


def test_a_long_list_shows_ten_and_leads_to_the_rest(site: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ten of each, a link with how many more, and pages that have each of them once."""
    monkeypatch.setattr(work_queue, "_AT_ONCE", 7)
    for number in range(16):
        site.execute(registered(f"N-{number:03}"), PLATFORM)
    every = [each.reference for each in site.work_queue("AFEC").to_convoke]
    assert 14 < len(every) <= 21
    browser = Browser("responsible")
    page = browser.page("/work/")
    assert len(lists(page)["to-convoke"]) == 10
    assert f"Voir les {len(every) - 10} autres" in page
    pages = [browser.page("/work/to-convoke/")]
    while following := re.search(r'rel="next" href="\?after=([^"]+)"', pages[-1]):
        pages.append(browser.page("/work/to-convoke/", after=unescape(following[1])))
    found = [each for page in pages for each in rows(page)]
    assert len(pages) == 3
    assert sorted(found) == sorted(every)
    ends = [site.session(site.application(each).session).end for each in found]
    assert ends == sorted(ends)
    [previous] = re.findall(r'rel="prev" href="\?before=([^"]+)"', pages[-1])
    assert rows(browser.page("/work/to-convoke/", before=unescape(previous))) == rows(pages[-2])


def test_a_wrong_page_of_the_queue_is_a_page_with_400() -> None:
    """Nothing that is typed into the address is a failure."""
    browser = Browser("responsible")
    for cursor in ("0", "-1", "é", "1" * 30, "Qy0x="):
        assert browser.get("/work/to-convoke/", after=cursor).status_code == 400
        assert browser.get("/work/to-convoke/", before=cursor).status_code == 400


@pytest.mark.parametrize("user", ["adviser", "candidate", "funder", "platform", "system"])
def test_who_has_no_queue_is_told_whose_it_is(user: str) -> None:
    """And there is no list to page through."""
    browser = Browser(user)
    assert "organismes de formation" in browser.page("/work/")
    assert browser.get("/work/to-convoke/").status_code == 404
    assert Browser("responsible").get("/work/nothing/").status_code == 404


# A candidate


@pytest.mark.parametrize(
    ("user", "status", "elsewhere", "open_"),
    [
        ("responsible", 200, True, False),
        ("trainer", 200, True, False),
        ("elsewhere", 200, True, True),
        ("adviser", 200, True, False),
        ("other-adviser", 200, True, True),
        ("candidate", 200, True, True),
        ("funder", 200, False, False),
        ("platform", 200, True, True),
        ("stranger", 404, False, False),
        ("other-candidate", 404, False, False),
        ("system", 403, False, False),
    ],
)
def test_who_is_shown_a_candidate(user: str, status: int, *, elsewhere: bool, open_: bool) -> None:
    """Who may open one application sees the others told; a reference only of those that they may open."""
    page = Browser(user).page("/candidates/P-PENDING/", status)
    assert ("Nom PENDING" in page) == (status == 200)
    assert ("[POEC] A2" in page) == elsewhere
    assert ("ELSEWHERE" in page) == open_


def test_a_candidates_applications_say_how_each_ended() -> None:
    """In progress and past, with motive and reason, or entry, exit and hours."""
    browser = Browser("platform")
    assert "35" in browser.page("/candidates/P-RETAINED/")
    assert "Prérequis non atteints" in browser.page("/candidates/P-REJECTED/")
    assert browser.get("/candidates/nobody/").status_code == 404
    assert browser.get(f"/candidates/{'x' * 65}/").status_code == 400


def test_an_erased_person_is_erased_on_every_page(site: Workflow) -> None:
    """Once the reference is typed: nowhere a name any more, and all that happened stays."""
    browser = Browser("platform")
    page = browser.page("/candidates/P-PENDING/")
    url = reverse("poec:erase", args=["P-PENDING"])
    wrong = browser.client.post(url, filled(page, url, confirmation="P-DUE"))
    assert wrong.status_code == 400
    assert "rien n&#x27;a été effacé" in wrong.content.decode()
    assert site.storage.queries.candidate("P-PENDING") is not None
    form, before = filled(page, url, confirmation=" P-PENDING "), site.application("PENDING")
    answers = [browser.client.post(url, form) for _ in range(2)]
    assert [each.headers.get("Location") for each in answers] == ["/candidates/P-PENDING/"] * 2
    assert site.application("PENDING") == before
    for user in ("platform", "responsible", "candidate"):
        visitor = Browser(user)
        for place in ("/candidates/P-PENDING/", application_url("PENDING"), "/applications/?tab=all&text=PENDING"):
            page = visitor.page(place)
            assert "Nom PENDING" not in page
            assert "Personne effacée" in page
    for user, place in (("responsible", "/work/"), ("responsible", "/sessions/S1/"), ("candidate", "/")):
        page = Browser(user).page(place)
        assert "Nom PENDING" not in page
        assert "Personne effacée" in page
    assert url not in browser.page("/candidates/P-PENDING/")


@pytest.mark.parametrize("user", ["responsible", "adviser", "candidate", "funder"])
def test_who_may_not_erase_cannot(site: Workflow, user: str) -> None:
    """No form, and a forged one is refused."""
    browser, url = Browser(user), reverse("poec:erase", args=["P-PENDING"])
    assert url not in browser.page("/candidates/P-PENDING/")
    answer = browser.client.post(url, {"acting": "platform/CAP/", "confirmation": "P-PENDING"})
    assert answer.status_code == 403
    assert site.storage.queries.candidate("P-PENDING") is not None


def test_who_may_erase_downloads_all_that_is_stored(site: Workflow) -> None:
    """One file of JSON, the workflow's own; to others neither link nor file."""
    url = reverse("poec:candidate-file", args=["P-PENDING"])
    browser = Browser("platform")
    assert url in browser.page("/candidates/P-PENDING/")
    answer = browser.get(url)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="P-PENDING.json"'
    assert json.loads(answer.content) == to_dict(site.candidate_file("P-PENDING"))
    assert browser.get(reverse("poec:candidate-file", args=["P-NOBODY"])).status_code == 404
    for user in ("responsible", "adviser", "candidate"):
        visitor = Browser(user)
        assert url not in visitor.page("/candidates/P-PENDING/")
        assert visitor.get(url).status_code == 403


def test_a_project_says_who_erases(site: Workflow, clock: SettableClock) -> None:
    """The setting `MAY_ERASE`: here a candidate themself, for another structure's tab nobody."""
    known = {"CLOCK": clock, "ACTORS": actors_of, "MAY_ERASE": lambda _request, actor: actor.kind == "candidate"}
    with override_settings(POEC_WORKFLOW=known):
        browser, url = Browser("candidate"), reverse("poec:erase", args=["P-PENDING"])
        form = browser.form("/candidates/P-PENDING/", url, confirmation="P-PENDING")
        assert browser.client.post(url, {**form, "acting": "platform/CAP/"}).status_code == 409
        assert browser.client.post(url, form).status_code == 302
        assert Browser("platform").client.post(url, form).status_code == 403
    assert site.storage.queries.candidate("P-PENDING") is None


# Registration

REGISTER = "/sessions/S1/register/"


def registration(browser: Browser, **typed: str) -> dict[str, str]:
    """What the form sends, filled in."""
    return browser.form(REGISTER, REGISTER, **{name.replace("__", "."): value for name, value in typed.items()})


@pytest.mark.parametrize("user", ["adviser", "platform"])
def test_somebody_is_registered(site: Workflow, user: str) -> None:
    """The application is made with a suggested reference, the prescriber is the adviser's organisation; once."""
    browser = Browser(user)
    typed = {"candidate__reference": "P-1", "candidate__name": HOSTILE, "prescriber__origin": "france-travail"}
    form = registration(browser, **typed)
    answers = [browser.client.post(REGISTER, form) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert answers[0].headers["Location"] == application_url(form["application"])
    made = site.application(form["application"])
    assert (made.session, made.candidate) == ("S1", "P-1")
    assert made.prescriber.organization == ("FT-AGEN" if user == "adviser" else None)
    assert "<script>alert" not in browser.page(application_url(form["application"]))


def test_candidates_register_themselves(site: Workflow) -> None:
    """Their own reference and origin are not asked; another's are refused."""
    browser = Browser("other-candidate")
    form = registration(browser, candidate__name="Zoé", candidate__email="zoe@example.org")
    assert (form["candidate.reference"], form["prescriber.origin"]) == ("P-NEW", "self")
    assert 'type="text" maxlength="64"' not in browser.page(REGISTER)  # no reference is asked of them
    forged = browser.client.post(REGISTER, {**form, "candidate.reference": "P-DUE"})
    assert (forged.status_code, "not-permitted" in forged.content.decode()) == (403, True)
    assert browser.client.post(REGISTER, form).status_code == 302
    assert site.application(form["application"]).candidate == "P-NEW"
    again = browser.page(REGISTER)
    assert "already-applied" in again
    assert '<form class="command"' not in again


@pytest.mark.parametrize("user", ["responsible", "trainer", "funder"])
def test_who_may_not_register_is_told(user: str) -> None:
    """403 with the reason, and no form."""
    page = Browser(user).page(REGISTER, 403)
    assert "not-permitted" in page
    assert 'name="candidate.name"' not in page


def test_a_session_that_takes_nobody_says_why(clock: SettableClock) -> None:
    """The deadline is passed: the reason and what would help stand in the place of the form."""
    clock.set("2026-06-01T00:00:00+02:00")
    page = Browser("adviser").page(REGISTER)
    assert "registration-deadline-passed" in page
    assert "serait possible" in page
    assert 'name="candidate.name"' not in page


def test_a_refused_registration_keeps_what_was_typed(site: Workflow) -> None:
    """A reference that is taken, a candidate who applied: refused with its status, all typed fields kept."""
    browser = Browser("adviser")
    typed = {"candidate__reference": "P-DUE", "candidate__name": "Nom <tapé>", "prescriber__origin": "france-travail"}
    for changes, status, code in (
        ({}, 422, "already-applied"),
        ({"application": "DUE"}, 409, "duplicate-reference"),
        ({"candidate.name": ""}, 400, "À remplir."),
        ({"candidate.reference": "x" * 65}, 400, "champ"),
        ({"prescriber.origin": "nobody"}, 400, "Choisissez"),
        ({"session": "S3"}, 400, "session"),
        ({"prescriber.organization": "ML-PAU"}, 403, "not-permitted"),
    ):
        answer = browser.client.post(REGISTER, {**registration(browser, **typed), **changes})
        page = answer.content.decode()
        assert (changes, answer.status_code) == (changes, status)
        assert code in page
        if "session" not in changes and "candidate.name" not in changes:
            assert "Nom &lt;tapé&gt;" in page
    assert len(site.candidate_applications("P-DUE")) == 1


def test_that_no_seat_is_left_is_confirmed(site: Workflow) -> None:
    """An advisory of a registration is asked once more, with all that was typed."""
    site.execute(commands.SetCapacity(session="S1", capacity=2), PLATFORM)
    site.execute(commands.SetCoefficient(session="S1", coefficient=5), ACTORS["trainer"][0])
    advice = commands.Retain(application="PRESENT", entry=TODAY, exit=TODAY + timedelta(9), weekly_hours=Decimal(30))
    site.execute(advice, AFEC)
    browser = Browser("platform")
    typed = {"candidate__reference": "P-1", "candidate__name": "Zoé", "prescriber__origin": "other"}
    form = registration(browser, **typed)
    asked = browser.client.post(REGISTER, form).content.decode()
    assert "Il ne reste pas de place" in asked
    assert browser.client.post(REGISTER, {**filled(asked, REGISTER), "confirmed": "yes"}).status_code == 302


def test_a_suggested_reference_is_free_and_other_each_time() -> None:
    """The day, and letters by lot."""
    browser = Browser("adviser")
    found = {registration(browser)["application"] for _ in range(5)}
    assert len(found) == 5
    assert all(each.startswith(f"C-{TODAY:%Y%m%d}-") for each in found)


def test_sessions_that_are_not_shown_register_nobody(site: Workflow) -> None:
    """Of an action that is not published, or that there is not."""
    site.execute(commands.CreateAction(action="A9", title="[POEC] A9", funder="FUND", responsible="AFEC"), PLATFORM)
    end = TODAY + timedelta(90)
    site.execute(
        commands.CreateSession(
            session="S9", action="A9", start=TODAY, end=end, place="X", responsible="AFEC", positioner="AFEC",
            trainer="AFEC", capacity=9, coefficient=2, registration_deadline=TODAY, late_entry_deadline=end,
        ),
        PLATFORM,
    )  # fmt: skip
    assert Browser("adviser").get("/sessions/S9/register/").status_code == 404
    assert "action-not-published" in Browser("platform").page("/sessions/S9/register/")
    assert Browser("platform").get("/sessions/nothing/register/").status_code == 404


def test_a_candidate_is_spoken_to_as_one() -> None:
    """Who reads their own applications withdraws, and applies; they do not register « un candidat »."""
    browser = Browser("candidate")
    home, own = browser.page("/"), unescape(browser.page(application_url("PENDING")))
    assert "y candidater" in home
    assert "préinscrire un candidat" not in home
    assert "Je me désiste" in own
    assert "Le candidat se désiste" not in own
    assert "Le candidat se désiste" in unescape(Browser("responsible").page(application_url("PENDING")))
    offered = unescape(browser.page("/sessions/S1/"))
    assert "Aucune des candidatures" not in offered  # theirs is shown
    assert "Aucune des candidatures de cette session ne vous concerne" in browser.page("/sessions/S2/")
    assert "Candidater sur cette session n'est pas possible" in unescape(browser.page("/sessions/S1/register/"))
    assert ">Candidater</button>" in Browser("other-candidate").page("/sessions/S1/register/")


def test_a_candidate_is_called_by_name() -> None:
    """Not by the reference that they may never have seen."""
    actor = ACTORS["candidate"][0]
    assert Visitor(actor=evolve(actor, name="Amina Benali"), actors=(), lang="fr").called == "Amina Benali"
    assert Visitor(actor=actor, actors=(), lang="fr").called == actor.candidate
    assert Visitor(actor=AFEC, actors=(), lang="fr").called == AFEC.organization

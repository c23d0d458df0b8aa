"""The page of an application: who is shown it, what each state says to do next, and nothing else prominent."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from candidacies import ACTORS, HOSTILE, NOW, ODD, Browser, application_url, registered
from poec_workflow import Request, Workflow
from poec_workflow.testing import SettableClock
from poec_workflow.views import ApplicationFilter, PageRequest

PLATFORM = ACTORS["platform"][0]
pytestmark = pytest.mark.usefixtures("site")
STEPS = {
    "PENDING": ("convoquer le candidat", {"convoke", "withdraw"}),
    "DUE": ("noter si le candidat est venu", {"record-presence", "record-absence", "withdraw"}),
    "LATER": ("noter si le candidat est venu", {"record-absence", "move-convocation", "withdraw"}),
    "PRESENT": ("donner l&#x27;avis", {"retain", "reject", "correct-attendance", "withdraw"}),
    "ABSENT": ("convoquer le candidat", {"convoke", "correct-attendance", "withdraw"}),
    "RETAINED": (None, set()),
    "REJECTED": (None, set()),
    "EXPIRING": ("convoquer le candidat", {"convoke", "withdraw"}),
}


def commands_of(page: str) -> set[str]:
    """The commands that a page has forms for."""
    return set(re.findall(r'action="/applications/[^/"]+/([a-z-]+)/"', page))


@pytest.mark.parametrize("reference", STEPS)
def test_each_state_says_what_is_next_and_offers_what_it_has(reference: str) -> None:
    """A clerk reads one next step, and finds a form for what can be done, for nothing else."""
    page = Browser("responsible").page(application_url(reference))
    step, commands = STEPS[reference]
    assert commands_of(page) == commands
    assert page.count("next-step") == (1 if step else 0)
    assert step is None or step in page


@pytest.mark.parametrize("user", ACTORS)
def test_a_page_is_shown_where_the_list_has_the_row_with_forms_for_what_is_allowed(site: Workflow, user: str) -> None:
    """Whoever looks: an application's page is shown exactly where the list has it, with a form for what is allowed."""
    every = {each.reference for each in site.applications(ApplicationFilter(), PageRequest(limit=0)).items}
    browser, opened = Browser(user), set()
    for reference in every:
        answer = browser.get(application_url(reference))
        assert answer.status_code in (200, 404)
        if answer.status_code == 200:
            opened.add(reference)
            allowed = {each.command.type for each in site.explain(reference, ACTORS[user][0]) if each.allowed}
            assert commands_of(answer.content.decode()) == allowed
    answer = browser.get(reverse("poec:applications"), tab="all", size="50")
    assert answer.status_code == (403 if user == "system" else 200)
    assert opened == set(re.findall(r'href="/applications/([A-Z]+)/"', answer.content.decode()))
    assert (user in ("stranger", "other-candidate", "system")) == (not opened)


def test_a_command_that_a_rule_alone_is_in_the_way_of_says_why_and_what_helps() -> None:
    """The day has not come: the button is there, greyed, with the reason and the day from which it would pass."""
    page = Browser("responsible").page(application_url("LATER"))
    greyed = re.search(r'<button[^>]*disabled[^>]*aria-describedby="why-record-presence"', page)
    assert greyed
    assert "convocation-not-due" in page
    assert "à partir du 19/03/2026" in page
    assert "À faire ensuite" in page
    assert "À faire maintenant" in Browser("responsible").page(application_url("DUE"))


def test_a_final_application_says_how_it_ended_and_that_it_is_final() -> None:
    """Entry, exit and hours, or motive and reason; and that nothing moves it any more."""
    browser = Browser("responsible")
    retained, rejected = (browser.page(application_url(each)) for each in ("RETAINED", "REJECTED"))
    assert "du 10/03/2026 au 09/05/2026, 35\u00a0h par semaine" in retained
    assert "Prérequis non" in rejected
    assert all("la candidature ne peut plus être modifiée" in each for each in (retained, rejected))


def test_the_deadline_of_the_advice_is_counted_down(clock: SettableClock) -> None:
    """Days left, the last day, and that it is passed: as the policy reckons them."""
    browser = Browser("responsible")
    assert "au plus tard le 21/03/2026 (restent 11 jours)" in browser.page(application_url("EXPIRING"))
    clock.set("2026-03-20T12:00:00+01:00")
    assert "(reste 1 jour)" in browser.page(application_url("EXPIRING"))
    clock.set("2026-03-21T23:59:00+01:00")
    assert "dernier jour" in browser.page(application_url("EXPIRING"))
    clock.set("2026-03-22T00:00:00+01:00")
    late = browser.page(application_url("EXPIRING"))
    assert "passé depuis le 21/03/2026" in late
    assert "advice-deadline-passed" in late


def test_other_applications_of_the_candidate_are_told_without_what_is_not_the_visitors() -> None:
    """What the candidate applied to elsewhere is told, with its state; not its reference, nor a link to it."""
    page = Browser("responsible").page(application_url("PENDING"))
    assert "[POEC] A2" in page
    assert "Auprès d&#x27;un autre organisme" in page
    assert "ELSEWHERE" not in page
    assert "ELSEWHERE" in Browser("platform").page(application_url("PENDING"))
    assert "[POEC] A2" not in Browser("funder").page(application_url("PENDING"))


def test_the_history_says_who_did_what_and_when() -> None:
    """A line an event, from one state to the other."""
    page = Browser("responsible").page(application_url("PRESENT"))
    history = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert history
    assert history[1].count("<tr>") == 3
    assert "Convoquée → Présent" in history[1]
    assert "R. Responsable, AFEC" in history[1]


@pytest.mark.parametrize("user", ["responsible", "adviser", "platform"])
def test_no_stored_text_is_markup(site: Workflow, user: str) -> None:
    """Names, places, comments, prescribers: what somebody stored is shown as it was typed."""
    browser = Browser(user)
    site.execute(registered("ODD", person="P-ODD", name=HOSTILE, prescriber=HOSTILE), PLATFORM)
    pages = [application_url(each) for each in ("HOSTILE", "REJECTED", "PRESENT")]
    pages += [reverse("poec:applications"), reverse("poec:candidate", args=["P-<b>"]), reverse("poec:work")]
    for url in pages:
        page = browser.page(url, tab="all", size="50") if url == reverse("poec:applications") else browser.page(url)
        assert "<script>alert" not in page
        assert "P-<b>" not in page
    assert "&lt;script&gt;alert" in browser.page(application_url("HOSTILE"))


@pytest.mark.parametrize("reference", ODD)
def test_any_reference_has_a_page_and_takes_commands(site: Workflow, reference: str) -> None:
    """Slashes, dots, percent signs, 64 emoji: the page opens, its forms work, and its links lead where they say."""
    site.execute(registered(reference, person=reference), ACTORS["platform"][0])
    browser = Browser("responsible")
    answer = browser.give(reference, "convoke", on="2026-03-10")
    assert answer.status_code == 302
    assert answer.headers["Location"] == application_url(reference)
    assert "Convoquée" in browser.page(application_url(reference))
    assert browser.page(reverse("poec:candidate", args=[reference]))
    assert application_url(reference) in browser.page(reverse("poec:applications"), size="50")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_language_has_every_word(lang: str) -> None:
    """Pages of every state in both languages."""
    browser = Browser("platform", lang)
    for reference in ("PENDING", "DUE", "PRESENT", "RETAINED"):
        assert f'<html lang="{lang}">' in browser.page(application_url(reference))


def test_a_page_asks_few_questions(site: Workflow, django_queries: list[str]) -> None:
    """However many applications the candidate has: the number of queries is the same."""
    browser = Browser("responsible")
    browser.page(application_url("PRESENT"))
    django_queries.clear()
    browser.page(application_url("PENDING"))
    few = len(django_queries)
    early = Request(command=registered("AGAIN", "S2", person="P-PENDING"), actor=PLATFORM, at=NOW - timedelta(60))
    site.submit(early)
    django_queries.clear()
    page = browser.page(application_url("PENDING"))
    assert "AGAIN" in page
    assert len(django_queries) == few <= 16


def test_an_overdue_application_asks_nobody_for_anything(site: Workflow, clock: SettableClock) -> None:
    """Nothing can be done any more, whether the sweep has run yet or not: the page says so, and no more."""
    del site
    url = application_url("EXPIRING")
    assert "À faire maintenant" in Browser("responsible").page(url)
    clock.set(NOW + timedelta(days=30))
    page = unescape(Browser("responsible").page(url))
    assert "À faire" not in page.split("<main", 1)[1]
    assert "Le délai pour donner un avis est passé" in page

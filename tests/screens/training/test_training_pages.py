"""Who is shown which list and page of training actions and sessions, and what a page says of itself."""

from __future__ import annotations

import re

import pytest

from poec_workflow import Workflow, commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.contrib.django.screens.visibility import ROWS, rows_shown, sees
from poec_workflow.model import Actor, ActorKind, SubjectKind
from poec_workflow.serialization import from_dict, journal_line
from poec_workflow.views import ActionFilter, ActionTab, PageRequest, SessionFilter
from seasons import given_season
from training_site import ACTORS, ODD, SCRIPT, Site, action, session, url

SEEN = {
    "responsible": {"A1", "WAITING", "GONE", "S1", "FULL", "ENDED"},
    "positioner": {"A1", "S1", "FULL", "ENDED"},
    "trainer": {"A1", "S1", "FULL", "ENDED"},
    "stranger": set(),
    "adviser": {"A1", "A2", "S1", "FULL", "ENDED", "OTHERS"},
    "candidate": {"A1", "A2", "S1", "FULL", "ENDED", "OTHERS"},
    "funder": {"A1", "WAITING", "GONE", "S1", "FULL", "ENDED", "DRAFT"},
    "other-funder": {"A2", "OTHERS"},
    "platform": {"A1", "A2", "WAITING", "GONE", "S1", "FULL", "ENDED", "OTHERS", "DRAFT"},
    "system": set(),
}
REFERENCES = re.compile(r'class="reference"><a href="[^"]*"><span[^>]*>✎</span>([^<]*)</a>')
ACTIONS, SESSIONS = ("A1", "A2", "WAITING", "GONE"), ("S1", "FULL", "ENDED", "OTHERS", "DRAFT")


@pytest.mark.parametrize("user", SEEN)
def test_a_kind_of_actor_sees_its_own(site: Site, user: str) -> None:
    """Pages of one's own, of others' none, as lists have them; of what is not one's own nothing is said."""
    for view, references in (("action", ACTIONS), ("session", SESSIONS)):
        for reference in references:
            page = site.page(user, url(view, reference), 200 if reference in SEEN[user] else 404)
            assert reference in SEEN[user] or "[POEC]" not in page
    if user != "system":
        files = [f"{url('actions')}?tab={each.value}" for each in ActionTab if user not in ("adviser", "candidate")]
        files += [url("actions"), url("sessions"), f"{url('sessions')}?tab=ended"]
        listed = {each for file in files for each in REFERENCES.findall(site.page(user, file))}
        assert listed == SEEN[user]


@pytest.mark.parametrize(
    ("user", "lang"), [*((each, "fr") for each in SEEN if each != "system"), ("platform", "en"), ("positioner", "en")]
)
def test_every_page_is_shown_to_every_kind_of_actor(site: Site, user: str, lang: str) -> None:
    """Home, structures and lists in each tab are pages for everybody, in both languages, each word a text."""
    addresses = [url(each) for each in ("home", "structures", "actions", "sessions")]
    for address in (*addresses, f"{url('sessions')}?tab=ended", f"{url('home')}?since=2026-01-01"):
        page = site.page(user, address, lang=lang)
        assert f'<html lang="{lang}">' in page
        assert not re.search(r"\{\{|\{%|None|\{[a-z]+\}", page)


def test_who_is_nobody_is_shown_nothing(site: Site) -> None:
    """Who is not signed in is asked to; the system has no lists."""
    from django.test import Client  # noqa: PLC0415 - once Django is configured

    for address in (url("home"), url("actions"), url("session", "S1"), url("create-action")):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")
    assert "not-permitted" not in site.page("system", url("sessions"), 403)
    site.page("system", url("actions"), 403)


def test_lists_have_the_rows_whose_pages_are_shown() -> None:
    """Over a season, for every kind of actor and whoever there is: a row's page is shown, and a page's row is there."""
    workflow = Workflow(MemoryStorage())
    workflow.execute_many([journal_line(line) for line in given_season()[0]], batch=500)
    sessions = workflow.sessions(SessionFilter(), PageRequest(limit=0)).items
    actions = workflow.actions(ActionFilter(), PageRequest(limit=0)).items
    organizations = {each.trainer for each in sessions} | {each.responsible for each in actions} | {"NOBODY", "FT-AGEN"}
    actors = [Actor(kind="organization", organization=each) for each in sorted(organizations)]
    actors += [Actor(kind="funder", organization=each) for each in sorted({row.funder for row in actions})]
    actors += [Actor(kind="adviser", organization="FT-AGEN"), Actor(kind="candidate", candidate="P-1")]
    actors += [Actor(kind="platform", organization="CAP"), Actor(kind="funder", organization=actors[0].organization)]
    assert {each.kind for each in actors} == {*ActorKind} - {ActorKind.SYSTEM}
    for actor in actors:
        own = from_dict(dict(rows_shown(SubjectKind.SESSION, actor)), SessionFilter)
        listed = {each.reference for each in workflow.sessions(own, PageRequest(limit=0)).items}
        assert listed == {
            each.reference for each in sessions if sees(workflow, SubjectKind.SESSION, each.reference, actor)
        }
        of = from_dict(dict(rows_shown(SubjectKind.ACTION, actor)), ActionFilter)
        listed = {each.reference for each in workflow.actions(of, PageRequest(limit=0)).items}
        assert listed == {
            each.reference for each in actions if sees(workflow, SubjectKind.ACTION, each.reference, actor)
        }
    assert {kind for kind, _ in ROWS} == {*ActorKind} - {ActorKind.SYSTEM}


def test_references_with_odd_characters_are_addresses(site: Site) -> None:
    """Whatever a reference is, lists link to its page, its page to its sessions, and a command reaches it."""
    for reference in ODD:
        for command in (action(reference), commands.PublishAction(reference), session(reference, reference)):
            site.workflow.execute(command, ACTORS["platform"][0])
    actions, sessions = (site.page("responsible", url(each) + "?size=50") for each in ("actions", "sessions"))
    for reference in ODD:
        assert f'href="{url("action", reference)}"' in actions
        assert f'href="{url("session", reference)}"' in sessions
        assert f'href="{url("session", reference)}"' in site.page("responsible", url("action", reference))
        site.do("trainer", "session", reference, "set-coefficient", coefficient="3")
        assert site.workflow.session(reference).coefficient == 3
        site.page("platform", url("create-session", reference))


def test_no_stored_text_is_markup(site: Site) -> None:
    """A script in any text is shown as it was written, on every page and in every list."""
    texts = dict.fromkeys(("objective", "programme", "certification", "durations", "prerequisites"), SCRIPT)
    hostile = action("X", title=f"[POEC] {SCRIPT}", funder=SCRIPT, kind=SCRIPT, regulatory_conditions=SCRIPT, **texts)
    more = dict.fromkeys(("place", "session_type", "market", "measure"), SCRIPT)
    bodies = {"responsible": "<b>R", "positioner": "POS", "trainer": "FORM"}
    for each in (
        hostile,
        commands.PublishAction("X"),
        session("X", "X", **more, **bodies),
        commands.EnrichAction("X", changes={"certification": SCRIPT + "2"}),
        commands.CancelSession("X", reason=SCRIPT),
        session("Y", "X", **more, **bodies),
    ):
        site.workflow.execute(each, ACTORS["platform"][0])
    site.workflow.execute(action("Z", title=f"[POEC] {SCRIPT}"), ACTORS["platform"][0])
    for user in ("trainer", "platform", "adviser", "candidate"):
        for address in (
            url("home"),
            url("actions"),
            url("sessions"),
            url("action", "X"),
            url("session", "X"),
            url("session", "Y"),
            f"{url('actions')}?text=%3Cscript%3E",
            f"{url('sessions')}?type=%3Cscript%3E&text=%22%3E%3Cscript%3E",
        ):
            page = site.page(user, address)
            assert "<script>alert" not in page
            assert page.count("<script") == 1
            assert "<b>R" not in page
    assert "&lt;script&gt;alert(" in site.page("platform", url("session", "X"))
    answer = site.give("platform", "action", "X", "correct-action", title=f"[POEC] {SCRIPT} neuf")
    assert "<script>alert" not in answer.content.decode()


def test_what_is_not_for_the_visitor_is_folded_away(site: Site) -> None:
    """A trainer finds forms of their own, greyed fields with who may change them, and the rest in a folded list."""
    page = site.page("trainer", url("session", "S1"))
    for own in ("set-registration-deadline", "set-coefficient", "set-information-dates"):
        assert f'action="{url("command", "session", "S1", own)}"' in page
    assert re.search(r'id="set-capacity-capacity" value="2" readonly', page)
    assert "Réservé à\u00a0: financeur (de l&#x27;action), plateforme." in page
    assert url("command", "session", "S1", "cancel-session") not in page
    others = re.search(r"<summary>Ce qui n&#x27;est pas possible.*?</details>", page, re.DOTALL)
    assert others is not None or "Ce qui n'est pas possible maintenant, ou revient à d'autres" in page


def test_who_only_looks_finds_no_form(site: Site) -> None:
    """Advisers and candidates are shown what stands: no form of a command, no greyed field, no history."""
    for user in ("adviser", "candidate"):
        for address in (url("session", "S1"), url("action", "A1")):
            page = site.page(user, address)
            assert 'name="acting"' not in page
            assert "readonly" not in page
            assert "Historique" not in page
            assert "Deux modules" in page or "47 - AGEN" in page


def test_a_session_says_whether_it_takes_registrations(site: Site, clock: object) -> None:
    """Open until its deadline, that day included; closed with every reason, as the rules say."""
    del clock
    assert "Ouverte à la candidature" in site.page("trainer", url("session", "S1"))
    ended = site.page("trainer", url("session", "ENDED"))
    assert "Fermée à la candidature" in ended
    assert "La date limite d&#x27;inscription (20/12/2025) est passée." in ended


def test_an_action_in_alert_says_why(site: Site) -> None:
    """The reasons of the list stand on the page, with what to do."""
    site.do("responsible", "action", "A1", "enrich-action", changes__objective="")
    assert site.workflow.alert_reasons("A1") == ("incomplete",)
    assert "il manque l&#x27;objectif" in site.page("responsible", url("action", "A1"))
    assert "Incomplète" in site.page("responsible", url("actions") + "?tab=alert")
    assert "il manque l&#x27;objectif" in site.page("responsible", url("home"))

"""Each command to an application over HTTP: carried out, refused with its code, confirmed where it is final."""

from __future__ import annotations

import pytest
from django.urls import reverse

from candidacies import ACTORS, AFEC, HOSTILE, Browser, application_url, filled
from poec_workflow import Workflow, commands
from poec_workflow.contrib.django.screens import submission
from poec_workflow.errors import CommandRefused

pytestmark = pytest.mark.usefixtures("site")

RETAIN = {"entry": "2026-03-10", "exit": "2026-05-01", "weekly_hours": "30,5"}
REJECT = {"reason": '["profile", "prerequisites-not-met"]', "comment": HOSTILE}
AT_ONCE: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("PENDING", "convoke", {"on": "2026-03-12", "time": "09:30", "place": "Agen"}, "convoked"),
    ("ABSENT", "convoke", {"on": "2026-03-12"}, "convoked"),
    ("LATER", "move-convocation", {"on": "2026-03-18", "time": "", "place": ""}, "convoked"),
    ("DUE", "record-presence", {}, "present"),
    ("DUE", "record-absence", {"notified": "true"}, "absent"),
    ("PRESENT", "correct-attendance", {}, "convoked"),
)
CONFIRMED = (
    ("DUE", "record-absence", {"notified": "false"}, "rejected", "Non retenue"),
    ("PRESENT", "retain", RETAIN, "retained", "30,5"),
    ("PRESENT", "reject", REJECT, "rejected", "Profil\u00a0: Prérequis non"),
    ("PENDING", "withdraw", {"reason": "found-employment"}, "rejected", "A trouvé un emploi"),
)
REFUSED = (
    ("PENDING", "convoke", {"on": "2026-01-01"}, 422, "convocation-before-registration"),
    ("PENDING", "convoke", {"on": "2027-01-01"}, 422, "convocation-after-advice-deadline"),
    ("PENDING", "convoke", {"on": "hier"}, 400, "Une date est attendue"),
    ("PENDING", "convoke", {"on": ""}, 400, "À remplir."),
    ("LATER", "record-absence", {"notified": "false"}, 422, "convocation-not-due"),
    ("LATER", "record-absence", {"notified": "peut-être"}, 400, "Un champ au moins est à corriger"),
    ("PRESENT", "retain", {**RETAIN, "weekly_hours": "60", "exit": "2029-01-01"}, 422, "exit-outside-window"),
    ("PRESENT", "retain", {**RETAIN, "weekly_hours": "beaucoup"}, 400, "Un nombre est attendu"),
    ("PRESENT", "reject", {"reason": '["absence", "absent-without-notice"]'}, 422, "reserved-motive"),
    ("PRESENT", "reject", {"reason": "n'importe quoi"}, 422, "unknown-motive"),
    ("PRESENT", "reject", {"reason": '["profile"]'}, 422, "unknown-motive"),
    ("PRESENT", "withdraw", {"reason": "inventée"}, 422, "unknown-reason"),
)


@pytest.mark.parametrize(("reference", "command", "typed", "state"), AT_ONCE)
def test_what_can_be_mended_is_carried_out_at_once(
    site: Workflow, reference: str, command: str, typed: dict[str, str], state: str
) -> None:
    """The form redirects to the application, which says that it is done; read again, nothing happens twice."""
    browser = Browser("responsible")
    answer = browser.give(reference, command, **typed)
    assert (answer.status_code, answer.headers.get("Location")) == (302, application_url(reference))
    assert site.application(reference).state == state
    assert "C&#x27;est fait" in browser.page(application_url(reference))
    version = site.application(reference).version
    assert "C&#x27;est fait" not in browser.page(application_url(reference))
    assert site.application(reference).version == version


@pytest.mark.parametrize(("reference", "command", "typed", "state", "said"), CONFIRMED)
def test_what_is_final_is_confirmed_first(
    site: Workflow, reference: str, command: str, typed: dict[str, str], state: str, said: str
) -> None:
    """Nothing is stored before a page said that it is final, what was typed, and who will be told."""
    browser, before = Browser("responsible"), site.application(reference)
    asked = browser.give(reference, command, **typed)
    page = asked.content.decode()
    assert asked.status_code == 200
    assert site.application(reference) == before
    assert "Cette décision est définitive" in page
    assert said in page
    assert "KAIROS" in page
    assert f"Nom {reference}" in page
    assert "<script>alert" not in page
    url = application_url(reference, command)
    done = browser.client.post(url, {**filled(page, url), "confirmed": "yes"})
    assert done.status_code == 302
    assert site.application(reference).state == state


def test_what_was_typed_is_what_is_stored(site: Workflow) -> None:
    """The comment of a refusal, to the letter, over the page that asks to confirm it."""
    browser, url = Browser("responsible"), application_url("PRESENT", "reject")
    page = browser.give("PRESENT", "reject", **REJECT).content.decode()
    browser.client.post(url, {**filled(page, url), "confirmed": "yes"})
    assert site.application("PRESENT").comment == HOSTILE


def test_an_advisory_is_shown_before(site: Workflow) -> None:
    """A convocation after the late entry deadline is asked once more, with the advisory."""
    page = Browser("responsible").give("PENDING", "convoke", on="2026-06-15").content.decode()
    assert "est après la date d&#x27;entrée tardive" in page
    assert site.application("PENDING").state == "pending"


@pytest.mark.parametrize(("reference", "command", "typed", "status", "said"), REFUSED)
def test_what_is_refused_keeps_what_was_typed_and_says_why(
    site: Workflow, reference: str, command: str, typed: dict[str, str], status: int, said: str
) -> None:
    """The page comes again with the form as it was sent, the reason at its place, and nothing stored."""
    browser, before = Browser("responsible"), site.application(reference)
    answer = browser.client.post(
        application_url(reference, command),
        {**browser.form(application_url(reference), application_url(reference, command)), **typed},
    )
    page = answer.content.decode()
    assert answer.status_code == status
    assert said in page
    assert site.application(reference) == before
    for name, value in typed.items():
        if name in ("on", "exit", "weekly_hours"):
            assert f'value="{value}"' in page


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "de 1 à 64 caractères sont attendus, et non 300"), ("en", "expected 1 to 64 characters")]
)
def test_a_text_that_is_too_long_is_refused_in_the_visitors_language(site: Workflow, lang: str, said: str) -> None:
    """As every fault that no field has words of its own for."""
    del site
    browser, url = Browser("adviser", lang), reverse("poec:register", args=["S1"])
    typed = {"candidate.reference": "P-1", "candidate.name": "Zoé", "prescriber.origin": "other"}
    answer = browser.client.post(url, browser.form(url, url, application="x" * 300, **typed))
    assert answer.status_code == 400
    assert said in answer.content.decode()


@pytest.mark.parametrize("user", ["adviser", "candidate", "funder", "platform", "elsewhere", "stranger", "system"])
def test_who_may_not_is_refused_whatever_they_forge(site: Workflow, user: str) -> None:
    """A form that was made by hand: 403 with the code where the page is shown, 404 where it is not."""
    actor = ACTORS[user][0]
    acting = "/".join((actor.kind, actor.organization or "", actor.candidate or ""))
    browser, before = Browser(user), site.application("PENDING")
    sent = {"acting": acting, "on": "2026-03-12", "confirmed": "yes", **RETAIN, **REJECT}
    shown = user in ("adviser", "candidate", "funder", "platform")
    for command in ("convoke", "record-presence", "retain", "reject", "expire", "cancel"):
        answer = browser.client.post(application_url("PENDING", command), sent)
        assert (command, answer.status_code) == (command, 403 if shown else 404)
        assert ("not-permitted" in answer.content.decode()) == shown
    assert site.application("PENDING") == before


def test_who_may_withdraw_does() -> None:
    """The adviser and the candidate find the one command that is theirs."""
    for user in ("adviser", "candidate"):
        page = Browser(user).give("PENDING", "withdraw", reason="found-employment")
        assert "Cette décision est définitive" in page.content.decode()


def test_two_clerks_at_once(site: Workflow) -> None:
    """The second is told that somebody changed it, reads where it stands, and finds what they typed."""
    first, second = Browser("responsible"), Browser("trainer")
    url = application_url("LATER", "move-convocation")
    form = second.form(application_url("LATER"), url, on="2026-03-17", place="Salle <B>")
    assert first.give("LATER", "move-convocation", on="2026-03-18").status_code == 302
    answer = second.client.post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "Une autre personne a modifié ce dossier" in page
    assert "18/03/2026" in page
    again = filled(page, url)
    assert (again["on"], again["version"]) == ("2026-03-17", str(site.application("LATER").version))
    assert "Salle &lt;B&gt;" in page
    assert second.client.post(url, again).status_code == 302


def test_the_second_clerk_comes_to_another_state(site: Workflow) -> None:
    """What cannot be done any more is said with what was typed, and the page offers what can be."""
    first, second = Browser("responsible"), Browser("trainer")
    url = application_url("PENDING", "convoke")
    form = second.form(application_url("PENDING"), url, on="2026-03-17", place="Salle <B>")
    first.give("PENDING", "convoke", on="2026-03-12")
    answer = second.client.post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "Une autre personne a modifié ce dossier" in page
    assert "Salle &lt;B&gt;" in page
    assert "17/03/2026" in page
    assert application_url("PENDING", "move-convocation") in page
    assert site.application("PENDING").convocations[0].on.isoformat() == "2026-03-12"


def test_a_double_click_does_it_once(site: Workflow) -> None:
    """The same form twice: one history entry, and the same answer."""
    browser, url = Browser("responsible"), application_url("PENDING", "convoke")
    form = browser.form(application_url("PENDING"), url, on="2026-03-12")
    answers = [browser.client.post(url, form) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(site.history("application", "PENDING")) == 2


def test_both_answers_to_one_question_are_not_taken_for_a_double_click(site: Workflow) -> None:
    """Back, and the other button: it is told how things stand, not that a key was used."""
    browser, url = Browser("responsible"), application_url("DUE", "record-absence")
    page = browser.page(application_url("DUE"))
    keys = [each.split('"')[0] for each in page.split('name="key" value="')[1:]]
    assert len(keys) == len(set(keys))
    form = filled(page, url)
    browser.client.post(url, form)
    other = {**form, "notified": "false", "key": form["key"].replace("true", "false")}
    answer = browser.client.post(url, other)
    assert answer.status_code == 412
    assert site.application("DUE").state == "absent"


def test_another_tab_chose_another_structure(site: Workflow) -> None:
    """Nobody acts for a structure that they do not see: the form is refused, and says so."""
    browser, url = Browser("several"), application_url("PENDING", "convoke")
    form = browser.form(application_url("PENDING"), url, on="2026-03-12")
    browser.client.post(reverse("poec:structures"), {"structure": "organization/OTHER/"})
    assert browser.client.post(url, form).status_code == 404
    before = site.application("PENDING")
    browser.client.post(reverse("poec:structures"), {"structure": "organization/AFEC/"})
    answer = browser.client.post(url, {**form, "acting": "organization/OTHER/"})
    assert answer.status_code == 409
    assert "une autre structure" in answer.content.decode()
    assert site.application("PENDING") == before


MALFORMED: tuple[dict[str, str], ...] = (
    {},
    {"version": "-1"},
    {"version": "9" * 40},
    {"version": "é", "key": "\0"},
    {"on": "\0", "place": "\0"},
    {"on": "2026-03-12", "place": "x" * 10001},
    {"on": "2026-03-12", "time": "25:61"},
    {"on": "9999-12-31"},
)


def test_a_malformed_form_is_a_page_with_4xx(site: Workflow) -> None:
    """Whatever a hand-made form says: a page, and nothing stored."""
    browser, before = Browser("responsible"), site.application("PENDING")
    for sent in MALFORMED:
        data = {"acting": "organization/AFEC/", **sent}
        answer = browser.client.post(application_url("PENDING", "convoke"), data)
        assert 400 <= answer.status_code < 500
        assert b"<h1" in answer.content
    assert site.application("PENDING") == before


@pytest.mark.parametrize("command", ["preregister", "publish-action", "cancel-session", "nothing"])
def test_no_other_command_has_an_address_here(command: str) -> None:
    """What creates, what is another subject's, and what there is not."""
    answer = Browser("platform").client.post(application_url("PENDING", command), {})
    assert answer.status_code == 404


def test_a_get_gives_no_command(site: Workflow) -> None:
    """A link changes nothing, and leads to the page that has the form."""
    answer = Browser("responsible").get(application_url("DUE", "record-presence"))
    assert (answer.status_code, answer.headers["Location"]) == (302, application_url("DUE"))
    assert site.application("DUE").state == "convoked"


def test_the_rules_are_the_workflows(site: Workflow) -> None:
    """What the page refuses is what the workflow refuses, with the same codes."""
    with pytest.raises(CommandRefused) as refused:
        site.execute(commands.RecordPresence("LATER"), AFEC)
    page = Browser("responsible").page(application_url("LATER"))
    assert all(code in page for code in refused.value.codes)


def test_a_form_that_was_gone_back_to_says_that_it_was_sent_before(site: Workflow) -> None:
    """And with another date in it: no word of keys, the first sending stands, and what was typed is shown."""
    browser, page, url = Browser("responsible"), application_url("PENDING"), application_url("PENDING", "convoke")
    form = browser.form(page, url, on="2026-03-12")
    browser.client.post(url, form)
    again = browser.client.post(url, {**form, "on": "2026-03-13"})
    assert again.status_code == 409
    assert "Ce formulaire a déjà été envoyé une fois" in again.content.decode()
    assert "La clé" not in again.content.decode()
    assert "13/03/2026" in again.content.decode()
    assert [str(each.on) for each in site.application("PENDING").convocations] == ["2026-03-12"]


def test_two_people_are_registered_with_one_form(site: Workflow) -> None:
    """Who went back to the form that they sent, and wrote another name: told so, and sent again it is carried out."""
    browser, url = Browser("adviser"), reverse("poec:register", args=["S1"])
    person = {"candidate.name": "Zoé", "prescriber.origin": "other"}
    form = browser.form(url, url, application="ONE", **{"candidate.reference": "P-1", **person})
    assert browser.client.post(url, form).status_code == 302
    told = browser.client.post(url, {**form, "application": "TWO", "candidate.reference": "P-2"})
    assert told.status_code == 409
    form = filled(told.content.decode(), url, **{"prescriber.origin": "other"})
    assert browser.client.post(url, form).status_code == 302
    assert site.application("TWO").candidate == "P-2"


def test_a_confirmation_names_whom_it_ends_and_how_many_more(site: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is cut says so: nobody ends applications that they were not told of."""
    del site
    url = reverse("poec:command", args=["session", "S1", "cancel-session"])
    sent = {"acting": "platform/CAP/", "reason": "Trop peu de candidats"}
    page = Browser("platform").client.post(url, sent).content.decode()
    assert page.count("Refus\u00a0: session annulée</span>") == 6
    assert "Nom PENDING" in page
    assert "<li>… et" not in page
    monkeypatch.setattr(submission, "_NAMED", 2)
    page = Browser("platform").client.post(url, sent).content.decode()
    assert page.count("Refus\u00a0: session annulée</span>") == 2
    assert "… et 4 autres" in page


def test_who_signed_in_on_the_way_is_told_that_nothing_was_recorded(site: Workflow) -> None:
    """The session expired in the middle of a form: signing in leads to its address, without what was typed."""
    before = site.application("PENDING")
    page = Browser("responsible").client.get(application_url("PENDING", "convoke"), follow=True).content.decode()
    assert "Rien n&#x27;a été enregistré\u00a0: ce que vous aviez saisi" in page
    assert "C&#x27;est fait" not in page
    assert site.application("PENDING") == before

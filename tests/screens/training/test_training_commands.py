"""Commands to training actions and sessions over HTTP: confirmed, carried out once, refused with a code, stale."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pytest

from poec_workflow import commands
from poec_workflow.commands import COMMANDS
from poec_workflow.model import SubjectKind
from training_site import PLATFORM, Forms, Site, action, day, session, url

Given = tuple[str, str, str, Mapping[str, str]]

ACCEPTED: Mapping[str, Given] = {
    "set-registration-deadline": ("trainer", "session", "S1", {"on": day(10).isoformat()}),
    "set-coefficient": ("trainer", "session", "S1", {"coefficient": "5"}),
    "set-information-dates": (
        "trainer",
        "session",
        "S1",
        {"dates.0": day(3).isoformat(), "dates.1": day(2).isoformat()},
    ),
    "set-capacity": ("funder", "session", "S1", {"capacity": "9"}),
    "reschedule-session": ("platform", "session", "S1", {"end": day(120).isoformat()}),
    "reassign-session": ("funder", "session", "S1", {"trainer": "NEW"}),
    "correct-session": ("platform", "session", "S1", {"place": "64 - PAU", "follow_on_ratio": "0,5", "market": ""}),
    "declare-session-full": ("positioner", "session", "FULL", {}),
    "cancel-session": ("funder", "session", "S1", {"reason": "Trop peu d'inscrits"}),
    "enrich-action": ("responsible", "action", "A1", {"changes.durations": "399 h"}),
    "correct-action": ("platform", "action", "A1", {"title": "[POEC] Autre", "responsible": "POS"}),
    "publish-action": ("platform", "action", "WAITING", {}),
    "restore-action": ("platform", "action", "GONE", {}),
    "delete-action": ("platform", "action", "WAITING", {}),
}
_CERTIFIED = (("responsible", "action", "A1", "enrich-action", {"changes.certification": "Titre"}),)
AFTER: Mapping[str, tuple[Given, Sequence[tuple[str, str, str, str, Mapping[str, str]]]]] = {
    "reopen-session": (
        ("trainer", "session", "FULL", {}),
        (
            ("trainer", "session", "FULL", "declare-session-full", {}),
            ("platform", "session", "FULL", "set-capacity", {"capacity": "2"}),
        ),
    ),
    "archive-action": (
        ("platform", "action", "WAITING", {}),
        (("platform", "action", "WAITING", "publish-action", {}),),
    ),
    "approve-certification": (("platform", "action", "A1", {}), _CERTIFIED),
    "decline-certification": (("platform", "action", "A1", {}), _CERTIFIED),
}
"""Commands that need others first, and those."""
REFUSED: tuple[tuple[str, Given, int, str], ...] = (
    (
        "set-registration-deadline",
        ("trainer", "session", "S1", {"on": day(91).isoformat()}),
        422,
        "session-dates-out-of-order",
    ),
    ("set-coefficient", ("trainer", "session", "S1", {"coefficient": "6"}), 422, "coefficient-out-of-range"),
    ("set-capacity", ("platform", "session", "S1", {"capacity": "0"}), 422, "capacity-out-of-range"),
    ("set-capacity", ("platform", "session", "FULL", {"capacity": "0"}), 422, "capacity-below-retained"),
    (
        "reschedule-session",
        ("platform", "session", "S1", {"start": day(99).isoformat()}),
        422,
        "session-dates-out-of-order",
    ),
    (
        "correct-session",
        ("platform", "session", "S1", {"minimum_headcount": "3"}),
        422,
        "minimum-headcount-out-of-range",
    ),
    ("correct-action", ("platform", "action", "A1", {"title": "Autre"}), 422, "title-without-poec-prefix"),
)
MALFORMED: tuple[tuple[str, Given], ...] = (
    ("set-registration-deadline", ("trainer", "session", "S1", {"on": "2026-02-30"})),
    ("set-coefficient", ("trainer", "session", "S1", {"coefficient": "trois"})),
    ("set-coefficient", ("trainer", "session", "S1", {"coefficient": "99999999999"})),
    ("set-capacity", ("platform", "session", "S1", {"capacity": ""})),
    ("set-information-dates", ("trainer", "session", "S1", {"dates.0": "demain"})),
    ("reassign-session", ("platform", "session", "S1", {"trainer": "x" * 65})),
    ("reassign-session", ("platform", "session", "S1", {"trainer": ""})),
    ("correct-session", ("platform", "session", "S1", {"follow_on_ratio": "beaucoup"})),
    ("correct-session", ("platform", "session", "S1", {"minimum_headcount": ""})),
    ("correct-session", ("platform", "session", "S1", {"place": "a\0b"})),
    ("cancel-session", ("platform", "session", "S1", {"reason": ""})),
    ("enrich-action", ("responsible", "action", "A1", {"changes.programme": "x" * 10_001})),
)


def dotted(typed: Mapping[str, str]) -> dict[str, str]:
    """Names as arguments may have them."""
    return {name.replace(".", "__"): value for name, value in typed.items()}


def ready(site: Site, command: str) -> Given:
    """The command's example, after what it needs."""
    if command in ACCEPTED:
        return ACCEPTED[command]
    own, first = AFTER[command]
    for user, kind, reference, other, typed in first:
        site.do(user, kind, reference, other, **dotted(typed))
    return own


COMMANDS_HERE = (*ACCEPTED, *AFTER)


def test_every_command_is_tried() -> None:
    """All of actions and sessions that create nothing."""
    own = {name for name, each in COMMANDS.items() if each.subject_kind is not SubjectKind.APPLICATION}
    assert own - {"create-action", "create-session", "import-action", "import-session"} == set(COMMANDS_HERE)


@pytest.mark.parametrize("command", COMMANDS_HERE)
def test_a_command_is_confirmed_and_carried_out_once(site: Site, command: str) -> None:
    """Nothing happens before it is confirmed; a double send does it once; from an older page it is refused."""
    user, kind, reference, typed = ready(site, command)
    client, address = site.client(user), url("command", kind, reference, command)
    before = site.workflow.history(kind, reference)
    asked = site.give(user, kind, reference, command, **dotted(typed))
    assert site.workflow.history(kind, reference) == before
    [(_, fields)] = [each for each in Forms(asked.content.decode()).found.items() if "key" in each[1]]
    for _ in range(2):
        done = client.post(address, {**fields, "confirmed": "yes"})
        assert (done.status_code, done.headers.get("Location")) == (302, url(kind, reference))
    after = site.workflow.history(kind, reference)
    assert [each.command for each in after[len(before) :]] == [command]
    assert "C&#x27;est fait" in site.page(user, url(kind, reference)) or reference in ("S1", "A1")
    stale = client.post(address, {**fields, "key": "another", "confirmed": "yes"})
    assert stale.status_code == 412
    assert "Une autre personne a modifié ce dossier" in stale.content.decode()
    assert len(site.workflow.history(kind, reference)) == len(after)


@pytest.mark.parametrize(("command", "given", "status", "code"), REFUSED)
def test_a_refusal_is_shown_with_its_code_and_what_was_typed(
    site: Site, command: str, given: Given, status: int, code: str
) -> None:
    """The page comes again with the reason, and the form as it was filled in; nothing was recorded."""
    user, kind, reference, typed = given
    before = site.workflow.history(kind, reference)
    answer = site.give(user, kind, reference, command, **dotted(typed))
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<code>{code}</code>" in page
    again = Forms(page).found[url("command", kind, reference, command)]
    assert {name: again[name] for name in typed} == dict(typed)
    assert site.workflow.history(kind, reference) == before


@pytest.mark.parametrize(("command", "given"), MALFORMED)
def test_what_is_no_value_is_said_at_its_field(site: Site, command: str, given: Given) -> None:
    """A field that says nothing of its kind is marked, and everything that was typed stays."""
    user, kind, reference, typed = given
    answer = site.give(user, kind, reference, command, **dotted(typed))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in page
    again = Forms(page).found[url("command", kind, reference, command)]
    assert {name: again[name] for name in typed} == {name: html.unescape(value) for name, value in typed.items()}


@pytest.mark.parametrize("command", COMMANDS_HERE)
def test_who_may_not_is_refused_whatever_they_send(site: Site, command: str) -> None:
    """A forged form: not permitted to who sees the subject, not found to who does not; a GET leads back."""
    user, kind, reference, typed = ready(site, command)
    address = url("command", kind, reference, command)
    before = site.workflow.history(kind, reference)
    said = {**site.form(user, url(kind, reference), address), "confirmed": "yes", **typed}
    for other, acting, status in (("stranger", "organization/NOBODY/", 404), ("adviser", "adviser/FT-AGEN/", None)):
        answer = site.client(other).post(address, {**said, "acting": acting})
        assert answer.status_code in ((status,) if status else (403, 404)), answer.content.decode()
    assert site.client("platform").get(address).headers["Location"] == url(kind, reference)
    assert site.client("platform").post(url("command", kind, "none", command), said).status_code == 404
    assert site.workflow.history(kind, reference) == before


def test_who_acts_for_another_structure_meanwhile_is_told(site: Site) -> None:
    """Another tab chose another structure: the form is shown again, and nothing is recorded."""
    fields = site.form("several", url("session", "S1"), url("command", "session", "S1", "set-coefficient"))
    site.client("several").post(url("structures"), {"structure": "organization/POS/"})
    address = url("command", "session", "S1", "set-coefficient")
    answer = site.client("several").post(address, {**fields, "coefficient": "5", "confirmed": "yes"})
    assert answer.status_code == 409
    assert "autre structure" in answer.content.decode()
    assert site.workflow.session("S1").coefficient == 2


def test_the_late_entry_date_pops_up_with_the_earliest_that_fits(site: Site) -> None:
    """« un message pop-up peut apparaître »: the form comes with both dates, and is confirmed as it comes."""
    wanted = day(50).isoformat()
    answer = site.give("trainer", "session", "S1", "set-registration-deadline", on=wanted)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Confirmer les deux dates" in page
    address = url("command", "session", "S1", "set-registration-deadline")
    fields = Forms(page).found[address]
    assert (fields["on"], fields["late_entry_deadline"]) == (wanted, wanted)
    done = site.confirm("trainer", site.client("trainer").post(address, fields))
    assert done.status_code == 302
    changed = site.workflow.session("S1")
    assert changed.registration_deadline == changed.late_entry_deadline == day(50)


def test_before_the_start_the_earliest_late_entry_is_the_start(site: Site) -> None:
    """The date that is filled in comes from the rules, and fits them."""
    site.workflow.execute(
        commands.RescheduleSession(
            session="S1", start=day(30), end=day(90), registration_deadline=day(20), late_entry_deadline=day(30)
        ),
        PLATFORM,
    )
    answer = site.give("trainer", "session", "S1", "set-registration-deadline", on=day(31).isoformat())
    fields = Forms(answer.content.decode()).found[url("command", "session", "S1", "set-registration-deadline")]
    assert fields["late_entry_deadline"] == day(31).isoformat()


def test_a_cancellation_says_whom_it_ends_and_who_is_told(site: Site) -> None:
    """Before it is confirmed: how many applications, which, and who will hear of it."""
    page = site.give("platform", "session", "S1", "cancel-session", reason="Non").content.decode()
    assert "Cela met fin à 1 candidature" in page
    assert "C-1" in page
    assert "Sera informé" in page or "Seront informés" in page
    assert "Cette décision est définitive" in page
    assert site.workflow.application("C-1").state == "pending"


def test_only_what_differs_is_recorded(site: Site) -> None:
    """Of six fields one was changed, and one emptied: the history says these two."""
    site.do("responsible", "action", "A1", "enrich-action", changes__durations="399 h", changes__objective="")
    event = site.workflow.history("action", "A1")[-1].event
    assert dict(event.changes) == {"durations": "399 h", "objective": ""}  # type: ignore[union-attr]
    site.do("platform", "session", "S1", "correct-session", place="64 - PAU", market="")
    corrected = site.workflow.session("S1")
    assert (corrected.place, corrected.market, corrected.measure) == ("64 - PAU", "", "PRF")
    corrected_event = site.workflow.history("session", "S1")[-1].event
    assert corrected_event.measure is None  # type: ignore[union-attr]
    assert corrected_event.minimum_headcount is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("user", "kind", "reference", "command"),
    [
        ("responsible", "action", "A1", "enrich-action"),
        ("trainer", "session", "S1", "set-registration-deadline"),
        ("trainer", "session", "S1", "set-information-dates"),
        ("platform", "session", "S1", "correct-session"),
        ("platform", "session", "S1", "reschedule-session"),
        ("platform", "action", "A1", "correct-action"),
    ],
)
def test_who_changes_nothing_is_told_so(site: Site, user: str, kind: str, reference: str, command: str) -> None:
    """A form that is sent as it stands records nothing."""
    before = site.workflow.history(kind, reference)
    answer = site.give(user, kind, reference, command)
    assert answer.status_code == 400
    assert "Vous n&#x27;avez rien modifié" in answer.content.decode()
    assert site.workflow.history(kind, reference) == before


def test_what_somebody_else_changed_meanwhile_is_not_undone(site: Site) -> None:
    """The second of two is told, keeps what they typed, and what they did not touch is the first one's."""
    page, address = url("action", "A1"), url("command", "action", "A1", "enrich-action")
    second = site.form("responsible", page, address)
    site.do("trainer", "action", "A1", "enrich-action", changes__programme="Du premier")
    answer = site.client("responsible").post(address, {**second, "changes.durations": "Du second"})
    assert answer.status_code == 412
    fields = Forms(answer.content.decode()).found[address]
    assert (fields["changes.programme"], fields["changes.durations"]) == ("Du premier", "Du second")
    site.confirm("responsible", site.client("responsible").post(address, fields))
    changed = site.workflow.action("A1")
    assert (changed.programme, changed.durations) == ("Du premier", "Du second")


def test_a_certification_waits_for_the_platform(site: Site) -> None:
    """It is shown as asked for, stays where it is not touched, and is dropped where the one in force is entered."""
    site.do("responsible", "action", "A1", "enrich-action", changes__certification="Titre")
    page = site.page("responsible", url("action", "A1"))
    assert "Une certification attend d&#x27;être validée par Cap Métiers" in page or "attend d'être validée" in page
    site.do("responsible", "action", "A1", "enrich-action", changes__durations="1 h")
    assert site.workflow.action("A1").pending_certification == "Titre"
    site.do("responsible", "action", "A1", "enrich-action", changes__certification="CQP")
    assert site.workflow.action("A1").pending_certification is None


def test_a_forged_field_is_not_read(site: Site) -> None:
    """A form says the six fields; another one in it changes nothing, and who sends nothing else changed nothing."""
    answer = site.give("responsible", "action", "A1", "enrich-action", changes__title="[POEC] Autre")
    assert answer.status_code == 400
    assert site.workflow.action("A1").title == "[POEC] A1"


CREATION = {"start": day(30), "end": day(60), "registration_deadline": day(20), "late_entry_deadline": day(30)}


def creation(**more: str) -> dict[str, str]:
    """What is typed to create a session."""
    dates = {name: each.isoformat() for name, each in CREATION.items()}
    return {"session": "NEW", "place": "PAU", "capacity": "3", **dates, **more}


@pytest.mark.parametrize("user", ["funder", "platform"])
def test_a_session_is_created_from_its_action(site: Site, user: str) -> None:
    """By the action's funder and the platform, with what the form already says."""
    page = url("create-session", "A1")
    answer = site.confirm(user, site.send(user, page, page, **creation(information_dates__1=day(3).isoformat())))
    assert answer.headers["Location"] == url("session", "NEW")
    made = site.workflow.session("NEW")
    assert (made.action, made.trainer, made.coefficient, made.information_dates) == ("A1", "RESP", 2, (day(3),))


def test_a_session_that_the_rules_refuse_is_not_created(site: Site) -> None:
    """Every reason at once, and what was typed."""
    page = url("create-session", "A1")
    answer = site.send("platform", page, page, **creation(session="S1", coefficient="9"))
    assert answer.status_code == 409
    assert "duplicate-reference" in answer.content.decode()
    answer = site.send("platform", page, page, **creation(coefficient="9", capacity="0"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "coefficient-out-of-range" in text
    assert "capacity-out-of-range" in text
    assert Forms(text).found[page]["place"] == "PAU"


def test_who_may_not_create_is_shown_no_form(site: Site) -> None:
    """Neither a button nor a page; of an archived action the page says why nobody can."""
    for user in ("responsible", "trainer", "adviser"):
        assert url("create-session", "A1") not in site.page(user, url("action", "A1"))
        site.page(user, url("create-session", "A1"), 403)
        site.page(user, url("create-action"), 403)
        assert url("create-action") not in site.page(user, url("actions"))
    assert url("create-session", "GONE") not in site.page("platform", url("action", "GONE"))
    assert "archivée ou supprimée" in site.page("platform", url("action", "GONE"))
    assert "archivée ou supprimée" in site.page("platform", url("create-session", "GONE"), 422)
    site.page("stranger", url("create-session", "A1"), 404)
    forged = {**creation(), "action": "A1", "acting": "organization/RESP/", "key": "k", "confirmed": "yes"}
    assert site.client("responsible").post(url("create-session", "A1"), forged).status_code == 403


def test_an_action_is_created_by_the_platform(site: Site) -> None:
    """From the funder's data: the prefix stands there, and without it the rules refuse."""
    page = url("create-action")
    typed = {"action": "A/é", "funder": "FUND", "responsible": "RESP", "programme": "Un\nDeux"}
    assert site.send("platform", page, page, title="Sans préfixe", **typed).status_code == 422
    answer = site.confirm("platform", site.send("platform", page, page, title="[POEC] Neuve", **typed))
    assert answer.headers["Location"] == url("action", "A/é")
    made = site.workflow.action("A/é")
    assert (made.title, made.state, made.kind, made.programme) == (
        "[POEC] Neuve",
        "awaiting-publication",
        "SIMPLE",
        "Un\nDeux",
    )


def test_a_form_is_protected_against_other_sites(site: Site) -> None:
    """Without the token of the page nothing is taken."""
    from django.test import Client  # noqa: PLC0415 - once Django is configured

    client = Client(enforce_csrf_checks=True)
    client.cookies = site.client("platform").cookies
    for address in (url("command", "action", "WAITING", "publish-action"), url("create-action"), url("structures")):
        assert client.post(address, {"confirmed": "yes"}).status_code == 403
    assert site.workflow.action("WAITING").state == "awaiting-publication"


def test_unpublished_and_published_are_what_the_rules_say(site: Site) -> None:
    """Archiving an action with open applications says how many stand in the way, before it is tried."""
    page = site.page("platform", url("action", "A1"))
    assert "open-applications-remain" in page
    assert url("command", "action", "A1", "archive-action") not in page
    assert action("x").type == "create-action"
    assert session("x", "y").type == "create-session"

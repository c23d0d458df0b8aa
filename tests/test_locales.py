"""Words for people: every code, state, command and condition in both languages, with nothing left to fill in."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import (
    SYSTEM,
    Accepted,
    ActionState,
    Actor,
    ActorKind,
    Advisory,
    ApplicationState,
    Candidate,
    CommandRefused,
    Enrolment,
    Origin,
    Prescriber,
    Refusal,
    Refused,
    Request,
    SessionState,
    Settings,
    Workflow,
    cli,
    commands,
    errors,
    locales,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.decider import refusals_of
from poec_workflow.errors import RefusalKind
from poec_workflow.events import EVENTS
from poec_workflow.machines import LIFECYCLES
from poec_workflow.messages import AddresseeKind
from poec_workflow.model import Outcome, Role, Tally
from poec_workflow.notices import NOTICES
from poec_workflow.policies import messages
from poec_workflow.ports import Delivery, MessageState
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.views import AlertReason
from world import SAMPLES, SESSION, application, facts, related

LANG = pytest.mark.parametrize("lang", ["fr", "en"])

REFUSALS = [
    "unknown-application",
    "unknown-session",
    "unknown-action",
    "not-permitted",
    "stale-version",
    "no-transition",
    "key-reused",
    "duplicate-reference",
    "action-not-published",
    "session-complete",
    "session-cancelled",
    "registration-deadline-passed",
    "quota-reached",
    "already-applied",
    "convocation-limit-reached",
    "convocation-already-passed",
    "convocation-not-after-previous",
    "convocation-before-registration",
    "convocation-after-advice-deadline",
    "convocation-not-due",
    "entry-outside-window",
    "exit-outside-window",
    "weekly-hours-out-of-range",
    "no-seat-left",
    "unknown-motive",
    "unknown-reason",
    "reserved-motive",
    "advice-deadline-passed",
    "advice-deadline-not-passed",
    "session-not-complete",
    "session-not-cancelled",
    "action-not-available",
    "session-dates-out-of-order",
    "capacity-out-of-range",
    "coefficient-out-of-range",
    "minimum-headcount-out-of-range",
    "too-many-information-dates",
    "late-entry-must-change",
    "capacity-below-retained",
    "seats-remain",
    "title-without-poec-prefix",
    "field-not-editable",
    "no-pending-certification",
    "open-applications-remain",
    "imported-state-contradicted",
]
"""Every refusal code of the domain page."""
ADVISORIES = [
    "convocation-after-late-entry",
    "unusual-weekly-hours",
    "every-seat-given",
    "retained-elsewhere",
    "quota-below-registered",
]

_JOURNAL = Path(__file__).parent / "data" / "season" / "journal.jsonl"
_PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
_AFEC = Actor(kind=ActorKind.ORGANIZATION, organization="AFEC")


def _create_session(session: str, **changes: Any) -> Command:
    fields: dict[str, Any] = {
        "action": "A",
        "start": date(2021, 12, 9),
        "end": date(2022, 3, 4),
        "place": "Agen",
        "responsible": "AFEC",
        "positioner": "AFEC",
        "trainer": "AFEC",
        "capacity": 2,
        "coefficient": 2,
        "registration_deadline": date(2021, 12, 17),
        "late_entry_deadline": date(2021, 12, 17),
    }
    return commands.CreateSession(session, **{**fields, **changes})


def _preregister(application: str) -> Command:
    return commands.Preregister(
        application,
        session="S",
        candidate=Candidate(reference=f"P-{application}", name="Zoé Nabil"),
        prescriber=Prescriber(origin=Origin.OTHER),
    )


def _handmade() -> Iterable[tuple[Command, Actor, int | None, Settings]]:
    """What no line of the season asks: a command, its actor, an expected version, and the settings of the moment."""
    usual, lowered = Settings(), Settings(max_convocations=1)
    steps: list[tuple[Command, Actor, int | None, Settings]] = [
        (each, _PLATFORM, None, usual)
        for each in (
            commands.CreateAction("A", title="[POEC] Employé", funder="F", responsible="AFEC"),
            commands.PublishAction("A"),
            _create_session("S"),
            _preregister("C-1"),
            _preregister("C-2"),
            commands.PublishAction("NOWHERE"),
        )
    ]
    steps += [
        (each, _AFEC, None, usual)
        for each in (
            commands.RecordPresence("NOBODY"),
            commands.SetRegistrationDeadline("S", on=date(2021, 12, 20)),
            *(commands.Convoke(each, on=date(2021, 11, 4)) for each in ("C-1", "C-2")),
            *(commands.RecordPresence(each) for each in ("C-1", "C-2")),
            *(
                commands.Retain(each, entry=date(2021, 12, 9), exit=date(2022, 3, 4), weekly_hours=Decimal(35))
                for each in ("C-1", "C-2")
            ),
        )
    ]
    steps += [
        (commands.SetCapacity("S", capacity=1), _PLATFORM, None, usual),
        (commands.SetCapacity("S", capacity=4), _PLATFORM, 77, usual),
        (_preregister("C-3"), _PLATFORM, None, usual),
        (commands.SetCoefficient("S", coefficient=1), _AFEC, None, Settings(coefficient_min=1)),
        (commands.SetCoefficient("S", coefficient=2), _AFEC, None, usual),
        (commands.Convoke("C-3", on=date(2021, 11, 4)), _AFEC, None, usual),
        (commands.RecordAbsence("C-3", notified=True), _AFEC, None, usual),
        (commands.Convoke("C-3", on=date(2021, 11, 4)), _AFEC, None, usual),
        (commands.Convoke("C-3", on=date(2021, 11, 5)), _AFEC, None, lowered),
        (commands.Withdraw("C-3", reason="found-employment"), _AFEC, None, usual),
        (commands.DeleteAction("A"), _PLATFORM, None, usual),
        (_create_session("S-2"), _PLATFORM, None, usual),
        (_create_session("S"), _PLATFORM, None, usual),
        (commands.ReopenSession("NOWHERE"), _PLATFORM, None, usual),
        (commands.CreateAction("B", title="[POEC] Maçon", funder="F", responsible="AFEC"), _PLATFORM, None, usual),
        (_create_session("S-3", action="B", capacity=0), _PLATFORM, None, usual),
        (
            commands.ImportAction(
                "E", title="[POEC]", funder="F", responsible="R", state="archived", pending_certification=""
            ),
            _PLATFORM,
            None,
            usual,
        ),
        (_create_session("S-3", action="B", information_dates=(date(2021, 11, 4),) * 4), _PLATFORM, None, usual),
    ]
    return steps


@cache
def _said() -> tuple[tuple[Refusal | Advisory, ...], tuple[Refused, ...]]:
    """Every refusal and advisory of the season and of the handmade commands."""
    storage, answers = MemoryStorage(), []
    season = Workflow(storage, clock=SettableClock("2022-02-04T06:00:00+01:00"))
    with _JOURNAL.open("rb") as journal:
        answers += season.execute_many([journal_line(line) for line in journal])
    storage, at = MemoryStorage(), datetime.fromisoformat("2021-11-04T09:00:00+01:00")
    for command, actor, version, chosen in _handmade():
        request = Request(command=command, actor=actor, expected_version=version, at=at)
        answers.append(Workflow(storage, settings=chosen).submit(request))
    refused = tuple(each for each in answers if isinstance(each, Refused))
    advised = [one for each in answers if isinstance(each, Accepted) for one in each.advisories]
    return (*(one for each in refused for one in each.refusals), *advised), refused


def test_every_code_was_driven() -> None:
    """The season and the handmade commands give every refusal and every advisory that there is."""
    assert {each.code for each in _said()[0]} == {*REFUSALS, *ADVISORIES}


@LANG
def test_sentences_are_filled_by_what_the_policies_give(lang: str) -> None:
    """No sentence of a real refusal or advisory has a placeholder left, and each ends as a sentence."""
    for each in _said()[0]:
        message = each.message(lang)
        assert "{" not in message, message
        assert "}" not in message, message
        assert message.endswith(".")
        assert len(message) < 1_000
        assert "None" not in message
        assert each.code not in message


@LANG
def test_placeholders_are_always_given(lang: str) -> None:
    """The names in a code's sentence are among the details of every refusal with that code."""
    for section, kind in (("refusals", Refusal), ("advisories", Advisory)):
        for each in _said()[0]:
            if isinstance(each, kind):
                template = locales.words(lang)[section][each.code]
                assert {name for _, name, _, _ in string.Formatter().parse(template) if name} <= set(each.details)


@LANG
def test_problems_have_their_sentences(lang: str) -> None:
    """The problem of a real refusal says each of its sentences."""
    for refused in _said()[1]:
        error = CommandRefused(refused.refusals)
        assert error.to_dict(lang)["detail"] == " ".join(each.message(lang) for each in refused.refusals)
        assert error.codes == refused.codes


@LANG
def test_codes_have_sentences_and_nothing_else_has(lang: str) -> None:
    """The sentences are those of the domain page's codes, exactly."""
    assert {each.partition(".")[0] for each in locales.words(lang)["refusals"]} == set(REFUSALS)
    assert set(locales.words(lang)["advisories"]) == set(ADVISORIES)
    assert {*RefusalKind, "own-rule"} <= set(locales.words(lang)["problems"])


def test_both_languages_have_the_same_words() -> None:
    """The two tables have the same sections, the same names, and the same placeholders."""
    french, english = locales.words("fr"), locales.words("en")
    assert {section: list(names) for section, names in french.items()} == {
        section: list(names) for section, names in english.items()
    }
    for section, names in french.items():
        for name, text in names.items():
            other = english[section][name]
            assert text
            assert other
            assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", other)), (section, name)


_FRENCH_STATES: Mapping[ApplicationState, str] = {
    ApplicationState.PENDING: "En attente",
    ApplicationState.CONVOKED: "Convoquée",
    ApplicationState.PRESENT: "Présent",
    ApplicationState.ABSENT: "Absent (prévenu)",
    ApplicationState.RETAINED: "Retenue",
    ApplicationState.REJECTED: "Non retenue",
    ApplicationState.NO_ADVICE: "Avis non transmis",
    ApplicationState.SESSION_FULL: "Refus\u00a0: session complète",
    ApplicationState.CANCELLED: "Refus\u00a0: session annulée",
}


@pytest.mark.parametrize("state", ApplicationState)
def test_french_states_are_the_documented_ones(state: ApplicationState) -> None:
    """An application's states have the labels that the platform shows."""
    assert locales.state(state, "fr") == locales.shown(state, "fr") == _FRENCH_STATES[state]


@LANG
def test_everything_has_a_label(lang: str) -> None:
    """Every state, command, condition, event, notice, audience and kind of actor has a label of its own."""
    words = locales.words(lang)
    states = [*ApplicationState, *SessionState, *ActionState]
    assert len(words["states"]) == len(states)
    assert all(locales.state(state, lang) in words["states"].values() for state in states)
    assert set(words["commands"]) == set(COMMANDS)
    atoms = {
        atom.name for each in LIFECYCLES.values() for rule in each.rules for atom in (*rule.given, *rule.then_given)
    }
    assert atoms <= set(words["conditions"])
    assert set(words["outcomes"]) == {*Outcome, "none"}
    assert set(words["alerts"]) == set(AlertReason)
    assert set(words["notices"]) == {each.id for each in NOTICES.rows}
    assert set(words["events"]) == set(EVENTS)
    assert set(words["deliveries"]) == {*MessageState, *Delivery}
    named = {each.name for row in NOTICES.rows for each in row.audiences if each.kind is not AddresseeKind.SYSTEM}
    assert set(words["audiences"]) == {*named, *AddresseeKind}
    told = {name for row in NOTICES.rows for each in row.audiences for name in each.fields}
    assert told <= set(words["told"])
    assert {*Role, *ActorKind, *(each.name for each in LIFECYCLES.values())} <= set(words["words"])


def test_every_word_of_the_command_line_is_there() -> None:
    """Each heading and remark that a command names has its text; none is shown as its code."""
    sources = [each.read_text(encoding="utf-8") for each in Path(cli.__file__).parent.glob("*.py")]
    named = {name for source in sources for name in re.findall(r'\bword\(\s*"([\w-]+)"', source)}
    assert len(named) > 20
    assert named <= set(locales.words("en")["words"])


def test_what_has_no_label_is_shown_as_its_code() -> None:
    """A name that is none of ours is its own label."""
    assert locales.label("commands", "paint", "fr") == "paint"


@pytest.mark.parametrize("lang", ["de", "FR", "", "../fr"])
def test_other_languages_are_value_errors(lang: str) -> None:
    """An unknown language is a `ValueError` that says which there are."""
    for ask in (Refusal("no-seat-left").message, CommandRefused([Refusal("no-seat-left")]).to_dict, locales.words):
        with pytest.raises(ValueError, match="fr, en"):
            ask(lang)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (date(2022, 3, 25), "25/03/2022", "2022-03-25"),
        (datetime.fromisoformat("2022-03-25T09:05:00+01:00"), "25/03/2022 09:05", "2022-03-25 09:05"),
        ((), "aucune", "none"),
        (("a", "b"), "a, b", "a, b"),
        (tuple("abcdefghi"), "a, b, c, d, e, f, g, h, …", "a, b, c, d, e, f, g, h, …"),
        (list("abcdefgh"), "a, b, c, d, e, f, g, h", "a, b, c, d, e, f, g, h"),
        (SessionState.COMPLETE, "Complète", "Complete"),
        (ActionState.DELETED, "Supprimée", "Deleted"),
        (Decimal("30.5"), "30,5", "30.5"),
        ("x" * 80, "x" * 80, "x" * 80),
        ("x" * 81, "x" * 80 + "…", "x" * 80 + "…"),
    ],
)
def test_values_are_shown_as_people_write_them(value: object, french: str, english: str) -> None:
    """Dates are written as each language does, long lists and texts are cut short."""
    assert (locales.shown(value, "fr"), locales.shown(value, "en")) == (french, english)


def test_days_of_advisories_are_days() -> None:
    """An advisory, whose details are plain JSON, shows its days as each language writes them."""
    advised = {each.code: each for each in _said()[0] if isinstance(each, Advisory)}
    late = advised["convocation-after-late-entry"]
    on = date.fromisoformat(late.details["on"])
    assert f"{on:%d/%m/%Y}" in late.message("fr")
    assert on.isoformat() in late.message("en")


def test_codes_in_details_are_shown_by_their_labels() -> None:
    """The commands that a refusal lists are named in the reader's language."""
    refusal = Refusal("no-transition", {"state": ApplicationState.PENDING, "possible": ("convoke", "withdraw")})
    french = "Impossible dans l'état « En attente » ; sont possibles : convoquer, se désister."
    assert refusal.message("fr").replace("\u00a0", " ") == french
    assert refusal.message("en") == "Not possible in the state “Pending”; possible are: convoke, withdraw."


@LANG
@pytest.mark.parametrize("reference", ["2022-99-99", "0000-00-00", "2022-02-30", "{x}", "{", "%s", "{0}", "{on.year}"])
def test_any_reference_can_be_named(reference: str, lang: str) -> None:
    """A sentence holds whatever was sent, as it was sent, even what looks like a date or a placeholder."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
    with pytest.raises(CommandRefused) as caught:
        workflow.execute(commands.Expire(reference), SYSTEM)
    assert reference in caught.value.refusals[0].message(lang)
    assert reference in str(caught.value)
    assert reference in caught.value.to_dict(lang)["detail"]


@LANG
def test_a_reference_is_no_date(lang: str) -> None:
    """A reference that could be a date is shown as the reference that it is."""
    assert "2021-11-02" in Refusal("unknown-application", {"application": "2021-11-02"}).message(lang)


_TEXTS = st.text() | st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@settings(deadline=None)
@given(st.sampled_from([*REFUSALS, "a-services-own"]), _TEXTS, st.sampled_from(["fr", "en"]))
def test_a_message_never_fails(code: str, text: str, lang: str) -> None:
    """Whatever text or nothing the details hold, there is a sentence."""
    details = dict.fromkeys(("application", "motive", "reason", "reference", "key", "title", "state"), text)
    assert Refusal(code, details).message(lang)
    assert Refusal(code).message(lang)


def test_a_missing_detail_stays_as_it_is() -> None:
    """A placeholder without a detail is left, rather than fail in front of a person."""
    assert Refusal("unknown-session").message("en") == "There is no session {session}."


# A service's own policy


@messages(fr="Pas le dimanche : {on}.", en="Not on a Sunday: {on}.")
def on_sunday(_application: object, _facts: object, command: commands.Convoke) -> dict[str, object] | None:
    """No convocation on a Sunday."""
    return {"on": command.on} if command.on.isoweekday() == 7 else None


@messages(fr="Jamais.")
def half_spoken(_application: object, _facts: object) -> dict[str, object]:
    """It has a sentence in French alone."""
    return {}


def wordless(_application: object, _facts: object) -> dict[str, object]:
    """It has no sentence."""
    return {}


def test_a_services_own_policy_has_its_own_sentences() -> None:
    """A policy with `@messages` refuses with its sentence; in a language that has none, its code is named."""
    settings = Settings(refuse_also={commands.Convoke: (on_sunday, half_spoken, wordless)})
    workflow = Workflow(MemoryStorage(), settings=settings, clock=SettableClock("2021-11-04T09:00:00+01:00"))
    for command in (
        commands.CreateAction("A", title="[POEC]", funder="F", responsible="AFEC"),
        commands.PublishAction("A"),
        _create_session("S"),
        _preregister("C-1"),
    ):
        workflow.execute(command, _PLATFORM)
    with pytest.raises(CommandRefused) as caught:
        workflow.execute(commands.Convoke("C-1", on=date(2021, 11, 7)), _AFEC)
    said = {each.code: (each.message("fr"), each.message("en")) for each in caught.value.refusals}
    assert said == {
        "on-sunday": ("Pas le dimanche : 07/11/2021.", "Not on a Sunday: 2021-11-07."),
        "half-spoken": ("Jamais.", "Refused by the rule “half-spoken”."),
        "wordless": ("Refusé par la règle «\u00a0wordless\u00a0».", "Refused by the rule “wordless”."),
    }
    assert caught.value.http_status == 422


# Sentences with formats


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("le {on}", "le 08/11/2021"),
        ("le {on:%d.%m.%y}", "le 08.11.21"),
        ("[{on:>12}]", "[  08/11/2021]"),
        ("{at:%Hh%M}", "09h30"),
        ("{count:03d}", "007"),
        ("{hours:.2f}", "30.50"),
        ("{rate:.0%}", "50%"),
        ("[{place:>6}]", "[  Agen]"),
        ("{place!r}", "'Agen'"),
        ("{full:>6}", "  True"),
        ("{state}", "En attente"),
        ("{time}", "09:30"),
        ("{time:%Hh%M}", "09h30"),
        ("{{on}}", "{on}"),
        ("{nothing:>3}", "{nothing}"),
    ],
)
def test_a_detail_is_written_in_the_format_of_its_sentence(template: str, said: str) -> None:
    """Days, numbers and texts in their own formats; without one, as people write them."""
    details = {
        "on": date(2021, 11, 8),
        "at": datetime(2021, 11, 8, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
        "time": time(9, 30),
        "count": 7,
        "hours": Decimal("30.5"),
        "rate": 0.5,
        "place": "Agen",
        "full": True,
        "state": ApplicationState.PENDING,
    }
    assert Refusal("own", details, {"fr": template}).message("fr") == said


class _Unspeakable:
    def __str__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize(
    "template",
    ["{", "}", "{on!z}", "{on:d}", "{count:%d}", "{count:zz}", "{on:{count}}", "{it}", 5, ["{on}"]],
)
@LANG
def test_a_sentence_that_fails_is_replaced_by_the_code(template: Any, lang: str) -> None:
    """Whatever only shows with the details: the refusal is told all the same."""
    details = {"on": "a day", "count": 3, "it": _Unspeakable()}
    assert "too-late" in Refusal("too-late", details, {"fr": template, "en": template}).message(lang)
    assert "too-late" in Refusal("too-late", details, cast("Any", [template])).message(lang)


def test_days_of_advisories_are_known_by_their_code() -> None:
    """Days become texts in the history: which they were stands in a table that knows every advisory of the rows."""
    present = application(ApplicationState.PRESENT)
    known = facts(related(ActorKind.ORGANIZATION), subject=present)
    samples: Mapping[str, Any] = {
        "convocation-after-late-entry": evolve(cast("Any", SAMPLES["convoke"]), on=date(2022, 1, 3)),
        "unusual-weekly-hours": evolve(cast("Any", SAMPLES["retain"]), weekly_hours=Decimal(40)),
        "every-seat-given": SAMPLES["preregister"],
        "retained-elsewhere": SAMPLES["retain"],
        "quota-below-registered": commands.SetCapacity("S-1", capacity=1),
    }
    asked = {each.code: each for life in LIFECYCLES.values() for row in life.steps for each in row.advisory_checks}
    assert set(asked) == set(ADVISORIES)
    elsewhere = evolve(present, session="S-2", entry=date(2021, 12, 9), exit=date(2022, 3, 4))
    known = evolve(known, retained_elsewhere=(elsewhere,))
    full = evolve(known, enrolment=Enrolment(session=SESSION, tally=Tally(registered=40, retained=SESSION.capacity)))
    for code, check in asked.items():
        crowded = code in {"every-seat-given", "quota-below-registered"}
        subject = SESSION if code == "quota-below-registered" else present
        [advice] = refusals_of([check], subject, full if crowded else known, samples[code])
        details = advice.details
        days = {name for name, value in details.items() if isinstance(value, date)}
        assert days == errors._DAYS.intersection(details)  # noqa: SLF001 - the table


def test_a_text_that_looks_like_a_day_is_no_day() -> None:
    """An advisory shows what it knows to be a day as one, and everything else as it stands."""
    days = {"on": "2022-01-03", "late_entry_deadline": "some day"}
    told = Advisory("convocation-after-late-entry", days).message("fr")
    assert "03/01/2022" in told
    assert "some day" in told
    hours = Advisory("unusual-weekly-hours", {"weekly_hours": "2022-01-03", "least": "8", "most": "35"})
    assert "2022-01-03" in hours.message("fr")

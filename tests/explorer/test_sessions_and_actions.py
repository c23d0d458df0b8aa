"""The explorer of sessions and of training actions: `decide`'s answers, in a real browser and along journeys."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from explored import Page, inputs, page, verdict
from explored_cells import SAYING_WHO_MAY, differing, jobs
from opened_page import DESKTOP, PHONE, desktop, move, opened, reach
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from test_verdicts import odd

from browser import chromium, npm
from poec_workflow import Accepted, Settings, commands, decide
from poec_workflow.explorer.dimensions import PRESCRIBER
from poec_workflow.machines import SESSION, TRAINING_ACTION, Lifecycle
from poec_workflow.model import Application, SubjectKind, TrainingSession
from poec_workflow.notices import NOTICES, organization_roles, told_sentence

BOTH = pytest.mark.parametrize("lifecycle", [SESSION, TRAINING_ACTION], ids=lambda each: each.name)
OURS = Settings(overbooking=1, grace_days=0, quota_counts="live", coefficient_min=3, title_prefix="")
UNDER = pytest.mark.parametrize("settings", [Settings(), OURS, odd()], ids=["usual", "ours", "odd"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages are."""
    return tmp_path_factory.mktemp("explorer")


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """A desktop's tab."""
    with chromium() as browser, desktop(browser) as made:
        yield made


# Verdicts

_ANSWERS = """jobs => jobs.map(({ command, base, names, places }) => places.map((each) => {
  const at = { ...base };
  names.forEach((name, index) => { at[name] = each[index]; });
  const { facts, row, refusals, advisories, to } = answer(DATA, at, command);
  const told = (all) => all.map(({ code, says }) => [code, says.fr, says.en]).sort();
  const given = { refusals: told(refusals), advisories: told(advisories) };
  return { actor: facts.actor, row: row && row.id, ...given, to: to ?? null };
}))"""


@BOTH
def test_every_cell_is_what_python_decides(tab: Tab, folder: Path, lifecycle: Lifecycle) -> None:
    """In the browser, each table's every cell, in each state, gives the answer that `decide` gives, in its words."""
    judged = page(Settings(), "en", lifecycle)
    opened(tab, folder, lifecycle=lifecycle)
    cells = jobs(judged)
    assert sum(len(job["places"]) for job in cells) > 500
    answers = tab.evaluate(_ANSWERS, cells)
    assert differing(judged, cells, answers) == []
    codes = {code for job in answers for each in job for code, *_ in each["refusals"]}
    assert codes >= {code for rule in lifecycle.steps for code in rule.codes}


def drawn(draw: random.Random, judged: Page) -> tuple[dict[str, int | None], str]:
    """Facts of which all vary, and a command, mostly with a row in their state and by somebody who may give it."""
    dimensions, lifecycle = judged.case.dimensions, judged.lifecycle
    rule = draw.choice(lifecycle.steps)
    sources = rule.source or (None,) if draw.random() < 0.8 else (None, *lifecycle.states)
    state = draw.choice(sources)
    while True:
        at = {name: draw.randrange(len(options)) for name, options in dimensions.items()}
        if judged.case.possible({name: options[at[name]].value for name, options in dimensions.items()}):
            actor = at["actor"] if draw.random() < 0.4 else -1
            known = None if state is None else lifecycle.states.index(state)
            return {**at, "actor": actor, "state": known}, rule.command.type


def after(judged: Page, at: Mapping[str, Any], answer: Accepted) -> dict[str, Any]:
    """What the page must show of the subject after an acceptance, read off the subject and the consequences."""
    subject: Any = answer.subject
    created = at["state"] is None
    ended = sum(isinstance(each.subject, Application) for each in answer.consequences)
    waiting = judged.case.dimensions["waiting"][at["waiting"]].value
    if subject.subject_kind is SubjectKind.ACTION:
        left = None if created or waiting is None else waiting - ended
        names = {"certification": "certification", "pending_certification": "pending", "responsible": "responsible"}
    else:
        left = 0 if created else waiting - ended
        names = {
            **{name: name for name in ("trainer", "positioner", "responsible", "capacity", "coefficient")},
            "start": "starts",
            "end": "ends",
            "registration_deadline": "registration",
            "late_entry_deadline": "late-entry",
        }
    return {"state": subject.state, "waiting": left, **{names[each]: getattr(subject, each) for each in names}}


@BOTH
@UNDER
def test_every_situation_is_what_python_decides(settings: Settings, lifecycle: Lifecycle) -> None:
    """Where all facts are drawn at once: the answer, who is told, what follows, and what the subject is then."""
    judged, draw = page(settings, "fr", lifecycle), random.Random(8)  # noqa: S311 - drawn the same each time
    steps = [drawn(draw, judged) for _ in range(600)]
    journeys = [[*({"set": fact, "to": to} for fact, to in at.items()), {"run": name}] for at, name in steps]
    accepted: set[str] = set()
    for (given, name), replayed in zip(steps, judged.judge(journeys=journeys)["replayed"], strict=True):
        (step,) = replayed["steps"]
        at = step["facts"]
        assert {**at, "actor": given["actor"]} == given
        assert step["answer"] == verdict(judged.case, name, at)
        subject, facts, command = inputs(judged.case, name, at)
        answer = decide(subject, command, facts)
        if not isinstance(answer, Accepted):
            continue
        accepted.add(answer.change.rule)
        expected = after(judged, at, answer)
        options = judged.case.dimensions
        assert {each: options[each][step["after"][each]].value for each in expected} == expected
        session = answer.subject if isinstance(answer.subject, TrainingSession) else None
        roles = {**organization_roles(session=session), PRESCRIBER: "prescriber"}
        messages = NOTICES.told(answer, facts).notices
        nobody = judged.data["nobody"]
        assert (step["told"] or nobody) == {each: told_sentence(messages, each, roles=roles) for each in ("fr", "en")}
        ended = [each.subject.state for each in answer.consequences if isinstance(each.subject, Application)]
        assert (step["follows"] is None) is (not ended)
        if len(ended) > 1:
            assert str(len(ended)) in step["follows"]["en"]
    # What creates is seldom right in all it gives, where the limits are narrow.
    assert {rule.id for rule in lifecycle.steps} - accepted <= {"S1"}


PAYLOADS_ALONE = ("new-", "other-", "changes", "headcount", "meetings", "retained", "today", "action")


@BOTH
def test_a_journey_goes_the_same_way(lifecycle: Lifecycle) -> None:
    """Each command of random journeys meets the subject that Python's events folded into before."""
    judged, draw = page(Settings(), "fr", lifecycle), random.Random(9)  # noqa: S311 - drawn the same each time
    options, names = judged.case.dimensions, [each["name"] for each in judged.data["commands"]]
    varied = [each for each in options if each.startswith(PAYLOADS_ALONE)]
    ending = [rule.command.type for rule in lifecycle.steps if rule.target in lifecycle.final]
    likely = [each for each in names if each not in ending] * 4 + ending
    journeys = []
    for _ in range(60):
        moves: list[dict[str, Any]] = [{"run": names[0]}]
        for _ in range(10):
            others = draw.sample(varied, min(len(varied), 4))
            moves.extend({"set": each, "to": draw.randrange(len(options[each]))} for each in others)
            moves.append({"run": draw.choice(likely)})
        journeys.append(moves)
    endings = set()
    for journey, replayed in zip(journeys, judged.judge(journeys=journeys)["replayed"], strict=True):
        subject: Any = None
        for step in replayed["steps"]:
            assert step["answer"] == verdict(judged.case, step["name"], step["facts"]), (journey, step)
            _, facts, command = inputs(judged.case, step["name"], step["facts"])
            if subject is not None and facts.enrolment is not None:
                facts = evolve(facts, enrolment=evolve(facts.enrolment, session=subject))
            answer = decide(subject, command, facts)
            assert isinstance(answer, Accepted) is (step["after"] is not None)
            if isinstance(answer, Accepted):
                expected = after(judged, step["facts"], answer)
                assert {each: options[each][step["after"][each]].value for each in expected} == expected
                subject = answer.subject
        endings.add(subject.state)
    assert endings >= lifecycle.final


@BOTH
def test_nothing_is_left_out(lifecycle: Lifecycle) -> None:
    """Each rule of the package is in the page, and read under names that are no codes; the page is no large one."""
    made = page(Settings(), "fr", lifecycle)
    assert made.data["limitations"] == []
    checks = [each for row in made.data["rows"].values() for each in (*row["checks"], *row["advises"])]
    assert {each["code"] for each in checks} >= {code for rule in lifecycle.steps for code in rule.codes}
    assert all(each["labels"] and each["labels"]["fr"] != each["labels"]["en"] for each in checks)
    assert len(made.html.encode()) < 300_000


# The page

CREATED = {SESSION.name: "create-session", TRAINING_ACTION.name: "create-action"}
CREATE = CREATED[SESSION.name]
ENRICH = "enrich-action"
REFUSALS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    SESSION.name: {
        "action-not-available": ("action=2", CREATE),
        "session-dates-out-of-order": ("new-registration-create-session=3", CREATE),
        "capacity-out-of-range": ("new-capacity-create-session=0", CREATE),
        "coefficient-out-of-range": (CREATE, "new-coefficient-set-coefficient=0", "set-coefficient"),
        "minimum-headcount-out-of-range": (CREATE, "headcount-correct-session=0", "correct-session"),
        "too-many-information-dates": ("meetings-create-session=3", CREATE),
        "late-entry-must-change": (
            CREATE,
            "new-registration-set-registration-deadline=2",
            "set-registration-deadline",
        ),
        "capacity-below-retained": (CREATE, "retained=2", "new-capacity-set-capacity=1", "set-capacity"),
        "seats-remain": (CREATE, "declare-session-full"),
        "no-seat-left": (CREATE, "retained=2", "declare-session-full", "reopen-session"),
        "unknown-session": ("reopen-session",),
        "not-permitted": ("actor=0", CREATE),
        "no-transition": (CREATE, "cancel-session", "set-capacity"),
        "duplicate-reference": (CREATE, CREATE),
    },
    TRAINING_ACTION.name: {
        "title-without-poec-prefix": ("new-name-create-action=1", "create-action"),
        "field-not-editable": ("create-action", "changes-enrich-action=4", ENRICH),
        "no-pending-certification": ("create-action", "approve-certification"),
        "open-applications-remain": ("create-action", "publish-action", "waiting=2", "archive-action"),
        "unknown-action": (ENRICH,),
        "not-permitted": ("actor=0", "create-action"),
        "no-transition": ("create-action", "delete-action", "publish-action"),
        "duplicate-reference": ("create-action", "create-action"),
    },
}


@BOTH
def test_each_refusal_is_shown_with_its_reason(tab: Tab, folder: Path, lifecycle: Lifecycle) -> None:
    """The answer shows Python's own codes and sentences for these very facts, in both languages."""
    recipes, data = REFUSALS[lifecycle.name], page(Settings(), "en", lifecycle).data
    assert set(recipes) >= {code for rule in lifecycle.steps for code in rule.codes}
    shown = opened(tab, folder, lifecycle=lifecycle).shown([*recipes.values()], data)
    case = page(Settings(), "en", lifecycle).case
    for (code, recipe), each in zip(recipes.items(), shown, strict=True):
        expected = verdict(case, recipe[-1], each["facts"])["refusals"]
        assert code in [refusal for refusal, *_ in expected]
        for lang, place in (("en", 2), ("fr", 1)):
            assert sorted(refusal for refusal, _ in each["shown"][lang]) == [refusal for refusal, *_ in expected]
            assert all(next(one[place] for one in expected if one[0] == it) in text for it, text in each["shown"][lang])


@BOTH
@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_refusal_is_shown_to_who_presses(tab: Tab, folder: Path, lifecycle: Lifecycle, place: int) -> None:
    """Some of them by what the page offers."""
    code, recipe = [*REFUSALS[lifecycle.name].items()][place]
    opened(tab, folder, lifecycle=lifecycle).give(*recipe)
    expect(tab.locator("#answer .rules > li.no code").filter(has_text=code)).to_have_count(1)


CLOSED = {
    (SESSION.name, "fr"): ("cancel-session", "Annulée", "close"),
    (SESSION.name, "en"): ("cancel-session", "Cancelled", "closed"),
    (TRAINING_ACTION.name, "fr"): ("delete-action", "Supprimée", "close"),
    (TRAINING_ACTION.name, "en"): ("delete-action", "Deleted", "closed"),
}


@BOTH
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_final_state_is_closed(tab: Tab, folder: Path, lifecycle: Lifecycle, lang: str) -> None:
    """The page says so before the command, in its answer and after it; the picture marks it; nothing is possible."""
    explorer = opened(tab, folder, lang=lang, lifecycle=lifecycle)
    command, state, word = CLOSED[lifecycle.name, lang]
    explorer.give(CREATED[lifecycle.name])
    expect(tab.locator("#final")).to_have_text("")
    expect(tab.locator(f"#verdict-{command}")).to_have_text(f"→ {state} ({word})")
    explorer.give(command)
    assert explorer.state() in lifecycle.final
    expect(tab.locator("#final")).to_have_text(word)
    expect(tab.locator("#answer-text")).to_contain_text(f"{state} ({word})")
    assert tab.locator("#possible > li, #refused > li").count() == 0


def test_what_follows_is_told(tab: Tab, folder: Path) -> None:
    """Declaring a session full ends who waits, which the page says, with who hears of it; and nobody waits any more."""
    explorer = opened(tab, folder, lifecycle=SESSION)
    explorer.give(CREATE, "retained=2", "waiting=2", "declare-session-full")
    expect(tab.locator("#answer .follows")).to_have_text("2 applications get the state “Session full”.")
    expect(tab.locator("#answer .told").last).to_contain_text(
        "candidate P-1, prescriber FT-AGEN, KAIROS, candidate P-2"
    )
    assert tab.input_value("#fact-waiting") == "0"
    explorer.give("cancel-session")
    expect(tab.locator("#answer .told")).to_contain_text("trainer AFEC, candidate P-11")


@BOTH
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_languages_are_whole(tab: Tab, folder: Path, lifecycle: Lifecycle, lang: str) -> None:
    """No word is missing and no hole is left, wherever the subject is."""
    explorer = opened(tab, folder, lang=lang, lifecycle=lifecycle)
    explorer.give(CREATED[lifecycle.name])
    for state in range(len(lifecycle.states)):
        explorer.give(f"state={state}")
        text = tab.inner_text("body")
        assert "undefined" not in text
        assert "{" not in text
    assert not {*SAYING_WHO_MAY} & {*text.split()} or lang == "en"


_ITEMS = """recipes => recipes.flatMap((recipe) => {
  moves = recipe;
  render();
  const items = [...document.querySelectorAll(".rules > li, #steps > li")];
  return items.map((item) => [item.textContent, item.querySelectorAll("code").length]);
})"""


@BOTH
def test_a_tick_stands_beside_no_code(tab: Tab, folder: Path, lifecycle: Lifecycle) -> None:
    """A code names what went wrong: it stands beside a broken rule, and a kept one reads as what holds."""
    data, known = page(Settings(), "en", lifecycle).data, {*REFUSALS[lifecycle.name]}
    opened(tab, folder, lifecycle=lifecycle)
    items = tab.evaluate(
        _ITEMS, [[move(each, data) for each in recipe] for recipe in REFUSALS[lifecycle.name].values()]
    )
    assert {text.strip()[0] for text, _ in items} == {"✓", "✗"}
    for text, codes in items:
        assert ("✗" in text) is (codes > 0), text
        assert not ("✓" in text and known & {*text.split()}), text


@BOTH
def test_keyboard_alone(tab: Tab, folder: Path, lifecycle: Lifecycle) -> None:
    """From the first key to a final state; the focus goes to the answer, and who listens hears what is possible now."""
    explorer = opened(tab, folder, lifecycle=lifecycle)
    created, ending = CREATED[lifecycle.name], CLOSED[lifecycle.name, "en"][0]
    possible = tab.locator("#now")
    assert possible.get_attribute("role") == "status"
    for command in (created, ending):
        expect(possible).to_contain_text("Possible now: ")
        reach(tab, f"#command-{command} .run")
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "answer"
    assert explorer.state() in lifecycle.final
    expect(possible).to_have_text("No command is possible now")


@BOTH
def test_an_accessibility_checker_finds_nothing(tab: Tab, folder: Path, lifecycle: Lifecycle) -> None:
    """axe-core finds nothing, at a desktop's width and a phone's; nothing is wider than the phone."""
    explorer = opened(tab, folder, lang="fr", lifecycle=lifecycle)
    tab.evaluate(npm("axe-core/axe.min.js"))
    explorer.give(CREATED[lifecycle.name])
    tab.evaluate("document.getElementById('before').open = true")
    assert explorer.check() == []
    try:
        for width in (390, PHONE["width"]):
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate("document.documentElement.scrollWidth") == width
        explorer.give(CLOSED[lifecycle.name, "fr"][0])
        assert explorer.check() == []
    finally:
        tab.set_viewport_size(DESKTOP)


def test_commands_are_those_of_the_table() -> None:
    """Each command of a session and of an action has its payload's facts; those of no payload decide alone."""
    for lifecycle in (SESSION, TRAINING_ACTION):
        data = page(Settings(), "fr", lifecycle).data
        assert [each["name"] for each in data["commands"]] == [each.type for each in lifecycle.step_commands]
        assert all(each["name"] in commands.COMMANDS for each in data["commands"])

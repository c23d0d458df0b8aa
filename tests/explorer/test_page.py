"""The explorer in a real browser: every ending and refusal, keyboard, languages, a phone, an accessibility checker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explored import page, verdict
from opened_page import DESKTOP, PHONE, desktop, opened, reach
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from browser import chromium, npm
from poec_workflow import Settings, commands
from poec_workflow.explorer.application_case import ApplicationCase
from poec_workflow.machines import APPLICATION
from poec_workflow.policies import messages

DATA = page().data


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages are."""
    return tmp_path_factory.mktemp("explorer")


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Tab]:
    """A desktop's tab."""
    with desktop(browser) as made:
        yield made


CONVOKED = ("preregister", "convoke")
PRESENT = (*CONVOKED, "record-presence")
ENDINGS = {
    "retained": (*PRESENT, "retain"),
    "rejected": (*PRESENT, "reject"),
    "no-advice": ("preregister", "@overdue", "expire"),
    "session-full": ("preregister", "session=1", "refuse-session-full"),
    "cancelled": (*CONVOKED, "session=2", "cancel"),
}


TOLD = {
    "en": {
        "preregister": "Will be told: positioner GRETA, prescriber FT-AGEN.",
        "convoke": "Will be told: candidate P-1, prescriber FT-AGEN.",
        "record-presence": "Nobody will be told.",
        "retain": "Will be told: candidate P-1, prescriber FT-AGEN, KAIROS.",
    },
    "fr": {
        "preregister": "Seront informés : positionneur GRETA, prescripteur FT-AGEN.",
        "convoke": "Seront informés : candidat P-1, prescripteur FT-AGEN.",
        "record-presence": "Personne ne sera informé.",
        "retain": "Seront informés : candidat P-1, prescripteur FT-AGEN, KAIROS.",
    },
}


@pytest.mark.parametrize("lang", TOLD)
def test_an_accepted_command_says_who_will_be_told(tab: Tab, folder: Path, lang: str) -> None:
    """In the page's language, and of a refused one nothing is said."""
    explorer = opened(tab, folder, lang=lang)
    for command, told in TOLD[lang].items():
        explorer.give(command)
        expect(tab.locator("#answer .told")).to_have_text(told)
    explorer.give("retain")
    expect(tab.locator("#answer.no")).to_be_visible()
    expect(tab.locator("#answer .told")).to_have_count(0)


def test_who_applies_by_themself_has_no_prescriber(tab: Tab, folder: Path) -> None:
    """Neither a prescriber nor KAIROS hears of somebody whom nobody sent."""
    explorer = opened(tab, folder)
    explorer.give("origin-preregister=1", *PRESENT, "retain")
    expect(tab.locator("#answer .told")).to_have_text("Will be told: candidate P-1.")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_path_to_each_final_state(tab: Tab, folder: Path, ending: str) -> None:
    """Each final state is reached; the picture marks it and the arcs taken."""
    explorer = opened(tab, folder)
    explorer.give(*ENDINGS[ending])
    assert explorer.state() == ending
    assert tab.text_content("#final") == "closed"
    steps = [each for each in ENDINGS[ending] if each in commands.COMMANDS]
    taken = tab.locator("#picture .row.taken")
    assert {each.get_attribute("data-command") for each in taken.all()} == set(steps)
    assert tab.locator("#steps > li.yes").count() == len(steps)


def test_every_ending_is_walked_to() -> None:
    """The paths above miss no final state."""
    assert set(ENDINGS) == APPLICATION.final


def _motive(name: str) -> str:
    labels = [each["labels"]["en"] for each in DATA["dimensions"]["motive"]]
    return f"motive-reject={next(place for place, label in enumerate(labels) if name in label)}"


REFUSALS = {
    "action-not-published": ("action=0", "preregister"),
    "session-complete": ("session=1", "preregister"),
    "session-cancelled": ("session=2", "preregister"),
    "registration-deadline-passed": ("@start", "preregister"),
    "quota-reached": ("quota=1", "preregister"),
    "already-applied": ("live=1", "preregister"),
    "convocation-limit-reached": ("preregister", "attempts=3", "convoke"),
    "convocation-already-passed": (*CONVOKED, "@start", "on-move-convocation=9", "move-convocation"),
    "convocation-not-after-previous": (*CONVOKED, "notified-record-absence=0", "record-absence", "convoke"),
    "convocation-before-registration": ("preregister", "on-convoke=0", "convoke"),
    "convocation-after-advice-deadline": ("preregister", "on-convoke=14", "convoke"),
    "convocation-not-due": ("preregister", "on-convoke=5", "convoke", "record-presence"),
    "entry-outside-window": (*PRESENT, "entry-retain=0", "retain"),
    "exit-outside-window": (*PRESENT, "exit-retain=14", "retain"),
    "weekly-hours-out-of-range": (*PRESENT, "hours-retain=0", "retain"),
    "no-seat-left": (*PRESENT, "seats=1", "retain"),
    "unknown-motive": (*PRESENT, _motive("unknown motive"), "reject"),
    "unknown-reason": (*PRESENT, _motive("unknown reason"), "reject"),
    "reserved-motive": (*PRESENT, _motive("Absence"), "reject"),
    "advice-deadline-passed": ("preregister", "@overdue", "withdraw"),
    "advice-deadline-not-passed": ("preregister", "expire"),
    "session-not-complete": ("preregister", "refuse-session-full"),
    "session-not-cancelled": ("preregister", "cancel"),
    # Of no row.
    "unknown-application": ("convoke",),
    "not-permitted": ("preregister", "actor=3", "convoke"),
    "no-transition": ("preregister", "retain"),
    "duplicate-reference": ("preregister", "preregister"),
}


def test_every_refusal_is_in_the_page() -> None:
    """The recipes below miss no code of any row."""
    assert set(REFUSALS) >= {code for rule in APPLICATION.steps for code in rule.codes}


def test_each_refusal_is_shown_with_its_reason(tab: Tab, folder: Path) -> None:
    """The answer shows Python's own codes and sentences for these very facts, in both languages."""
    shown = opened(tab, folder).shown([*REFUSALS.values()], DATA)
    for (code, recipe), each in zip(REFUSALS.items(), shown, strict=True):
        expected = verdict(ApplicationCase(Settings()), recipe[-1], each["facts"])["refusals"]
        assert code in [refusal for refusal, *_ in expected]
        for lang, place in (("en", 2), ("fr", 1)):
            assert sorted(refusal for refusal, _ in each["shown"][lang]) == [refusal for refusal, *_ in expected]
            for refusal, text in each["shown"][lang]:
                assert next(one[place] for one in expected if one[0] == refusal) in text


@pytest.mark.parametrize("code", [*REFUSALS][::5])
def test_a_refusal_is_shown_to_who_presses(tab: Tab, folder: Path, code: str) -> None:
    """Every fifth of them by what the page offers: the same codes, in both languages."""
    explorer = opened(tab, folder)
    explorer.give(*REFUSALS[code])
    at = tab.evaluate("replay(DATA, moves).steps.at(-1).answer.facts")
    expected = verdict(ApplicationCase(Settings()), REFUSALS[code][-1], at)["refusals"]
    assert code in [each for each, *_ in expected]
    for lang, place in (("en", 2), ("fr", 1)):
        tab.click(f"[data-lang][lang={lang}]")
        broken = tab.locator("#answer .rules > li.no")
        assert broken.count() == len(expected)
        for refusal in expected:
            expect(broken.filter(has=tab.locator(f"code:text-is('{refusal[0]}')"))).to_contain_text(refusal[place])


def test_rules_that_were_met_and_advisories_are_shown(tab: Tab, folder: Path) -> None:
    """An accepted command shows its row, each rule as kept, and what deserves a second look."""
    explorer = opened(tab, folder)
    explorer.give(*PRESENT, "hours-retain=1", "retain")
    assert "accepted" in (tab.text_content("#answer-title") or "")
    assert tab.locator("#answer .row b").text_content() == "L9"
    kept = tab.locator("#answer .rules > li.yes")
    codes = list(next(rule.codes for rule in APPLICATION.steps if rule.id == "L9"))
    assert [each.get_attribute("data-code") for each in kept.all()] == codes
    expect(tab.locator("#answer .advisory")).to_contain_text("7.99 hours a week: usual are 8 to 35.")


def test_a_tick_stands_beside_no_code(tab: Tab, folder: Path) -> None:
    """A code stands beside a broken rule alone; a service's own rule that is kept has no tick either."""
    explorer = opened(tab, folder, SHOUTING)
    explorer.give("preregister", "convoke", "record-presence", "seats=1", "retain")
    kept, broken = tab.locator("#answer .rules > li.yes"), tab.locator("#answer .rules > li.no")
    assert broken.locator("code").all_text_contents() == ["no-seat-left"]
    assert kept.count() == 4
    assert kept.locator("code").count() == 0
    explorer.give("state=0", "convoke")
    texts = tab.locator("#answer .rules > li").all_inner_texts()
    (own,) = (each for each in texts if "shouts" in each)
    assert own.split() == ["·", "Does", "not", "object:", "shouts", "(kept)"]
    assert {each.split()[0] for each in texts if each != own} == {"✓", "✗"}


def test_what_becomes_possible(tab: Tab, folder: Path) -> None:
    """A changed fact moves commands between the possible ones and the refused ones."""
    explorer = opened(tab, folder)
    assert tab.locator("#possible .run").all_text_contents() == ["preregister"]
    explorer.give("seats=1", *PRESENT)
    assert "retain" in tab.locator("#refused .run").all_text_contents()
    explorer.give("seats=0")
    assert "retain" in tab.locator("#possible .run").all_text_contents()
    explorer.give("actor=8")
    assert tab.locator("#possible .run").all_text_contents() == []


def test_keyboard_alone(tab: Tab, folder: Path) -> None:
    """From the first key to a final state and back to the start, with a mouse nowhere; the focus is never lost."""
    explorer = opened(tab, folder)
    reach(tab, "#fact-today")
    tab.keyboard.press("ArrowRight")
    assert tab.text_content("#day") == "Thu 2021-11-18"
    for name in ("preregister", "convoke", "record-presence", "retain"):
        if name == "convoke":
            reach(tab, "#on-convoke")
            tab.keyboard.press("ArrowDown")
            assert tab.evaluate("document.activeElement.id") == "on-convoke"
        reach(tab, f"#command-{name} .run")
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.id") == "answer"
    assert explorer.state() == "retained"
    reach(tab, "#copy-link")
    reach(tab, "#restart", back=True)
    tab.keyboard.press("Enter")
    assert tab.locator("#steps > li").count() == 0
    reach(tab, "[data-lang][lang=fr]", back=True)
    tab.keyboard.press("Space")
    assert tab.text_content("#lifecycle-title") == "Le cycle de vie"


def test_both_languages(tab: Tab, folder: Path) -> None:
    """Each language is whole: no word is missing, no hole is left, and the two are different."""
    texts = {}
    for lang in ("fr", "en"):
        explorer = opened(tab, folder, lang=lang)
        assert tab.get_attribute("html", "lang") == lang
        explorer.give(*PRESENT, "seats=1", "retain", "state=3", "convoke")
        texts[lang] = tab.inner_text("body")
        assert "undefined" not in texts[lang]
        assert "{" not in texts[lang]
        assert tab.title() == {"fr": "Explorateur · Candidature", "en": "Explorer · Application"}[lang]
    assert texts["fr"] != texts["en"]
    tab.click("[data-lang][lang=fr]")
    assert tab.inner_text("body") == texts["fr"]
    assert DATA["words"]["fr"].keys() == DATA["words"]["en"].keys()


def test_nothing_leaves_the_page(tab: Tab, folder: Path) -> None:
    """The file is all that is asked for; its own policy refuses all else, and it tries nothing of the kind."""
    asked: list[str] = []
    trouble: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: trouble.append(message.text))
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.goto("about:blank")
    explorer = opened(tab, folder)
    explorer.give(*PRESENT, "retain")
    tab.click("[data-lang][lang=fr]")
    tab.click("#copy-link")
    assert {each for each in asked if each != "about:blank"} == {tab.url.partition("#")[0]}
    assert trouble == []
    assert tab.evaluate("fetch('https://example.org').then(() => 'went out', () => 'stayed')") == "stayed"
    assert any("Content Security Policy" in each for each in trouble)


def test_a_link_opens_the_same_journey(tab: Tab, folder: Path) -> None:
    """The address says the journey; one of other rules is judged anew, one that can't be read is said to be so."""
    explorer = opened(tab, folder)
    explorer.give("seats=1", *PRESENT, "retain", "seats=0")
    link = tab.evaluate("location.hash")
    parts = ("#state", "#day", "#facts", "#possible", "#refused", "#steps")
    before = [tab.inner_text(part) for part in parts]
    opened(tab, folder, link=link)
    assert [tab.inner_text(part) for part in parts] == before
    opened(tab, folder, link="#00000000:preregister")
    expect(tab.locator("#notices")).to_contain_text("other rules")
    assert explorer.state() == "pending"
    for broken in ("#nonsense", "#00000000:fly", "#00000000:seats=7", "#00000000:__proto__=0", "#00000000:actor=-2"):
        opened(tab, folder, link=broken)
        expect(tab.locator("#notices")).to_contain_text("can't be read")
        assert tab.locator("#steps > li").count() == 0


def test_steps_are_undone(tab: Tab, folder: Path) -> None:
    """The last command is taken back, the facts stay as they are; starting again forgets all."""
    explorer = opened(tab, folder)
    explorer.give("quota=1", "preregister", "quota=0", "preregister", "seats=1")
    assert explorer.state() == "pending"
    tab.click("#undo")
    assert tab.locator("#picture .current").count() == 0
    assert tab.input_value("#fact-seats") == "1"
    assert tab.locator("#steps > li").count() == 1
    tab.click("#restart")
    assert tab.input_value("#fact-seats") == "0"
    assert tab.evaluate("location.hash") == ""


def test_the_picture_can_be_pressed(tab: Tab, folder: Path) -> None:
    """A command's name in the picture gives the command."""
    explorer = opened(tab, folder)
    tab.locator("#picture [data-rule=L1] text").first.click()
    assert explorer.state() == "pending"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_checker_finds_nothing(browser: Browser, folder: Path, scheme: Any) -> None:
    """axe-core finds nothing at all, at a desktop's width and a phone's, light and dark, whatever is shown."""
    with browser.new_context(viewport=DESKTOP, color_scheme=scheme) as context:
        tab = context.new_page()
        explorer = opened(tab, folder, SHOUTING)
        tab.evaluate(npm("axe-core/axe.min.js"))
        assert explorer.check() == []
        explorer.give(*PRESENT, "seats=1", "retain")
        assert explorer.check() == []
        tab.set_viewport_size(PHONE)
        explorer.give("seats=0", "state=2", "hours-retain=1", "retain")
        assert explorer.check() == []


SIZES = """[...document.querySelectorAll("main button, select")].filter((each) => each.checkVisibility())
  .map((each) => each.getBoundingClientRect()).map(({ width, height }) => [width, height])"""


def test_a_phones_width(browser: Browser, folder: Path) -> None:
    """Nothing is wider than a phone, whatever is shown, and what has to be pressed is large enough for a finger."""
    with browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True) as context:
        tab = context.new_page()
        for lang in ("fr", "en"):
            explorer = opened(tab, folder, SHOUTING, lang)
            explorer.give(*PRESENT, "seats=1", "retain", "state=2")
            assert tab.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
            sizes = tab.evaluate(SIZES)
            assert len(sizes) > 20
            assert all(min(size) >= 24 for size in sizes)
        inside = tab.evaluate("document.querySelector('#picture .current').getBoundingClientRect()")
        assert 0 <= inside["left"] < inside["right"] <= PHONE["width"]


@messages(fr="</script><b>Non</b> {on}", en="<img src=x onerror=alert(1)> {on}")
def shouts(_application: object, facts: Any, command: commands.Convoke) -> dict[str, Any] | None:
    """A service's own policy that looks at what the page does not vary, and says markup."""
    return {"on": command.on} if facts.session.place == "Agen" and command.on.isoweekday() == 7 else None


SHOUTING = Settings(refuse_also={commands.Convoke: (shouts,)})


def test_a_services_own_rule_is_asked_and_told(tab: Tab, folder: Path) -> None:
    """Its refusal is shown as text, whatever it says, and what else it looks at is said above."""
    explorer = opened(tab, folder, SHOUTING)
    expect(tab.locator("#notices")).to_contain_text("TrainingSession.place")
    explorer.give("preregister", "on-convoke=5", "convoke")
    expect(tab.locator("#answer .rules > li.no")).to_contain_text("<img src=x onerror=alert(1)> 2021-11-28")
    assert tab.locator("img").count() == 0

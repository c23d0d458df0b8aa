"""Rules that a service leaves out, and the prefix of titles: in decisions, explanations, pictures and the explorer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from poec_workflow import Accepted, Actor, ApplicationState, Malformed, Refused, Settings, commands, decide, diagrams
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.explanation import explain
from poec_workflow.explorer.application_case import ApplicationCase
from poec_workflow.explorer.export import Export
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import ActorKind, SubjectKind, Tally
from poec_workflow.policies.optional_rules import FIXED, OPTIONAL_RULES
from poec_workflow.testing.strategies import settings as drawn_settings
from world import ACTION, SAMPLES, SESSION, application, facts, related

FULL = Tally(registered=99, retained=SESSION.capacity)


def leaving_out(command: type[Command], *codes: str, **more: Any) -> Settings:
    return Settings(leave_out={command: codes}, **more)


def test_the_codes_are_those_of_the_rows() -> None:
    """What may be left out of a command is what its rows refuse or advise with; of the system's commands, nothing."""
    found = {
        command: {each.code for rule in rules for each in (*rule.refusal_checks, *rule.advisory_checks)}
        for lifecycle in LIFECYCLES.values()
        for command, rules in lifecycle.by_command.items()
        if command not in FIXED
    }
    assert {command: set(codes) for command, codes in OPTIONAL_RULES.items()} == found


def test_a_rule_left_out_refuses_nothing() -> None:
    """The others stay: whoever registers on a full session hears of the deadline alone."""
    late = facts(related(ActorKind.PLATFORM), tally=FULL).now.replace(year=2022)
    for settings, codes in (
        (Settings(), {"quota-reached", "registration-deadline-passed"}),
        (leaving_out(commands.Preregister, "quota-reached"), {"registration-deadline-passed"}),
        (leaving_out(commands.Convoke, "advice-deadline-passed"), {"quota-reached", "registration-deadline-passed"}),
    ):
        known = facts(related(ActorKind.PLATFORM), tally=FULL, now=late, settings=settings)
        answer = decide(None, SAMPLES["preregister"], known)
        assert isinstance(answer, Refused)
        assert answer.codes == codes
    both = leaving_out(commands.Preregister, "quota-reached", "registration-deadline-passed")
    answer = decide(None, SAMPLES["preregister"], facts(related(ActorKind.PLATFORM), tally=FULL, settings=both))
    assert isinstance(answer, Accepted)
    assert [each.code for each in answer.advisories] == ["every-seat-given"]


def test_an_advisory_is_left_out_as_well() -> None:
    """Nobody is told, and everything else is as it was."""
    present = application(ApplicationState.PRESENT)
    sample: Any = SAMPLES["retain"]
    command = evolve(sample, weekly_hours=sample.weekly_hours + 5)
    known = facts(related(ActorKind.ORGANIZATION), subject=present)
    told = decide(present, command, known)
    silent = decide(present, command, evolve(known, settings=leaving_out(commands.Retain, "unusual-weekly-hours")))
    assert isinstance(told, Accepted)
    assert [each.code for each in told.advisories] == ["unusual-weekly-hours"]
    assert silent == evolve(told, advisories=())


def test_explain_and_remedies_leave_it_out() -> None:
    """A command that only that rule would refuse is allowed."""
    pending = application()
    over = facts(related(ActorKind.ORGANIZATION), subject=pending).now.replace(year=2023)
    for settings, allowed in ((Settings(), False), (leaving_out(commands.Convoke, "advice-deadline-passed"), True)):
        known = facts(related(ActorKind.ORGANIZATION), subject=pending, now=over, settings=settings)
        answers = {each.command: each.allowed for each in explain(pending, known)}
        assert answers[commands.Convoke] is allowed
        assert answers[commands.Withdraw] is False


def test_what_the_system_does_keeps_to_every_rule() -> None:
    """With `seats-remain` left out, people declare a session full early; automatic closing waits for the last seat."""
    settings = leaving_out(commands.DeclareSessionFull, "seats-remain", close_when_full="automatic")
    present = application(ApplicationState.PRESENT)
    known = facts(related(ActorKind.ORGANIZATION), subject=present, settings=settings)
    retained = decide(present, SAMPLES["retain"], known)
    assert isinstance(retained, Accepted)
    assert retained.consequences == ()
    early = decide(SESSION, commands.DeclareSessionFull("S-1"), evolve(known, actor=related(ActorKind.PLATFORM)))
    assert isinstance(early, Accepted)


@given(drawn_settings(), st.sampled_from(sorted(SAMPLES)))
def test_pictures_and_explorer_show_what_is_in_force(settings: Settings, name: str) -> None:
    """A row shows exactly the codes that it can refuse with."""
    command = COMMANDS[name]
    left_out = {*settings.leave_out.get(command, ()), *([] if settings.title_prefix else ["title-without-poec-prefix"])}
    own = {each.code for each in settings.checks.get(command, ())}
    for lifecycle in LIFECYCLES.values():
        table = json.loads(diagrams.render(lifecycle, "xstate", settings=settings))
        for row in (each for each in lifecycle.by_command.get(command, ()) if not each.imports):
            shown = _codes_of(table, row.id)
            assert shown == {*row.codes, *own}.difference(left_out)


def test_an_empty_prefix_is_no_rule_in_pictures_either() -> None:
    """As where the rule is left out; with any other prefix it is there (A1)."""
    ours = [Settings(title_prefix=""), Settings(title_prefix="[AIF]")]
    for form in ("table", "mermaid", "dot", "plantuml", "scxml", "xstate"):
        pictures = [diagrams.render(LIFECYCLES[SubjectKind.ACTION], form, settings=each, full=True) for each in ours]
        assert ["title-without-poec-prefix" in each for each in pictures] == [False, True], form


@pytest.mark.parametrize("responsible", ["", "x" * 65])
def test_an_organisation_that_cannot_be_stored_is_malformed(responsible: str) -> None:
    """Where any field may be changed, a reference is still 1 to 64 characters."""
    ours = Settings(leave_out={commands.EnrichAction: ("field-not-editable",)})
    known = facts(Actor(kind="organization", organization=ACTION.responsible), settings=ours, subject=ACTION)
    with pytest.raises(Malformed) as error:
        decide(ACTION, commands.EnrichAction(ACTION.reference, changes={"responsible": responsible}), known)
    assert [each.place for each in error.value.faults] == ["$.command.changes.responsible"]
    answer = decide(ACTION, commands.EnrichAction(ACTION.reference, changes={"responsible": "x" * 64}), known)
    assert isinstance(answer, Accepted)
    assert answer.subject.responsible == "x" * 64  # type: ignore[union-attr]


def _codes_of(table: Any, row: str) -> set[str]:
    """The codes of a row in an XState machine, wherever it stands."""
    if isinstance(table, dict):
        if table.get("rule") == row and "codes" in table:
            return set(table["codes"])
        table = list(table.values())
    if isinstance(table, list):
        found = [_codes_of(each, row) for each in table]
        return set().union(*found)
    return set()


def test_the_explorer_leaves_it_out() -> None:
    """Neither a rule nor an advisory that is left out stands in the page's rows."""
    codes = ("quota-reached", "every-seat-given")
    for settings, shown in ((Settings(), True), (leaving_out(commands.Preregister, *codes), False)):
        row = Export(ApplicationCase(settings)).data()["rows"]["L1"]
        stands = {each["code"] for each in (*row["checks"], *row["advises"])}
        assert (stands >= {*codes}) is shown
        assert stands.isdisjoint(codes) is not shown


@pytest.mark.parametrize(
    ("leave_out", "problem"),
    [
        ({commands.Retain: ("no-seat",)}, "'no-seat' is no rule of retain, which has advice-deadline-passed, "),
        ({commands.Convoke: ("no-seat-left",)}, "'no-seat-left' is no rule of convoke"),
        ({commands.Retain: ("not-permitted",)}, "'not-permitted' is no rule of retain"),
        ({commands.PublishAction: ("no-seat-left",)}, "is no rule of publish-action, which has none"),
        ({commands.Expire: ("advice-deadline-not-passed",)}, "expire is the system's, and its rules stay"),
        ({commands.Retain: "no-seat-left"}, "expected a sequence for retain"),
        ({commands.Retain: ("no-seat-left", "no-seat-left")}, "a code stands twice for retain"),
        ({commands.Retain: (None,)}, "None is no rule of retain"),
        ({commands.Retain: (["no-seat-left"],)}, "is no rule of retain"),
        ({"retain": ("no-seat-left",)}, "not a command: 'retain'"),
        (("no-seat-left",), "expected a mapping of commands"),
    ],
)
def test_a_misspelt_code_is_a_fault_of_the_settings(leave_out: Any, problem: str) -> None:
    """When they are made, with the codes that there are."""
    with pytest.raises(Malformed) as error:
        Settings(leave_out=leave_out)
    assert [each.place for each in error.value.faults] == ["$.leave_out"]
    assert problem in error.value.faults[0].problem


def test_all_faults_at_once() -> None:
    """Each misspelt code, each in its command, and the prefix too."""
    with pytest.raises(Malformed) as error:
        Settings(leave_out={commands.Retain: ("a", "b"), commands.Convoke: ("c",)}, title_prefix=5)  # type: ignore[arg-type]
    assert [each.place for each in error.value.faults] == ["$.title_prefix", *["$.leave_out"] * 3]


@given(
    prefix=st.sampled_from(["[POEC]", "", "[AIF]", " "]),
    title=st.sampled_from(["[POEC] a", "[AIF]", "", " x", "[poec]"]),
)
def test_a_title_starts_with_the_prefix(prefix: str, title: str) -> None:
    """To the letter, of a new action and of a corrected one; an empty prefix is no rule."""
    known = facts(related(ActorKind.PLATFORM), settings=Settings(title_prefix=prefix))
    sample: Any = SAMPLES["create-action"]
    create = evolve(sample, title=title)
    correct = commands.CorrectAction("A-1", title=title)
    for subject, command in ((None, create), (known.action, correct)):
        answer = decide(subject, command, known)
        assert isinstance(answer, Accepted) is title.startswith(prefix)
        if isinstance(answer, Refused):
            (refusal,) = answer.refusals
            assert refusal.code == "title-without-poec-prefix"
            assert refusal.details == {"title": title, "prefix": prefix}
            assert prefix in refusal.message("fr")

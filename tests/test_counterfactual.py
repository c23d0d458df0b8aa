"""Remedies: whatever they say would make a command pass, does; and they are silent where no one change would."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given, settings

from poec_workflow import (
    Accepted,
    ActionState,
    ActorKind,
    ApplicationState,
    Refused,
    Remedy,
    Request,
    SessionState,
    Settings,
    Workflow,
    commands,
    decide,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.explanation import explain
from poec_workflow.model import Tally
from poec_workflow.remedies import remedy
from poec_workflow.testing import SettableClock, to_journal, to_line
from poec_workflow.testing.contracts.fixtures import ADVISER, PLATFORM, opening, registering, workflow_with_session
from test_decide import situations
from world import ACTION, SAMPLES, SESSION, application, facts, related

TRAINER = related(ActorKind.ORGANIZATION)
LATE = datetime.fromisoformat("2022-03-28T10:00:00+02:00")


@given(situations())
@settings(max_examples=800, deadline=None)
def test_a_remedy_makes_the_command_pass(situation: Any) -> None:
    """Applied to drawn facts, one change of one fact; and a command that passes has none."""
    subject, command, known = situation
    found = remedy(subject, command, known)
    if isinstance(decide(subject, command, known), Accepted):
        assert found is None
    elif found is not None:
        changed = found.applied(subject, command, known)
        assert isinstance(decide(*changed), Accepted)
        assert _differences(known, changed[2]) + (changed[1] != command) == 1
        assert found.value != found.was
        assert all("{" not in found.message(lang) for lang in ("fr", "en"))


def _differences(one: Any, other: Any) -> int:
    return sum(getattr(one, name) != getattr(other, name) for name in ("now", "action", "enrolment", "settings"))


@given(situations())
@settings(max_examples=250, deadline=None)
def test_the_remedy_of_an_explanation_leaves_nothing_against_the_command(situation: Any) -> None:
    """What `explain` shows, applied, is allowed."""
    subject, _, known = situation
    if subject is None:
        return
    for each in explain(subject, known):
        if each.remedy is not None:
            own, _, changed = each.remedy.applied(subject, None, known)  # type: ignore[arg-type]
            assert own is not None
            assert next(one for one in explain(own, changed) if one.command is each.command).allowed
            assert not each.allowed


def explained(state: ApplicationState, command: type[commands.Command], **known: Any) -> Remedy | None:
    subject = application(state)
    found = explain(subject, facts(TRAINER, subject=subject, **known))
    return next(each.remedy for each in found if each.command is command)


def test_one_more_seat() -> None:
    """Where every seat is taken, one more would do; where two too many sit, three."""
    full = explained(ApplicationState.PRESENT, commands.Retain, tally=Tally(present=1, retained=2))
    assert full
    assert (full.fact, full.value, full.was) == ("capacity", 3, 2)
    assert full.message("en") == "with one more seat"
    assert full.message("fr") == "avec une place de plus"
    crowded = explained(ApplicationState.PRESENT, commands.Retain, tally=Tally(present=1, retained=4))
    assert crowded
    assert crowded.message("en") == "with 3 more seats"


def test_until_the_deadline() -> None:
    """After the advice deadline the last day is named; before a convocation, the day from which."""
    late = explained(ApplicationState.PRESENT, commands.Reject, now=LATE)
    assert late
    assert late.message("en") == "until 2022-03-25"
    assert late.message("fr") == "jusqu'au 25/03/2022"
    early = datetime.fromisoformat("2021-11-19T10:00:00+01:00")
    due = explained(ApplicationState.CONVOKED, commands.RecordPresence, now=early)
    assert due
    assert due.message("en") == "from 2021-11-20"


def test_two_things_in_the_way_have_no_remedy() -> None:
    """Too late, and no seat: no one change would do, and nothing is said."""
    assert explained(ApplicationState.PRESENT, commands.Retain, now=LATE, tally=Tally(present=1, retained=2)) is None


def test_what_is_no_rules_refusal_has_no_remedy() -> None:
    """Neither a missing row nor a missing permission can be remedied."""
    assert explained(ApplicationState.PENDING, commands.Retain) is None
    assert explained(ApplicationState.PENDING, commands.Expire) is None


def of(command: commands.Command, subject: Any = None, actor: Any = None, **known: Any) -> str | None:
    who = actor or related(ActorKind.PLATFORM)
    found = remedy(subject, command, facts(who, subject=subject, **known))
    return found.message("en") if found else None


@pytest.mark.parametrize(
    ("command", "known", "expected"),
    [
        (SAMPLES["preregister"], {"tally": Tally(registered=6)}, "with the coefficient 4"),
        (
            SAMPLES["preregister"],
            {"tally": Tally(registered=10), "session": evolve(SESSION, coefficient=5)},
            "with one more seat",
        ),
        (
            SAMPLES["preregister"],
            {"now": datetime.fromisoformat("2021-12-12T10:00:00+01:00")},
            "with the registration deadline moved to 2021-12-12",
        ),
        (SAMPLES["preregister"], {"now": LATE}, "until 2021-12-10"),
        (
            SAMPLES["preregister"],
            {"session": evolve(SESSION, state=SessionState.COMPLETE)},
            "once the session is open again",
        ),
        (
            SAMPLES["preregister"],
            {"session": evolve(SESSION, state=SessionState.COMPLETE), "tally": Tally(retained=2)},
            None,
        ),
        (SAMPLES["preregister"], {"session": evolve(SESSION, state=SessionState.CANCELLED)}, None),
        (
            SAMPLES["preregister"],
            {"action": evolve(ACTION, state=ActionState.AWAITING_PUBLICATION)},
            "once the training action is in the state “Published”",
        ),
        (SAMPLES["preregister"], {"action": evolve(ACTION, state=ActionState.DELETED)}, None),
        (SAMPLES["preregister"], {"candidate_live": True}, None),
        (
            SAMPLES["create-session"],
            {"action": evolve(ACTION, state=ActionState.ARCHIVED)},
            "once the training action is in the state “Awaiting publication”",
        ),
        (evolve(SAMPLES["create-session"], coefficient=7), {}, "with the coefficient 5"),  # type: ignore[misc]
        (evolve(SAMPLES["create-session"], minimum_headcount=20), {}, "with a minimum headcount of 12"),  # type: ignore[misc]
        (evolve(SAMPLES["create-action"], title="Soudeur"), {}, None),  # type: ignore[misc]
    ],
    ids=str,
)
def test_remedies_of_creations(command: Any, known: dict[str, Any], expected: str | None) -> None:
    """What would let a candidate register, or a session open."""
    assert of(command, **known) == expected


def test_a_creation_knows_no_session() -> None:
    """Where a session is created there is none yet to change; its action may be."""
    known = evolve(facts(PLATFORM, action=evolve(ACTION, state=ActionState.ARCHIVED)), enrolment=None)
    found = remedy(None, SAMPLES["create-session"], known)
    assert found
    assert found.fact == "action-state"


def test_remedies_of_an_advice_and_of_a_session() -> None:
    """The limit that a value must keep to is named; a session with seats is full with fewer."""
    present = application(ApplicationState.PRESENT)
    retain: Any = SAMPLES["retain"]
    assert of(evolve(retain, weekly_hours=Decimal(60)), present, TRAINER) == "with 48 weekly hours"
    assert of(evolve(retain, entry=date(2021, 12, 20)), present, TRAINER) == "with an entry on 2021-12-17"
    full = facts(TRAINER, subject=SESSION, tally=Tally(retained=1))
    found = remedy(SESSION, commands.DeclareSessionFull("S-1"), full)
    assert found
    assert (found.fact, found.value, found.message("en")) == ("capacity", 1, "with a capacity of 1")
    assert found.to_dict("fr") == {"fact": "capacity", "value": 1, "message": "avec une capacité de 1"}


def test_a_services_own_limit() -> None:
    """A policy of a service is asked like any other, and a field that it names is tried too."""

    def on_sunday(_subject: Any, _facts: Any, command: Any) -> dict[str, Any] | None:
        return {"on": command.on} if command.on.isoweekday() == 7 else None

    def too_small(_subject: Any, _facts: Any, command: Any) -> dict[str, Any] | None:
        return {"count": len(command.dates), "session": command.session, "dates": ()} if command.dates else None

    own = Settings(refuse_also={commands.Convoke: (on_sunday,), commands.SetInformationDates: (too_small,)})
    sunday = commands.Convoke("C-1", on=date(2021, 11, 28))
    assert of(sunday, application(), TRAINER, settings=own) == "with the day 2021-11-27"
    assert of(SAMPLES["set-information-dates"], SESSION, TRAINER, settings=own) is None
    assert Remedy(fact="wish", value=2, was=1).message("fr") == "avec wish = 2"


def test_what_the_workflow_and_the_commands_show(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Workflow.remedy`, `exec` and `explain` say the same, in text and as data; where all is well, nothing."""
    workflow: Workflow = workflow_with_session(MemoryStorage(), seats=1, coefficient=2)
    for number in (1, 2):
        workflow.execute(registering(number), ADVISER)
    third = Request(command=registering(3), actor=ADVISER)
    found = workflow.remedy(third)
    assert found
    assert found.message("en") == "with the coefficient 3"
    assert isinstance(workflow.preview(third.command, ADVISER), Refused)
    workflow.execute(commands.SetInformationDates("S-1", dates=()), TRAINER, key="used")
    assert workflow.remedy(evolve(third, key="used")) is None
    assert workflow.remedy(Request(command=commands.PublishAction("A-9"), actor=PLATFORM)) is None
    assert workflow.remedy(Request(command=commands.SetCapacity("S-1", capacity=2), actor=PLATFORM)) is None
    monkeypatch.setenv("POEC_STORE", f"sqlite:///{tmp_path}/poec.db")
    run = CliRunner().invoke
    journal = [
        Request(command=command, actor=actor, at=SettableClock("2021-11-20T10:00:00+01:00").now())
        for command, actor in (
            (commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="RESP"), PLATFORM),
            (commands.PublishAction("A-1"), PLATFORM),
            (opening("S-1", seats=1, coefficient=2), PLATFORM),
            (registering(1), ADVISER),
            (registering(2), ADVISER),
        )
    ]
    (tmp_path / "journal.jsonl").write_text(to_journal(journal), encoding="utf-8")
    assert run(program, ["run", str(tmp_path / "journal.jsonl")]).exit_code == 0
    line = to_line(evolve(third, at=journal[0].at))
    assert "  → it would pass with the coefficient 3" in run(program, ["exec", line]).stdout
    answer = json.loads(run(program, ["exec", line, "--format", "json", "--lang", "fr"]).stdout)
    assert answer["refusals"][0]["remedy"] == {
        "fact": "coefficient",
        "value": 3,
        "message": "avec le coefficient 3",
    }
    explained = run(program, ["explain", "C-1", "--kind", "organization", "--organization", "TRAIN"]).stdout
    assert "→ it would pass until 2022-03-25" in explained
    data = json.loads(run(program, ["explain", "C-1", "--kind", "system", "--format", "json"]).stdout)
    assert "remedy" not in str(next(each for each in data if each["command"] == "cancel"))

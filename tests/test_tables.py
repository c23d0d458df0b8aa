"""What makes a table: the three hold it, and each way to break one is caught when it is built."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from inspect import Parameter, signature
from typing import Any

import pytest
from attrs import evolve, fields

from poec_workflow import events, machines
from poec_workflow.commands import (
    COMMANDS,
    Convoke,
    DeclareSessionFull,
    Expire,
    Preregister,
    PublishAction,
    RecordAbsence,
    RecordPresence,
    Retain,
    Withdraw,
)
from poec_workflow.events import EVENTS
from poec_workflow.machines import APPLICATION, LIFECYCLES, SAME, SESSION, TRAINING_ACTION, Lifecycle, Rule
from poec_workflow.model import ActionState, ApplicationState, SubjectKind
from poec_workflow.policies.attendance import convocation_left, gave_notice
from poec_workflow.policies.capacity import no_seat_left
from world import application

PENDING, CONVOKED, REJECTED = ApplicationState.PENDING, ApplicationState.CONVOKED, ApplicationState.REJECTED

CREATE = Rule("L1", None, Preregister, PENDING, events.Preregistered)
CONVOKE = Rule("L2", PENDING, Convoke, CONVOKED, events.Convoked)
END = Rule("L11", {PENDING, CONVOKED}, Withdraw, REJECTED, events.Withdrawn)


def table(*rules: Any, **changes: Any) -> Lifecycle:
    given: dict[str, Any] = {
        "kind": SubjectKind.APPLICATION,
        "states": (PENDING, CONVOKED, REJECTED),
        "final": frozenset({REJECTED}),
        "parent": SubjectKind.SESSION,
    }
    return Lifecycle("small", rules=rules, **{**given, **changes})


def test_a_whole_table_is_built() -> None:
    """The table that the faulty ones below differ from by one thing."""
    assert table(CREATE, CONVOKE, END).commands(PENDING) == (Convoke, Withdraw)


FAULTY: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("the id L2 stands twice", (CREATE, CONVOKE, evolve(END, id="L2")), {}),
    (
        "the event convoked stands twice",
        (CREATE, CONVOKE, END, Rule("L8", CONVOKED, Convoke, SAME, events.Convoked)),
        {},
    ),
    (
        "A5 has a command or an event of another lifecycle",
        (CREATE, CONVOKE, END, Rule("A5", PENDING, PublishAction, CONVOKED, events.ActionPublished)),
        {},
    ),
    (
        "L3 names the unknown state present",
        (CREATE, CONVOKE, END, Rule("L3", CONVOKED, RecordPresence, "present", events.PresenceRecorded)),
        {},
    ),
    (
        "would reach several sessions",
        (evolve(TRAINING_ACTION.rules[0], then=Expire), *TRAINING_ACTION.rules[1:]),
        {"kind": SubjectKind.ACTION, "states": TRAINING_ACTION.states, "final": TRAINING_ACTION.final},
    ),
    ("convoked can't be reached", (CREATE, END), {}),
    ("no final state can be reached from convoked", (CREATE, CONVOKE, evolve(END, source=PENDING)), {}),
    ("L11 leaves the final state rejected", (CREATE, CONVOKE, evolve(END, source=set(ApplicationState))), {}),
    ("exactly one row creates", (CONVOKE, END), {}),
    ("exactly one row creates", (evolve(CREATE, target=SAME), CONVOKE, END), {}),
]


@pytest.mark.parametrize(("fault", "rules", "changes"), FAULTY)
def test_a_faulty_table_is_refused(fault: str, rules: tuple[Any, ...], changes: dict[str, Any]) -> None:
    """Whatever is wrong with a table is said when it is built."""
    with pytest.raises(ValueError, match=fault):
        table(*rules, **changes)


def test_rows_of_one_state_and_command_exclude_each_other() -> None:
    """Two rows that hold at once are refused, with the truth under which they do."""
    notified = Rule("L4", CONVOKED, RecordAbsence, PENDING, events.AbsenceNotified, given=(gave_notice,))
    left = Rule("L5", CONVOKED, RecordAbsence, REJECTED, events.AbsentWithoutNotice, given=(convocation_left,))
    with pytest.raises(ValueError, match="is wrong") as caught:
        table(CREATE, CONVOKE, END, notified, left)
    assert {fault for fault in str(caught.value).split("wrong: ")[1].split("; ") if "chooses" in fault} == {
        "record-absence in convoked with {'convocation-left': True, 'gave-notice': True} chooses L4 and L5",
        "record-absence in convoked with {'convocation-left': False, 'gave-notice': False} chooses no row",
    }


def test_what_creates_is_chosen_too() -> None:
    """Two rows that create at once are refused; they start from nothing."""
    with pytest.raises(ValueError, match="exactly one row creates") as caught:
        table(CREATE, CONVOKE, END, evolve(CREATE, id="L15", event=events.Cancelled))
    assert "preregister in nothing with {} chooses L1 and L15" in str(caught.value)


@pytest.mark.parametrize("command", [RecordPresence, PublishAction, DeclareSessionFull])
@pytest.mark.parametrize("event", [events.PresenceRecorded, events.ActionPublished, events.SessionDeclaredFull])
def test_a_row_is_of_one_lifecycle(command: Any, event: Any) -> None:
    """Its command and its event are both of the table's kind of subject."""
    row = Rule("L3", CONVOKED, command, PENDING, event)
    if (command, event) == (RecordPresence, events.PresenceRecorded):
        assert RecordPresence in table(CREATE, CONVOKE, END, row).commands(CONVOKED)
    else:
        with pytest.raises(ValueError, match="L3 has a command or an event of another lifecycle"):
            table(CREATE, CONVOKE, END, row)


def test_a_row_is_what_it_says() -> None:
    """Rows made of the same parts are equal, and read as their parts alone; what is optional goes by its name."""
    advising = Rule("L2", PENDING, Convoke, CONVOKED, events.Convoked, advise=(no_seat_left,))
    for rule in (advising, *(row for each in LIFECYCLES.values() for row in each.rules)):
        assert evolve(rule) == rule
        assert "Check(" not in repr(rule)
        assert not [each.name for each in fields(Rule) if not each.init and f"{each.name}=" in repr(rule)]
    parameters = signature(Rule).parameters.values()
    assert [each.name for each in parameters if each.kind is not Parameter.KEYWORD_ONLY] == [
        "id",
        "source",
        "command",
        "target",
        "event",
    ]


def test_an_event_finds_its_fields_on_its_command() -> None:
    """An event whose field the command does not have can't be a row's."""
    with pytest.raises(ValueError, match="retained needs 'entry', which withdraw does not have"):
        Rule("L9", CONVOKED, Withdraw, REJECTED, events.Retained)
    given: dict[str, Any] = {"entry": date(2022, 1, 10), "exit": date(2022, 3, 4), "weekly_hours": Decimal(30)}
    at = datetime(2022, 1, 3, tzinfo=UTC)
    rule = Rule("L9", CONVOKED, Retain, REJECTED, events.Retained)
    made = events.Retained(reference="C-1", version=3, effective_at=at, state=REJECTED, **given)
    convoked = evolve(application(CONVOKED), version=2)
    assert rule.make_event(convoked, Retain("C-1", **given), at) == made


def test_every_command_and_event_has_its_place() -> None:
    """Each command of the domain page and each event belongs to exactly one lifecycle."""
    placed = [command for each in LIFECYCLES.values() for command in each.by_command]
    assert sorted(command.type for command in placed) == sorted(COMMANDS)
    happened = [rule.event.type for each in LIFECYCLES.values() for rule in each.rules]
    assert sorted(happened) == sorted(EVENTS)


def test_the_rows_carry_the_domain_pages_numbers() -> None:
    """L1 to L14, S1 to S11, A1 to A9, in order; after each the row that imports."""
    ids = [rule.id for each in LIFECYCLES.values() for rule in each.rules]
    numbers = {"L": 14, "S": 11, "A": 9}
    assert ids == [id_ for word, most in numbers.items() for id_ in (*(f"{word}{n + 1}" for n in range(most)), "I1")]


def test_what_a_lifecycle_says_of_itself() -> None:
    """Initial and final states, and the commands of a state."""
    assert APPLICATION.initial is PENDING
    assert SESSION.initial == "active"
    assert TRAINING_ACTION.initial is ActionState.AWAITING_PUBLICATION
    assert APPLICATION.final == {"retained", "rejected", "no-advice", "session-full", "cancelled"}
    assert all(APPLICATION.commands(state) == () for state in APPLICATION.final)
    archived = [each.type for each in TRAINING_ACTION.commands(ActionState.ARCHIVED)]
    assert archived == ["restore-action", "delete-action", "correct-action"]
    assert TRAINING_ACTION.commands(None) == (COMMANDS["create-action"], COMMANDS["import-action"])


def test_a_fingerprint_changes_with_every_part_of_a_row() -> None:
    """Each part of a row that decides something is in the fingerprint, and equal tables have equal ones."""
    rows = machines.application.RULES
    assert all(re.fullmatch("[0-9a-f]{16}", each.fingerprint) for each in LIFECYCLES.values())
    described = {str(rule.described()) for rule in rows}
    assert len(described) == len(rows)
    retain = next(rule for rule in rows if rule.id == "L9")
    changed: list[dict[str, Any]] = [
        {"id": "L0"},
        {"source": CONVOKED},
        {"target": REJECTED},
        {"given": (gave_notice,)},
        {"unless": retain.unless[1:]},
        {"advise": ()},
        {"first": COMMANDS["expire"]},
        {"then": None},
        {"then_given": ()},
        {"effective": lambda *_: None},
    ]
    assert all(evolve(retain, **each).described() != retain.described() for each in changed)
    assert APPLICATION.fingerprint == evolve(APPLICATION).fingerprint
    assert len({each.fingerprint for each in LIFECYCLES.values()}) == len(LIFECYCLES)


def test_a_row_knows_its_codes() -> None:
    """Without running anything: each policy's own name, in the row's order."""
    for lifecycle in LIFECYCLES.values():
        for rule in lifecycle.rules:
            assert rule.codes == tuple(each.__name__.replace("_", "-") for each in rule.unless)

"""Values: a word does where an enum is expected, a misspelt one is malformed when it is made; names, keys, fields."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from inspect import Parameter, signature
from typing import Any, get_args

import pytest
from attrs import evolve, fields, make_class
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

import poec_workflow
from poec_workflow import (
    Accepted,
    Actor,
    Change,
    Facts,
    Malformed,
    Prescriber,
    Workflow,
    commands,
    events,
    machines,
    model,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.catalogue import Catalogue
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.history import HistoryEntry
from poec_workflow.machines import APPLICATION, LIFECYCLES
from poec_workflow.policies import PERMISSIONS, Grant, Settings, condition
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.policies.facts import Enrolment
from poec_workflow.testing import strategies
from poec_workflow.views import (
    ActionFilter,
    ApplicationFilter,
    ApplicationRow,
    PageRequest,
    SessionFilter,
    SessionRow,
    filters,
)
from world import ACTION, NOW, SESSION, application


def test_words_do_where_an_enum_is_expected() -> None:
    """What the type checker takes here is taken at run time, and becomes the member."""
    made = (
        Actor(kind="organization", organization="AFEC").kind,
        Prescriber(origin="self").origin,
        Grant("organization").kind,
        evolve(SESSION, state="complete").state,
        evolve(ACTION, state="published").state,
        evolve(application(model.ApplicationState.PENDING), state="no-advice").state,
        ApplicationFilter(tab="ended", organization="AFEC", role="trainer", states=["session-full"]).states[0],
        ApplicationFilter(organization="AFEC", role="trainer").role,
        ApplicationFilter(tab="ended").tab,
        SessionFilter(states={"cancelled"}).states[0],
        ActionFilter(tab="alert").tab,
        model.Convocation(on=NOW.date(), entered_at=NOW, outcome="absent-with-notice").outcome,
    )
    assert [type(each).__name__ for each in made] == [
        "ActorKind", "Origin", "ActorKind", "SessionState", "ActionState", "ApplicationState", "ApplicationState",
        "Role", "Tab", "SessionState", "ActionTab", "Outcome",
    ]  # fmt: skip
    assert SESSION.organization("trainer") == SESSION.trainer
    assert model.Tally(no_advice=2).of("no-advice") == 2


@pytest.mark.parametrize(
    ("made", "places"),
    [
        (lambda word: Actor(kind=word), ["$.kind"]),
        (lambda word: Prescriber(origin=word), ["$.origin"]),
        (Grant, ["$.kind"]),
        (lambda word: Grant(word, word), ["$.kind", "$.relation"]),
        (lambda word: evolve(SESSION, state=word), ["$.state"]),
        (lambda word: evolve(ACTION, state=word), ["$.state"]),
        (lambda word: evolve(application(model.ApplicationState.PENDING), state=word), ["$.state"]),
        (lambda word: ApplicationFilter(tab=word, role=word, states=(word, "pending", word)),
         ["$.tab", "$.role", "$.organization", "$.states[0]", "$.states[2]"]),
        (lambda word: ApplicationFilter(states=word), ["$.states"]),
        (lambda word: SessionFilter(tab=word, states=[word]), ["$.tab", "$.states[0]"]),
        (lambda word: ActionFilter(tab=word), ["$.tab"]),
        (lambda word: model.Convocation(on=NOW.date(), entered_at=NOW, outcome=word), ["$.outcome"]),
        (SESSION.organization, ["$.role"]),
        (lambda word: PageRequest(limit=word), ["$.limit"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", ["plateforme", "", "Organization", 5, True, ("platform",)])
def test_a_misspelt_word_is_malformed_at_once(made: Callable[[Any], object], places: list[str], word: Any) -> None:
    """When the value is made, all faults at once, each with its place."""
    if places[0] == "$.limit" and word == 5 and word is not True:
        made(word)
        return
    if places == ["$.states"] and isinstance(word, tuple):
        places = ["$.states[0]"]
    with pytest.raises(Malformed) as caught:
        made(word)
    assert [each.place for each in caught.value.faults] == places


def test_the_words_of_the_types_are_the_enums() -> None:
    """Every `…Name` that a type checker knows has the words of its enum, no more and no fewer."""
    named = {name: value for module in (model, filters) for name, value in vars(module).items() if get_args(value)}
    kinds = {name.removesuffix("Name"): set(get_args(value)) for name, value in named.items() if name.endswith("Name")}
    enums = {
        each.__name__: {member.value for member in each}
        for module in (model, filters)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, StrEnum) and each is not StrEnum
    }
    assert set(enums) - set(kinds) == {"SubjectKind"}
    assert kinds == {name: enums[name] for name in kinds}


def test_a_grant_by_its_word_is_the_same_grant() -> None:
    """In equality, in what it says, and in a fingerprint."""
    word, member = Grant("platform"), Grant(model.ActorKind.PLATFORM)
    assert (word, str(word), hash(word)) == (member, str(member), hash(member))
    one, other = (Settings(permissions={**PERMISSIONS, next(iter(PERMISSIONS)): (each,)}) for each in (word, member))
    assert one.fingerprint == other.fingerprint


def test_tables_can_not_be_changed() -> None:
    """What every decision reads is read-only."""
    for table in (
        LIFECYCLES,
        APPLICATION.by_command,
        Settings().checks,
        model.REQUIRED_OF_ACTORS,
        model.SUBJECT_TYPES,
        model.STATE_TYPES,
        machines.LIFECYCLES_BY_NAME,
        events.EVENTS,
        Catalogue.default().motives[0].labels,
        Catalogue.default().motives[0].reasons[0].labels,
    ):
        assert isinstance(table, FrozenMap)
        with pytest.raises(TypeError):
            table["session"] = None
        before = dict(table)
        FrozenMap.__init__(table, {})  # a map is made once
        assert table == before


@pytest.mark.parametrize("cls", [Accepted, AlertCriteria, Change, Enrolment, Facts, Settings])
def test_what_has_many_fields_takes_them_by_name(cls: type[object]) -> None:
    """So that one more may be added anywhere."""
    assert {each.kind for each in signature(cls).parameters.values()} == {Parameter.KEYWORD_ONLY}


def test_a_row_is_a_key() -> None:
    """What a row works out is no part of its hash: a policy's sentences have none."""
    assert len({rule: rule.id for rule in APPLICATION.rules}) == len(APPLICATION.rules)


def test_a_condition_is_its_name() -> None:
    """Rows are chosen by names of conditions: two of one name are one, whoever evaluates them."""

    def gave_notice(_subject: object, _facts: object) -> bool:
        return True

    def once_more() -> Callable[..., bool]:
        def gave_notice(_subject: object, _facts: object) -> bool:
            return False

        return gave_notice

    assert condition(gave_notice) == condition(once_more()) != ~condition(gave_notice)


def test_settings_of_who_gives_none_are_made_once() -> None:
    """They are checked and fingerprinted once a process."""
    assert Workflow(MemoryStorage()).settings is Workflow(MemoryStorage()).settings


def test_facts_may_be_read_from_elsewhere() -> None:
    """A value that computes a field when it is read has the day and the session, as the explorer needs."""

    class Elsewhere(Facts):
        def __getattr__(self, name: str) -> object:
            return {"now": datetime(2021, 11, 2, tzinfo=UTC), "enrolment": Enrolment(session=SESSION)}[name]

    facts = Elsewhere.__new__(Elsewhere)
    assert (facts.today, facts.session) == (date(2021, 11, 2), SESSION)


def test_what_is_imported_on_demand_is_listed() -> None:
    """Completion and `dir` know every public name, whether it was used or not."""
    code = "import poec_workflow; print(*dir(poec_workflow))"
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert {*poec_workflow.__all__} <= {*listed.stdout.split()}


VALUES = (*model.SUBJECT_TYPES.values(), model.Candidate, model.Tally, ApplicationRow, SessionRow, HistoryEntry)


@given(strategies.commands() | strategies.events() | st.one_of([strategies.values(each) for each in VALUES]))
def test_values_are_as_attrs_makes_them(value: Any) -> None:
    """What they share with each other, in place of generated code, shows nowhere."""
    names = [each.name for each in fields(type(value))]
    made = make_class(type(value).__name__, names, kw_only=True)
    assert repr(value) == repr(made(**{name: getattr(value, name) for name in names}))
    again = pickle.loads(pickle.dumps(value))  # noqa: S301 - its own
    assert again == value == evolve(value)
    assert hash(again) == hash(value)
    with pytest.raises(FrozenInstanceError):
        setattr(value, names[0], "another")


@pytest.mark.parametrize("kind", [*commands.COMMANDS.values(), *events.EVENTS.values()])
def test_a_kind_without_fields_is_a_kind_of_its_own(kind: type[Any]) -> None:
    """It equals no other kind of the same fields, and is called by its own name."""
    names = [each.name for each in fields(kind)]
    others: set[Any] = {*commands.COMMANDS.values(), *events.EVENTS.values()} - {kind}
    for other in (each for each in others if [one.name for one in fields(each)] == names):
        values: Any = dict.fromkeys(names, FrozenMap())
        assert kind(**values) != other(**values)
        assert kind.type != other.type
    assert not any("__dict__" in vars(each) for each in kind.__mro__)
    assert kind.__doc__ not in {each.__doc__ for each in kind.__bases__}

"""The settings: the documented defaults, what is checked when they are made, and their fingerprint."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import partial, wraps
from operator import itemgetter
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast
from unittest.mock import ANY

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import Actor, ActorKind, Malformed, Settings, commands
from poec_workflow.catalogue import Catalogue
from poec_workflow.commands import COMMANDS
from poec_workflow.decider import refusals_of
from poec_workflow.policies import PERMISSIONS, Grant, condition, messages
from poec_workflow.policies.access import trainer
from poec_workflow.policies.check import Check
from poec_workflow.policies.facts import Facts


def on_sunday(_subject: object, _facts: object) -> None:
    """A service's own policy."""


def on_monday(_subject: object, _facts: object, _command: object) -> None:
    """Another one."""


def _settings(**values: Any) -> Settings:
    return Settings(**values)


def test_defaults_are_the_documented_ones() -> None:
    """Without a word, every setting has its documented default."""
    ours = {each.name: getattr(Settings(), each.name) for each in attrs.fields(Settings)}
    assert ours == {
        "max_convocations": 3,
        "coefficient_min": 2,
        "coefficient_max": 5,
        "quota_counts": "registered",
        "overbooking": 0,
        "close_when_full": "manual",
        "grace_days": 21,
        "warning_days": 15,
        "weekly_hours_max": Decimal(48),
        "usual_weekly_hours": (Decimal(8), Decimal(35)),
        "time_zone": "Europe/Paris",
        "permissions": {command: tuple(grants) for command, grants in PERMISSIONS.items()},
        "catalogue": Catalogue.default(),
        "title_prefix": "[POEC]",
        "refuse_also": {},
        "leave_out": {},
        "keep_personal_data_years": 2,
        "keep_file_years": None,
    }


def test_settings_are_frozen() -> None:
    """A setting, or an entry of the permissions, can't be changed afterwards."""
    settings = Settings()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        settings.grace_days = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.permissions[commands.Convoke] = ()  # type: ignore[index]


def test_what_was_given_may_change_afterwards() -> None:
    """Settings keep what they were given, whatever becomes of the caller's own lists."""
    policies, grants = [on_sunday], [Grant(ActorKind.PLATFORM)]
    settings = Settings(refuse_also={commands.Convoke: policies}, permissions={**PERMISSIONS, commands.Convoke: grants})
    before = settings.fingerprint
    policies.clear()
    grants.clear()
    assert settings.refuse_also[commands.Convoke] == (on_sunday,)
    assert attrs.evolve(settings).fingerprint == before


_FAULTY: tuple[tuple[str, object], ...] = (
    *((name, value) for name in ("max_convocations", "coefficient_min", "coefficient_max") for value in (0, -1, 1.0)),
    *(("overbooking", value) for value in (-1, True, 1.0, "1", None)),
    *((name, value) for name in ("grace_days", "warning_days") for value in (-1, 1_000_000, 2.0, None)),
    *(("keep_personal_data_years", value) for value in (0, -1, 101, True, 2.0, "2", None)),
    *(("keep_file_years", value) for value in (0, -1, 1, 101, True, 10.0, "10")),
    ("max_convocations", True),
    ("coefficient_min", 6),
    ("usual_weekly_hours", None),
    ("usual_weekly_hours", Decimal(8)),
    ("permissions", None),
    ("refuse_also", None),
    ("refuse_also", {commands.Convoke: None}),
    *(("quota_counts", value) for value in ("all", "", None, 1)),
    *(("close_when_full", value) for value in ("auto", True, None)),
    *(("weekly_hours_max", value) for value in (48, 48.0, "48", None, Decimal("NaN"), Decimal("Infinity"), Decimal(0))),
    *(
        ("usual_weekly_hours", value)
        for value in (
            (8, 35),
            (Decimal(8), None),
            (Decimal(36), Decimal(35)),
            (Decimal(8), Decimal("NaN")),
            (Decimal(8),),
            (Decimal(8), Decimal(35), Decimal(40)),
        )
    ),
    *(("time_zone", value) for value in ("Mars/Olympus", "", None, "../etc/passwd", "/etc/localtime", "\0")),
    ("permissions", {}),
    ("permissions", {command: grants for command, grants in PERMISSIONS.items() if command is not commands.Convoke}),
    ("permissions", {**PERMISSIONS, commands.Convoke: ("platform",)}),
    ("permissions", dict([*list[Any](PERMISSIONS.items()), ("convoke", ())])),
    ("catalogue", None),
    ("catalogue", {"absence": []}),
    ("refuse_also", {"convoke": (on_sunday,)}),
    ("refuse_also", {commands.Convoke: ("on_sunday",)}),
    ("refuse_also", {commands.Convoke: on_sunday}),
    *(("refuse_also", {command: (on_sunday,)}) for command in (commands.Expire, commands.Cancel)),
    ("refuse_also", {commands.RefuseSessionFull: (on_sunday,)}),
)


@pytest.mark.parametrize(("name", "value"), _FAULTY)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: object) -> None:
    """A faulty setting is malformed when the settings are made, and its name is the place."""
    with pytest.raises(Malformed) as caught:
        _settings(**{name: value})
    places = {fault.place for fault in caught.value.faults}
    if name == "coefficient_max":  # below its minimum both are at fault
        places.discard("$.coefficient_min")
    assert places == {f"$.{name}"}


_MOST = {
    "max_convocations": (1, 2**31),
    "overbooking": (0, 2**31),
    "grace_days": (0, 3_660),
    "warning_days": (0, 3_660),
    "keep_personal_data_years": (1, 100),
}


@pytest.mark.parametrize("name", _MOST)
def test_numbers_have_bounds(name: str) -> None:
    """The least and the most are fine; one less, one more are named, with what would do."""
    least, most = _MOST[name]
    assert [getattr(_settings(**{name: value}), name) for value in (least, most)] == [least, most]
    for value in (least - 1, most + 1):
        with pytest.raises(Malformed) as caught:
            _settings(**{name: value})
        (fault,) = caught.value.faults
        assert (fault.place, fault.problem) == (f"$.{name}", f"expected a whole number from {least} to {most}")


@pytest.mark.parametrize(
    ("least", "most", "places"),
    [
        (1, 1, []),
        (3, 3, []),
        (2**31, 2**31, []),
        (2, 1, ["$.coefficient_min"]),
        (4, 3, ["$.coefficient_min"]),
        (2, 0, ["$.coefficient_max"]),
        (2, -1, ["$.coefficient_max"]),
        (0, 5, ["$.coefficient_min"]),
        (2, 2**31 + 1, ["$.coefficient_max"]),
        ("2", 1, ["$.coefficient_min"]),
        (2, "1", ["$.coefficient_max"]),
    ],
)
def test_coefficients_in_order(least: Any, most: Any, places: list[str]) -> None:
    """Each from 1 on, and the least not above the most: what is named is what is at fault."""
    try:
        _settings(coefficient_min=least, coefficient_max=most)
        found = []
    except Malformed as error:
        found = [fault.place for fault in error.faults]
    assert found == places


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("weekly_hours_max", Decimal("0.01"), True),
        ("weekly_hours_max", Decimal(0), False),
        ("weekly_hours_max", Decimal(-1), False),
        ("weekly_hours_max", Decimal("NaN"), False),
        ("usual_weekly_hours", (Decimal(8), Decimal(8)), True),
        ("usual_weekly_hours", (Decimal("8.01"), Decimal(8)), False),
        ("usual_weekly_hours", (Decimal(8),), False),
        ("usual_weekly_hours", (Decimal(8), Decimal(9), Decimal(10)), False),
        ("usual_weekly_hours", [Decimal(8), Decimal(9)], False),
        ("usual_weekly_hours", (8, Decimal(9)), False),
        ("usual_weekly_hours", (Decimal(8), Decimal("Infinity")), False),
    ],
)
def test_hours_have_bounds(name: str, value: Any, fine: bool) -> None:  # noqa: FBT001 - what is expected
    """A Decimal above 0, and two in order."""
    try:
        _settings(**{name: value})
        found = []
    except Malformed as error:
        found = [fault.place for fault in error.faults]
    assert found == ([] if fine else [f"$.{name}"])


def test_the_order_of_a_table_does_not_tell_settings_apart() -> None:
    """Permissions and further policies say the same in any order of their commands."""
    plain = Settings()
    turned = {command: plain.permissions[command] for command in reversed(list(plain.permissions))}
    assert list(turned) != list(plain.permissions)
    assert Settings(permissions=turned).fingerprint == plain.fingerprint
    assert re.fullmatch("[0-9a-f]{16}", plain.fingerprint)


@pytest.mark.parametrize("automatic", [True, False])
def test_words_from_elsewhere_are_the_same_words(automatic: bool) -> None:  # noqa: FBT001 - what is expected
    """A setting read from a file is no other than one that is written in the source."""
    read = "".join(list("automatic" if automatic else "manual"))
    assert _settings(close_when_full=read).closes_when_full is automatic
    counted = "".join(list("live" if automatic else "registered"))
    assert _settings(quota_counts=counted).counts_live is automatic


def test_all_faulty_settings_are_named_at_once() -> None:
    """Every faulty setting is named, numbers and others alike."""
    faulty = {
        "max_convocations": 0,
        "grace_days": -1,
        "overbooking": -1,
        "weekly_hours_max": 48,
        "quota_counts": "all",
        "time_zone": "Mars/Olympus",
    }
    with pytest.raises(Malformed) as caught:
        _settings(**faulty)
    assert {fault.place for fault in caught.value.faults} == {f"$.{name}" for name in faulty}


_ALONE = [
    (name, value)
    for name, value in _FAULTY
    if not name.startswith("coefficient_") and (name, value) != ("keep_file_years", 1)
]
"""Whether a bound of coefficients is faulty depends on the other, and whether a file's year is, on the people's."""


@given(st.lists(st.sampled_from(_ALONE), unique_by=itemgetter(0), min_size=1))
def test_no_faulty_setting_hides_another(faulty: list[tuple[str, object]]) -> None:
    """Whichever are faulty, and however: each of them is named, and no other."""
    with pytest.raises(Malformed) as caught:
        _settings(**dict(faulty))
    assert {fault.place for fault in caught.value.faults} == {f"$.{name}" for name, _ in faulty}


_OTHERS: Mapping[str, st.SearchStrategy[Any]] = {
    "max_convocations": st.integers(1, 9),
    "coefficient_min": st.integers(1, 2),
    "coefficient_max": st.integers(2, 9),
    "quota_counts": st.sampled_from(["registered", "live"]),
    "overbooking": st.integers(0, 3),
    "close_when_full": st.sampled_from(["manual", "automatic"]),
    "grace_days": st.integers(0, 60),
    "warning_days": st.integers(0, 60),
    "weekly_hours_max": st.sampled_from([Decimal(35), Decimal(48), Decimal("48.00"), Decimal("48.5")]),
    "usual_weekly_hours": st.sampled_from([
        (Decimal(8), Decimal(35)),
        (Decimal("8.0"), Decimal(35)),
        (Decimal(9), Decimal(35)),
    ]),
    "time_zone": st.sampled_from(["Europe/Paris", "UTC", "Indian/Reunion"]),
    "permissions": st.sampled_from([
        PERMISSIONS,
        {**PERMISSIONS, commands.Convoke: (Grant(ActorKind.ORGANIZATION, trainer),)},
        {**PERMISSIONS, commands.Convoke: (Grant(ActorKind.ORGANIZATION),)},
        {**PERMISSIONS, commands.Convoke: (Grant(ActorKind.PLATFORM),)},
    ]),
    "catalogue": st.sampled_from([
        Catalogue.default(),
        Catalogue.of({"absence": ["late"], "size": ["small"]}),
        Catalogue.of({"absence": ["late"], "size": ["large"]}),
        Catalogue.of({"absence": ["late"]}),
    ]),
    "refuse_also": st.sampled_from([
        {},
        {commands.Convoke: (on_sunday,)},
        {commands.Convoke: (on_monday,)},
        {commands.Retain: (on_sunday,)},
        {commands.Convoke: (on_sunday, on_monday)},
    ]),
    "title_prefix": st.sampled_from(["[POEC]", "", "[AIF]"]),
    "leave_out": st.sampled_from([
        {},
        {commands.Convoke: ("convocation-limit-reached",)},
        {commands.Convoke: ("advice-deadline-passed",)},
        {commands.Retain: ("advice-deadline-passed",)},
        {commands.Convoke: ("advice-deadline-passed", "convocation-limit-reached")},
    ]),
    "keep_personal_data_years": st.integers(1, 3),
    "keep_file_years": st.none() | st.integers(3, 10),
}  # fmt: skip

_DECIDE_NOTHING = {"keep_personal_data_years": 2, "keep_file_years": None}
"""How long something is kept changes no decision: these have no part in the fingerprint."""


def _deciding(settings: Settings) -> Settings:
    return attrs.evolve(settings, **cast("Any", _DECIDE_NOTHING))


def test_every_setting_is_drawn() -> None:
    """The properties below know every setting."""
    assert set(_OTHERS) == {each.name for each in attrs.fields(Settings)}


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict(_OTHERS)), st.fixed_dictionaries({}, optional=dict(_OTHERS)))
def test_the_fingerprint_tells_settings_apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Two settings have the same fingerprint exactly when all that decisions depend on is equal."""
    first, second = _settings(**one), _settings(**other)
    assert (first.fingerprint == second.fingerprint) is (_deciding(first) == _deciding(second))


@pytest.mark.parametrize("name", _OTHERS)
@settings(deadline=None)
@given(data=st.data())
def test_one_setting_changes_the_fingerprint(name: str, data: st.DataObject) -> None:
    """Changing any one setting changes the fingerprint, if a decision depends on it."""
    changed = _settings(**{name: data.draw(_OTHERS[name])})
    assert (changed.fingerprint == Settings().fingerprint) is (_deciding(changed) == Settings())


def test_retired_and_reserved_codes_are_in_the_fingerprint() -> None:
    """What a catalogue retires or reserves changes the fingerprint."""
    plain = Catalogue.of({"size": ["small"]})
    (size,) = plain.motives
    retired = attrs.evolve(plain, motives=(attrs.evolve(size, retired=True),))
    reserved = attrs.evolve(plain, motives=(attrs.evolve(size, reserved=True),))
    without = attrs.evolve(plain, motives=(attrs.evolve(size, reasons=(attrs.evolve(size.reasons[0], retired=True),)),))
    assert len({Settings(catalogue=each).fingerprint for each in (plain, retired, reserved, without)}) == 4


def test_relations_of_one_name_are_not_the_same() -> None:
    """A grant under another module's relation of the same name changes the fingerprint."""
    module = ModuleType("elsewhere")
    exec("def trainer(subject, facts): return True", module.__dict__)  # noqa: S102 - a function of another module
    ours = {**PERMISSIONS, commands.Convoke: (Grant(ActorKind.ORGANIZATION, trainer),)}
    theirs = {**PERMISSIONS, commands.Convoke: (Grant(ActorKind.ORGANIZATION, module.trainer),)}
    assert Settings(permissions=ours).fingerprint != Settings(permissions=theirs).fingerprint


_ELSEWHERE = """
from poec_workflow import Settings, commands
from poec_workflow.policies import PERMISSIONS
def on_sunday(subject, facts): ...
on_sunday.__module__ = "test_settings"
print(Settings().fingerprint, Settings(grace_days=7, refuse_also={commands.Convoke: (on_sunday,)}).fingerprint)
"""


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_fingerprint_is_the_same_in_every_process(seed: str) -> None:
    """Whatever seed a process hashes with, equal settings have equal fingerprints."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    own = Settings(grace_days=7, refuse_also={commands.Convoke: (on_sunday,)})
    assert ran.stdout.split() == [Settings().fingerprint, own.fingerprint]


def test_settings_are_ready_to_use() -> None:
    """The zone and the checks of a service's own policies are made of what was set."""
    settings = Settings(close_when_full="automatic", refuse_also={commands.Convoke: (on_sunday, on_monday)})
    assert settings.closes_when_full
    assert not Settings().closes_when_full
    assert settings.zone.key == "Europe/Paris"
    checks = settings.checks[commands.Convoke]
    assert [(each.code, each.payload_free) for each in checks] == [("on-sunday", True), ("on-monday", False)]
    assert set(settings.permissions) == set(COMMANDS.values())


def no_seat_left(_subject: object, _facts: object) -> None:
    """A service's own policy with the name of one of the package's."""


@pytest.mark.parametrize(
    ("policy", "fault"),
    [(lambda _subject, _facts: None, "a function with a name"), (no_seat_left, "has the name of a rule")],
)
def test_an_own_policy_has_a_name_of_its_own(policy: Any, fault: str) -> None:
    """Its name is its refusal's code: it needs one, and not one of the package's."""
    with pytest.raises(Malformed, match=fault):
        Settings(refuse_also={commands.Convoke: (policy,)})


class _Office:
    def closed(self, _application: object, _facts: object) -> None: ...

    async def later(self, _application: object, _facts: object) -> None: ...

    def __call__(self, _application: object, _facts: object) -> None: ...


class _Later:
    __name__ = "later"

    async def __call__(self, _application: object, _facts: object) -> None: ...


def _named(name: str, test: Any) -> Any:
    test.__name__ = name
    return test


def wrapped(_application: object, _facts: object, _command: object) -> None: ...


@wraps(wrapped)
def wrapping(*of: object, **more: object) -> None:
    """A function that says of itself what it wraps."""


async def answers_later(_application: object, _facts: object) -> None: ...


def answers_many(_application: object, _facts: object) -> Any:
    yield {}


def logged(test: Any) -> Any:
    """A decorator as services write them."""

    @wraps(test)
    def inner(*arguments: Any) -> Any:
        return test(*arguments)

    return inner


class SomeClass:
    def __init__(self, _application: object, _facts: object) -> None: ...


_SHAPES: Mapping[str, tuple[Any, bool | None]] = {
    "two": (on_sunday, False),
    "three": (on_monday, True),
    "a keyword with a default": (_named("a", lambda _s, _f, *, least=3: least), False),
    "three and a keyword": (_named("a", lambda _s, _f, _c, *, least=3: least), True),
    "three and an optional one": (_named("a", lambda _s, _f, _c, least=3: least), True),
    "three and any": (_named("a", lambda _s, _f, _c, *_more, **_others: None), True),
    "two, one of them optional": (_named("a", lambda _s, _f=None: None), False),
    "a keyword whose default equals everything": (_named("a", lambda _s, _f, *, least=ANY: least), False),
    "two and an optional one that equals everything": (_named("a", lambda _s, _f, _c=ANY: None), None),
    "a bound method": (_Office().closed, False),
    "a partial": (_named("a", partial(on_monday)), True),
    "a partial that gives a keyword": (_named("a", partial(lambda _s, _f, _c, least: least, least=3)), True),
    "an object that can be called": (_named("a", _Office()), False),
    "one that says what it wraps": (wrapping, True),
    "none": (_named("a", lambda: None), None),
    "one": (_named("a", lambda _s: None), None),
    "four": (_named("a", lambda _s, _f, _c, _d: None), None),
    "any": (_named("a", lambda *_all: None), None),
    "two and any": (_named("a", lambda _s, _f, *_all: None), None),
    "two and an optional one": (_named("a", lambda _s, _f, _c=None: None), None),
    "a keyword that must be given": (_named("a", lambda _s, _f, *, least: least), None),
    "a partial of too many": (_named("a", partial(on_sunday, None)), None),
    "an unbound method": (_Office.closed, True),
    "without a name": (lambda _s, _f: None, None),
    "a partial without a name": (partial(on_sunday), None),
    "an object without a name": (_Office(), None),
    "async": (answers_later, None),
    "an async method": (_Office().later, None),
    "an async object": (_Later(), None),
    "a partial of async": (_named("a", partial(answers_later)), None),
    "a generator": (answers_many, None),
    "async behind a wrapper": (logged(answers_later), None),
    "a generator behind two": (logged(logged(answers_many)), None),
    "a partial of an async object": (_named("a", partial(_Later())), None),
    "a context manager": (contextmanager(answers_many), None),
    "a name that is none": (_named(cast("str", None), _Office()), None),
    "a function of no module": (str.join, None),
    "a class": (SomeClass, None),
    "a text": ("on_sunday", None),
    "nothing": (None, None),
    "without a signature": (max, None),
}


@pytest.mark.parametrize("name", _SHAPES)
def test_what_can_not_be_called_is_a_fault_of_the_settings(name: str) -> None:
    """A policy, and a relation, takes two or three arguments and answers at once; anything else is malformed."""
    function, looks_at_the_command = _SHAPES[name]
    if looks_at_the_command is not None:
        assert Grant("platform", function).relation is function
        [check] = Settings(refuse_also={commands.Convoke: (function,)}).checks[commands.Convoke]
        assert check.payload_free is not looks_at_the_command
        check.policy(*(None, None, None)[: 2 if check.payload_free else 3])
        return
    with pytest.raises(Malformed) as of_relation:
        Grant("platform", function)
    assert {each.place for each in of_relation.value.faults} == {"$.relation"}
    with pytest.raises(Malformed) as of_policy:
        Settings(refuse_also={commands.Convoke: (function,)})
    assert {each.place for each in of_policy.value.faults} == {"$.refuse_also"}


def test_defaults_stay_what_they_are() -> None:
    """A policy with a parameter of its own is called with its default, and not with the command."""

    def few_seats(_application: object, _facts: object, *, least: int = 3) -> dict[str, int]:
        return {"least": least}

    [check] = Settings(refuse_also={commands.Convoke: (few_seats,)}).checks[commands.Convoke]
    [refusal] = refusals_of([check], None, cast("Facts", None), cast("commands.Command", "the command"))
    assert refusal.details == {"least": 3}


@pytest.mark.parametrize("name", ["_on_sunday", "OnSunday", "on__sunday", "on_sunday_", "dimanche_fermé", "o²"])
def test_a_name_that_gives_no_code_is_a_fault(name: str) -> None:
    """Codes are words in kebab-case."""
    with pytest.raises(Malformed, match=r"\$\.refuse_also"):
        Settings(refuse_also={commands.Convoke: (_named(name, lambda _s, _f: None),)})


def test_a_code_stands_once_for_a_command() -> None:
    """Two policies of one code could not be told apart; for different commands the same one may stand."""
    again = _named("on_sunday", lambda _s, _f: None)
    for twice in ((on_sunday, on_sunday), (on_sunday, again)):
        with pytest.raises(Malformed, match="on-sunday stands twice for convoke"):
            Settings(refuse_also={commands.Convoke: twice})
    Settings(refuse_also={commands.Convoke: (on_sunday,), commands.Retain: (again,)})


def _said(**templates: Any) -> Any:
    return messages(**templates)(_named("too_late", lambda _s, _f: None))


@pytest.mark.parametrize(
    "template",
    ["", " ", None, 5, "{", "}", "a { b", "{}", "{0}", "{on.x.y}", "{on[0]}", "{on!z}", "{on!}", "{on:zz}", "{on: }x{",
     "{on:{width}}", "{on:>99999999}", "{a b}", "{ on }", "{on:%Q}", b"{on}"],
)  # fmt: skip
def test_a_sentence_that_can_not_be_filled_in_is_a_fault(template: Any) -> None:
    """Whatever can be known before there are details is known when the settings are made."""
    for of in (_said(fr="Trop tard.", en=template), _said(fr=template, en="Too late.")):
        with pytest.raises(Malformed) as caught:
            Settings(refuse_also={commands.Convoke: (of,)})
        [fault] = caught.value.faults
        assert (fault.place, "messages of too_late" in fault.problem) == ("$.refuse_also", True)


@pytest.mark.parametrize(
    "template",
    ["Trop tard.", "{on}", "{{on}}", "{on:%d/%m/%Y}", "{on:%A %-d %B, %H:%M}", "{rate:.1%}", "{count:03d}",
     "{place:>20}", "{place!r}", "{hours:.2f}", "{été}"],
)  # fmt: skip
def test_a_sentence_that_can_be_filled_in(template: str) -> None:
    """Formats of days, numbers and texts are fine; a language may be missing, for its code says it all."""
    Settings(refuse_also={commands.Convoke: (_said(fr=template),)})


def test_a_sentence_in_no_language_of_ours_is_a_fault() -> None:
    """Nobody would ever read it; nor is anything but a mapping read."""
    with pytest.raises(Malformed, match="unknown language 'de': one of fr, en"):
        Settings(refuse_also={commands.Convoke: (_said(fr="Non.", de="Nein."),)})
    wrong = _said()
    wrong.messages = ["Non."]
    with pytest.raises(Malformed, match="a mapping of languages"):
        Settings(refuse_also={commands.Convoke: (wrong,)})


def written_out(_subject: Any, _facts: Facts, command: Any) -> Any:
    if command.on is None:
        return None
    if command.time is None:
        return dict(on=command.on)  # noqa: C408 - the other way to write a mapping

    def elsewhere() -> str:
        return "not the policy's own"

    return {"on": command.on, "time": elsewhere()} if command.place else None


def bare(_subject: Any, _facts: Facts) -> Any:
    return


def computed(_subject: Any, _facts: Facts) -> Any:
    if _subject:
        return {"on": 1}
    return _details()


def keyed(subject: Any, _facts: Facts) -> Any:
    return {subject: 1}


def spread(subject: Any, _facts: Facts) -> Any:
    return {"on": 1, **subject} if subject else dict(**subject)


def _details() -> dict[str, int]:
    return {"nope": 1}


@pytest.mark.parametrize(("policy", "given"), [(written_out, "on, time"), (bare, "none")])
def test_a_placeholder_that_no_detail_fills_is_a_fault(policy: Any, given: str) -> None:
    """It is misspelt: the policy's source says which details there are."""
    with pytest.raises(Malformed, match=f"fr: {{nope}} is no detail of the policy, which gives {given}"):
        Settings(refuse_also={commands.Convoke: (messages(fr="Le {zut} {nope}.")(policy),)})
    Settings(refuse_also={commands.Convoke: (messages(fr="Le {on:%d/%m/%Y} à {time}.")(written_out),)})


@given(st.sets(st.sampled_from(["on", "time"])), st.sets(st.sampled_from(["nope", "at", "zut"])))
def test_a_sentence_says_as_many_details_as_it_likes(given: set[str], others: set[str]) -> None:
    """Any of the policy's; of the others the first in the alphabet is named."""
    policy = messages(fr=" ".join(["Le", *(f"{{{each}}}" for each in given | others)]))(written_out)
    if not others:
        Settings(refuse_also={commands.Convoke: (policy,)})
        return
    with pytest.raises(Malformed, match=f"fr: {{{min(others)}}} is no detail of the policy, which gives on, time"):
        Settings(refuse_also={commands.Convoke: (policy,)})


_SERVICE = "def too_late(_subject, _facts):\n    return {'on': 1}\n"


def _loaded(file: Path, source: str) -> Any:
    """The function `too_late` of a service's module, whose sentence has a placeholder that is misspelt."""
    file.write_text(source, encoding="utf-8")
    made: dict[str, Any] = {}
    exec(compile(source, file, "exec"), made)  # noqa: S102 - as an import does
    return messages(fr="Le {nope}.")(made["too_late"])


@pytest.mark.parametrize(
    "now",
    ["", "# nothing\n", "too_late = None\n", "before = 1; after = 2\n", "def (\n", "class too_late:\n    pass\n",
     _SERVICE.replace("too_late", "a_policy"), _SERVICE.replace("too_late", "younger_than"), f"async {_SERVICE}"],
)  # fmt: skip
def test_a_source_that_was_changed_since_is_not_judged(tmp_path: Path, now: str) -> None:
    """A new release was put in place of the running one: where the policy stood, something else may stand."""
    file = tmp_path / "service.py"
    policy = _loaded(file, _SERVICE)
    file.write_text(now, encoding="utf-8")
    Settings(refuse_also={commands.Convoke: (policy,)})


def test_a_source_is_judged_wherever_it_is(tmp_path: Path) -> None:
    """In a file that was loaded by hand, and by a name that was made at run time."""
    policy = _loaded(tmp_path / "service.py", _SERVICE)
    for name in (policy.__name__, "too late".replace(" ", "_")):
        with pytest.raises(Malformed, match=r"\{nope\} is no detail of the policy, which gives on"):
            Settings(refuse_also={commands.Convoke: (_named(name, policy),)})


def test_an_object_that_can_be_called_is_not_judged() -> None:
    """Its class has a source, but not one of a policy; nor has a partial."""
    for policy in (_named("too_late", _Office()), _named("too_late", partial(on_monday))):
        Settings(refuse_also={commands.Convoke: (messages(fr="Le {nope}.")(policy),)})


def test_a_policy_without_source_is_not_judged() -> None:
    """One that was typed in, or made by a program: its details are known with its first refusal."""
    made: dict[str, Any] = {}
    exec("def typed_in(_subject, _facts): return {'on': 1}", made)  # noqa: S102 - as an interactive session does
    Settings(refuse_also={commands.Convoke: (messages(fr="Le {nope}.")(made["typed_in"]),)})


@pytest.mark.parametrize("policy", [computed, keyed, spread, wraps(written_out)(lambda *_: {"nope": 1})])
def test_a_placeholder_of_computed_details_is_not_judged(policy: Any) -> None:
    """Whatever the source does not say is known with the details, and a refusal then has its sentence all the same."""
    Settings(refuse_also={commands.Convoke: (messages(fr="Le {nope}.")(policy),)})


def test_a_policy_with_several_faults_has_all_of_them_named() -> None:
    """Its parameters, its name, its messages and its place among our rules: none hides another."""
    policy = messages(fr="{0}", de="x")(_named("no_seat_left", lambda _s: None))
    with pytest.raises(Malformed) as caught:
        Settings(refuse_also={commands.Convoke: (policy, messages(fr="{")(_named("Bad_Name", lambda _s: None)))})
    told = str(caught.value)
    for part in ("number of arguments", "no_seat_left has the name", "{0}", "language 'de'", "Bad_Name gives no code"):
        assert part in told


_AT_FAULT: Mapping[str, Any] = {
    "a function with a name": lambda _s, _f: None,
    "not 'on_sunday'": "on_sunday",
    "takes another number of arguments": _named("a", lambda: None),
    "no_seat_left has the name of a rule": no_seat_left,
    "Bad_Name gives no code": _named("Bad_Name", lambda _s, _f: None),
    "messages of too_late: fr": _said(fr="{"),
    "messages of too_soon: unknown language 'de'": messages(de="Nein.")(_named("too_soon", lambda _s, _f: None)),
}


@given(st.lists(st.sampled_from(sorted(_AT_FAULT)), unique=True, min_size=1))
def test_no_policy_hides_the_fault_of_another(faults: list[str]) -> None:
    """In whatever order they stand: one fault of each, and no more."""
    with pytest.raises(Malformed) as caught:
        Settings(refuse_also={commands.Convoke: tuple(_AT_FAULT[each] for each in faults)})
    told = [each.problem for each in caught.value.faults]
    assert len(told) == len(faults)
    assert all(fault in problem for fault, problem in zip(faults, told, strict=True))


@pytest.mark.parametrize("answer", ["no", 0, 1, object(), ()])
def test_a_relation_that_says_neither_true_nor_false_permits_nobody(answer: object) -> None:
    """It is an error of the service's own; what is only truthy must not open a door."""
    grant = Grant("organization", _named("ours", lambda _s, _f: answer))
    around = cast("Any", SimpleNamespace(actor=Actor(kind="organization", organization="AFEC")))
    with pytest.raises(TypeError, match="the relation ours must say True or False"):
        grant.covers(None, around, None)
    assert Grant("organization", _named("ours", lambda _s, _f: None)).covers(None, around, None) is False


def test_all_faults_of_own_policies_are_named_at_once() -> None:
    """Each of them, whichever command it stands for."""
    with pytest.raises(Malformed) as caught:
        _settings(
            grace_days=-1,
            permissions={**PERMISSIONS, commands.Convoke: ("platform",)},
            refuse_also={
                commands.Convoke: (_named("a", lambda: None), _said(de="Nein.", fr="{"), no_seat_left),
                commands.Expire: (on_sunday,),
                "retain": (),
            },
        )
    places = [each.place for each in caught.value.faults]
    assert places == ["$.grace_days", "$.permissions", *["$.refuse_also"] * 6]


def test_a_wrong_row_is_a_fault_of_its_table() -> None:
    """Conditions, and the policies of a row, have the same shape as a service's own."""
    with pytest.raises(Malformed):
        condition(_named("a", lambda _s: True))
    with pytest.raises(Malformed):
        Check.of(_named("a", lambda: None))

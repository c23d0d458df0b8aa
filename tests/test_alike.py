"""What one storage takes or refuses, all three take or refuse: no database's limits show through the surface."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from attrs import evolve, fields, has
from hypothesis import given, settings
from hypothesis import strategies as st

from guarantees import ADVISER, MADE, PLATFORM, TRAINER, registering, workflow_on, workflow_with_session
from poec_workflow import Actor, ActorKind, CommandRefused, Malformed, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.row_mapping import stored_key
from poec_workflow.commands import Command
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter
from stores import say
from world import SAMPLES

LONGEST = 10_000
SEATS, COEFFICIENT = commands.SetCapacity("S-1", capacity=5), commands.SetCoefficient("S-1", coefficient=4)


@pytest.fixture(scope="module")
def everywhere(postgresql_server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Workflow]]:
    """The same town on every storage."""
    del postgresql_server
    folder: Path = tmp_path_factory.mktemp("alike")
    with ExitStack() as stack:
        towns = [workflow_with_session(stack.enter_context(made(folder / f"{name}.db"))) for name, made in MADE.items()]
        for each in towns:
            each.execute(registering(1), ADVISER)
        yield towns


# Keys


def outcome(workflow: Workflow, command: Command, key: str) -> object:
    """What comes of a command with a key: the subject and whether it is the first answer, or why there is none."""
    try:
        answer = workflow.execute(command, PLATFORM if command is SEATS else TRAINER, key=key)
    except CommandRefused as refused:
        return sorted(refused.codes)
    except Malformed as error:
        return str(error)
    return answer.subject, answer.replayed


def noise(length: int, seed: int = 0) -> str:
    """Text that no database can shorten by compressing it."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return "".join(chr(chance.randrange(0x100, 0xD7FF)) for _ in range(length))


some_text = st.text(st.characters(codec=None), max_size=80)
# Short keys of every character there is, and long ones of noise, which have their beginnings in common.
keys = st.one_of(
    some_text,
    st.builds(
        lambda start, length, seed: (start + noise(length, seed))[:length],
        some_text,
        st.sampled_from([63, 64, 65, 71, 1_000, 2_700, LONGEST, LONGEST + 1]),
        st.integers(0, 3),
    ),
)


@settings(max_examples=50, deadline=None)
@given(key=keys)
def test_a_key_behaves_alike(everywhere: list[Workflow], key: str) -> None:
    """Whatever its length and characters: taken once, replayed after, refused to another command, or malformed."""
    for command in (SEATS, COEFFICIENT) * 2:
        first, *others = (outcome(each, command, key) for each in everywhere)
        assert all(each == first for each in others)


@pytest.mark.parametrize("length", [64, 65, 71, LONGEST])
def test_keys_that_differ_in_their_last_character_are_two(everywhere: list[Workflow], length: int) -> None:
    """Also where an index could not hold them."""
    start = noise(length - 1, seed=length)
    for workflow in everywhere:
        asked = [workflow.execute(SEATS, PLATFORM, key=start + last) for last in "aba"]
        assert [each.replayed for each in asked] == [False, False, True]


def test_a_key_that_looks_like_anothers_digest_is_its_own(everywhere: list[Workflow]) -> None:
    """Nobody gets the answer of a key that they do not know."""
    known = noise(LONGEST, seed=9)
    for workflow in everywhere:
        workflow.execute(SEATS, PLATFORM, key=known)
        workflow.execute(COEFFICIENT, TRAINER, key=stored_key(known))
        assert workflow.execute(SEATS, PLATFORM, key=known).replayed
        assert workflow.execute(COEFFICIENT, TRAINER, key=stored_key(known)).replayed


def test_a_long_key_that_was_stored_whole_stays_valid(database_url: str) -> None:
    """As releases before kept it."""
    key = "k" * 500
    with SqlStorage.open(database_url) as storage:
        workflow_with_session(storage).execute(SEATS, PLATFORM, key=key)
        say(database_url, f"UPDATE poec_receipts SET key = '{key}'")  # noqa: S608
        workflow = workflow_on(storage)
        assert workflow.execute(SEATS, PLATFORM, key=key).replayed
        assert outcome(workflow, COEFFICIENT, key) == ["key-reused"]


# Texts and numbers that no database has, or that each has in its own way


BAD: Mapping[type, tuple[Any, ...]] = {
    str: ("a\0b", "\ud800", "a\udfff", "x" * (LONGEST + 1)),
    int: (2**31 + 1, 2**63, -(2**64), 10**400),
}


def spoiled(value: Any) -> Iterator[Any]:
    """A value with each of its texts and numbers in turn made bad, at any depth, those that are not given too."""
    hints = get_type_hints(type(value))
    for each in fields(type(value)):
        given_one = getattr(value, each.name)
        if has(type(given_one)):
            worse: Iterator[Any] = spoiled(given_one)
        elif isinstance(given_one, Mapping):
            worse = iter([*({bad: "x"} for bad in BAD[str]), *({"programme": bad} for bad in BAD[str])])
        else:
            worse = (bad for kind, some in BAD.items() if kind in alternatives(hints[each.name]) for bad in some)
        for bad in worse:
            with suppress(Malformed):  # of some values already when they are made
                yield evolve(value, **{each.alias: bad})


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that an annotation allows."""
    return getattr(hint, "__args__", (hint,))


def refused_alike(everywhere: list[Workflow], ask: Callable[[Workflow], object]) -> None:
    """Every storage says the same of what is malformed."""
    said = set()
    for workflow in everywhere:
        with pytest.raises(Malformed) as error:
            ask(workflow)
        said.add(str(error.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_no_field_of_a_command_takes_them(everywhere: list[Workflow], name: str) -> None:
    """Whichever command and field, given or left out; carried out, or only previewed."""
    worse = list(spoiled(SAMPLES[name]))
    assert worse
    for command in worse:
        refused_alike(everywhere, lambda workflow, command=command: workflow.execute(command, PLATFORM))  # type: ignore[misc]
        refused_alike(everywhere, lambda workflow, command=command: workflow.preview(command, PLATFORM))  # type: ignore[misc]


def test_no_field_of_an_actor_takes_them(everywhere: list[Workflow]) -> None:
    """Nor the key, nor the expected version."""
    somebody = Actor(kind=ActorKind.ADVISER, organization="FT")
    for actor in spoiled(somebody):
        refused_alike(everywhere, lambda workflow, actor=actor: workflow.execute(SEATS, actor))  # type: ignore[misc]
        refused_alike(everywhere, lambda workflow, actor=actor: workflow.explain("C-1", actor))  # type: ignore[misc]
    for bad in BAD[str]:
        refused_alike(everywhere, lambda workflow, bad=bad: workflow.execute(SEATS, PLATFORM, key=bad))  # type: ignore[misc]
    for bad in BAD[int]:
        refused_alike(
            everywhere,
            lambda workflow, bad=bad: workflow.execute(SEATS, PLATFORM, expected_version=bad),  # type: ignore[misc]
        )


LISTS: Mapping[str, tuple[Any, Callable[[Workflow, Any], object]]] = {
    "applications": (ApplicationFilter(), lambda workflow, asked: workflow.applications(asked)),
    "application tabs": (ApplicationFilter(), lambda workflow, asked: workflow.application_tabs(asked)),
    "sessions": (SessionFilter(), lambda workflow, asked: workflow.sessions(asked)),
    "session tabs": (SessionFilter(), lambda workflow, asked: workflow.session_tabs(asked)),
    "actions": (ActionFilter(), lambda workflow, asked: workflow.actions(asked)),
    "action tabs": (ActionFilter(), lambda workflow, asked: workflow.action_tabs(asked)),
    "applications' pages": (PageRequest(), lambda workflow, asked: workflow.applications(page=asked)),
    "sessions' pages": (PageRequest(), lambda workflow, asked: workflow.sessions(page=asked)),
    "actions' pages": (PageRequest(), lambda workflow, asked: workflow.actions(page=asked)),
}


@pytest.mark.parametrize("name", LISTS)
def test_no_filter_takes_them(everywhere: list[Workflow], name: str) -> None:
    """Neither of a list, nor of its tabs, nor of its pages."""
    asked, ask = LISTS[name]
    worse = list(spoiled(asked))
    assert worse
    for each in worse:
        refused_alike(everywhere, lambda workflow, each=each: ask(workflow, each))  # type: ignore[misc]


ONE: Mapping[str, Callable[[Workflow, str], object]] = {
    "application": lambda workflow, bad: workflow.application(bad),
    "session": lambda workflow, bad: workflow.session(bad),
    "action": lambda workflow, bad: workflow.action(bad),
    "history": lambda workflow, bad: workflow.history("application", bad),
    "explain": lambda workflow, bad: workflow.explain(bad, PLATFORM),
    "candidate's applications": lambda workflow, bad: workflow.candidate_applications(bad),
    "dashboard": lambda workflow, bad: workflow.dashboard(bad),
    "work queue": lambda workflow, bad: workflow.work_queue(bad),
    "erase candidate": lambda workflow, bad: workflow.erase_candidate(bad),
}


@pytest.mark.parametrize("name", ONE)
def test_no_question_takes_them(everywhere: list[Workflow], name: str) -> None:
    """One subject, an organisation or a person, asked for by what can't be their reference."""
    for bad in BAD[str]:
        refused_alike(everywhere, lambda workflow, bad=bad: ONE[name](workflow, bad))  # type: ignore[misc]

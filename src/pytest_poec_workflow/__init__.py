"""A pytest plugin: a workflow on memory, its clock, a notifier, journals. It loads the package when a test asks.

It stands outside of `poec_workflow`, for pytest imports plugins before anything else: other people's runs must not
pay for ours, and who measures the package's coverage must see it imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from poec_workflow import Settings, Workflow
    from poec_workflow.machines import Lifecycles
    from poec_workflow.ports import Storage
    from poec_workflow.testing import Played, RecordingNotifier, SettableClock
    from poec_workflow.testing.journals import Lines

OPTION = "--poec-journals"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--poec-journals DIR`."""
    group = parser.getgroup("poec_workflow")
    group.addoption(
        OPTION,
        metavar="DIR",
        default=None,
        help="keep the journal of each failing LifecycleMachine in DIR, as JSON Lines",
    )


def pytest_exception_interact(node: Any, call: pytest.CallInfo[Any]) -> None:  # noqa: ANN401 - a node of any kind
    """Keep the journal that a failure tells, where the option says so."""
    folder = node.config.getoption(OPTION)
    if folder is None or call.excinfo is None:
        return
    for number, journal in enumerate(_journals(call.excinfo.value)):
        name = re.sub(r"[^\w.-]+", "-", node.nodeid).strip("-") + (f"-{number}" if number else "")
        place = Path(folder) / f"{name}.jsonl"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(f"{line}\n" for line in journal), encoding="utf-8")


def _journals(error: BaseException) -> Iterator[tuple[str, ...]]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _journals(each)
    elif journal := getattr(error, "poec_journal", None):
        yield journal


@pytest.fixture
def poec_clock() -> SettableClock:
    """A clock that stands still until it is told, at 2021-11-02 09:00 in Paris."""
    from poec_workflow.testing import SettableClock  # noqa: PLC0415 - only who asks loads the package

    return SettableClock("2021-11-02T09:00:00+01:00")


@pytest.fixture
def poec_settings() -> Settings:
    """The rules' settings: the default ones; a project gives its own by a fixture of this name."""
    from poec_workflow import Settings  # noqa: PLC0415 - as above

    return Settings()


@pytest.fixture
def poec_storage() -> Storage:
    """A storage that holds nothing, in memory; a project gives its own by a fixture of this name."""
    from poec_workflow.adapters.memory import MemoryStorage  # noqa: PLC0415 - as above

    return MemoryStorage()


@pytest.fixture
def poec_lifecycles() -> Lifecycles:
    """The lifecycles: the package's; a project with rows of its own gives its own by a fixture of this name."""
    from poec_workflow.machines import LIFECYCLES  # noqa: PLC0415 - as above

    return LIFECYCLES


@pytest.fixture
def poec_workflow(
    poec_storage: Storage, poec_clock: SettableClock, poec_settings: Settings, poec_lifecycles: Lifecycles
) -> Workflow:
    """A workflow of the four."""
    from poec_workflow import Workflow  # noqa: PLC0415 - as above

    return Workflow(poec_storage, clock=poec_clock, settings=poec_settings, lifecycles=poec_lifecycles)


@pytest.fixture
def poec_notifier() -> RecordingNotifier:
    """A notifier that keeps what it is told."""
    from poec_workflow.testing import RecordingNotifier  # noqa: PLC0415 - as above

    return RecordingNotifier()


@pytest.fixture
def poec_journal(poec_workflow: Workflow) -> Callable[[Lines], Played]:
    """Play a journal on the workflow: `poec_journal(Path("season.jsonl"))`, its text, or its requests."""
    from poec_workflow.testing import play  # noqa: PLC0415 - as above

    return lambda journal: play(journal, poec_workflow)

"""Observers: the answer, the request and the duration; logs with their codes as fields; spans and figures of others."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from poec_workflow import Accepted, Refused, Request, Workflow, commands
from poec_workflow.adapters.opentelemetry_observer import OpenTelemetryObserver
from poec_workflow.observers import LogDecisions
from poec_workflow.testing import SettableClock
from test_workflow import OVERDUE, PLATFORM, TRAINER, House, registering, retaining


@pytest.fixture
def workflow() -> Workflow:
    return evolve(House().workflow, observe=None)


class Asked:
    """An observer that takes all, and has no hash."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self) -> None:
        self.heard: list[tuple[Any, Request, float]] = []

    def __call__(self, answer: Accepted | Refused, request: Request, duration: float) -> None:
        self.heard.append((answer, request, duration))

    def __eq__(self, other: object) -> bool:
        return self is other


def test_every_answer_comes_with_its_request(workflow: Workflow) -> None:
    """One by one, in batches, all or nothing, undone, with a remedy, and swept: in order, with seconds."""
    asked = Asked()
    heard = evolve(workflow, observe=asked)
    one, two, three, four = (Request(registering(number), PLATFORM) for number in range(1, 5))
    refused = Request(retaining(1), TRAINER)
    heard.submit(one)
    heard.submit_or_remedy(refused)
    heard.execute_many([two, refused], batch=2)
    heard.execute_many([three], atomic=True)
    heard.execute_many([four, refused], atomic=True)
    assert [request for _, request, _ in asked.heard] == [one, refused, two, refused, three, refused]
    assert [type(answer) for answer, _, _ in asked.heard] == [Accepted, Refused, Accepted, Refused, Accepted, Refused]
    assert all(0 < duration < 60 for _, _, duration in asked.heard)
    asked.heard.clear()
    evolve(heard, clock=SettableClock(OVERDUE)).sweep()
    assert [request.command for _, request, _ in asked.heard] == [
        commands.Expire(f"C-{number}") for number in (1, 2, 3)
    ]
    assert [answer.subject.reference for answer, _, _ in asked.heard] == ["C-1", "C-2", "C-3"]


def test_an_observer_takes_what_it_names(workflow: Workflow) -> None:
    """The answer alone, with the request, with the duration by keyword; what takes anything gets the answer."""
    heard: list[Any] = []

    def with_request(answer: object, request: Request) -> None:
        heard.append((type(answer), request.command.type))

    def with_duration(answer: object, *, duration: float) -> None:
        heard.append((type(answer), duration > 0))

    def anything(*arguments: object, **named: object) -> None:
        heard.append((len(arguments), named))

    observers: list[Any] = [heard.append, with_request, with_duration, anything]
    for number, observe in enumerate(observers, 1):
        evolve(workflow, observe=observe).submit(Request(registering(number), PLATFORM))
    assert isinstance(heard[0], Accepted)
    assert heard[1:] == [(Accepted, "preregister"), (Accepted, True), (1, {})]


def test_a_decision_is_logged_with_its_codes(workflow: Workflow, caplog: pytest.LogCaptureFixture) -> None:
    """One record an answer, without anybody's name."""
    logged = evolve(workflow, observe=LogDecisions(refused_level=logging.WARNING))
    with caplog.at_level(logging.INFO, "poec_workflow.decisions"):
        logged.submit(Request(registering(1), PLATFORM))
        logged.submit(Request(retaining(1), TRAINER))
    said = [(each.levelname, each.getMessage()) for each in caplog.records]
    assert said == [
        ("INFO", "preregister C-1: accepted"),
        ("WARNING", "retain C-1: refused (no-transition)"),
    ]
    fields = {name: value for name, value in vars(caplog.records[1]).items() if name.startswith("poec_")}
    assert fields.pop("poec_duration") > 0
    assert fields == {
        "poec_command": "retain",
        "poec_subject_kind": "application",
        "poec_reference": "C-1",
        "poec_actor_kind": "organization",
        "poec_organization": TRAINER.organization,
        "poec_outcome": "refused",
        "poec_codes": ("no-transition",),
    }


def test_a_host_without_logging_sees_nothing() -> None:
    """Neither decisions nor an observer that fails are printed where nobody set up logging."""
    code = (
        "from poec_workflow import Workflow, Actor, Request, commands\n"
        "from poec_workflow.adapters.memory import MemoryStorage\n"
        "from poec_workflow.observers import LogDecisions\n"
        "import logging\n"
        "request = Request(commands.PublishAction('A-1'), Actor(kind='platform'))\n"
        "Workflow(MemoryStorage(), observe=LogDecisions(refused_level=logging.ERROR)).submit(request)\n"
        "Workflow(MemoryStorage(), observe=lambda answer: 1 / 0).submit(request)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")


class Telemetry:
    """What the SDK of OpenTelemetry is told, kept in memory."""

    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])

    def points(self, name: str) -> Iterator[Any]:
        data: Any = self.reader.get_metrics_data()
        for each in data.resource_metrics[0].scope_metrics[0].metrics:
            if each.name == name:
                yield from each.data.data_points


def test_a_command_is_a_span(workflow: Workflow) -> None:
    """Below the host's own, as long as the transaction took, with codes and no names; answers are counted by code."""
    known = Telemetry()
    watched = evolve(workflow, observe=OpenTelemetryObserver(known.tracers, known.meters))
    with known.tracers.get_tracer("host").start_as_current_span("request") as request:
        watched.submit(Request(registering(1), PLATFORM))
        watched.submit(Request(retaining(1), TRAINER))
        watched.submit(Request(retaining(1), TRAINER))
    finished: Any = known.spans.get_finished_spans()
    accepted, refused, _, own = finished
    assert own.name == "request"
    assert accepted.name == "poec_workflow preregister"
    assert accepted.parent == request.get_span_context()
    assert own.start_time <= accepted.start_time < accepted.end_time <= own.end_time
    assert dict(refused.attributes) == {
        "poec.command": "retain",
        "poec.subject_kind": "application",
        "poec.reference": "C-1",
        "poec.actor_kind": "organization",
        "poec.organization": TRAINER.organization,
        "poec.outcome": "refused",
        "poec.codes": ("no-transition",),
    }
    counted = {tuple(sorted(each.attributes.values())): each.value for each in known.points("poec_workflow.answers")}
    assert counted == {("accepted", "preregister"): 1, ("no-transition", "refused", "retain"): 2}
    assert {each.count for each in known.points("poec_workflow.duration")} == {1, 2}

"""An observer for OpenTelemetry: a span a command, answers counted by code, and how long they took.

Needs the extra `otel`, which is the API alone: what becomes of spans and figures is the host's to set up.
"""

from __future__ import annotations

from time import time_ns

from attrs import define, field

from poec_workflow.adapters.extras import needs_extra

with needs_extra("otel"):
    from opentelemetry.metrics import Counter, Histogram, MeterProvider, get_meter
    from opentelemetry.trace import SpanKind, Tracer, TracerProvider, get_tracer

from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.observers import described

_NAME = "poec_workflow"
_NANOSECONDS = 1_000_000_000


@define(eq=False)
class OpenTelemetryObserver:
    """`Workflow(…, observe=OpenTelemetryObserver())`.

    The span `poec_workflow COMMAND` began with the transaction and ends now, below the span that is current; a refusal
    is an answer and no error. `poec_workflow.answers` counts by `poec.command`, `poec.outcome` and `poec.code`, a
    refusal with two codes once each; `poec_workflow.duration` is a histogram in seconds. References stand on spans
    alone: figures with a reference each would have no end.

    Attributes:
        tracer_provider: the host's; the global one by default.
        meter_provider: likewise.
    """

    tracer_provider: TracerProvider | None = None
    meter_provider: MeterProvider | None = None
    _tracer: Tracer = field(init=False)
    _answers: Counter = field(init=False)
    _duration: Histogram = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._tracer = get_tracer(_NAME, tracer_provider=self.tracer_provider)
        meter = get_meter(_NAME, meter_provider=self.meter_provider)
        self._answers = meter.create_counter("poec_workflow.answers", "{answer}", "Answers of the rules, by code.")
        self._duration = meter.create_histogram("poec_workflow.duration", "s", "How long a command's transaction took.")

    def __call__(self, answer: Accepted | Refused, request: Request, duration: float) -> None:
        """Tell one answer."""
        ended = time_ns()
        facts = described(answer, request)
        span = self._tracer.start_span(
            f"{_NAME} {facts['command']}",
            kind=SpanKind.INTERNAL,
            attributes={f"poec.{name}": value for name, value in facts.items() if value},
            start_time=ended - int(duration * _NANOSECONDS),
        )
        span.end(ended)
        common = {"poec.command": str(facts["command"]), "poec.outcome": str(facts["outcome"])}
        for code in facts["codes"] or ("",):
            self._answers.add(1, {**common, "poec.code": code} if code else common)
        self._duration.record(duration, common)

"""What a live application in `MemoryStorage` takes beyond its own values, in bytes.

Applications are registered from the lines of a journal; some are convoked, and recorded as present. What the process
then holds for each, less the same applications as plain values in a list, is what history and indexes add. Nobody is
told, for messages leave the storage once they are sent.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Sequence

from attrs import evolve

from benchmarks.files_entered import DESK, PLATFORM, SETUP
from benchmarks.lines import Line, at_most
from poec_workflow import Application, Candidate, CommandRefused, Refused, Request, Workflow, from_json, to_json
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.notices import NONE
from poec_workflow.serialization import journal_line

TARGETS = {1: 700.0, 3: 1500.0}
"""The bytes that an application of so many events may take beyond its own values."""
PER_SESSION = 100
CANDIDATE = {"name": "Zoé Nabil"}
LIFE = (
    ("2021-11-15T09:00:00+01:00", PLATFORM, {"type": "preregister", "prescriber": {"origin": "self"}}),
    ("2021-11-16T09:00:00+01:00", DESK, {"type": "convoke", "on": "2021-11-22", "time": "09:30", "place": "Agen"}),
    ("2021-11-22T10:00:00+01:00", DESK, {"type": "record-presence"}),
)


def request(at: str, actor: object, command: object) -> Request:
    """A request as a service gets it, from JSON."""
    return journal_line(json.dumps({"at": at, "actor": actor, "command": command}))


def accept(workflow: Workflow, request: Request) -> None:
    """Carry out a request, and forget the answer."""
    answer = workflow.submit(request)
    if isinstance(answer, Refused):
        raise CommandRefused(answer.refusals)


def begun(applications: int) -> Workflow:
    """A workflow on an empty storage, with sessions enough."""
    workflow = Workflow(MemoryStorage(), notices=NONE)
    action, published, session, *_ = SETUP
    numbers = range(applications // PER_SESSION + 1)
    sessions = ({**session, "session": f"S-{each:06}", "capacity": PER_SESSION} for each in numbers)
    for command in (action, published, *sessions):
        accept(workflow, request(LIFE[0][0], PLATFORM, command))
    return workflow


def live(workflow: Workflow, number: int, events: int) -> None:
    """One application, as far as so many events."""
    reference, session = f"C-{number:06}", f"S-{number // PER_SESSION:06}"
    own = {"session": session, "candidate": {**CANDIDATE, "reference": f"P-{number:06}"}}
    for at, actor, command in LIFE[:events]:
        known = {**command, "application": reference, **(own if command["type"] == "preregister" else {})}
        accept(workflow, request(at, actor, known))


def lived(workflow: Workflow, applications: int, events: int) -> None:
    """So many of them."""
    for number in range(applications):
        live(workflow, number, events)


def values(application: str, person: str) -> tuple[Application, Candidate]:
    """An application and its candidate, which hold the candidate's reference once."""
    applied, known = from_json(application, Application), from_json(person, Candidate)
    return evolve(applied, candidate=known.reference), known


def held(make: Callable[[], object]) -> tuple[object, int]:
    """What a call makes, and the bytes that are held for it."""
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    made = make()
    gc.collect()
    return made, tracemalloc.get_traced_memory()[0] - before


def beyond(applications: int, events: int) -> float:
    """The bytes that the storage holds for an application of so many events, beyond its own values."""
    workflow = begun(applications)
    # What is made once, whoever asks first, belongs to nobody.
    live(workflow, applications, events)
    application = workflow.application(f"C-{applications:06}")
    person = workflow.storage.queries.candidate(application.candidate)
    written = to_json(application), to_json(person)
    tracemalloc.start()
    try:
        _, stored = held(lambda: lived(workflow, applications, events))
        _values, own = held(lambda: [values(*written) for _ in range(applications)])
    finally:
        tracemalloc.stop()
    return (stored - own) / applications


def lines(*, quick: bool) -> Sequence[Line]:
    """The bytes beyond its values of an application, beside those that it may take."""
    applications = 1000 if quick else 5000
    return [
        Line(
            name=f"beyond its values, {events} event{'s' if events > 1 else ''}",
            against="the bytes that a live application in memory may take",
            ours=beyond(applications, events),
            floor=bound,
            unit="B",
            target=at_most(1),
        )
        for events, bound in TARGETS.items()
    ]

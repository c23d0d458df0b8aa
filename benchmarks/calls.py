"""The commands that are measured on a filled store: as calls of what is written by hand, and as requests to us."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from typing import TypeVar

from benchmarks.filling import NOW, PENDING, PLATFORM, FilledStore, application_of
from benchmarks.handwritten import Call, Convocation, Registration
from poec_workflow import Actor, ActorKind, Candidate, Origin, Prescriber, Request, commands

AnyCall = TypeVar("AnyCall")


def convocations(store: FilledStore, *, keyed: bool = False) -> Iterator[Convocation]:
    """One for each pending application of a current session, the sessions in turn."""
    for number in PENDING:
        for session in store.current():
            yield convocation(store, session, number, keyed=keyed)


def convocation(store: FilledStore, session: str, number: int, *, keyed: bool = False) -> Convocation:
    """Of one application."""
    application = application_of(session, number)
    return Convocation(
        application=application,
        on=NOW.date(),
        organization=str(store.trainer(session).organization),
        key=f"convoke-{application}" if keyed else None,
    )


def registrations(store: FilledStore) -> Iterator[Registration]:
    """Any number, with keys, on the current sessions in turn."""
    for number in count():
        for session in store.current():
            application = f"C-{session}-9{number:03}"
            yield Registration(
                application=application,
                session=f"S-{session}",
                candidate={"reference": f"Q-{session}-{number}", "name": "Zoé Nabil", "email": "zoe@example.org"},
                prescriber={"origin": "france-travail", "organization": "FT", "name": "A. Martin"},
                organization=str(PLATFORM.organization),
                key=f"register-{application}",
            )


def next_of(calls: Iterator[AnyCall], many: int) -> list[AnyCall]:
    """The next ones; a store that has too few would be measured doing nothing."""
    some = list(islice(calls, many))
    if len(some) < many:
        raise SystemExit("the store has no more applications to measure on")
    return some


def request_of(call: Call) -> Request:
    """The same, to the package."""
    if isinstance(call, Convocation):
        actor = Actor(kind=ActorKind.ORGANIZATION, organization=call.organization)
        return Request(command=commands.Convoke(call.application, on=call.on), actor=actor, key=call.key)
    prescriber = Prescriber(
        origin=Origin(call.prescriber["origin"]),
        organization=call.prescriber["organization"],
        name=call.prescriber["name"],
    )
    command = commands.Preregister(
        call.application, session=call.session, candidate=Candidate(**call.candidate), prescriber=prescriber
    )
    return Request(command=command, actor=PLATFORM, key=call.key)

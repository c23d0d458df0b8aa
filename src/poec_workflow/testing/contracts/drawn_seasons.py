"""Drawn seasons: whatever commands come, a storage answers as the shortest one does, in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest

from poec_workflow import commands
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Command, Request
from poec_workflow.model import Actor, SubjectKind
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    check,
    founded,
    opening,
    registering,
    retaining,
)
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

LENGTH = 250
SESSIONS = ("S-1", "S-2", "S-3")


class SeasonContract(Contract):
    """The same commands, the same answers."""

    @pytest.mark.parametrize("seed", range(3))
    def test_a_season_comes_out_as_in_memory(self, storage: Storage, seed: int) -> None:
        """Answers, states, histories, dashboards and sweep; counts and folds hold at the end."""
        expected, found = _Played(MemoryStorage(), seed), _Played(storage, seed)
        for number, (ours, theirs) in enumerate(zip(expected.answers, found.answers, strict=True)):
            assert theirs == ours, number
        assert found.outcome == expected.outcome
        check(storage)


class _Played:
    """A season on a storage: its answers, and what can be read afterwards."""

    def __init__(self, storage: Storage, seed: int) -> None:
        workflow = founded(storage)
        for each in SESSIONS[1:]:
            workflow.execute(opening(each), PLATFORM)
        self.answers = workflow.execute_many(drawn(Random(seed)))
        late = Workflow(storage, clock=SettableClock(NOW + timedelta(days=200)))
        queries = storage.queries
        self.outcome = [
            [late.dashboard(each) for each in ("TRAIN", "RESP")],
            late.sweep().expired,
            [late.dashboard(each) for each in ("TRAIN", "RESP")],
            {kind: queries.states(kind) for kind in SubjectKind},
            [tuple(queries.history(kind, each)) for kind in SubjectKind for each in sorted(queries.states(kind))],
            [queries.candidate(f"P-{number}") for number in range(30)],
        ]


def drawn(random: Random) -> list[Request]:
    """Requests of a season, in the order of time; some are sent twice under their key."""
    requests: list[Request] = []
    at = NOW - timedelta(days=1)
    for number in range(LENGTH):
        at += timedelta(minutes=random.choice((0, 1, 10, 60)))
        command, actor = random.choice(_KINDS)(random, at)
        requests.append(Request(command=command, actor=actor, at=at, key=f"k-{number}"))
        if random.random() < 0.1:
            requests.append(random.choice(requests))
    return requests


def _registering(random: Random, _at: datetime) -> tuple[Command, Actor]:
    return registering(random.randrange(30), random.choice(SESSIONS)), ADVISER


def _going_on(random: Random, _at: datetime) -> tuple[Command, Actor]:
    return random.choice(retaining(random.randrange(30))), TRAINER


def _turning(random: Random, at: datetime) -> tuple[Command, Actor]:
    reference, day = f"C-{random.randrange(30)}", at.date() + timedelta(days=random.randrange(3))
    choices: list[Command] = [
        commands.Convoke(reference, on=day),
        commands.MoveConvocation(reference, on=day, place="Agen"),
        commands.RecordAbsence(reference, notified=random.random() < 0.7),
        commands.CorrectAttendance(reference),
        commands.Reject(reference, motive="profile", reason="prerequisites-not-met", comment="« à revoir »"),
        commands.Withdraw(reference, reason="found-employment"),
    ]
    return random.choice(choices), TRAINER


def _session(random: Random, _at: datetime) -> tuple[Command, Actor]:
    reference = random.choice(SESSIONS)
    choices: list[tuple[Command, Actor]] = [
        (commands.SetCapacity(reference, capacity=random.randrange(1, 6)), PLATFORM),
        (commands.SetCoefficient(reference, coefficient=random.randrange(1, 6)), TRAINER),
        (commands.SetInformationDates(reference, dates=(date(2021, 11, 1),)), TRAINER),
        (commands.DeclareSessionFull(reference), TRAINER),
        (commands.ReopenSession(reference), TRAINER),
        (commands.EnrichAction("A-1", changes={"programme": str(random.random())}), PLATFORM),
    ]
    if random.random() < 0.05:
        choices = [(commands.CancelSession(reference, reason="Trop peu d'inscrits"), PLATFORM)]
    return random.choice(choices)


_KINDS: tuple[Callable[[Random, datetime], tuple[Command, Actor]], ...] = (
    _registering,
    _registering,
    _going_on,
    _going_on,
    _going_on,
    _turning,
    _session,
)

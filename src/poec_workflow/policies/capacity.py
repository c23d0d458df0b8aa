"""Seats, coefficient, headcount: how many may come."""

from __future__ import annotations

from typing import cast

from poec_workflow.commands import CorrectSession, CreateSession, SetCapacity, SetCoefficient
from poec_workflow.errors import Details
from poec_workflow.model import Application, Tally, TrainingSession
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import condition


@condition
def closes_when_full(_subject: Application, facts: Facts) -> bool:
    """The setting `close_when_full` is automatic."""
    return facts.settings.closes_when_full


def no_seat_left(_subject: object, facts: Facts) -> Details | None:
    """Retained ≥ capacity + overbooking [R]: nobody can be retained, and a session can't be reopened."""
    retained, seats = facts.tally.retained, _seats(facts)
    return {"retained": retained, "seats": seats} if retained >= seats else None


def every_seat_given(_nothing: object, facts: Facts) -> Details | None:
    """An advisory to who registers somebody: no seat is left to give [R]."""
    return no_seat_left(None, facts)


def seats_remain(_session: TrainingSession, facts: Facts) -> Details | None:
    """The contrary: a session with seats is not full [R]."""
    retained, seats = facts.tally.retained, _seats(facts)
    return {"retained": retained, "seats": seats} if retained < seats else None


def capacity_out_of_range(
    _session: TrainingSession | None, _facts: Facts, command: CreateSession | SetCapacity
) -> Details | None:
    """One seat at least."""
    return {"capacity": command.capacity, "least": 1} if command.capacity < 1 else None


def capacity_below_retained(_session: TrainingSession, facts: Facts, command: SetCapacity) -> Details | None:
    """Nobody who was retained loses their seat."""
    retained, seats = facts.tally.retained, command.capacity + facts.settings.overbooking
    return {"retained": retained, "seats": seats} if seats < retained else None


def coefficient_out_of_range(
    _session: TrainingSession | None, facts: Facts, command: CreateSession | SetCoefficient
) -> Details | None:
    """« Le coefficient minimum est 2, le coefficient maximum 5 » [S]."""
    least, most = facts.settings.coefficient_min, facts.settings.coefficient_max
    if least <= command.coefficient <= most:
        return None
    return {"coefficient": command.coefficient, "least": least, "most": most}


def quota_below_registered(
    session: TrainingSession, facts: Facts, command: SetCapacity | SetCoefficient
) -> Details | None:
    """An advisory: the new quota is below what counts already; it closes registration, and evicts nobody [R]."""
    if isinstance(command, SetCapacity):
        quota = _quota(command.capacity, session.coefficient)
    else:
        quota = _quota(session.capacity, command.coefficient)
    taken = counted(facts.tally, live=facts.settings.counts_live)
    return {"counted": taken, "quota": quota} if quota < taken else None


def minimum_headcount_out_of_range(
    session: TrainingSession | None, _facts: Facts, command: CreateSession | CorrectSession
) -> Details | None:
    """0 ≤ minimum headcount ≤ capacity; one that stays is not looked at."""
    headcount = command.minimum_headcount
    # What S1 creates has no session yet; S11 changes one.
    capacity = command.capacity if isinstance(command, CreateSession) else cast("TrainingSession", session).capacity
    if headcount is None or 0 <= headcount <= capacity:
        return None
    return {"minimum_headcount": headcount, "capacity": capacity}


def quota_of(session: TrainingSession) -> int:
    """« (coefficient x capacité d'accueil) candidats » [S]."""
    return _quota(session.capacity, session.coefficient)


def counted(tally: Tally, *, live: bool) -> int:
    """The applications that take a place of the quota: every one ever registered, or the open and retained ones."""
    return tally.live if live else tally.registered


def seats_left(facts: Facts) -> int:
    """How many seats nobody was retained for."""
    return max(0, _seats(facts) - facts.tally.retained)


def _quota(capacity: int, coefficient: int) -> int:
    return capacity * coefficient


def _seats(facts: Facts) -> int:
    return facts.session.capacity + facts.settings.overbooking

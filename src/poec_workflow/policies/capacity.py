"""Seats, coefficient, headcount: how many may come."""

from __future__ import annotations

from poec_workflow.commands import CreateSession, SetCapacity, SetCoefficient
from poec_workflow.errors import Details
from poec_workflow.model import Application, Tally, TrainingSession
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import condition


@condition
def closes_when_full(_subject: Application, facts: Facts) -> bool:
    """The setting `close_when_full` is automatic."""
    return facts.settings.closes_when_full


def no_seat_left(_subject: Application | TrainingSession, facts: Facts) -> Details | None:
    """Retained ≥ capacity + overbooking [R]: nobody can be retained, and a session can't be reopened."""
    retained, seats = facts.tally.retained, _seats(facts)
    return {"retained": retained, "seats": seats} if retained >= seats else None


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


def minimum_headcount_out_of_range(_nothing: object, _facts: Facts, command: CreateSession) -> Details | None:
    """0 ≤ minimum headcount ≤ capacity."""
    if 0 <= command.minimum_headcount <= command.capacity:
        return None
    return {"minimum_headcount": command.minimum_headcount, "capacity": command.capacity}


def quota_of(session: TrainingSession) -> int:
    """« (coefficient x capacité d'accueil) candidats » [S]."""
    return session.capacity * session.coefficient


def counted(tally: Tally, *, live: bool) -> int:
    """The applications that take a place of the quota: every one ever registered, or the open and retained ones."""
    return tally.live if live else tally.registered


def _seats(facts: Facts) -> int:
    return facts.session.capacity + facts.settings.overbooking

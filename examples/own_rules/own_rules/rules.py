"""Two convocations, sessions that close by themselves, a quota that counts who is still there; and two policies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from poec_workflow import Application, Facts, Settings, commands
from poec_workflow.policies import messages

SUNDAY = 7
LEAST_HOURS = Decimal(24)


@messages(fr="Pas de convocation le dimanche ({on}).", en="No convocation on a Sunday ({on}).")
def on_sunday(
    _application: Application, _facts: Facts, command: commands.Convoke | commands.MoveConvocation
) -> dict[str, date] | None:
    """Nobody is there to receive them."""
    return {"on": command.on} if command.on.isoweekday() == SUNDAY else None


@messages(fr="Au moins {least} heures par semaine.", en="At least {least} hours a week.")
def part_time(_application: Application, _facts: Facts, command: commands.Retain) -> dict[str, Any] | None:
    """Our trainings are full-time, or nearly."""
    if command.weekly_hours >= LEAST_HOURS:
        return None
    return {"weekly_hours": command.weekly_hours, "least": LEAST_HOURS}


OURS = Settings(
    max_convocations=2,
    close_when_full="automatic",
    quota_counts="live",
    refuse_also={
        commands.Convoke: (on_sunday,),
        commands.MoveConvocation: (on_sunday,),
        commands.Retain: (part_time,),
    },
)

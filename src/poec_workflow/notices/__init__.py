"""The second table: an event ▸ who is told, and what. Rows N1 to N10 of `docs/explanation/domain.md`.

Pure: an accepted decision and its facts ▸ messages. Addressees are those of the moment of the event; for one event,
and in N8 and N9 for each application, nobody is told twice.
"""

from poec_workflow import events
from poec_workflow.invitations import APPOINTMENTS
from poec_workflow.model import LIVE_STATES, ApplicationState
from poec_workflow.notices.audience import (
    CANDIDATE,
    KAIROS,
    POSITIONER,
    PRESCRIBER,
    RESPONSIBLE,
    TRAINER,
    Audience,
    holder_of,
    system,
)
from poec_workflow.notices.notice import Notice
from poec_workflow.notices.notice_table import Notices
from poec_workflow.notices.wording import organization_roles, told_sentence

__all__ = [
    "CANDIDATE",
    "KAIROS",
    "NONE",
    "NOTICES",
    "POSITIONER",
    "PRESCRIBER",
    "RESPONSIBLE",
    "TRAINER",
    "Audience",
    "Notice",
    "Notices",
    "holder_of",
    "organization_roles",
    "system",
    "told_sentence",
]

OF_THE_SESSION = (RESPONSIBLE, POSITIONER, TRAINER)
_RETAINED = frozenset({ApplicationState.RETAINED})

# fmt: off
NOTICES = Notices((
    Notice("N1",  events.Preregistered, tell=(POSITIONER, PRESCRIBER)),
    Notice("N2",  APPOINTMENTS, tell=(CANDIDATE.with_invitation(), PRESCRIBER)),
    Notice("N3",  events.Retained, tell=(CANDIDATE, PRESCRIBER, KAIROS.told("entry", "exit", "weekly_hours"))),
    Notice("N4",  (events.Rejected, events.AbsentAtLastConvocation, events.AbsentWithoutNotice),
           tell=(CANDIDATE, PRESCRIBER, KAIROS)),
    Notice("N5",  events.Withdrawn, tell=(CANDIDATE, PRESCRIBER, POSITIONER, TRAINER, KAIROS)),
    Notice("N6",  (events.Expired, events.SessionFullRefused), tell=(CANDIDATE, PRESCRIBER, KAIROS)),
    Notice("N7",  events.Cancelled, tell=(CANDIDATE, PRESCRIBER, KAIROS)),
    Notice("N8",  events.SessionCancelled, tell=OF_THE_SESSION,
           applications={_RETAINED: (CANDIDATE, PRESCRIBER, KAIROS)}),
    Notice("N9",  events.SessionRescheduled, tell=OF_THE_SESSION,
           applications={LIVE_STATES: (CANDIDATE, PRESCRIBER), _RETAINED: (KAIROS,)}),
    Notice("N10", tell=(POSITIONER, TRAINER)),
))
# fmt: on
"""The package's table; the domain page has the same rows."""

NONE = Notices(())
"""Nobody is told anything: nothing is stored, and nothing is sent."""

"""The lifecycle of a session: the table, S1 to S11.

S6, S8 and S10 first expire what is overdue, so that a late sweep changes no outcome; S8 and S10 then end who still
waits. A session command and the endings that it causes happen together or not at all.
"""

from poec_workflow import events
from poec_workflow.commands import (
    Cancel,
    CancelSession,
    CorrectSession,
    CreateSession,
    DeclareSessionFull,
    Expire,
    ImportSession,
    ReassignSession,
    RefuseSessionFull,
    ReopenSession,
    RescheduleSession,
    SetCapacity,
    SetCoefficient,
    SetInformationDates,
    SetRegistrationDeadline,
)
from poec_workflow.machines.lifecycle import Lifecycle
from poec_workflow.machines.rule import GIVEN, SAME, Rule
from poec_workflow.model import SessionState, SubjectKind
from poec_workflow.policies.action_content import action_not_available
from poec_workflow.policies.capacity import (
    capacity_below_retained,
    capacity_out_of_range,
    coefficient_out_of_range,
    minimum_headcount_out_of_range,
    no_seat_left,
    quota_below_registered,
    seats_remain,
)
from poec_workflow.policies.imports import imported_state_contradicted
from poec_workflow.policies.session_dates import (
    late_entry_must_change,
    session_dates_out_of_order,
    too_many_information_dates,
)

ACTIVE = SessionState.ACTIVE
COMPLETE = SessionState.COMPLETE
CANCELLED = SessionState.CANCELLED

RUNNING = frozenset({ACTIVE, COMPLETE})
FINAL = frozenset({CANCELLED})

# fmt: off
RULES = (
    Rule("S1",  None,     CreateSession,           ACTIVE,    events.SessionCreated,
         unless=(action_not_available, session_dates_out_of_order, capacity_out_of_range, coefficient_out_of_range,
                 minimum_headcount_out_of_range, too_many_information_dates)),
    Rule("S2",  RUNNING,  SetRegistrationDeadline, SAME,      events.RegistrationDeadlineSet,
         unless=(late_entry_must_change, session_dates_out_of_order)),
    Rule("S3",  RUNNING,  SetCoefficient,          SAME,      events.CoefficientSet,
         unless=(coefficient_out_of_range,), advise=(quota_below_registered,)),
    Rule("S4",  RUNNING,  SetCapacity,             SAME,      events.CapacitySet,
         unless=(capacity_out_of_range, capacity_below_retained), advise=(quota_below_registered,)),
    Rule("S5",  RUNNING,  SetInformationDates,     SAME,      events.InformationDatesSet,
         unless=(too_many_information_dates,)),
    Rule("S6",  RUNNING,  RescheduleSession,       SAME,      events.SessionRescheduled,
         unless=(session_dates_out_of_order,), first=Expire),
    Rule("S7",  RUNNING,  ReassignSession,         SAME,      events.SessionReassigned),
    Rule("S8",  ACTIVE,   DeclareSessionFull,      COMPLETE,  events.SessionDeclaredFull,
         unless=(seats_remain,), first=Expire, then=RefuseSessionFull),
    Rule("S9",  COMPLETE, ReopenSession,           ACTIVE,    events.SessionReopened,
         unless=(no_seat_left,)),
    Rule("S10", RUNNING,  CancelSession,           CANCELLED, events.SessionCancelled,
         first=Expire, then=Cancel),
    Rule("S11", RUNNING,  CorrectSession,          SAME,      events.SessionCorrected,
         unless=(minimum_headcount_out_of_range,)),

    Rule("I1",  None,     ImportSession,           GIVEN,     events.SessionImported,
         unless=(imported_state_contradicted,),
         advise=(action_not_available, session_dates_out_of_order, capacity_out_of_range, coefficient_out_of_range,
                 minimum_headcount_out_of_range, too_many_information_dates)),
)
# fmt: on

SESSION = Lifecycle(
    "session",
    SubjectKind.SESSION,
    RULES,
    states=tuple(SessionState),
    final=FINAL,
    parent=SubjectKind.ACTION,
)

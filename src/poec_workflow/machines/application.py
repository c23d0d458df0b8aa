"""The lifecycle of an application: the table, L1 to L14, and I1.

Nothing leaves a final state: « dès validation d'une candidature avec un avis, vous ne pourrez plus la modifier ».
Who may give a command stands in `policies/access.py`; what a code means, in the function of that name.
"""

from poec_workflow import events
from poec_workflow.commands import (
    Cancel,
    Convoke,
    CorrectAttendance,
    DeclareSessionFull,
    Expire,
    ImportApplication,
    MoveConvocation,
    Preregister,
    RecordAbsence,
    RecordPresence,
    RefuseSessionFull,
    Reject,
    Retain,
    Withdraw,
)
from poec_workflow.machines.lifecycle import Lifecycle
from poec_workflow.machines.rule import GIVEN, SAME, Rule
from poec_workflow.model import OPEN_STATES, ApplicationState, SubjectKind
from poec_workflow.policies.advice import (
    entry_outside_window,
    exit_outside_window,
    reserved_motive,
    retained_elsewhere,
    unknown_motive,
    unknown_reason,
    unusual_weekly_hours,
    weekly_hours_out_of_range,
)
from poec_workflow.policies.attendance import convocation_left, convocation_not_due, gave_notice
from poec_workflow.policies.capacity import closes_when_full, every_seat_given, no_seat_left
from poec_workflow.policies.closure import session_not_cancelled, session_not_complete
from poec_workflow.policies.convocation import (
    convocation_after_advice_deadline,
    convocation_after_late_entry,
    convocation_already_passed,
    convocation_before_registration,
    convocation_limit_reached,
    convocation_not_after_previous,
)
from poec_workflow.policies.deadlines import advice_deadline_not_passed, advice_deadline_passed, expired_at
from poec_workflow.policies.imports import BROKEN_RULES, OPEN_IN_AN_ENDED_SESSION, imported_state_contradicted
from poec_workflow.policies.registration import (
    action_not_published,
    already_applied,
    quota_reached,
    registration_deadline_passed,
    session_cancelled,
    session_complete,
)

PENDING = ApplicationState.PENDING
CONVOKED = ApplicationState.CONVOKED
PRESENT = ApplicationState.PRESENT
ABSENT = ApplicationState.ABSENT
RETAINED = ApplicationState.RETAINED
REJECTED = ApplicationState.REJECTED
NO_ADVICE = ApplicationState.NO_ADVICE
SESSION_FULL = ApplicationState.SESSION_FULL
CANCELLED = ApplicationState.CANCELLED

OPEN = OPEN_STATES
FINAL = frozenset({RETAINED, REJECTED, NO_ADVICE, SESSION_FULL, CANCELLED})

IN_TIME = (advice_deadline_passed,)
DATED = (
    convocation_not_after_previous,
    convocation_before_registration,
    convocation_after_advice_deadline,
)

# fmt: off
RULES = (
    Rule("L1",  None,              Preregister,       PENDING,      events.Preregistered,
         unless=(action_not_published, session_complete, session_cancelled, registration_deadline_passed,
                 quota_reached, already_applied),
         advise=(every_seat_given,)),

    Rule("L2",  {PENDING, ABSENT}, Convoke,           CONVOKED,     events.Convoked,
         unless=(*IN_TIME, convocation_limit_reached, *DATED), advise=(convocation_after_late_entry,)),
    Rule("L3",  CONVOKED,          RecordPresence,    PRESENT,      events.PresenceRecorded,
         unless=(*IN_TIME, convocation_not_due)),
    Rule("L4",  CONVOKED,          RecordAbsence,     ABSENT,       events.AbsenceNotified,
         given=(gave_notice, convocation_left), unless=IN_TIME),
    Rule("L5",  CONVOKED,          RecordAbsence,     REJECTED,     events.AbsentAtLastConvocation,
         given=(gave_notice, ~convocation_left), unless=IN_TIME),
    Rule("L6",  CONVOKED,          RecordAbsence,     REJECTED,     events.AbsentWithoutNotice,
         given=(~gave_notice,), unless=(*IN_TIME, convocation_not_due)),
    Rule("L7",  {PRESENT, ABSENT}, CorrectAttendance, CONVOKED,     events.AttendanceCorrected,
         unless=IN_TIME),
    Rule("L8",  CONVOKED,          MoveConvocation,   SAME,         events.ConvocationMoved,
         unless=(*IN_TIME, convocation_already_passed, *DATED), advise=(convocation_after_late_entry,)),

    Rule("L9",  PRESENT,           Retain,            RETAINED,     events.Retained,
         unless=(*IN_TIME, entry_outside_window, exit_outside_window, weekly_hours_out_of_range, no_seat_left),
         advise=(unusual_weekly_hours, retained_elsewhere), then=DeclareSessionFull, then_given=(closes_when_full,)),
    Rule("L10", PRESENT,           Reject,            REJECTED,     events.Rejected,
         unless=(*IN_TIME, reserved_motive, unknown_motive, unknown_reason)),
    Rule("L11", OPEN,              Withdraw,          REJECTED,     events.Withdrawn,
         unless=(*IN_TIME, unknown_reason)),

    Rule("L12", OPEN,              Expire,            NO_ADVICE,    events.Expired,
         unless=(advice_deadline_not_passed,), effective=expired_at),
    Rule("L13", OPEN,              RefuseSessionFull, SESSION_FULL, events.SessionFullRefused,
         unless=(session_not_complete,)),
    Rule("L14", OPEN,              Cancel,            CANCELLED,    events.Cancelled,
         unless=(session_not_cancelled,)),

    Rule("I1",  None,              ImportApplication, GIVEN,        events.Imported,
         unless=(imported_state_contradicted, *OPEN_IN_AN_ENDED_SESSION), advise=(quota_reached, *BROKEN_RULES)),
)
# fmt: on

APPLICATION = Lifecycle(
    "application",
    SubjectKind.APPLICATION,
    RULES,
    states=tuple(ApplicationState),
    final=FINAL,
    parent=SubjectKind.SESSION,
)

"""Which rules of each command a service may leave out (`Settings.leave_out`).

Settings are checked before there are tables, so the codes stand here too; the tests hold them against the rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from poec_workflow import commands
from poec_workflow.commands import Cancel, Command, Expire, RefuseSessionFull
from poec_workflow.frozen_map import FrozenMap

ENDED_BY_RULE = (Expire, RefuseSessionFull, Cancel)
"""The commands that only the system gives. A service neither adds policies to them nor leaves some out: a cancelled
session would keep open applications, or an open session lose them."""

IMPORTS = (commands.ImportApplication, commands.ImportSession, commands.ImportAction)
"""The commands that take over what another system had: what they refuse contradicts itself, all else is told only."""

FIXED = (*ENDED_BY_RULE, *IMPORTS)
"""The commands to which a service adds no policies, and of which it leaves none out."""

TITLE_PREFIX = "title-without-poec-prefix"
"""The rule that an empty `Settings.title_prefix` leaves out as well."""

OPTIONAL_RULES: Mapping[type[Command], tuple[str, ...]] = FrozenMap(
    {
        commands.Preregister: (
            "action-not-published",
            "session-complete",
            "session-cancelled",
            "registration-deadline-passed",
            "quota-reached",
            "already-applied",
            "every-seat-given",
        ),
        commands.Convoke: (
            "advice-deadline-passed",
            "convocation-limit-reached",
            "convocation-not-after-previous",
            "convocation-before-registration",
            "convocation-after-advice-deadline",
            "convocation-after-late-entry",
        ),
        commands.RecordPresence: ("advice-deadline-passed", "convocation-not-due"),
        commands.RecordAbsence: ("advice-deadline-passed", "convocation-not-due"),
        commands.CorrectAttendance: ("advice-deadline-passed",),
        commands.MoveConvocation: (
            "advice-deadline-passed",
            "convocation-already-passed",
            "convocation-not-after-previous",
            "convocation-before-registration",
            "convocation-after-advice-deadline",
            "convocation-after-late-entry",
        ),
        commands.Retain: (
            "advice-deadline-passed",
            "entry-outside-window",
            "exit-outside-window",
            "weekly-hours-out-of-range",
            "no-seat-left",
            "unusual-weekly-hours",
            "retained-elsewhere",
        ),
        commands.Reject: ("advice-deadline-passed", "reserved-motive", "unknown-motive", "unknown-reason"),
        commands.Withdraw: ("advice-deadline-passed", "unknown-reason"),
        commands.CreateSession: (
            "action-not-available",
            "session-dates-out-of-order",
            "capacity-out-of-range",
            "coefficient-out-of-range",
            "minimum-headcount-out-of-range",
            "too-many-information-dates",
        ),
        commands.SetRegistrationDeadline: ("late-entry-must-change", "session-dates-out-of-order"),
        commands.SetCoefficient: ("coefficient-out-of-range", "quota-below-registered"),
        commands.SetCapacity: ("capacity-out-of-range", "capacity-below-retained", "quota-below-registered"),
        commands.SetInformationDates: ("too-many-information-dates",),
        commands.RescheduleSession: ("session-dates-out-of-order",),
        commands.ReassignSession: (),
        commands.DeclareSessionFull: ("seats-remain",),
        commands.ReopenSession: ("no-seat-left",),
        commands.CancelSession: (),
        commands.CorrectSession: ("minimum-headcount-out-of-range",),
        commands.CreateAction: ("title-without-poec-prefix",),
        commands.EnrichAction: ("field-not-editable",),
        commands.ApproveCertification: ("no-pending-certification",),
        commands.DeclineCertification: ("no-pending-certification",),
        commands.PublishAction: (),
        commands.ArchiveAction: ("open-applications-remain",),
        commands.RestoreAction: (),
        commands.DeleteAction: ("open-applications-remain",),
        commands.CorrectAction: ("title-without-poec-prefix",),
    }
)
"""Command ▸ the codes of the refusals and advisories of its rows."""

"""The lifecycle of a training action: the table, A1 to A9.

A6 and A8 first expire what is overdue in the action's sessions; who still waits then forbids them.
"""

from poec_workflow import events
from poec_workflow.commands import (
    ApproveCertification,
    ArchiveAction,
    CorrectAction,
    CreateAction,
    DeclineCertification,
    DeleteAction,
    EnrichAction,
    Expire,
    ImportAction,
    PublishAction,
    RestoreAction,
)
from poec_workflow.machines.lifecycle import Lifecycle
from poec_workflow.machines.rule import GIVEN, SAME, Rule
from poec_workflow.model import ActionState, SubjectKind
from poec_workflow.policies.action_content import (
    field_not_editable,
    no_pending_certification,
    title_without_poec_prefix,
)
from poec_workflow.policies.closure import open_applications_remain
from poec_workflow.policies.imports import imported_state_contradicted

AWAITING = ActionState.AWAITING_PUBLICATION
PUBLISHED = ActionState.PUBLISHED
ARCHIVED = ActionState.ARCHIVED
DELETED = ActionState.DELETED

CURRENT = frozenset({AWAITING, PUBLISHED})
EXISTING = frozenset({*CURRENT, ARCHIVED})
FINAL = frozenset({DELETED})

# fmt: off
RULES = (
    Rule("A1", None,                  CreateAction,         AWAITING,  events.ActionCreated,
         unless=(title_without_poec_prefix,)),
    Rule("A2", CURRENT,               EnrichAction,         SAME,      events.ActionEnriched,
         unless=(field_not_editable,)),
    Rule("A3", CURRENT,               ApproveCertification, SAME,      events.CertificationApproved,
         unless=(no_pending_certification,)),
    Rule("A4", CURRENT,               DeclineCertification, SAME,      events.CertificationDeclined,
         unless=(no_pending_certification,)),
    Rule("A5", AWAITING,              PublishAction,        PUBLISHED, events.ActionPublished),
    Rule("A6", PUBLISHED,             ArchiveAction,        ARCHIVED,  events.ActionArchived,
         unless=(open_applications_remain,), first=Expire),
    Rule("A7", ARCHIVED,              RestoreAction,        AWAITING,  events.ActionRestored),
    Rule("A8", EXISTING,              DeleteAction,         DELETED,   events.ActionDeleted,
         unless=(open_applications_remain,), first=Expire),
    Rule("A9", EXISTING,              CorrectAction,        SAME,      events.ActionCorrected,
         unless=(title_without_poec_prefix,)),

    Rule("I1", None,                  ImportAction,         GIVEN,     events.ActionImported,
         unless=(imported_state_contradicted,), advise=(title_without_poec_prefix,)),
)
# fmt: on

TRAINING_ACTION = Lifecycle(
    "training-action",
    SubjectKind.ACTION,
    RULES,
    states=tuple(ActionState),
    final=FINAL,
)

"""A candidate as a page shows them: who it is, and all that they applied to."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from poec_workflow.contrib.django.screens.visibility import rows_shown
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.model import ActorKind, Candidate, SubjectKind
from poec_workflow.serialization import from_dict
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest
from poec_workflow.workflow import Workflow

SEES_THE_PERSON = frozenset({ActorKind.PLATFORM, ActorKind.ORGANIZATION, ActorKind.ADVISER, ActorKind.CANDIDATE})
"""Who is shown all that a candidate applied to, once they are shown one application of theirs [S].

« L'historique des candidatures du candidat »: of those that they may not open, what it was and how it ended, without
the reference and without who decided [R]. A funder accompanies nobody, and sees its own alone [R].
"""


@frozen(kw_only=True)
class Attended:
    """One application among a candidate's.

    Attributes:
        row: the application.
        opens: whether the visitor may open it; of another they read what it was and how it ended, no more.
    """

    row: ApplicationRow
    opens: bool


@frozen(kw_only=True)
class CandidateRecord:
    """A candidate, and their applications by whether they go on.

    Attributes:
        reference: of the candidate.
        person: name and e-mail; None once they are erased.
        in_progress: those that wait for an ending.
        past: those that ended.
    """

    reference: str
    person: Candidate | None
    in_progress: Sequence[Attended] = ()
    past: Sequence[Attended] = ()

    @property
    def known(self) -> bool:
        """Whether the visitor is shown this candidate at all: they may open one of the applications."""
        return any(each.opens for each in (*self.in_progress, *self.past))


def candidate_record(workflow: Workflow, visitor: Visitor, reference: str, *, without: str = "") -> CandidateRecord:
    """What a visitor is shown of a candidate.

    Args:
        workflow: the workflow.
        visitor: who looks.
        reference: of the candidate.
        without: the application whose page it is, which is not told again.
    """
    opened = _opened(workflow, visitor, reference)
    names = {each.reference for each in opened}
    whole = visitor.actor.kind in SEES_THE_PERSON and opened
    rows = workflow.candidate_applications(reference) if whole else opened
    final = workflow.lifecycles[SubjectKind.APPLICATION].final
    told = [Attended(row=each, opens=each.reference in names) for each in rows if each.reference != without]
    return CandidateRecord(
        reference=reference,
        person=workflow.storage.queries.candidate(reference),
        in_progress=[each for each in told if each.row.state not in final],
        past=[each for each in told if each.row.state in final],
    )


def _opened(workflow: Workflow, visitor: Visitor, candidate: str) -> Sequence[ApplicationRow]:
    """A candidate's applications that the visitor may open."""
    scope = rows_shown(SubjectKind.APPLICATION, visitor.actor)
    if scope.get("candidate", candidate) != candidate:
        return ()
    asked = from_dict({**scope, "candidate": candidate}, ApplicationFilter)
    return workflow.applications(asked, PageRequest(limit=0)).items

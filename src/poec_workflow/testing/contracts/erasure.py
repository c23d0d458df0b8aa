"""Names and e-mails: one place, and they can be erased."""

from __future__ import annotations

from poec_workflow import commands
from poec_workflow.model import Actor, ActorKind, Candidate, Origin, Prescriber
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import ADVISER, check, registering, workflow_with_session


class PeopleContract(Contract):
    """A person is known by the newest name, until they are erased."""

    def test_erasing_a_person_leaves_the_rest_valid(self, storage: Storage) -> None:
        """Name and e-mail go, in the history too where they acted themself; folds, counts and keys stay."""
        workflow = workflow_with_session(storage)
        command, actor = registering_oneself()
        first = workflow.execute(command, actor, key="k")
        workflow.execute(registering(1), ADVISER)
        workflow.execute(commands.Withdraw("C-9", reason="found-employment"), actor)
        workflow.erase_candidate("P-9")
        assert storage.queries.candidate("P-9") is None
        assert storage.queries.candidate("P-1") is not None
        texts = [str(entry) for entry in workflow.history("application", "C-9")]
        assert not any("Awa" in each or "U-9" in each for each in (*texts, str(workflow.application("C-9"))))
        assert [each.candidate_name for each in workflow.candidate_applications("P-9")] == [None]
        assert workflow.history("application", "C-1")[0].actor == ADVISER
        assert workflow.execute(command, actor, key="k").subject.version == first.subject.version
        check(storage)
        workflow.erase_candidate("P-9")

    def test_a_person_who_applies_again_is_known_by_the_newest_name(self, storage: Storage) -> None:
        """Name and e-mail are the last that were given."""
        workflow = workflow_with_session(storage)
        workflow.execute(registering(1), ADVISER)
        workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
        again = registering(1)
        person = Candidate(reference="P-1", name="Zoé Martin")
        workflow.execute(
            commands.Preregister("C-2", session="S-1", candidate=person, prescriber=again.prescriber), ADVISER
        )
        assert storage.queries.candidate("P-1") == person


def registering_oneself() -> tuple[commands.Preregister, Actor]:
    """Return how a candidate registers, and who they are."""
    awa = Candidate(reference="P-9", name="Awa Diop", email="awa@example.org")
    sender = Prescriber(origin=Origin.SELF, name="Awa Diop")
    command = commands.Preregister("C-9", session="S-1", candidate=awa, prescriber=sender)
    return command, Actor(kind=ActorKind.CANDIDATE, candidate="P-9", reference="U-9", name="Awa Diop")

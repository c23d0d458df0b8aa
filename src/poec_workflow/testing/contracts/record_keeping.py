"""Who is kept no longer is erased on the day after the last one, and all else stays; a person's file has it all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from attrs import evolve

from poec_workflow import commands
from poec_workflow.model import Actor, ActorKind, Candidate, Origin, Prescriber
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import (
    Delivery,
    DeliveryRecord,
    MessageState,
    QueuedMessage,
    Settlement,
    Storage,
    Transaction,
)
from poec_workflow.ports.keeping import KeepsRecords, LastMovement, keeps_records
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    check,
    everything,
    opening,
    registering,
    workflow_with_session,
)
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.views import RetentionReport
from poec_workflow.workflow import Workflow

AWA = Candidate(reference="P-9", name="Awa Diop", email="awa@example.org")
THEMSELF = Actor(kind=ActorKind.CANDIDATE, candidate="P-9", reference="U-9", name="Awa Diop")
SAID = "Awa n'habite plus ici"
# The movements are of 20 November 2021, ten in the morning in Paris.
ON_THE_LAST_DAY = datetime(2022, 11, 20, 22, 59, 59, tzinfo=UTC)
ON_THE_NEXT = datetime(2022, 11, 20, 23, 0, tzinfo=UTC)
AFTER_FUNDERS = datetime(2024, 11, 20, 23, 0, tzinfo=UTC)


def kept(storage: Storage) -> Settings:
    """A year for people, and three for files where a storage can erase these."""
    years = 3 if storage.run(keeps_records, write=False) else None
    return Settings(keep_personal_data_years=1, keep_file_years=years)


class RecordContract(Contract):
    """What the two clocks of the settings promise; where a storage is no `KeepsRecords`, of people alone."""

    @pytest.fixture
    def keeping(self, storage: Storage) -> Storage:
        """A storage that erases files too."""
        if not storage.run(keeps_records, write=False):
            pytest.skip("the storage does not erase in batches")
        return storage

    def test_a_person_is_erased_on_the_day_after_the_last(self, storage: Storage) -> None:
        """A year after the last movement, that whole day included, nobody is erased; then they are, once."""
        workflow = _filled(storage)
        assert _at(workflow, ON_THE_LAST_DAY).people == ()
        assert storage.queries.candidate("P-9") == AWA
        assert _at(workflow, ON_THE_NEXT, dry_run=True).people == ("P-2", "P-9")
        assert storage.queries.candidate("P-9") == AWA
        assert _at(workflow, ON_THE_NEXT).people == ("P-2", "P-9")
        assert storage.queries.candidate("P-9") is None
        assert _at(workflow, ON_THE_NEXT).people == ()
        check(storage)

    def test_nobody_is_erased_while_an_application_is_open(self, storage: Storage) -> None:
        """However long ago its last movement was, and whatever became of the others."""
        workflow = _filled(storage)
        workflow.execute(opening("S-2"), PLATFORM)
        workflow.execute(_registering("C-8", "S-2"), THEMSELF)
        assert _at(workflow, AFTER_FUNDERS).people == ("P-2",)
        assert storage.queries.candidate("P-9") == AWA

    def test_the_last_movement_counts_of_all_applications(self, storage: Storage) -> None:
        """One that ended ten days later keeps the person ten days longer."""
        workflow = _filled(storage)
        workflow.execute(opening("S-2"), PLATFORM)
        later = evolve(workflow, clock=SettableClock(NOW + timedelta(days=10)))
        later.execute(_registering("C-8", "S-2"), THEMSELF)
        later.execute(commands.Withdraw("C-8", reason="found-employment"), THEMSELF)
        assert _at(workflow, ON_THE_NEXT).people == ("P-2",)
        assert _at(workflow, ON_THE_NEXT + timedelta(days=10)).people == ("P-9",)

    def test_a_file_loses_its_people_and_comments(self, keeping: Storage) -> None:
        """After the second clock nobody who acted is named, and no comment is left; codes, dates, bodies stay."""
        workflow = _filled(keeping)
        before = workflow.application("C-9")
        _at(workflow, ON_THE_NEXT)
        assert workflow.application("C-9").comment == SAID
        assert _at(workflow, AFTER_FUNDERS, dry_run=True).files == ("P-2", "P-9")
        assert workflow.application("C-9").comment == SAID
        assert _at(workflow, AFTER_FUNDERS).files == ("P-2", "P-9")
        after = workflow.application("C-9")
        unnamed = evolve(before.prescriber, name=None)
        assert after == evolve(before, comment=None, prescriber=unnamed)
        entries = [each for one in ("C-9", "C-2") for each in workflow.history("application", one)]
        assert {(each.actor.name, each.actor.reference) for each in entries} == {(None, None)}
        assert [each.actor.organization for each in workflow.history("application", "C-2")] == ["FT", "FT"]
        assert not any(text in str(entries) for text in (SAID, "Awa", "U-9", "Martin", "U-1"))
        assert workflow.history("application", "C-1")[0].actor == ADVISER
        check(keeping)
        assert _at(workflow, AFTER_FUNDERS).files == ()

    def test_files_are_kept_for_good_unless_a_clock_is_set(self, keeping: Storage) -> None:
        """Without `keep_file_years` comments and who acted stay, however long ago it was."""
        workflow = evolve(_filled(keeping), settings=Settings())
        report = _at(workflow, AFTER_FUNDERS + timedelta(days=36_500))
        assert (report.people, report.files) == (("P-2", "P-9"), ())
        assert workflow.application("C-9").comment == SAID
        assert workflow.history("application", "C-2")[0].actor == ADVISER

    def test_what_comes_after_an_erasure_is_erased_in_its_turn(self, storage: Storage) -> None:
        """Who was erased and applies anew has a name again, and a year again."""
        workflow = _filled(storage)
        workflow.execute(opening("S-2"), PLATFORM)
        workflow.erase_candidate("P-9")
        later = evolve(workflow, clock=SettableClock(NOW + timedelta(days=10)))
        later.execute(_registering("C-8", "S-2"), THEMSELF)
        later.execute(commands.Withdraw("C-8", reason="found-employment"), THEMSELF)
        assert _at(workflow, ON_THE_NEXT).people == ("P-2",)
        assert storage.queries.candidate("P-9") == AWA
        assert _at(workflow, ON_THE_NEXT + timedelta(days=10)).people == ("P-9",)
        entries = [each for one in ("C-8", "C-9") for each in workflow.history("application", one)]
        assert not any(text in str(entries) for text in ("Diop", "U-9"))

    def test_an_answer_of_a_channel_is_erased_with_the_person(self, storage: Storage) -> None:
        """What was answered of messages to them or about their applications may name them; others' answers stay."""
        workflow = _filled(storage)
        outbox = storage.outbox
        claimed = outbox.claim(limit=100, now=NOW, lease=timedelta(hours=1))
        outcomes = (Delivery.DEAD, Delivery.POSTPONED)
        outbox.settle(
            [
                Settlement(
                    claimed=each, outcome=outcomes[place % 2], at=NOW, answer="550 awa@example.org?", retry_at=NOW
                )
                for place, each in enumerate(claimed)
            ]
        )
        workflow.erase_candidate("P-9")
        queued = [each for state in MessageState for each in outbox.queued(state)]
        answers = {each.message.stream: each.answer for each in queued if each.attempts}
        assert answers.pop("C-9") is None
        assert answers
        assert set(answers.values()) == {"550 awa@example.org?"}

    def test_an_erasure_is_undone_with_its_transaction(self, keeping: Storage) -> None:
        """What is raised after it takes it back."""
        _filled(keeping)
        before = everything(keeping)

        class Stop(Exception):
            pass

        def work(transaction: Transaction) -> None:
            kept = _keeping(transaction)
            kept.erasable({"P-1", "P-2", "P-9"}, {"P-9"}).erase()
            raise Stop

        with pytest.raises(Stop):
            keeping.run(work)
        assert everything(keeping) == before

    def test_movements_come_in_the_order_of_references(self, keeping: Storage) -> None:
        """Batches of any size are pieces of one list, and looking locked finds the same."""
        _filled(keeping)

        def listed(size: int) -> list[LastMovement]:
            found: list[LastMovement] = []
            while seen := keeping.run(partial(_following, found, size)):
                found.extend(seen)
            return found

        whole = listed(100)
        assert [each.candidate for each in whole] == ["P-1", "P-2", "P-9"]
        assert [each.is_open for each in whole] == [True, False, False]
        assert {each.at for each in whole} == {NOW}
        assert listed(1) == listed(2) == whole
        assert list(keeping.run(lambda each: _keeping(each).lock_movements(["P-9", "P-1", "P-7"]))) == [
            whole[0],
            whole[2],
        ]

    def test_a_file_has_everything_of_a_person(self, keeping: Storage) -> None:
        """Who they are, applications, histories, keys, messages that wait or were sent; nothing of anybody else."""
        workflow = _filled(keeping)
        [first, *_] = keeping.outbox.claim(limit=1, now=NOW, lease=timedelta(hours=1))
        keeping.outbox.settle([Settlement(claimed=first, outcome=Delivery.DELIVERED, at=NOW)])
        file = workflow.candidate_file("P-9")
        assert file.person == AWA
        assert [each.application for each in file.applications] == [workflow.application("C-9")]
        assert list(file.applications[0].history) == list(workflow.history("application", "C-9"))
        assert [each.key for each in file.receipts] == ["key-9"]
        assert {each.message.stream for each in file.messages} == {"C-9"}
        told = {each.message.id for one in ("P-1", "P-2", "P-9") for each in _messages(workflow, one)}
        waiting = {each.message.id for each in keeping.outbox.queued()}
        assert told == waiting | {first.message.id}
        assert (file.last_movement, file.personal_data_kept_until, file.file_kept_until) == (
            NOW,
            date(2022, 11, 20),
            date(2024, 11, 20),
        )
        is_open = workflow.candidate_file("P-1")
        assert (is_open.personal_data_kept_until, is_open.file_kept_until) == (None, None)
        nobody = workflow.candidate_file("P-7")
        assert (nobody.person, nobody.applications, nobody.last_movement) == (None, (), None)


def _registering(reference: str = "C-9", session: str = "S-1") -> commands.Preregister:
    sender = Prescriber(origin=Origin.SELF, name=AWA.name)
    return commands.Preregister(reference, session=session, candidate=AWA, prescriber=sender)


def _filled(storage: Storage) -> Workflow:
    """Three people: one whose application is open, and two who gave up, of whom one acted themself."""
    workflow = evolve(workflow_with_session(storage), settings=kept(storage))
    for number in (1, 2):
        workflow.execute(registering(number), ADVISER)
    workflow.execute(commands.Withdraw("C-2", reason="found-employment", comment="plus joignable"), ADVISER)
    workflow.execute(_registering(), THEMSELF, key="key-9")
    workflow.execute(commands.Withdraw("C-9", reason="found-employment", comment=SAID), THEMSELF)
    return workflow


def _at(workflow: Workflow, instant: datetime, *, dry_run: bool = False) -> RetentionReport:
    """Erase as at an instant; of who is named in it the person alone is looked at."""
    return evolve(workflow, clock=SettableClock(instant)).retain_until(dry_run=dry_run)


def _keeping(transaction: Transaction) -> KeepsRecords:
    assert keeps_records(transaction)
    return transaction


def _messages(workflow: Workflow, candidate: str) -> Sequence[QueuedMessage | DeliveryRecord]:
    file = workflow.candidate_file(candidate)
    return [*file.messages, *file.deliveries]


def _following(found: Sequence[LastMovement], size: int, transaction: Transaction) -> Sequence[LastMovement]:
    return _keeping(transaction).last_movements(found[-1].candidate if found else "", limit=size)

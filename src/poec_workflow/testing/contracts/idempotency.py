"""Receipts: a key gets the first answer again."""

from __future__ import annotations

from random import Random

import pytest
from attrs import evolve

from poec_workflow import commands
from poec_workflow.decider import Accepted
from poec_workflow.errors import CommandRefused
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    PLATFORM,
    TRAINER,
    check,
    registering,
    retaining,
    workflow_with_session,
)


class KeyContract(Contract):
    """Sending a command again is safe."""

    def test_a_key_gets_the_first_answer_again(self, storage: Storage) -> None:
        """Consequences and all, whatever happened since; from somebody else it is `key-reused`."""
        workflow = workflow_with_session(storage, seats=1)
        for each in (1, 2, 3):
            workflow.execute(registering(each), ADVISER)
        for command in retaining(1):
            workflow.execute(command, TRAINER)
        first = workflow.execute(commands.DeclareSessionFull("S-1"), TRAINER, key="full")
        assert [each.subject.reference for each in first.consequences] == ["C-2", "C-3"]
        workflow.execute(commands.SetCapacity("S-1", capacity=5), PLATFORM)
        workflow.execute(commands.ReopenSession("S-1"), TRAINER)
        again = workflow.execute(commands.DeclareSessionFull("S-1"), TRAINER, key="full")
        assert again == replay_of(first)
        with pytest.raises(CommandRefused) as refused:
            workflow.execute(commands.DeclareSessionFull("S-1"), PLATFORM, key="full")
        assert refused.value.codes == {"key-reused"}
        check(storage)

    def test_a_refused_command_leaves_its_key_free(self, storage: Storage) -> None:
        """The key of a refusal can be used by anything else."""
        workflow = workflow_with_session(storage)
        with pytest.raises(CommandRefused):
            workflow.execute(commands.ReopenSession("S-1"), PLATFORM, key="k")
        assert not workflow.execute(registering(1), ADVISER, key="k").replayed

    def test_a_key_may_be_as_long_as_any_text(self, storage: Storage) -> None:
        """Of ten thousand characters every one counts, also where an index holds fewer."""
        workflow = workflow_with_session(storage)
        chance = Random(1)
        start = "".join(chr(chance.randrange(0x100, 0xD7FF)) for _ in range(9_999))
        replayed = [
            workflow.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM, key=start + last).replayed
            for last in "aba"
        ]
        assert replayed == [False, False, True]


def replay_of(answer: object) -> Accepted:
    """The same answer, as a replay."""
    assert isinstance(answer, Accepted)
    return evolve(answer, replayed=True)

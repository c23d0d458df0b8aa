"""The published contract fails on broken storages, each time where the break is, and on no sound one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
SUITES = "tests/kit/broken.py"
CAUGHT_BY = {
    "LosesHistory": {"test_a_key_gets_the_first_answer_again", "test_a_subject_counts_its_own_session_only"},
    "CountsWrong": {"test_a_batch_sees_what_came_before", "test_the_last_seat_is_given_once"},
    "ForgetsReceipts": {"test_a_key_gets_the_first_answer_again", "test_a_key_is_used_once"},
    "DoesNotUndo": {"test_an_exception_undoes_everything", "test_a_refused_batch_is_undone"},
    "AlwaysWrites": {"test_work_that_is_not_to_write_is_undone"},
    "SendsTwice": {"test_what_is_held_is_not_claimed_again", "test_two_senders_claim_apart"},
    "SendsOutOfOrder": {"test_one_stream_reaches_one_addressee_in_order"},
    "SettlesLate": {"test_who_comes_back_late_settles_nothing"},
    "CountsDigestsTwice": {"test_a_digest_a_day"},
    "DropsMessages": {"test_messages_are_those_of_the_answers"},
    "ClaimsTooEarly": {"test_only_what_is_overdue_and_open_is_claimed"},
    "IgnoresAFilter": {"test_each_filter_restricts"},
    "SortsByReference": {"test_each_filter_restricts"},
    "CountsATabOfAll": {"test_each_filter_restricts"},
    "MissesADay": {"test_a_figure_is_a_door_at_each_edge"},
    "DropsPeople": {"test_a_person_who_applies_again_is_known_by_the_newest_name"},
    "RecallsHalf": {"test_a_key_gets_the_first_answer_again"},
    "ErasesHalf": {"test_erasing_a_person_leaves_the_rest_valid"},
    "LooksAtItsOwnSession": {"test_who_is_retained_elsewhere_is_known"},
    "ErasesTheOpen": {"test_nobody_is_erased_while_an_application_is_open"},
    "MovesByRegistration": {"test_the_last_movement_counts_of_all_applications"},
    "KeepsFiles": {"test_a_file_loses_its_people_and_comments"},
    "KeepsAnswers": {"test_an_answer_of_a_channel_is_erased_with_the_person"},
    "LocksNothing": {"test_no_update_is_lost", "test_the_last_place_is_given_once", "test_two_sweepers_expire_once"},
}
"""What must find each break; other contracts may as well."""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """The contracts that failed, by broken storage, of one run of pytest."""
    report = tmp_path_factory.mktemp("broken") / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", f"--junit-xml={report}"]
    # Every contract on the sound storage, but for the alerts' edges, the slowest, where none is broken; on a broken one
    # the contracts that must find the break.
    command += ["-k", "not every_edge", f"{SUITES}::TestBroken"]
    command += [f"{SUITES}::Test{name}::{contract}" for name, contracts in CAUGHT_BY.items() for contract in contracts]
    # No coverage either: what these contracts run is covered by those of the sound storages.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=alone)
    assert run.returncode == 1, run.stdout + run.stderr
    found: dict[str, set[str]] = defaultdict(set)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        assert case.find("error") is None, case.attrib
        suite = case.attrib["classname"].rpartition(".Test")[2]
        found[suite] |= {case.attrib["name"].partition("[")[0]} if case.find("failure") is not None else set()
    return found


def test_every_broken_storage_ran(failed: Mapping[str, set[str]]) -> None:
    """All of the list, and the sound storage that they are made of, on which nothing fails."""
    assert failed.keys() == {"Broken", *CAUGHT_BY}
    assert failed["Broken"] == set()


@pytest.mark.parametrize("name", CAUGHT_BY)
def test_a_break_is_found(failed: Mapping[str, set[str]], name: str) -> None:
    """By the contracts that it breaks."""
    assert CAUGHT_BY[name] <= failed[name]

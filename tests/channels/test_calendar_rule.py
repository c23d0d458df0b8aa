"""What a calendar is told: nothing that does not stand is shown, and all that stands and is to come is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from attrs import evolve
from calendar_samples import ENDINGS, MORE, PARIS, REGISTERED, following, registered, story, told
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import Application, Convocation, HistoryEntry, Request, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.folding import fold
from poec_workflow.invitations import Invitation, invitation
from poec_workflow.model import OPEN_STATES, Outcome, SubjectKind
from poec_workflow.testing import SettableClock, play
from poec_workflow.testing.contracts.fixtures import NOW
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.strategies import journals

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2021, 11, 22) + timedelta(days=each) for each in range(4))
APPOINTMENTS = ("convoked", "convocation-moved")


class Calendar:
    """A calendar that takes what RFC 5546 lets it take: of one uid, what has a higher number than it knows."""

    def __init__(self) -> None:
        self.known: Invitation | None = None

    def hear(self, heard: Invitation | None) -> None:
        if heard is not None and (self.known is None or heard.sequence > self.known.sequence):
            assert self.known is None or heard.uid == self.known.uid
            self.known = heard

    @property
    def shown(self) -> Invitation | None:
        return None if self.known is None or self.known.cancelled else self.known


def brief(given: Invitation | None) -> tuple[str, int, date] | None:
    return None if given is None else ("CANCEL" if given.cancelled else "REQUEST", given.sequence, given.on)


def test_an_appointment_is_an_invitation_each_move_and_the_end_before_it_a_higher_number() -> None:
    """Made, moved, cancelled: 0, 1, 2, with one uid."""
    heard = told(
        story(("convoked", MONDAY, TUESDAY), ("convocation-moved", MONDAY, WEDNESDAY), ("withdrawn", MONDAY, None))
    )
    assert list(map(brief, heard)) == [
        None,
        ("REQUEST", 0, TUESDAY),
        ("REQUEST", 1, WEDNESDAY),
        ("CANCEL", 2, WEDNESDAY),
    ]
    assert len({each.uid for each in heard if each}) == 1


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("ended", "expected"), [(TUESDAY, True), (WEDNESDAY, True), (THURSDAY, False)])
def test_whatever_ends_an_application_cancels_what_is_still_to_come(
    ending: str,
    ended: date,
    expected: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """On the appointment's own day still, and not after it."""
    heard = told(story(("convoked", MONDAY, WEDNESDAY), (ending, ended, None)))[-1]
    assert brief(heard) == (("CANCEL", 1, WEDNESDAY) if expected else None)


@pytest.mark.parametrize(("recorded", "invited"), [(MONDAY, True), (TUESDAY, True), (WEDNESDAY, False)])
def test_an_appointment_of_a_day_before_its_recording_invites_nobody(
    recorded: date,
    invited: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """N2: unless the date is before today; its end then cancels nothing."""
    heard = told(story(("convoked", recorded, TUESDAY), ("rejected", recorded, None)))
    assert [each is not None for each in heard] == [False, invited, invited]


def test_the_day_is_that_of_paris() -> None:
    """At half past midnight in Paris it is still yesterday in UTC: yesterday's appointment is past."""
    history = story(("convoked", MONDAY, MONDAY))
    late = evolve(history[-1], recorded_at=datetime(2021, 11, 23, 0, 30, tzinfo=PARIS))
    assert invitation([history[0], late], zone=PARIS) is None


def test_who_came_keeps_the_appointment() -> None:
    """Present and retained on the same day: nothing is cancelled; corrected, and withdrawn then: it is."""
    came = (("convoked", MONDAY, TUESDAY), ("presence-recorded", TUESDAY, None))
    assert told(story(*came, ("retained", TUESDAY, None)))[-1] is None
    corrected = story(*came, ("attendance-corrected", TUESDAY, None), ("withdrawn", TUESDAY, None))
    assert brief(told(corrected)[-1]) == ("CANCEL", 1, TUESDAY)


def test_a_new_convocation_replaces_the_one_that_the_candidate_declined() -> None:
    """An absence with notice recorded in advance: same uid, higher number."""
    heard = told(
        story(("convoked", MONDAY, TUESDAY), ("absence-notified", MONDAY, None), ("convoked", MONDAY, THURSDAY))
    )
    assert list(map(brief, heard[2:])) == [None, ("REQUEST", 1, THURSDAY)]
    assert heard[1] is not None
    assert heard[3] is not None
    assert heard[1].uid == heard[3].uid


def test_a_slip_mended_into_the_past_is_taken_back_and_once_only() -> None:
    """Entered for Thursday, was on Monday: cancelled with Thursday's day; the end cancels nothing more."""
    history = story(
        ("convoked", TUESDAY, THURSDAY), ("convocation-moved", TUESDAY, MONDAY), ("rejected", TUESDAY, None)
    )
    assert list(map(brief, told(history)[1:])) == [("REQUEST", 0, THURSDAY), ("CANCEL", 1, THURSDAY), None]
    again = story(
        ("convoked", TUESDAY, THURSDAY),
        ("convocation-moved", TUESDAY, MONDAY),
        ("convocation-moved", TUESDAY, WEDNESDAY),
    )
    assert brief(told(again)[-1]) == ("REQUEST", 2, WEDNESDAY)


def test_what_is_past_stays_when_another_is_entered_afterwards() -> None:
    """Absent with notice on Monday, received on Tuesday, entered on Thursday: nothing is told."""
    declined = (("convoked", MONDAY, MONDAY), ("absence-notified", MONDAY, None))
    assert told(story(*declined, ("convoked", THURSDAY, TUESDAY)))[-1] is None


def test_two_applications_and_one_reference_used_again_elsewhere_are_apart() -> None:
    """The uid is the application's own."""
    uids = set()
    for first in (registered(), registered(reference="C-2"), registered(REGISTERED + timedelta(days=1))):
        reference = first.event.reference
        second = following([first], "convoked", MONDAY, on=TUESDAY, reference=reference)
        made = invitation([first, second], zone=PARIS)
        assert made is not None
        uids.add(made.uid)
    assert len(uids) == 3


@st.composite
def histories(draw: st.DrawFn) -> list[HistoryEntry]:
    """Events in any order, as a service's own rows may bring them; after an end an application is convoked at most."""
    history = [registered()]
    day, ended = REGISTERED, False
    for _ in range(draw(st.integers(0, 10))):
        day += timedelta(days=draw(st.integers(0, 3)))
        appointed = len(history) > 1
        others = [*ENDINGS, *(["presence-recorded", "absence-notified", "attendance-corrected"] if appointed else [])]
        names = ["convoked", *([*APPOINTMENTS[appointed:], *others] if not ended else [])]
        name = draw(st.sampled_from(names))
        fields: dict[str, object] = dict(MORE.get(name, {}))
        if name in APPOINTMENTS:
            fields = {
                "on": day + timedelta(days=draw(st.integers(-4, 6))),
                "place": draw(st.sampled_from([None, "Pau"])),
            }
        history.append(following(history, name, day, **fields))
        ended = name in ENDINGS
    return history


def judge(history: list[HistoryEntry]) -> None:
    """Hold a calendar against what stands after each entry."""
    calendar = Calendar()
    numbers: list[int] = []
    for number, entry in enumerate(history, 1):
        application = fold(each.event for each in history[:number])
        assert isinstance(application, Application)
        before, heard = calendar.shown, invitation(history[:number], zone=PARIS)
        calendar.hear(heard)
        today = entry.recorded_at.astimezone(PARIS).date()
        if heard is not None:
            assert entry.event.type in {*APPOINTMENTS, *ENDINGS}, "the candidate is told of nothing else"
            assert not heard.cancelled or (before is not None and before.on >= today), "there is nothing to cancel"
            assert not numbers or heard.sequence > numbers[-1]
            numbers.append(heard.sequence)
        last = application.convocations[-1] if application.convocations else None
        stands = last is not None and (application.state in OPEN_STATES or last.outcome is Outcome.PRESENT)
        shown = calendar.shown
        if shown is not None and shown.on >= today:
            assert stands
            assert last is not None
            assert _same(shown, last)
        if last is not None and application.state in OPEN_STATES and last.on >= today:
            assert shown is not None
            assert _same(shown, last)


def _same(shown: Invitation, appointment: Convocation) -> bool:
    return (shown.on, shown.time, shown.place) == (appointment.on, appointment.time, appointment.place)


@given(histories())
def test_a_calendar_shows_what_stands_and_is_to_come_and_nothing_else(history: list[HistoryEntry]) -> None:
    """After each entry of any history; numbers rise, and only what was shown is cancelled."""
    judge(history)


@given(journals(longest=30))
@settings(max_examples=40)
def test_so_it_is_under_the_tables(journal: list[Request]) -> None:
    """The same of what journals of all commands leave behind; no clock goes back here."""
    storage = MemoryStorage()
    in_order: list[Request] = sorted(journal, key=lambda each: each.at or NOW)
    play(in_order, Workflow(storage, clock=SettableClock(NOW)))
    for (kind, _), history in Snapshot.of(storage).histories.items():
        if kind is SubjectKind.APPLICATION:
            judge(list(history))

"""What the actions list points at: each alert at its bounds, and on drawn numbers by another reckoning."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from poec_workflow import ActionState, Enrolment, SessionState, Settings, TrainingAction
from poec_workflow.model import Tally
from poec_workflow.policies.alerts import (
    alert_criteria,
    alert_reasons,
    alerts,
    awaits_validation,
    closes_half_empty,
    has_expiring,
    is_ended,
    is_incomplete,
)
from world import ACTION, SESSION

TODAY = date(2021, 11, 20)
WHOLE = evolve(ACTION, objective="o", programme="p", prerequisites="q")
QUIET = Enrolment(session=SESSION, tally=Tally(registered=9, pending=9), open_applications=())
DAYS = st.integers(-30, 30).map(lambda days: TODAY + timedelta(days=days))
CLOSING = evolve(SESSION, registration_deadline=TODAY, capacity=5, coefficient=2)


def around(session: object, **counts: int) -> Enrolment:
    return Enrolment(session=session, tally=Tally(**counts), open_applications=())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("used", "half_empty"), [(0, True), (4, True), (5, True), (6, False), (10, False), (12, False)]
)
def test_half_of_the_quota_is_unused(used: int, half_empty: bool) -> None:  # noqa: FBT001 - what is expected
    """Of ten places five or more are free: registered ones count, or live ones where the setting says so."""
    gone = around(CLOSING, registered=used, rejected=used)
    assert closes_half_empty(gone, alert_criteria(TODAY, Settings())) is half_empty
    assert closes_half_empty(gone, alert_criteria(TODAY, Settings(quota_counts="live"))) is True
    live = around(CLOSING, registered=used, retained=used)
    assert closes_half_empty(live, alert_criteria(TODAY, Settings(quota_counts="live"))) is half_empty


@pytest.mark.parametrize(("days", "near"), [(-1, False), (0, True), (7, True), (8, False)])
@pytest.mark.parametrize("state", SessionState)
def test_registration_closes_within_a_week(days: int, near: bool, state: SessionState) -> None:  # noqa: FBT001 - expected
    """From the deadline's own day to seven days before it, and for active sessions alone."""
    session = evolve(CLOSING, registration_deadline=TODAY + timedelta(days=days), state=state)
    expected = near and state is SessionState.ACTIVE
    assert closes_half_empty(around(session), alert_criteria(TODAY, Settings())) is expected


@given(DAYS, st.integers(0, 20), st.integers(0, 20), st.integers(0, 2), st.integers(0, 2))
def test_expiring_ones_are_those_of_the_dashboard(
    end: date, grace: int, warning: int, waiting: int, ended: int
) -> None:
    """An open application is there, and today ≤ end + grace ≤ today + warning."""
    session = evolve(SESSION, end=end)
    enrolment = around(session, registered=waiting + ended, pending=waiting, rejected=ended)
    near = TODAY <= end + timedelta(days=grace) <= TODAY + timedelta(days=warning)
    settings = Settings(grace_days=grace, warning_days=warning)
    assert has_expiring(enrolment, alert_criteria(TODAY, settings)) is (waiting > 0 and near)


@pytest.mark.parametrize(("days", "near"), [(-22, False), (-21, True), (-6, True), (-5, False)])
def test_an_application_expires_within_fifteen_days(days: int, near: bool) -> None:  # noqa: FBT001 - what is expected
    """On the deadline's own day, and fifteen days before it, both included."""
    session = evolve(SESSION, end=TODAY + timedelta(days=days))
    assert has_expiring(around(session, registered=1, pending=1), alert_criteria(TODAY, Settings())) is near


@pytest.mark.parametrize(("days", "ended"), [(-1, True), (0, False), (1, False)])
def test_a_session_has_ended_the_day_after_its_end(days: int, ended: bool) -> None:  # noqa: FBT001 - what is expected
    """Its last day is not over yet."""
    assert is_ended(evolve(SESSION, end=TODAY + timedelta(days=days)), TODAY) is ended


@pytest.mark.parametrize(
    "missing", [evolve(WHOLE, objective=""), evolve(WHOLE, programme=""), evolve(WHOLE, prerequisites="")]
)
def test_what_makes_an_action_incomplete(missing: TrainingAction) -> None:
    """Objective, programme or prerequisites: each of the three."""
    assert is_incomplete(missing)
    assert not is_incomplete(WHOLE)


@pytest.mark.parametrize("state", ActionState)
def test_a_certification_awaits_validation(state: ActionState) -> None:
    """While one is pending and the action is neither archived nor deleted; an empty one is pending too."""
    current = state in {"awaiting-publication", "published"}
    assert awaits_validation(evolve(ACTION, state=state, pending_certification="CléA")) is current
    assert awaits_validation(evolve(ACTION, state=state, pending_certification="")) is current
    assert not awaits_validation(evolve(ACTION, state=state, pending_certification=None))


@pytest.mark.parametrize("state", ActionState)
def test_one_reason_is_enough_for_an_alert(state: ActionState) -> None:
    """Of a published action alone: itself incomplete, or any of its sessions expiring or closing half empty."""
    criteria = alert_criteria(TODAY, Settings())
    published = state is ActionState.PUBLISHED
    whole = evolve(WHOLE, state=state)
    expiring = around(
        evolve(SESSION, end=TODAY, registration_deadline=TODAY.replace(year=2020)), pending=1, registered=9
    )
    assert alerts(whole, [], criteria) is False
    assert alerts(whole, [QUIET], criteria) is False
    assert alerts(evolve(whole, objective=""), [QUIET], criteria) is published
    assert alerts(whole, [QUIET, around(CLOSING), QUIET], criteria) is published
    far = alert_criteria(TODAY, Settings(grace_days=0))
    assert alerts(whole, [QUIET, expiring], far) is published


@pytest.mark.parametrize("state", ActionState)
@given(st.booleans(), st.booleans(), st.booleans())
def test_every_reason_of_an_alert_is_named(state: ActionState, empty: bool, expires: bool, unused: bool) -> None:  # noqa: FBT001 - drawn
    """In one order, whichever of its sessions gives it; an action that is not published has none."""
    action = evolve(WHOLE, state=state, programme="" if empty else "p")
    past = evolve(SESSION, end=TODAY, registration_deadline=TODAY.replace(year=2020))
    enrolments = [QUIET, *[around(past, pending=1, registered=9)] * expires, *[around(CLOSING)] * unused]
    given_reasons = {"incomplete": empty, "applications-expiring": expires, "quota-unused": unused}
    expected = [each for each, given in given_reasons.items() if given and state is ActionState.PUBLISHED]
    assert [*alert_reasons(action, enrolments, alert_criteria(TODAY, Settings(grace_days=0)))] == expected

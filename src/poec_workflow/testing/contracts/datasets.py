"""Drawn towns: actions, sessions, applications and people as they might stand, put in a storage without commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st

from poec_workflow import events
from poec_workflow.events import AnyEvent, HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.model import (
    SYSTEM,
    ActionState,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Origin,
    Prescriber,
    SessionState,
    Subject,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.ports import Storage, Transaction
from poec_workflow.testing.contracts.sample_subjects import ACTION, NOW, PRESCRIBER, SESSION, application

TODAY = date(2021, 11, 20)
EDGES = (-22, -21, -20, -7, -6, -5, -1, 0, 1, 6, 7, 8, 40)
"""Days from today, about every limit of the lists."""
DAYS = st.sampled_from([TODAY + timedelta(days=days) for days in EDGES])
ORGANIZATIONS = st.sampled_from(["AFEC", "Œuvre", "É/T_%"])
TEXTS = st.text("aàÀéEœŒ _%/", max_size=4)
REFERENCES = st.text("aZé0_%", min_size=1, max_size=2)


@frozen(kw_only=True)
class Town:
    """Everything that there is, by reference."""

    actions: dict[str, TrainingAction]
    sessions: dict[str, TrainingSession]
    applications: dict[str, Application]
    people: dict[str, Candidate]

    def of(self, session: TrainingSession) -> list[Application]:
        """A session's applications."""
        return [each for each in self.applications.values() if each.session == session.reference]

    def sessions_of(self, action: TrainingAction) -> list[TrainingSession]:
        """An action's sessions, by reference."""
        return [each for _, each in sorted(self.sessions.items()) if each.action == action.reference]

    def action_of(self, session: TrainingSession) -> TrainingAction:
        """A session's action."""
        return self.actions[session.action]

    def session_of(self, application: Application) -> TrainingSession:
        """An application's session."""
        return self.sessions[application.session]


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Towns of some actions, sessions and applications."""
    actions = {each: draw(_action(each)) for each in draw(st.lists(REFERENCES, min_size=1, max_size=3, unique=True))}
    sessions = {
        each: draw(_session(each, sorted(actions))) for each in draw(st.lists(REFERENCES, max_size=4, unique=True))
    }
    references = draw(st.lists(REFERENCES, max_size=8, unique=True)) if sessions else []
    applications = {each: draw(_application(each, sorted(sessions))) for each in references}
    people = {
        each: Candidate(reference=each, name=draw(TEXTS), email=draw(st.none() | TEXTS))
        for each in {each.candidate for each in applications.values()}
        if draw(st.booleans())
    }
    return Town(actions=actions, sessions=sessions, applications=applications, people=people)


def _action(reference: str) -> st.SearchStrategy[TrainingAction]:
    filled = st.sampled_from(["oui", "oui", "oui", ""])
    return st.builds(
        lambda **drawn: evolve(ACTION, reference=reference, version=1, **drawn),
        state=st.just(ActionState.PUBLISHED) | st.sampled_from(ActionState),
        title=TEXTS,
        responsible=ORGANIZATIONS,
        pending_certification=st.none() | filled,
        objective=filled,
        programme=st.just("oui"),
        prerequisites=filled,
    )


def _session(reference: str, actions: Sequence[str]) -> st.SearchStrategy[TrainingSession]:
    return st.builds(
        lambda **drawn: evolve(SESSION, reference=reference, **drawn),
        state=st.just(SessionState.ACTIVE) | st.sampled_from(SessionState),
        action=st.sampled_from(actions),
        start=DAYS,
        end=DAYS,
        place=TEXTS,
        responsible=ORGANIZATIONS,
        positioner=ORGANIZATIONS,
        trainer=ORGANIZATIONS,
        capacity=st.integers(1, 2),
        coefficient=st.just(2),
        registration_deadline=DAYS,
    )


def _application(reference: str, sessions: Sequence[str]) -> st.SearchStrategy[Application]:
    day = st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
    convocations = st.lists(st.builds(Convocation, on=day, entered_at=st.just(NOW)), min_size=1, max_size=2)
    return st.builds(
        Application,
        reference=st.just(reference),
        version=st.just(1),
        state=st.sampled_from(ApplicationState),
        session=st.sampled_from(sessions),
        candidate=st.sampled_from(["P-1", "P-2", "é"]),
        prescriber=st.just(PRESCRIBER) | st.builds(Prescriber, origin=st.just(Origin.SELF), name=TEXTS),
        registered_at=st.datetimes(datetime(2021, 11, 1), datetime(2021, 11, 30), timezones=st.just(UTC)),  # noqa: DTZ001
        convocations=convocations.map(tuple),
    )


def mixed() -> Town:
    """A town in which every field of a filter makes a difference."""
    town = Town(actions={}, sessions={}, applications={}, people={})
    for number, state in enumerate(ActionState):
        name = f"A-{number}"
        filled: dict[str, Any] = {
            "objective": "oui",
            "programme": "oui",
            "prerequisites": "" if state is ActionState.PUBLISHED else "oui",
        }
        pending = "CléA" if state is ActionState.AWAITING_PUBLICATION else None
        title = "[POEC] Soudeur" if number else "[POEC] Vendeur"
        fields: dict[str, Any] = {"title": title, "pending_certification": pending, "responsible": "RESP", **filled}
        town.actions[name] = evolve(ACTION, reference=name, version=1, state=state, **fields)
        if state is ActionState.PUBLISHED:
            town.actions["A-9"] = evolve(ACTION, reference="A-9", version=1, **{**fields, "prerequisites": "oui"})
    kinds = product(SessionState, (-40, -1, 0, 40), ("AFEC", "Œuvre"))
    for number, (standing, end, organization) in enumerate(kinds):
        name = f"S-{number}"
        town.sessions[name] = evolve(
            SESSION,
            reference=name,
            action=f"A-{number % 2}",
            state=standing,
            start=TODAY + timedelta(days=end - 10),
            end=TODAY + timedelta(days=end),
            place="Pau" if number % 3 else "Agen",
            trainer=organization,
            positioner="AFEC" if number % 5 == 0 else "POS",
        )
    for number, (session, state_of) in enumerate(product(town.sessions, ApplicationState)):
        name = f"C-{number}"
        town.applications[name] = application(
            state_of, reference=name, version=1, session=session, candidate=f"P-{number % 3}"
        )
    town.people["P-1"] = Candidate(reference="P-1", name="Zoé Nabil")
    return town


def edges() -> Town:
    """A town of complete actions of one session each: every combination of state, dates, quota and use of it."""
    town = Town(actions={}, sessions={}, applications={}, people={})
    full = evolve(ACTION, version=1, objective="oui", programme="oui", prerequisites="oui")
    chosen = product(SessionState, (-1, 0, 7, 8), (-22, -21, -6, -5), (1, 2), range(4), ("pending", "rejected"))
    for number, (state, closing, end, capacity, used, standing) in enumerate(chosen):
        name = f"{number:04}"
        town.actions[name] = evolve(full, reference=name)
        town.sessions[name] = evolve(
            SESSION,
            reference=name,
            action=name,
            state=state,
            registration_deadline=TODAY + timedelta(days=closing),
            end=TODAY + timedelta(days=end),
            capacity=capacity,
            coefficient=2,
        )
        town.applications.update(
            (each, application(ApplicationState(standing), reference=each, version=1, session=name))
            for each in (f"{name}-{index}" for index in range(used))
        )
    return town


def settle(town: Town, storage: Storage) -> None:
    """Put a town in an empty storage."""
    everything: list[Subject] = [*town.actions.values(), *town.sessions.values(), *town.applications.values()]

    def work(transaction: Transaction) -> None:
        for each in everything:
            transaction.save([_recorded(each)], people=list(town.people.values()))

    storage.run(work)


def _recorded(subject: Subject) -> RecordedChange:
    """A subject, and an entry that says that it was created as it is."""
    entry = HistoryEntry(
        event=_event(subject),
        recorded_at=NOW,
        actor=SYSTEM,
        rule="L1",
        command="preregister",
        decision=Position(subject.kind, subject.reference, subject.version),
        from_state=None,
        fingerprint="drawn",
    )
    return RecordedChange(subject, entry)


def _event(subject: Subject) -> AnyEvent:
    envelope: dict[str, Any] = {"reference": subject.reference, "version": subject.version, "effective_at": NOW}
    match subject:
        case TrainingAction():
            return events.ActionPublished(state=subject.state, **envelope)
        case TrainingSession():
            return events.SessionReopened(state=subject.state, **envelope)
        case Application():
            return events.PresenceRecorded(state=subject.state, **envelope)

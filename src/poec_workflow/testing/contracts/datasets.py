"""Data sets to list: actions, sessions, applications and people as they might stand, stored without commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from poec_workflow import events
from poec_workflow.events import AnyEvent
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.model import (
    SYSTEM,
    ActionState,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Origin,
    Outcome,
    Prescriber,
    SessionState,
    Subject,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.ports import Storage, Transaction
from poec_workflow.testing.contracts.sample_subjects import ACTION, NOW, PRESCRIBER, SESSION, application
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.reference.snapshot import key_of

TODAY = date(2021, 11, 20)
EDGES = (-22, -21, -20, -7, -6, -5, -1, 0, 1, 6, 7, 8, 40)
"""Days from today, about every limit of the lists."""
DAYS = st.sampled_from([TODAY + timedelta(days=days) for days in EDGES])
MIDNIGHTS = tuple(
    datetime(2021, 11, day, 23, tzinfo=UTC) + timedelta(microseconds=each) for day in (18, 19, 20) for each in (-1, 0)
)
"""The last instant of some days in Paris, and the first of the next ones."""
ORGANIZATIONS = st.sampled_from(["AFEC", "Œuvre", "É/T_%"])
LONG_FUNDER = "Région Nouvelle-Aquitaine, " * 200
"""Longer than a database indexes."""
FUNDERS = st.sampled_from(["AFEC", "afec", "", LONG_FUNDER, LONG_FUNDER + " "])
SESSION_TYPES = st.sampled_from(["Présentiel", "présentiel", "Mixte", ""])
TEXTS = st.text("aàÀéEœŒ _%/", max_size=4)
REFERENCES = st.text("aZé0_%", min_size=1, max_size=2)


def dataset(*subjects: Subject, people: Iterable[Candidate] = ()) -> Snapshot:
    """Make a snapshot of subjects and people, in the order of their references."""
    ordered = sorted(subjects, key=lambda each: each.reference)
    return Snapshot({key_of(each): each for each in ordered}, people={each.reference: each for each in people})


@st.composite
def datasets(draw: st.DrawFn) -> Snapshot:
    """Draw some actions, sessions, applications and people."""
    actions = draw(st.lists(REFERENCES, min_size=1, max_size=3, unique=True))
    sessions = draw(st.lists(REFERENCES, max_size=4, unique=True))
    references = draw(st.lists(REFERENCES, max_size=8, unique=True)) if sessions else []
    applications = [draw(_application(each, sorted(sessions))) for each in references]
    return dataset(
        *(draw(_action(each)) for each in actions),
        *(draw(_session(each, sorted(actions))) for each in sessions),
        *applications,
        people=[
            Candidate(reference=each, name=draw(TEXTS), email=draw(st.none() | TEXTS))
            for each in sorted({each.candidate for each in applications})
            if draw(st.booleans())
        ],
    )


def _action(reference: str) -> st.SearchStrategy[TrainingAction]:
    filled = st.sampled_from(["oui", "oui", "oui", ""])
    return st.builds(
        lambda **drawn: evolve(ACTION, reference=reference, version=1, **drawn),
        state=st.just(ActionState.PUBLISHED) | st.sampled_from(ActionState),
        title=TEXTS,
        funder=FUNDERS,
        responsible=ORGANIZATIONS,
        pending_certification=st.none() | filled,
        objective=filled,
        programme=st.just("oui"),
        prerequisites=filled,
        kind=st.none() | TEXTS,
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
        session_type=st.none() | SESSION_TYPES,
        market=st.none() | TEXTS,
        measure=st.none() | TEXTS,
    )


def _application(reference: str, sessions: Sequence[str]) -> st.SearchStrategy[Application]:
    day = st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
    outcome = st.none() | st.sampled_from(Outcome)
    convocation = st.builds(Convocation, on=day, entered_at=st.just(NOW), outcome=outcome)
    convocations = st.lists(convocation, min_size=1, max_size=2)
    return st.builds(
        Application,
        reference=st.just(reference),
        version=st.just(1),
        state=st.sampled_from(ApplicationState),
        session=st.sampled_from(sessions),
        candidate=st.sampled_from(["P-1", "P-2", "é"]),
        prescriber=st.just(PRESCRIBER)
        | st.builds(Prescriber, origin=st.just(Origin.SELF), name=TEXTS)
        | st.builds(Prescriber, origin=st.just(Origin.FRANCE_TRAVAIL), organization=ORGANIZATIONS),
        registered_at=st.sampled_from(MIDNIGHTS)
        | st.datetimes(datetime(2021, 11, 1), datetime(2021, 11, 30), timezones=st.just(UTC)),  # noqa: DTZ001
        convocations=convocations.map(tuple),
        entry=st.none() | DAYS,
        exit=st.none() | DAYS,
        weekly_hours=st.none() | st.sampled_from([Decimal(35), Decimal("30.5")]),
        motive=st.none() | TEXTS,
        reason=st.none() | TEXTS,
    )


def mixed() -> Snapshot:
    """Make a data set in which every field of a filter makes a difference."""
    whole = evolve(ACTION, version=1, responsible="RESP", objective="oui", programme="oui", prerequisites="oui")
    whole = evolve(whole, pending_certification=None)
    subjects: list[Subject] = [evolve(whole, reference="A-9", title="[POEC] Soudeur")]
    for number, state in enumerate(ActionState):
        changes: dict[str, Any] = {"title": "[POEC] Soudeur" if number else "[POEC] Vendeur"}
        if number % 2:
            changes["funder"] = LONG_FUNDER
        if state is ActionState.PUBLISHED:
            changes["prerequisites"] = ""
        elif state is ActionState.AWAITING_PUBLICATION:
            changes["pending_certification"] = "CléA"
        subjects.append(evolve(whole, reference=f"A-{number}", state=state, **changes))
    kinds = product(SessionState, (-40, -1, 0, 40), ("AFEC", "Œuvre"))
    for number, (standing, end, organization) in enumerate(kinds):
        session = evolve(
            SESSION,
            reference=f"S-{number}",
            action=f"A-{number % 2}",
            state=standing,
            start=TODAY + timedelta(days=end - 10),
            end=TODAY + timedelta(days=end),
            place="Pau" if number % 3 else "Agen",
            trainer=organization,
            positioner="AFEC" if number % 5 == 0 else "POS",
            session_type="Présentiel" if number % 4 == 1 else None,
        )
        subjects.append(session)
        for each, state_of in enumerate(ApplicationState, number * len(ApplicationState)):
            changes = {"session": session.reference, "candidate": f"P-{each % 3}"}
            changes["registered_at"] = NOW - timedelta(days=each % 7)
            if each % 4 == 0:
                changes["prescriber"] = Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="AFEC")
            subjects.append(application(state_of, reference=f"C-{each}", version=1, **changes))
    return dataset(*subjects, people=[Candidate(reference="P-1", name="Zoé Nabil")])


def edges() -> Snapshot:
    """Make complete actions of one session each: every combination of state, dates, quota and use of it."""
    full = evolve(ACTION, version=1, objective="oui", programme="oui", prerequisites="oui")
    chosen = product(SessionState, (-1, 0, 7, 8), (-22, -21, -6, -5), (1, 2), range(4), ("pending", "rejected"))
    subjects: list[Subject] = []
    for number, (state, closing, end, capacity, used, standing) in enumerate(chosen):
        name = f"{number:04}"
        subjects.append(evolve(full, reference=name))
        session: dict[str, Any] = {"state": state, "capacity": capacity, "coefficient": 2}
        session |= {"registration_deadline": TODAY + timedelta(days=closing), "end": TODAY + timedelta(days=end)}
        subjects.append(evolve(SESSION, reference=name, action=name, **session))
        registered = application(ApplicationState(standing), version=1, session=name)
        subjects.extend(evolve(registered, reference=f"{name}-{each}") for each in range(used))
    return dataset(*subjects)


def edge_of_days() -> Snapshot:
    """Make a session of an organisation in two roles, with applications about midnight in each state; and another."""
    published = evolve(ACTION, version=1, pending_certification=None)
    hidden = evolve(published, reference="A-2", state=ActionState.ARCHIVED)
    subjects: list[Subject] = [published, hidden]
    for number, action in enumerate(("A-1", "A-2", "A-1")):
        roles: dict[str, Any] = {"trainer": "AFEC", "responsible": "AFEC"} if number < 2 else {"positioner": "AFEC"}
        subjects.append(
            evolve(SESSION, reference=f"S-{number}", action=action, end=TODAY + timedelta(days=number), **roles)
        )
        for each, (state, registered) in enumerate(product(ApplicationState, MIDNIGHTS)):
            changes = {"session": f"S-{number}", "registered_at": registered, "version": 1}
            subjects.append(application(state, reference=f"C-{number}-{each}", **changes))
    return dataset(*subjects)


def settle(stored: Snapshot, storage: Storage) -> None:
    """Put a data set into an empty storage, without commands."""
    rank = [TrainingAction, TrainingSession, Application]
    subjects = sorted(stored.subjects.values(), key=lambda each: rank.index(type(each)))

    def work(transaction: Transaction) -> None:
        for each in subjects:
            transaction.save([_recorded(each)], people=list(stored.people.values()))

    storage.run(work)


def _recorded(subject: Subject) -> RecordedChange:
    """Return a subject, and an entry that says that it was created as it is."""
    entry = HistoryEntry(
        event=_event(subject),
        recorded_at=NOW,
        actor=SYSTEM,
        rule="L1",
        command="preregister",
        decision=Position(subject.subject_kind, subject.reference, subject.version),
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

"""The decision as somebody would write it by hand for these four commands alone: one frozen table, one function.

The policies are the package's own functions, as their work is the same whoever calls them; finding the row, asking who
may, calling the policies and making the products is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen

from poec_workflow import Application, ApplicationState, Convocation, Facts, events
from poec_workflow.commands import ApplicationCommand, Convoke, Preregister, RecordPresence, Retain
from poec_workflow.errors import Refusal
from poec_workflow.model import ActorKind
from poec_workflow.policies.advice import (
    entry_outside_window,
    exit_outside_window,
    unusual_weekly_hours,
    weekly_hours_out_of_range,
)
from poec_workflow.policies.attendance import convocation_not_due
from poec_workflow.policies.capacity import no_seat_left
from poec_workflow.policies.convocation import (
    convocation_after_advice_deadline,
    convocation_after_late_entry,
    convocation_before_registration,
    convocation_limit_reached,
    convocation_not_after_previous,
)
from poec_workflow.policies.deadlines import advice_deadline_passed
from poec_workflow.policies.registration import (
    action_not_published,
    already_applied,
    quota_reached,
    registration_deadline_passed,
    session_cancelled,
    session_complete,
)

Policy = Callable[..., Any]
Product = tuple[Application, events.ApplicationEvent]


@frozen(kw_only=True)
class Row:
    """One row: where it leads, who may, what refuses, what advises; what it makes."""

    target: ApplicationState
    permitted: Callable[[Any, Facts, Any], bool]
    policies: tuple[Policy, ...] = ()
    payload_policies: tuple[Policy, ...] = ()
    advisories: tuple[Policy, ...] = ()
    products: Callable[[Any, Facts, Any], Product]


def _of_the_session(_application: Application, facts: Facts, _command: ApplicationCommand) -> bool:
    actor, session = facts.actor, facts.session
    return actor.kind is ActorKind.ORGANIZATION and actor.organization in (
        session.positioner,
        session.trainer,
        session.responsible,
    )


def _who_sends(_nothing: None, facts: Facts, command: Preregister) -> bool:
    actor = facts.actor
    if actor.kind is ActorKind.ADVISER:
        return actor.organization == command.prescriber.organization
    return actor.kind is ActorKind.PLATFORM


def _registered(_nothing: None, facts: Facts, command: Preregister) -> Product:
    application = Application(
        reference=command.application,
        version=1,
        state=ApplicationState.PENDING,
        session=command.session,
        candidate=command.candidate.reference,
        prescriber=command.prescriber,
        registered_at=facts.now,
    )
    event = events.Preregistered(
        reference=command.application,
        version=1,
        state=ApplicationState.PENDING,
        effective_at=facts.now,
        session=command.session,
        candidate=command.candidate,
        prescriber=command.prescriber,
    )
    return application, event


def _convoked(application: Application, facts: Facts, command: Convoke) -> Product:
    version = application.version + 1
    appointment = Convocation(on=command.on, time=command.time, place=command.place, entered_at=facts.now)
    after = evolve(
        application,
        version=version,
        state=ApplicationState.CONVOKED,
        convocations=(*application.convocations, appointment),
    )
    event = events.Convoked(
        reference=application.reference,
        version=version,
        state=ApplicationState.CONVOKED,
        effective_at=facts.now,
        on=command.on,
        time=command.time,
        place=command.place,
    )
    return after, event


def _present(application: Application, facts: Facts, _command: RecordPresence) -> Product:
    version = application.version + 1
    event = events.PresenceRecorded(
        reference=application.reference, version=version, state=ApplicationState.PRESENT, effective_at=facts.now
    )
    return evolve(application, version=version, state=ApplicationState.PRESENT), event


def _retained(application: Application, facts: Facts, command: Retain) -> Product:
    version = application.version + 1
    after = evolve(
        application,
        version=version,
        state=ApplicationState.RETAINED,
        entry=command.entry,
        exit=command.exit,
        weekly_hours=command.weekly_hours,
    )
    event = events.Retained(
        reference=application.reference,
        version=version,
        state=ApplicationState.RETAINED,
        effective_at=facts.now,
        entry=command.entry,
        exit=command.exit,
        weekly_hours=command.weekly_hours,
    )
    return after, event


_CONVOKE = Row(
    target=ApplicationState.CONVOKED,
    permitted=_of_the_session,
    policies=(advice_deadline_passed, convocation_limit_reached),
    payload_policies=(
        convocation_not_after_previous,
        convocation_before_registration,
        convocation_after_advice_deadline,
    ),
    advisories=(convocation_after_late_entry,),
    products=_convoked,
)
TABLE: Mapping[tuple[ApplicationState | None, type[ApplicationCommand]], Row] = MappingProxyType(
    {
        (None, Preregister): Row(
            target=ApplicationState.PENDING,
            permitted=_who_sends,
            policies=(
                action_not_published,
                session_complete,
                session_cancelled,
                registration_deadline_passed,
                quota_reached,
                already_applied,
            ),
            products=_registered,
        ),
        (ApplicationState.PENDING, Convoke): _CONVOKE,
        (ApplicationState.ABSENT, Convoke): _CONVOKE,
        (ApplicationState.CONVOKED, RecordPresence): Row(
            target=ApplicationState.PRESENT,
            permitted=_of_the_session,
            policies=(advice_deadline_passed, convocation_not_due),
            products=_present,
        ),
        (ApplicationState.PRESENT, Retain): Row(
            target=ApplicationState.RETAINED,
            permitted=_of_the_session,
            policies=(advice_deadline_passed, no_seat_left),
            payload_policies=(entry_outside_window, exit_outside_window, weekly_hours_out_of_range),
            advisories=(unusual_weekly_hours,),
            products=_retained,
        ),
    }
)


def decided(
    application: Application | None, command: ApplicationCommand, facts: Facts, *, products: bool
) -> tuple[Refusal, ...] | ApplicationState | tuple[Product, tuple[str, ...]]:
    """The refusals; else the state that the table leads to, or with `products` what is made, and the advisories."""
    state = None if application is None else application.state
    row = TABLE.get((state, type(command)))
    if row is None:
        return (Refusal("no-transition", {"command": command.type, "state": state}),)
    if not row.permitted(application, facts, command):
        return (Refusal("not-permitted", {"command": command.type, "actor": facts.actor.kind}),)
    refusals = []
    for policy in row.policies:
        details = policy(application, facts)
        if details is not None:
            refusals.append(Refusal(policy.__name__, details))
    for policy in row.payload_policies:
        details = policy(application, facts, command)
        if details is not None:
            refusals.append(Refusal(policy.__name__, details))
    if refusals:
        return tuple(refusals)
    if not products:
        return row.target
    advisories = tuple([each.__name__ for each in row.advisories if each(application, facts, command) is not None])
    return row.products(application, facts, command), advisories

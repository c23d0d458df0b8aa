"""What is imported: what contradicts itself is refused, and what breaks a rule is told of (I1).

Another system had other rules, and what it holds happened: a rule of a creation, of a convocation or of an advice is
asked here of each part that was known, and is an advisory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from poec_workflow.commands import Convoke, ImportAction, ImportApplication, ImportSession, Reject
from poec_workflow.errors import Details
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Application,
    ApplicationState,
    Convocation,
    Outcome,
    SessionState,
    State,
)
from poec_workflow.policies.advice import (
    entry_outside_window,
    exit_outside_window,
    unknown_motive,
    unknown_reason,
    unusual_weekly_hours,
    weekly_hours_out_of_range,
)
from poec_workflow.policies.capacity import no_seat_left
from poec_workflow.policies.convocation import (
    convocation_after_advice_deadline,
    convocation_before_registration,
    convocation_limit_reached,
    convocation_not_after_previous,
)
from poec_workflow.policies.deadlines import advice_deadline_passed
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.registration import already_applied, session_cancelled, session_complete

RETAINED = ApplicationState.RETAINED

_NOTHING = (None,)
_OUTCOMES: Mapping[ApplicationState, tuple[Outcome | None, ...]] = FrozenMap(
    {
        ApplicationState.CONVOKED: _NOTHING,
        ApplicationState.PRESENT: (Outcome.PRESENT,),
        ApplicationState.ABSENT: (Outcome.ABSENT_WITH_NOTICE,),
        # What came of it is seldom known of an application that was retained.
        ApplicationState.RETAINED: (Outcome.PRESENT, None),
    }
)
"""State ▸ what came of the last convocation; of the other states anything."""
_CONVOKED = frozenset({ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT})
_ENROLMENT = ("entry", "exit", "weekly_hours")
_REFUSAL = ("motive", "reason")
_ENDINGS: Mapping[ApplicationState, tuple[str, ...]] = FrozenMap(
    {RETAINED: _ENROLMENT, ApplicationState.REJECTED: _REFUSAL}
)
"""State ▸ the fields that say how it ended; of another state they say nothing."""

Imported = ImportApplication | ImportSession | ImportAction
ImportPolicy = Callable[[object, Facts, ImportApplication], Details | None]


def imported_state_contradicted(_nothing: object, _facts: Facts, command: Imported) -> Details | None:
    """The state and the other fields can't both be true: which of these, by name."""
    match command:
        case ImportApplication():
            fields = tuple(_contradicting(command))
        case ImportSession():
            fields = tuple(_contradicting_a_session(command))
        case _:
            fields = tuple(_contradicting_an_action(command))
    return {"state": command.state, "fields": fields} if fields else None


def _contradicting(command: ImportApplication) -> Iterator[str]:
    state = command.state
    if command.convocations:
        outcome = command.convocations[-1].outcome
        contradicted = state == ApplicationState.PENDING or outcome not in _OUTCOMES.get(state, (outcome,))
    else:
        contradicted = state in _CONVOKED
    if contradicted:
        yield "convocations"
    expected = _ENDINGS.get(state, ())
    for name in (*_ENROLMENT, *_REFUSAL):
        if getattr(command, name) is not None and name not in expected:
            yield name
    if command.motive is None and command.reason is not None and "motive" in expected:
        yield "motive"


def _contradicting_a_session(command: ImportSession) -> Iterator[str]:
    if command.cancellation_reason is not None and command.state != SessionState.CANCELLED:
        yield "cancellation_reason"


def _contradicting_an_action(command: ImportAction) -> Iterator[str]:
    if command.pending_certification == (command.certification or ""):
        yield "pending_certification"


def _like(policy: Callable[..., Details | None], ask: ImportPolicy) -> ImportPolicy:
    """A policy under the name of another one, and so with its code."""
    ask.__name__, ask.__doc__ = policy.__name__, policy.__doc__
    return ask


def _in(states: Collection[State], policy: Callable[..., Details | None]) -> ImportPolicy:
    """A policy of two arguments, asked where the imported application is in one of some states."""
    return _like(policy, lambda nothing, facts, command: policy(nothing, facts) if command.state in states else None)


def _of(policy: Callable[..., Details | None], *names: str) -> ImportPolicy:
    """A policy of an advice, asked where the fields that it looks at were known."""

    def ask(nothing: object, facts: Facts, command: ImportApplication) -> Details | None:
        known = all(getattr(command, name) is not None for name in names)
        return policy(nothing, facts, command) if known else None

    return _like(policy, ask)


def _of_reason(_nothing: object, facts: Facts, command: ImportApplication) -> Details | None:
    if command.motive is None or command.reason is None:
        return None
    advice = Reject(command.application, motive=command.motive, reason=command.reason)
    return unknown_reason(_application(command, command.convocations), facts, advice)


def _of_each_convocation(policy: Callable[..., Details | None], *, payload: bool = True) -> ImportPolicy:
    """A policy of `convoke`, asked of each convocation as if it were given now; the first answer."""

    def ask(_nothing: object, facts: Facts, command: ImportApplication) -> Details | None:
        for number, each in enumerate(command.convocations):
            before = _application(command, command.convocations[:number])
            asked = (Convoke(command.application, on=each.on),) if payload else ()
            if (details := policy(before, facts, *asked)) is not None:
                return details
        return None

    return _like(policy, ask)


def _application(command: ImportApplication, convocations: tuple[Convocation, ...]) -> Application:
    return Application(
        reference=command.application,
        version=1,
        state=ApplicationState.PENDING,
        session=command.session,
        candidate=command.candidate.reference,
        prescriber=command.prescriber,
        registered_at=command.registered_at,
        convocations=convocations,
    )


OPEN_IN_AN_ENDED_SESSION = (_in(OPEN_STATES, session_complete), _in(OPEN_STATES, session_cancelled))
"""A session that is complete or cancelled has no open application left, here or elsewhere."""

BROKEN_RULES = (
    _in(LIVE_STATES, already_applied),
    _in({RETAINED}, no_seat_left),
    _in(OPEN_STATES, advice_deadline_passed),
    _of_each_convocation(convocation_limit_reached, payload=False),
    _of_each_convocation(convocation_not_after_previous),
    _of_each_convocation(convocation_before_registration),
    _of_each_convocation(convocation_after_advice_deadline),
    _of(entry_outside_window, "entry"),
    _of(exit_outside_window, "entry", "exit"),
    _of(weekly_hours_out_of_range, "weekly_hours"),
    _of(unusual_weekly_hours, "weekly_hours"),
    _of(unknown_motive, "motive"),
    _like(unknown_reason, _of_reason),
)
"""The rules that an imported application may break."""

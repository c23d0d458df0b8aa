"""The search: every state that can be reached within bounds, the nearest first, through the real `decide`.

It goes level by level: the states of level n are those that n journal lines reach, and none fewer; passing time takes
no line. So the first journal to anything is a shortest one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import date

from attrs import evolve

from poec_workflow.commands import Command, Expire, Preregister, Request
from poec_workflow.decider import Accepted, Refused, decide
from poec_workflow.machines import AnyRule, Lifecycles
from poec_workflow.model import Actor, State, SubjectKind
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds, Calendar
from poec_workflow.testing.exploration.enabled_commands import STRANGER, Attempt, EnabledCommands, Purpose
from poec_workflow.testing.exploration.sample_commands import SampleCommands
from poec_workflow.testing.exploration.search_record import SearchRecord, Violation
from poec_workflow.testing.exploration.state_space import Node
from poec_workflow.testing.reference import CommandCase, ObservedStep, Promise, Snapshot, expected_refusals
from poec_workflow.testing.reference.asked_promises import PromiseRaisedError, contradictions_of, name_of
from poec_workflow.testing.reference.expected_refusals import CODES
from poec_workflow.testing.reference.properties import OF_DECISIONS, each_refusal_is_due


class Search:
    """One exploration."""

    def __init__(
        self,
        bounds: Bounds,
        settings: Settings,
        lifecycles: Lifecycles,
        *,
        whole: bool = True,
        every: bool = False,
        properties: tuple[Promise, ...] = (),
    ) -> None:
        self.record = SearchRecord()
        self._whole = whole
        self._properties = properties
        self._bounds = bounds
        self._settings = settings
        self._lifecycles = lifecycles
        self._calendar = Calendar.of(settings, bounds)
        self._enabled = EnabledCommands(SampleCommands(bounds, self._calendar, settings), lifecycles, every=every)
        self._seen: set[Hashable] = set()
        self._final = lifecycles[SubjectKind.APPLICATION].final
        rules = [rule for each in lifecycles.values() for rule in each.steps]
        self._own_codes = frozenset(code for rule in rules for code in rule.codes) - CODES
        self._cells = {
            (command, state): each.rows(state, command)
            for each in lifecycles.values()
            for state in (None, *each.states)
            for command in each.step_commands
        }
        self._ambiguous = {command for (command, _), rows in self._cells.items() if len(rows) > 1}
        self._known_facts: dict[tuple[SubjectKind, Actor, date, bool], Facts] = {}
        self._facts_of: Snapshot | None = None

    def run(self) -> SearchRecord:
        """Search until there is nothing new."""
        level = list(self._entered(Node(Snapshot())))
        while level:
            following: list[Node] = []
            for node in level:
                self._expand(node, following)
                if self._is_enough():
                    self.record.complete = False
                    return self.record
            level = following
        return self.record

    def _is_enough(self) -> bool:
        self.record.states = len(self._seen)
        return self.record.states > self._bounds.states or bool(self.record.violations and not self._whole)

    def _entered(self, node: Node) -> Iterator[Node]:
        """Yield a node, and the same on later days, as far as they are new."""
        for day in range(node.day, len(self._calendar.days)):
            later = node if day == node.day else evolve(node, day=day)
            key = later.key(self._calendar.days[day], self._final)
            if key in self._seen:
                # Then so are all later ones: they were entered with it.
                return
            self._seen.add(key)
            yield later

    def _expand(self, node: Node, following: list[Node]) -> None:
        for attempt in self._enabled.of(node):
            if attempt.purpose is Purpose.DISABLED:
                self._try_disabled(node, attempt)
                continue
            reached = self._try(node, attempt)
            if reached is not None and self._is_followed(attempt, reached):
                following.extend(self._entered(reached))
            if attempt.by_stranger:
                self._try_as_a_stranger(node, attempt)

    def _is_followed(self, attempt: Attempt, reached: Node) -> bool:
        return attempt.purpose is Purpose.ENABLED and len(reached.applications) <= self._bounds.applications

    # Deciding

    def _try(self, node: Node, attempt: Attempt) -> Node | None:
        answer, actor = self._answered(node, attempt)
        if answer is None:
            return None
        if isinstance(answer, Refused):
            self._note_refusal(node, attempt, actor, answer)
            return None
        request = self._request(attempt, actor)
        reached = self._reached(node, request, answer)
        return reached if self._holds(node, reached, attempt.day, request, answer) else None

    def _answered(self, node: Node, attempt: Attempt) -> tuple[Accepted | Refused | None, Actor]:
        """Return the answer to the first actor who may, and who that is."""
        for actor in attempt.actors:
            answer = self._decided(node, attempt, actor)
            if not isinstance(answer, Refused) or [each.code for each in answer.refusals] != ["not-permitted"]:
                break
        return answer, actor

    def _decided(self, node: Node, attempt: Attempt, actor: Actor) -> Accepted | Refused | None:
        command = attempt.command
        facts = self._facts(node, command, actor, attempt.day)
        self.record.decisions += 1
        try:
            return decide(node.subject(command.reference), command, facts, self._lifecycles)
        except Exception as error:  # noqa: BLE001 - whatever a policy raises is reported
            found = f"{type(error).__name__}: {error}"
            self._violated("decide-answers", found, node, self._request(attempt, actor))
            return None

    def _request(self, attempt: Attempt, actor: Actor) -> Request:
        return Request(attempt.command, actor, at=self._calendar.instant(attempt.day))

    def _facts(self, node: Node, command: Command, actor: Actor, day: date) -> Facts:
        # There is one action and one session: what is known for a kind of subject is the same for all of them.
        if self._facts_of is not node.snapshot:
            self._facts_of, self._known_facts = node.snapshot, {}
        live = isinstance(command, Preregister) and node.is_live(command.candidate.reference)
        key = (command.subject_kind, actor, day, live)
        known = self._known_facts.get(key)
        if known is None:
            known = node.snapshot.facts(command, actor, self._calendar.instant(day), self._settings)
            self._known_facts[key] = known
        return known

    def _reached(self, node: Node, request: Request, answer: Accepted) -> Node:
        record = self.record
        record.accepted += 1
        reached = Node(node.snapshot.after(answer), node.day, node, request, answer.changes)
        for change in answer.changes:
            kind = change.subject.subject_kind
            record.taken[change.rule] += 1
            record.over.setdefault(change.rule, reached)
            record.to.setdefault((kind, change.subject.state), reached)
            if change.before is not None and change.before.state != change.subject.state:
                record.left.add((kind, change.before.state))
        return reached

    def _rows(self, node: Node, command: Command) -> tuple[State | None, tuple[AnyRule, ...]]:
        """Return the state of the command's subject, and the rows of its table there."""
        subject = node.subject(command.reference)
        state = subject.state if subject else None
        return state, self._cells.get((type(command), state), ())

    # Judging

    def _note_refusal(self, node: Node, attempt: Attempt, actor: Actor, answer: Refused) -> None:
        command, codes = attempt.command, answer.codes
        state, rows = self._rows(node, command)
        due = expected_refusals(
            CommandCase(
                node.snapshot,
                self._calendar.instant(attempt.day),
                self._settings,
                command,
                lifecycles=self._lifecycles,
            )
        )
        found: dict[str, str] = {}
        if len(rows) == 1:
            for code in codes:
                self.record.refused[rows[0].id, code] += 1
        elif codes == {"no-transition"} and rows:
            found["some-row-is-chosen"] = f"no row for {command.type} in {state}"
        if not codes:
            found["refusals-say-why"] = f"{command.type} was refused without a reason"
        if isinstance(command, Expire) and state is not None and not due:
            found["a-sweep-leaves-nothing-open"] = f"{command.reference} can't expire: {', '.join(sorted(codes))}"
        for invariant, said in found.items():
            self._violated(invariant, said, node, self._request(attempt, actor))
        # A row of other tables may refuse with codes of its own, in the place of ours.
        asked = (each_refusal_is_due,) if codes != due and not codes & self._own_codes else ()
        if asked or self._properties:
            step = self._step(node, node, attempt.day, self._request(attempt, actor), answer)
            self._judge(step, node, (*asked, *self._properties))

    def _holds(self, node: Node, reached: Node, day: date, request: Request, answer: Accepted) -> bool:
        step = self._step(node, reached, day, request, answer)
        self._note_overlap(node, request)
        return self._judge(step, node, (*OF_DECISIONS, *self._properties))

    def _judge(self, step: ObservedStep, node: Node, promises: Iterable[Promise]) -> bool:
        """Say whether promises hold; what contradicts them is a violation."""
        holds = True
        for promise in promises:
            try:
                contradictions, raised = contradictions_of(promise, step), False
            except PromiseRaisedError as error:
                contradictions, raised = (str(error),), True
            for contradiction in contradictions:
                self._violated(name_of(promise), contradiction, node, step.request, raised=raised)
                holds = holds and raised
        return holds

    def _step(self, node: Node, reached: Node, day: date, request: Request, answer: Accepted | Refused) -> ObservedStep:
        return ObservedStep(
            before=node.snapshot,
            after=reached.snapshot,
            now=self._calendar.instant(day),
            settings=self._settings,
            request=request,
            answer=answer,
            own_codes=self._own_codes,
            lifecycles=self._lifecycles,
        )

    def _try_disabled(self, node: Node, attempt: Attempt) -> None:
        """Where the table has no row, nothing is accepted."""
        command, (state, _) = attempt.command, self._rows(node, attempt.command)
        answer = self._decided(node, attempt, attempt.actors[0])
        if isinstance(answer, Accepted):
            found = f"{command.type} was accepted in {state}, where the table has no row"
            self._violated("the-table-decides", found, node, self._request(attempt, attempt.actors[0]))

    def _try_as_a_stranger(self, node: Node, attempt: Attempt) -> None:
        answer = self._decided(node, attempt, STRANGER)
        if isinstance(answer, Accepted):
            found = f"{attempt.command.type} by nobody's organisation"
            self._violated("strangers-may-do-nothing", found, node, self._request(attempt, STRANGER))

    def _note_overlap(self, node: Node, request: Request) -> None:
        command = request.command
        if type(command) not in self._ambiguous:
            return
        state, rows = self._rows(node, command)
        subject = node.subject(command.reference)
        facts = self._facts(node, command, request.actor, self._calendar.days[node.day])
        chosen = [row.id for row in rows if all(each.holds(subject, facts, command) for each in row.given)]
        if len(chosen) > 1:
            self.record.overlaps.setdefault(" and ".join(chosen), f"{command.type} in {state or 'nothing'}")

    def _violated(
        self, invariant: str, found: str, node: Node, request: Request | None, *, raised: bool = False
    ) -> None:
        # One of each; of refusals, which stand for many rules, one for each command.
        key = (invariant, request.command.type if request and invariant == name_of(each_refusal_is_due) else "")
        key = (invariant, "raised") if raised else key
        if key not in self.record.violations:
            journal = Node(node.snapshot, node.day, node, request).journal()
            self.record.violations[key] = Violation(invariant, found, journal, raised)

"""The walk: every world that can be reached, the nearest first, through the real `decide`.

Level by level: the worlds of level n are those that n journal lines reach, and none fewer; time passes for nothing.
So the first journal to anything is a shortest one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date

from attrs import evolve, frozen

from poec_workflow.commands import Command, Expire, Request
from poec_workflow.decider import Accepted, Lifecycles, Refused, decide
from poec_workflow.machines import AnyRule
from poec_workflow.model import Actor, State, SubjectKind
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds, Calendar
from poec_workflow.testing.exploration.enabled_commands import STRANGER, Ask, Asked, Menu, strangers
from poec_workflow.testing.exploration.explored_step import Step, overdue
from poec_workflow.testing.exploration.invariants import OF_STEPS, OF_WORLDS
from poec_workflow.testing.exploration.sample_commands import Script
from poec_workflow.testing.exploration.search_record import Found, Node, Violation
from poec_workflow.testing.exploration.small_world import World


class Walk:
    """One exploration."""

    def __init__(
        self, bounds: Bounds, settings: Settings, lifecycles: Lifecycles, *, whole: bool = True, every: bool = False
    ) -> None:
        self.found = Found()
        self._whole = whole
        self._bounds = bounds
        self._settings = settings
        self._lifecycles = lifecycles
        self._calendar = Calendar.of(settings, bounds)
        self._menu = Menu(Script(bounds, self._calendar, settings), lifecycles, every=every)
        self._strangers = strangers(settings)
        self._seen: set[Hashable] = set()
        self._rows = _rows(lifecycles)
        self._around: World | None = None
        self._known: dict[tuple[SubjectKind, Actor, date], Facts] = {}

    def run(self) -> Found:
        """Walk until there is nothing new."""
        level = list(self._entered(Node(World())))
        while level:
            following: list[Node] = []
            for node in level:
                self._look_around(node, following)
                if self._is_enough():
                    self.found.complete = False
                    return self.found
            level = following
        return self.found

    def _is_enough(self) -> bool:
        self.found.states = len(self._seen)
        return self.found.states > self._bounds.states or bool(self.found.violations and not self._whole)

    def _entered(self, node: Node) -> Iterator[Node]:
        """A node and the same with time gone on, as far as they are new."""
        world = node.world
        for day in range(world.day, len(self._calendar.days)):
            later = world if day == world.day else evolve(world, day=day)
            key = later.key(self._calendar.days[day])
            if key in self._seen:
                # Then so are all later ones: they were entered with it.
                return
            self._seen.add(key)
            yield Node(later, node.parent, node.request, node.changes)

    def _look_around(self, node: Node, following: list[Node]) -> None:
        small = len(node.world.applications) <= 1
        for ask in self._menu.of(node.world):
            if ask.why is Asked.OF_NO_ROW:
                self._ask_of_no_row(node, ask)
                continue
            reached = self._ask(node, ask)
            if reached is not None and self._is_followed(ask, reached):
                following.extend(self._entered(reached))
            if small and ask.why is Asked.OF_A_ROW and self._strangers[type(ask.command)]:
                self._ask_as_a_stranger(node, ask)

    def _is_followed(self, ask: Ask, reached: Node) -> bool:
        return ask.why is Asked.OF_A_ROW and len(reached.world.applications) <= self._bounds.applications

    # Asking

    def _ask(self, node: Node, ask: Ask) -> Node | None:
        answer, request = self._answered(node, ask)
        if answer is None:
            return None
        if isinstance(answer, Refused):
            self._note_refusal(node, ask, request, answer)
            return None
        after = self._after(node, request, answer)
        return after if self._holds(node, after, ask, answer) else None

    def _answered(self, node: Node, ask: Ask) -> tuple[Accepted | Refused | None, Request]:
        """The answer to the first actor who may ask."""
        for actor in ask.actors:
            answer, request = self._decided(node, ask.command, actor, ask.day)
            if not isinstance(answer, Refused) or answer.codes != {"not-permitted"}:
                break
        return answer, request

    def _decided(
        self, node: Node, command: Command, actor: Actor, day: date
    ) -> tuple[Accepted | Refused | None, Request]:
        world = node.world
        request = Request(command=command, actor=actor, at=self._calendar.instant(day))
        facts = self._facts(world, command.kind, actor, day)
        candidate = getattr(command, "candidate", None)
        if candidate is not None and world.is_live(candidate.reference):
            facts = evolve(facts, candidate_live=True)
        self.found.decisions += 1
        try:
            return decide(world.subject(command.kind, command.reference), command, facts, self._lifecycles), request
        except Exception as error:  # noqa: BLE001 - whatever a policy raises is a finding
            self._violated("decide-answers", f"{type(error).__name__}: {error}", node, request)
            return None, request

    def _facts(self, world: World, kind: SubjectKind, actor: Actor, day: date) -> Facts:
        if self._around is not world:
            self._around, self._known = world, {}
        what = (kind, actor, day)
        if what not in self._known:
            self._known[what] = world.facts(kind, actor, day, self._calendar, self._settings)
        return self._known[what]

    def _after(self, node: Node, request: Request, answer: Accepted) -> Node:
        self.found.accepted += 1
        after = Node(node.world.after(answer), node, request, answer.changes)
        for change in answer.changes:
            kind = change.subject.kind
            row = self._rows.of_event.get(change.event.type)
            if row is not None:
                self.found.taken[row] += 1
                self.found.over.setdefault(row, after)
            self.found.to.setdefault((kind, change.subject.state), after)
            if change.before is not None and change.before.state != change.subject.state:
                self.found.left.add((kind, change.before.state))
        return after

    def _note_refusal(self, node: Node, ask: Ask, request: Request, answer: Refused) -> None:
        world, command = node.world, ask.command
        subject = world.subject(command.kind, command.reference)
        rows = self._rows.of(command, subject.state if subject else None)
        if len(rows) == 1:
            self.found.refused.update((rows[0].id, code) for code in answer.codes)
        elif answer.codes == {"no-transition"} and rows:
            self._violated(
                "some-row-is-chosen", f"no row for {command.type} in {subject and subject.state}", node, request
            )
        late = world.session is not None and overdue(world.session, ask.day, self._settings)
        if isinstance(command, Expire) and late and ask.why is Asked.OF_A_ROW:
            found = f"{command.reference} can't expire: {', '.join(sorted(answer.codes))}"
            self._violated("a-sweep-leaves-nothing-open", found, node, request)
        if not answer.refusals:
            self._violated("refusals-say-why", f"{command.type} was refused without a reason", node, request)

    def _ask_of_no_row(self, node: Node, ask: Ask) -> None:
        """Where the table has no row, nothing is accepted: asked once for each state and command."""
        command, subject = ask.command, node.world.subject(ask.command.kind, ask.command.reference)
        cell = (command.type, subject.state if subject else None)
        if cell in self.found.empty:
            return
        self.found.empty.add(cell)
        answer, request = self._decided(node, command, ask.actors[0], ask.day)
        if isinstance(answer, Accepted):
            found = f"{command.type} was accepted in {cell[1]}, where the table has no row"
            self._violated("the-table-decides", found, node, request)

    def _ask_as_a_stranger(self, node: Node, ask: Ask) -> None:
        answer, request = self._decided(node, ask.command, STRANGER, ask.day)
        if isinstance(answer, Accepted):
            self._violated("strangers-may-do-nothing", f"{ask.command.type} by nobody's organisation", node, request)

    # Judging

    def _holds(self, node: Node, after: Node, ask: Ask, answer: Accepted) -> bool:
        step = Step(
            before=node.world,
            after=after.world,
            command=ask.command,
            today=ask.day,
            answer=answer,
            settings=self._settings,
        )
        holds = True
        for of_step in OF_STEPS:
            if said := of_step(step):
                self._violated(of_step.__name__.replace("_", "-"), said, node, after.request)
                holds = False
        for of_world in OF_WORLDS:
            if said := of_world(after.world, self._settings):
                self._violated(of_world.__name__.replace("_", "-"), said, node, after.request)
                holds = False
        self._note_overlap(node, ask)
        return holds

    def _note_overlap(self, node: Node, ask: Ask) -> None:
        world, command = node.world, ask.command
        subject = world.subject(command.kind, command.reference)
        rows = self._rows.of(command, subject.state if subject else None)
        if len(rows) < 2:  # noqa: PLR2004 - one alone overlaps with none
            return
        facts = world.facts(command.kind, STRANGER, ask.day, self._calendar, self._settings)
        chosen = [row.id for row in rows if all(each.holds(subject, facts, command) for each in row.given)]
        if len(chosen) > 1:
            where = f"{command.type} in {subject.state if subject else 'nothing'}"
            self.found.overlaps.setdefault(" and ".join(chosen), where)

    def _violated(self, invariant: str, found: str, node: Node, request: Request | None) -> None:
        if invariant not in self.found.violations:
            journal = Node(node.world, node, request).journal()
            self.found.violations[invariant] = Violation(invariant, found, journal)


@frozen
class _Rows:
    of_event: Mapping[str, str]
    of_cell: Mapping[tuple[type[Command], State | None], tuple[AnyRule, ...]]

    def of(self, command: Command, state: State | None) -> tuple[AnyRule, ...]:
        return self.of_cell.get((type(command), state), ())


def _rows(lifecycles: Lifecycles) -> _Rows:
    return _Rows(
        {rule.event.type: rule.id for each in lifecycles.values() for rule in each.rules},
        {
            (command, state): each.rows(state, command)
            for each in lifecycles.values()
            for state in (None, *each.states)
            for command in each.by_command
        },
    )

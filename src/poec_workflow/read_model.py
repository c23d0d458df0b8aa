"""The queries of the service: one subject, its history, lists, dashboard, work queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar, cast

from attrs import field, frozen

from poec_workflow.commands import PublishAction, ReopenSession
from poec_workflow.decider import unknown
from poec_workflow.enum_values import must_be
from poec_workflow.errors import CommandRefused, Fault, Malformed
from poec_workflow.history import HistoryEntry
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.machines.lifecycles import frozen_lifecycles, must_be_lifecycles
from poec_workflow.messages import StreamKind
from poec_workflow.model import (
    Actor,
    Application,
    Page,
    Subject,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies.alerts import AlertCriteria, alert_criteria, alert_reasons
from poec_workflow.policies.calendar import first_instant, local_instant
from poec_workflow.policies.deadlines import ended_before, session_ends_expiring
from poec_workflow.policies.facts import Enrolment
from poec_workflow.policies.settings import Settings, default_settings
from poec_workflow.ports import Clock, DecisionContext, DeliveryRecord, Storage, SystemClock
from poec_workflow.ports.clock import local_now
from poec_workflow.serialization import well_formed
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    AlertReason,
    ApplicationFilter,
    ApplicationRow,
    Dashboard,
    PageRequest,
    SessionFilter,
    SessionRow,
    Span,
    Tab,
    Task,
    WorkQueue,
    task_of,
)
from poec_workflow.views.pagination import Row, paged, span

if TYPE_CHECKING:
    from poec_workflow.explanation import Explanation
    from poec_workflow.offers import Offer
    from poec_workflow.ports.keeping import CandidateFile

T = TypeVar("T")
F = TypeVar("F", ApplicationFilter, SessionFilter, ActionFilter)


@frozen
class ReadModel:
    """The queries of a workflow; see `Workflow` for the attributes.

    Lists are ordered as the page asks, by reference where it does not say. Texts that no storage can hold (NUL, lone
    surrogates) are `Malformed`.
    """

    storage: Storage
    clock: Clock = field(factory=SystemClock, kw_only=True)
    settings: Settings = field(factory=default_settings, kw_only=True)
    lifecycles: Lifecycles = field(default=LIFECYCLES, converter=frozen_lifecycles, kw_only=True)

    notices: Notices = field(default=NOTICES, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for name, given in (("storage", self.storage), ("clock", self.clock)):
            _must_be_made(name, given)
        _instance_of(Settings, self.settings, "$.settings")
        _instance_of(Notices, self.notices, "$.notices")
        must_be_lifecycles(self.lifecycles, "$.lifecycles")

    # One subject

    def subject(self, kind: SubjectKind | str, reference: str) -> Subject:
        """One application, session or training action.

        Raises:
            CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`.
            Malformed: there is no such kind.
        """
        return self._existing(must_be(SubjectKind, kind, "$.kind"), reference)

    def application(self, reference: str) -> Application:
        """One application.

        Raises:
            CommandRefused: `unknown-application`.
        """
        return cast("Application", self._existing(SubjectKind.APPLICATION, reference))

    def session(self, reference: str) -> TrainingSession:
        """One session.

        Raises:
            CommandRefused: `unknown-session`.
        """
        return cast("TrainingSession", self._existing(SubjectKind.SESSION, reference))

    def action(self, reference: str) -> TrainingAction:
        """One training action.

        Raises:
            CommandRefused: `unknown-action`.
        """
        return cast("TrainingAction", self._existing(SubjectKind.ACTION, reference))

    def history(self, kind: SubjectKind | str, reference: str) -> Sequence[HistoryEntry]:
        """The history of a subject, oldest entry first.

        Raises:
            CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`.
        """
        subject = self.subject(kind, reference)
        return self.storage.queries.history(subject.subject_kind, reference)

    def deliveries(self, kind: SubjectKind | str, reference: str) -> Sequence[DeliveryRecord]:
        """What became of the messages about an application or a session, the earliest first; of an action none.

        Raises:
            CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`.
        """
        of = self.subject(kind, reference).subject_kind
        streams = {SubjectKind.APPLICATION: StreamKind.APPLICATION, SubjectKind.SESSION: StreamKind.SESSION}
        return self.storage.outbox.delivered(streams[of], reference) if of in streams else ()

    def explain(self, application: str, actor: Actor, *, at: date | datetime | None = None) -> tuple[Explanation, ...]:
        """Say for each command to an application whether an actor may give it, or every reason why not.

        Rules that need the payload are not evaluated. The application and its session are read at the same time.

        Args:
            application: the reference.
            actor: who would give the commands.
            at: the instant at which they would be given, or a day from its beginning on; now by default. The
                application is the one that is stored now.

        Raises:
            CommandRefused: `unknown-application`.
            Malformed: the actor, or `at` is not aware or not of the years 1900 to 2999.
        """
        return self._explained(SubjectKind.APPLICATION, application, actor, at)

    def explain_subject(
        self, kind: SubjectKind | str, reference: str, actor: Actor, *, at: date | datetime | None = None
    ) -> tuple[Explanation, ...]:
        """Say the same of a session or of a training action.

        Args:
            kind: of what; an application too.
            reference: which one.
            actor: who would give the commands.
            at: the instant at which they would be given, or a day from its beginning on; now by default.

        Raises:
            CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`.
            Malformed: the kind, the actor, or `at` is not aware or not of the years 1900 to 2999.
        """
        return self._explained(must_be(SubjectKind, kind, "$.kind"), reference, actor, at)

    def _explained(
        self, kind: SubjectKind, reference: str, actor: Actor, at: date | datetime | None
    ) -> tuple[Explanation, ...]:
        from poec_workflow.explanation import explain  # noqa: PLC0415 - with remedies, which a refusal alone needs

        now, known = self._instant(at), well_formed(actor, Actor)
        loaded = self._around(kind, reference)
        return explain(cast("Subject", loaded.subject), loaded.facts(now, known, self.settings), self.lifecycles)

    def _around(self, kind: SubjectKind, reference: str) -> DecisionContext:
        """A subject as it is stored now, with what a decision on it would know.

        Raises:
            CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`.
        """
        if kind is SubjectKind.APPLICATION:
            return self.storage.queries.around(self.application(reference))
        # A decision loads the same for every command to a subject.
        command = (PublishAction if kind is SubjectKind.ACTION else ReopenSession)(_text(reference))
        loaded = self.storage.run(lambda each: each.load(command), write=False)
        if loaded.subject is None:
            raise CommandRefused([unknown(kind, reference)])
        return loaded

    def enrolment(self, session: str) -> Enrolment:
        """A session with how many of its applications are in each state, from one consistent read.

        Raises:
            CommandRefused: `unknown-session`.
        """
        return cast("Enrolment", self._around(SubjectKind.SESSION, session).enrolment)

    def offer(self, action: str, *, at: date | datetime | None = None) -> Offer:
        """A training action with what its sessions have to offer, from one consistent read.

        Args:
            action: the reference.
            at: the instant, or the day, on which a registration would be given; now by default.

        Raises:
            CommandRefused: `unknown-action`.
            Malformed: `at` is not aware, or not of the years 1900 to 2999.
        """
        from poec_workflow.offers import offer_of  # noqa: PLC0415 - for who publishes a catalogue

        now, loaded = self._instant(at), self._around(SubjectKind.ACTION, action)
        known = cast("TrainingAction", loaded.subject)
        return offer_of(known, loaded.enrolments, now, self.settings, self.lifecycles)

    def alert_reasons(self, action: str, *, at: date | None = None) -> tuple[AlertReason, ...]:
        """Why an action stands in the tab `alert`; none where it does not.

        Args:
            action: the reference.
            at: the day that it is reckoned from; today by default.

        Raises:
            CommandRefused: `unknown-action`.
        """
        loaded = self._around(SubjectKind.ACTION, action)
        day = self.today() if at is None else _day(at, "$.at")
        known = cast("TrainingAction", loaded.subject)
        return alert_reasons(known, loaded.enrolments, alert_criteria(day, self.settings))

    # Lists

    def applications(
        self,
        filter: ApplicationFilter = ApplicationFilter(),  # noqa: A002, B008 - the published name; a frozen value
        page: PageRequest = PageRequest(),  # noqa: B008
    ) -> Page[ApplicationRow]:
        """The applications list, in the order of the page.

        Raises:
            Malformed: the filter, or the page: its cursor, or an order that the list does not have.
        """
        return self._page(self.storage.queries.applications, _asked(ApplicationFilter, filter), page, ApplicationRow)

    def application_tabs(self, filter: ApplicationFilter = ApplicationFilter()) -> Mapping[Tab, int]:  # noqa: A002, B008
        """How many applications stand in each tab, as far as the rest of a filter lets them."""
        asked = _asked(ApplicationFilter, filter)
        return self.storage.queries.application_tabs(asked, self._criteria(asked))

    def application_count(self, filter: ApplicationFilter = ApplicationFilter()) -> int:  # noqa: A002, B008
        """How many applications the list has, all pages together."""
        tabs = self.application_tabs(filter)
        return filter.total(tabs)

    def sessions(
        self,
        filter: SessionFilter = SessionFilter(),  # noqa: A002, B008
        page: PageRequest = PageRequest(),  # noqa: B008
    ) -> Page[SessionRow]:
        """The sessions list, in the order of the page.

        Raises:
            Malformed: the filter, or the page: its cursor, or an order that the list does not have.
        """
        return self._page(self.storage.queries.sessions, _asked(SessionFilter, filter), page, SessionRow)

    def session_tabs(self, filter: SessionFilter = SessionFilter()) -> Mapping[Tab, int]:  # noqa: A002, B008
        """How many sessions stand in each tab, as far as the rest of a filter lets them."""
        asked = _asked(SessionFilter, filter)
        return self.storage.queries.session_tabs(asked, self._criteria(asked))

    def session_count(self, filter: SessionFilter = SessionFilter()) -> int:  # noqa: A002, B008
        """How many sessions the list has, all pages together."""
        tabs = self.session_tabs(filter)
        return filter.total(tabs)

    def actions(
        self,
        filter: ActionFilter = ActionFilter(),  # noqa: A002, B008
        page: PageRequest = PageRequest(),  # noqa: B008
    ) -> Page[ActionRow]:
        """The actions list, in the order of the page.

        Raises:
            Malformed: the filter, or the page: its cursor, or an order that the list does not have.
        """
        return self._page(self.storage.queries.actions, _asked(ActionFilter, filter), page, ActionRow)

    def action_tabs(self, filter: ActionFilter = ActionFilter()) -> Mapping[ActionTab, int]:  # noqa: A002, B008
        """How many actions stand in each tab; an action may stand in several."""
        asked = _asked(ActionFilter, filter)
        return self.storage.queries.action_tabs(asked, self._criteria(asked))

    def action_count(self, filter: ActionFilter = ActionFilter()) -> int:  # noqa: A002, B008
        """How many actions the list has, all pages together."""
        tabs = self.action_tabs(filter)
        return filter.total(tabs)

    def candidate_applications(self, reference: str) -> Sequence[ApplicationRow]:
        """All applications of a candidate, in progress and past, by reference.

        Raises:
            Malformed: what names nobody: no reference is no candidate, and not everybody.
        """
        _instance_of(str, reference, "$.candidate")
        return self.applications(ApplicationFilter(candidate=reference), PageRequest(limit=0)).items

    def candidate_file(self, reference: str) -> CandidateFile:
        """Everything that the store knows of a person, and how long it is kept: for their right of access.

        Of whom nothing is known, it is empty.
        """
        from poec_workflow.candidate_access import candidate_file  # noqa: PLC0415 - rare, and no list needs it

        def theirs(candidate: str) -> Sequence[str]:
            return [each.reference for each in self.candidate_applications(candidate)]

        return candidate_file(self.storage, self.settings, _text(reference), theirs)

    # What happened to all

    def feed(self, after: str | None = None, *, limit: int = 50) -> Page[HistoryEntry]:
        """What happened to all subjects, each entry once, in one order that never changes: for projections.

        `next` is always a cursor: where nothing new is there it leads to what will be stored next, so a reader asks
        again with it, as often as it likes. Each of any number of readers keeps its own, best in one transaction with
        what it makes of the entries. `previous` is None.

        No entry is missed, whatever the order in which transactions commit: on PostgreSQL an entry is given once every
        transaction has ended that began to write before its own did. A subject's entries come by version, those of one
        decision together or apart, its own first. An erased person's are given as they are now.

        Args:
            after: the `next` of the page before; None is the beginning.
            limit: how many entries at most; 0 is all that there are, in memory.

        Raises:
            Malformed: the cursor is none, or the store does not have its entry: it is another store, or was set back
                to a backup, and what was stored since may be other than what was read. A reader then begins anew.
            NotImplementedError: the storage, a third party's, has no feed.
            SchemaOutdated: the database was restored into another PostgreSQL server; `store upgrade` mends it, and
                cursors stay valid.
        """
        from poec_workflow.feed_pages import feed_page  # noqa: PLC0415 - only who reads it needs it

        cursor = None if after is None else _instance_of(str, after, "$.after")
        return feed_page(self.storage.queries, cursor, limit)

    # What an organisation sees

    def today(self) -> date:
        """The day in the settings' time zone, by the clock."""
        return local_now(self.clock, self.settings.zone).date()

    def dashboard(self, organization: str, *, since: date | None = None, at: date | None = None) -> Dashboard:
        """An organisation's applications of currently published actions, as stored, by role and state.

        Each figure is the number of the applications that `applications` lists by
        `ApplicationFilter(organization=…, role=…, column=…, published=True, since=…, at=…)`.

        Args:
            organization: whose; an unknown one has no rows.
            since: count applications registered on this day or later.
            at: the day from which `expiring` is counted; today by default.

        Raises:
            Malformed: a day is not of the years 1900 to 2999.
        """
        day = self.today() if at is None else _day(at, "$.at")
        rows = self.storage.queries.dashboard(
            _text(organization),
            expiring=session_ends_expiring(day, self.settings),
            since=first_instant(_day(since, "$.since"), self.settings.zone) if since is not None else None,
        )
        return Dashboard(organization=organization, at=day, rows=tuple(rows))

    def work_queue(self, organization: str, *, at: date | None = None) -> WorkQueue:
        """What the organisation has to do on sessions on which it holds a role; overdue applications are left out.

        Args:
            organization: whose; an unknown one has nothing to do.
            at: the day from which it is reckoned; today by default. Applications are those that are stored now.

        Raises:
            Malformed: the day is not of the years 1900 to 2999.
        """
        today = self.today() if at is None else _day(at, "$.at")
        rows = self.storage.queries.waiting(_text(organization), ended_from=ended_before(today, self.settings))
        return WorkQueue(
            organization=organization,
            at=today,
            to_convoke=_to_do(rows, Task.TO_CONVOKE, today),
            attendance_to_record=_to_do(rows, Task.ATTENDANCE_TO_RECORD, today),
            advice_to_give=_to_do(rows, Task.ADVICE_TO_GIVE, today),
            expiring=tuple(each for each in rows if self._expires(each, today)),
        )

    def work_queue_counts(self, organization: str, *, at: date | None = None) -> Mapping[Task, int]:
        """How many applications each list of the work queue has; `ApplicationFilter(task=…)` lists them, page by page.

        Args:
            organization: as of `work_queue`.
            at: as of `work_queue`.

        Raises:
            Malformed: the day is not of the years 1900 to 2999.
        """
        today = self.today() if at is None else _day(at, "$.at")
        return {
            task: self.application_count(ApplicationFilter(organization=_text(organization), task=task, at=today))
            for task in Task
        }

    def _page(
        self, query: Callable[[F, AlertCriteria, Span], Sequence[Row]], asked: F, page: PageRequest, rows: type[Row]
    ) -> Page[Row]:
        to_read = span(_well_formed(_instance_of(PageRequest, page, "$.page")), rows)
        return paged(query(asked, self._criteria(asked), to_read), page)

    def _expires(self, row: ApplicationRow, today: date) -> bool:
        first, last = session_ends_expiring(today, self.settings)
        return first <= row.session_end <= last

    def _existing(self, kind: SubjectKind, reference: str) -> Subject:
        subject = self.storage.queries.subject(kind, _text(reference))
        if subject is None:
            raise CommandRefused([unknown(kind, reference)])
        return subject

    def _criteria(self, asked: ApplicationFilter | SessionFilter | ActionFilter) -> AlertCriteria:
        today = self.today() if asked.at is None else asked.at
        since = asked.since if isinstance(asked, ApplicationFilter) else None
        return alert_criteria(today, self.settings, since=since)

    def _instant(self, at: date | datetime | None) -> datetime:
        if at is None:
            return local_now(self.clock, self.settings.zone)
        if not isinstance(at, datetime):
            at = first_instant(_day(at, "$.at"), self.settings.zone)
        return local_instant(at, self.settings.zone, "$.at").instant


def _to_do(rows: Sequence[ApplicationRow], task: Task, today: date) -> tuple[ApplicationRow, ...]:
    return tuple(each for each in rows if task_of(each, today) is task)


def _instance_of(kind: type[T], given: object, place: str) -> T:
    """What is given, if it is of a class.

    Raises:
        Malformed: at `place`; it is of another.
    """
    if not isinstance(given, kind):
        from poec_workflow.serialization.python_faults import shown  # noqa: PLC0415 - for who gave a wrong value

        raise Malformed.at(place, f"expected {kind.__name__}, not {shown(given)}")
    return given


def _must_be_made(name: str, given: object) -> None:
    """Refuse a class, or nothing, in the place of a port's adapter.

    Raises:
        Malformed: what is given is no value.
    """
    if given is None or isinstance(given, type):
        made = "" if given is None else f": make one, {given.__name__}(…)"
        raise Malformed.at(f"$.{name}", f"expected a {name}, not {'None' if given is None else 'a class'}{made}")


def _asked(kind: type[F], given: object) -> F:
    """A filter, of the list that it is given to."""
    return _well_formed(_instance_of(kind, given, "$.filter"))


def _well_formed(value: T) -> T:
    return well_formed(value, type(value))


def _day(day: date, place: str) -> date:
    try:
        return well_formed(day, date)
    except Malformed as error:
        raise Malformed(Fault(place, each.problem) for each in error.faults) from None


def _text(reference: str) -> str:
    return well_formed(reference, str)

"""The admin: memberships to be edited, the workflow's tables to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from poec_workflow.contrib.django.active_language import lazy_word
from poec_workflow.contrib.django.admin_bases import ReadOnlyAdmin, SubjectAdmin
from poec_workflow.contrib.django.admin_columns import (
    addressee,
    code_column,
    enrolled,
    entry_actor,
    entry_command,
    entry_instant,
    entry_state,
    flag_column,
    instant_column,
    linked_column,
    notice,
    person,
    state_column,
)
from poec_workflow.contrib.django.models import (
    Action,
    Application,
    Delivery,
    Entry,
    Membership,
    Message,
    Person,
    Session,
)
from poec_workflow.contrib.django.position_field import split_position
from poec_workflow.contrib.django.row_choices import flagged, labelled, notices, of_sessions, sent, states
from poec_workflow.contrib.django.row_filters import choice_filter, column_filter
from poec_workflow.messages import AddresseeKind
from poec_workflow.model import ActionState, ApplicationState, SessionState, SubjectKind
from poec_workflow.ports import Delivery as Outcome
from poec_workflow.views import Tab

_TABS = labelled("tabs", Tab)
_TO = column_filter("to_kind", "filter-to", labelled("audiences", AddresseeKind))
_NOTICE = column_filter("notice", "filter-notice", notices)
_SEARCHED = lazy_word("host.search-help")
_EXACT = lazy_word("host.search-exact")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """On whose behalf each user may act."""

    list_display = ("user", "kind", "organization", "candidate")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("organization", "candidate")
    # As a project may have left its users out of the admin.
    raw_id_fields = ("user",)


@admin.register(Application)
class ApplicationAdmin(SubjectAdmin):
    """Applications, the latest first."""

    kind = SubjectKind.APPLICATION
    list_display = (
        *("reference", person, linked_column("session"), state_column(ApplicationState)),
        instant_column("registered_at", "registration_key"),
    )
    list_filter = (
        column_filter("state", "filter-state", states(ApplicationState)),
        choice_filter("sessions", "filter-sessions", _TABS, of_sessions("session__end_on")),
    )
    list_select_related = ("candidate",)
    search_help_text = _SEARCHED

    def having(self, word: str) -> Q:
        """Those of a word, or of a person of it."""
        people = Person.objects.filter(search__contains=word).values("reference")
        return super().having(word) | Q(candidate__in=people)


@admin.register(Session)
class SessionAdmin(SubjectAdmin):
    """Sessions."""

    kind = SubjectKind.SESSION
    list_display = (
        *("reference", linked_column("action"), "responsible", "positioner", "trainer", "start_on", "end_on"),
        *(state_column(SessionState), enrolled),
    )
    list_filter = (
        column_filter("state", "filter-state", states(SessionState)),
        choice_filter("sessions", "filter-sessions", _TABS, of_sessions("end_on")),
    )
    search_help_text = _SEARCHED


@admin.register(Action)
class ActionAdmin(SubjectAdmin):
    """Training actions."""

    kind = SubjectKind.ACTION
    list_display = (
        *("reference", "responsible", state_column(ActionState)),
        *(flag_column("awaits_validation"), flag_column("incomplete")),
    )
    list_filter = (
        column_filter("state", "filter-state", states(ActionState)),
        choice_filter(
            "alert",
            "filter-alert",
            lambda: [(each, lazy_word(f"columns.{each}")) for each in ("awaits_validation", "incomplete")],
            flagged,
        ),
    )
    search_help_text = _SEARCHED


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """What happened, subject by subject."""

    list_display = ("position", entry_instant, entry_command, entry_actor, entry_state)
    list_filter = (column_filter("kind", "filter-kind", labelled("words", SubjectKind)),)
    search_fields = ("reference",)
    search_help_text = _EXACT
    # A key of three columns has an index, which the text of them has not.
    ordering = ("kind", "reference", "version", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The history of a subject."""
        del request
        kinds = [each.value for each in SubjectKind]
        return (queryset.filter(kind__in=kinds, reference=search_term) if search_term else queryset), False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:  # noqa: ANN401 - Django's own signature
        """The entry, by its three columns."""
        del from_field
        known = split_position(object_id)
        return None if known is None else self.get_queryset(request).filter(**known).first()


class _Messages(ReadOnlyAdmin):
    """Messages: to whom, about what."""

    search_fields = ("stream",)
    search_help_text = _EXACT

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Those of an application or a session."""
        del request
        return (queryset.filter(stream=search_term) if search_term else queryset), False


@admin.register(Message)
class MessageAdmin(_Messages):
    """What waits to be sent, in the order of sending, and what can't be."""

    list_display = (
        *("id", notice, "stream", addressee, instant_column("recorded_at")),
        *(instant_column("due_at"), "attempts", flag_column("dead"), "answer"),
    )
    list_filter = (
        choice_filter("sending", "filter-delivery", labelled("deliveries", ("waiting", "dead")), sent),
        _NOTICE,
        _TO,
    )


@admin.register(Delivery)
class DeliveryAdmin(_Messages):
    """What became of messages, the latest first."""

    list_display = (
        *("message_id", notice, "stream", addressee),
        *(code_column("outcome", "deliveries"), instant_column("at")),
    )
    list_filter = (
        column_filter("outcome", "filter-delivery", labelled("deliveries", Outcome)),
        _NOTICE,
        _TO,
    )

"""What the admin's pages of the workflow's tables share: they show, and change nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.contrib.django.subject_pages import subject_page
from poec_workflow.errors import CommandRefused
from poec_workflow.model import SubjectKind
from poec_workflow.views.folded_text import folded

_WORDS = (
    *("fields", "possibilities", "history", "messages", "no-messages", "command", "may", "may-not"),
    *("when", "rule", "who", "what", "notice", "to", "outcome", "answer"),
)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists and pages of rows that nobody adds, changes or deletes here, whatever their permissions."""

    actions = None
    list_per_page = 50
    # Counting all rows beside those that are found would go over the table twice.
    show_full_result_count = False
    change_form_template = "poec_workflow/admin/row.html"
    long_columns: ClassVar[tuple[str, ...]] = ()
    """What a list does not read: whole subjects."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002 - Django's own signature
        """Nobody."""
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows; in a list without what it does not show."""
        found = super().get_queryset(request)
        listed = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("_changelist")
        return found.defer(*self.long_columns) if listed else found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - Django's own signature
        """The page of a row."""
        shown = {"title": self.opts.verbose_name, "read_only": words_of("host.read-only", active_language())}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})


class SubjectAdmin(ReadOnlyAdmin):
    """Lists of applications, sessions or actions, and the page of one: what it is, who may do what, what happened."""

    kind: ClassVar[SubjectKind]
    change_form_template = "poec_workflow/admin/subject.html"
    search_fields = ("search",)
    long_columns = ("data", "search")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows in which every word stands, as the package's lists search."""
        del request
        for word in folded(search_term).split():
            queryset = queryset.filter(self.having(word))
        return queryset, False

    def having(self, word: str) -> Q:
        """The rows of a word."""
        return Q(search__contains=word)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - Django's own signature
        """The page of a subject."""
        # Who may not see it is told so first.
        row = self.get_object(request, object_id or "")
        if row is None or not self.has_view_permission(request, row):
            return super().changeform_view(request, object_id, form_url, extra_context)
        lang = active_language()
        try:
            page = subject_page(self.kind, row.reference, lang)
        except CommandRefused as refused:
            return self._gone(request, " ".join(each.message(lang) for each in refused.refusals))
        words = {name.replace("-", "_"): words_of(f"host.{name}", lang) for name in _WORDS}
        shown = {"page": page, "words": words, "subtitle": row.reference}
        return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def _gone(self, request: HttpRequest, why: str) -> HttpResponse:
        messages.warning(request, why)
        return redirect(reverse(f"{self.admin_site.name}:poec_workflow_{self.opts.model_name}_changelist"))

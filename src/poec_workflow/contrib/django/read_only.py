"""Models that are read: whatever writes rows of theirs raises."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

from poec_workflow.contrib.django.configuration import configuration


class ReadOnlyError(TypeError):
    """The workflow alone writes its tables: what happens to a subject is a command, and leaves a history."""


def _refuse(*_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 - whatever the method takes
    raise ReadOnlyError("the workflow's tables are read here; they change by get_workflow().execute(command, actor)")


class ReadOnlyQuerySet(models.QuerySet[Any]):
    """A query whose rows are neither added, nor changed, nor deleted."""

    create = get_or_create = update_or_create = bulk_create = bulk_update = _refuse
    update = delete = _update = _raw_delete = _insert = _refuse
    acreate = aget_or_create = aupdate_or_create = abulk_create = abulk_update = aupdate = adelete = _refuse


class ReadOnlyManager(models.Manager.from_queryset(ReadOnlyQuerySet)):  # type: ignore[misc]
    """Reads on the database that the workflow's tables live on."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """All rows; `using` names another database."""
        found: models.QuerySet[Any] = super().get_queryset()
        return found if self._db else found.using(configuration().database)


class ReadOnlyRow(models.Model):
    """A row of the workflow's tables."""

    objects: ClassVar[Any] = ReadOnlyManager()

    class Meta:
        """Made by the migrations' own step, not by Django."""

        abstract = True
        managed = False
        default_permissions = ("view",)
        base_manager_name = "objects"

    save = save_base = delete = asave = adelete = _refuse

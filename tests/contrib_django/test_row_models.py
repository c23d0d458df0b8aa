"""The models to read: their columns are the schema's, their values are read as what they are, nobody writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connections, models
from django.utils import translation

from django_project import other_alias
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.contrib.django.models import Action, Application, Delivery, Entry, Message, Person, Session
from poec_workflow.contrib.django.read_only import ReadOnlyError
from poec_workflow.contrib.django.row_models import ROWS
from poec_workflow.workflow import Workflow


@pytest.mark.parametrize("model", ROWS)
def test_the_columns_are_the_schemas(model: Any) -> None:
    """Each column of the table, and no other but the key that a query makes; what may be empty is known to be."""
    table = metadata.tables[model._meta.db_table]
    fields = {each.column: each for each in model._meta.concrete_fields}
    fields.pop("position", None)
    assert set(fields) == {each.name for each in table.columns}
    for column in table.columns:
        known = fields[column.name]
        assert getattr(known, "max_length", None) == getattr(column.type, "length", None) or known.is_relation
        assert known.null == column.nullable or known.is_relation


@pytest.mark.parametrize("model", ROWS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_column_has_a_label(model: Any, lang: str) -> None:
    """In both languages, that of Django's active one."""
    with translation.override(lang):
        for each in model._meta.concrete_fields:
            assert str(each.verbose_name)
        name = str(model._meta.verbose_name_plural)
    with translation.override("en" if lang == "fr" else "fr"):
        assert str(model._meta.verbose_name_plural) != name or model is Session


def test_values_are_read_as_what_they_are(town: Workflow) -> None:
    """Instants are aware, days are dates, and both are compared with."""
    row = Application.objects.select_related("session__action", "candidate").get(pk="C-1")
    assert row.registered_at == town.application("C-1").registered_at
    assert row.registered_at.tzinfo is UTC
    assert (row.candidate.name, row.session.trainer, row.session.action.state) == ("Zoé Nabil", "AFEC", "published")
    assert row.session.end_on == town.session("00301234").end
    assert Session.objects.filter(end_on__gt=date(2040, 1, 1)).count() == 1
    assert Application.objects.filter(registered_at__lt=datetime(2021, 11, 4, tzinfo=UTC)).get() == row
    assert Message.objects.first().recorded_at.year == 2021


def test_an_application_without_its_person_is_seen(town: Workflow) -> None:
    """Joining hides no row; an erased person has no name."""
    town.erase_candidate("P-1")
    found = {each.pk: each for each in Application.objects.select_related("candidate")}
    assert set(found) == {"C-1", "C-2"}


def test_an_entry_is_found_by_its_key(town: Workflow) -> None:
    """The key is one text, in a condition and in an order too."""
    assert len(town.history("application", "C-1")) == 2
    entry = Entry.objects.get(pk="application:C-1:2")
    assert (entry.kind, entry.reference, entry.version) == ("application", "C-1", 2)
    assert Entry.objects.filter(reference="C-1").order_by("-pk").first() == entry
    assert Entry.objects.values_list("pk", flat=True).distinct().count() == Entry.objects.count()


def test_an_entry_is_found_on_postgresql(postgresql_url: str) -> None:
    """The expression is both databases'."""
    with other_alias(postgresql_url):
        call_command("migrate", database="poec", verbosity=0)
        from poec_workflow import Actor, commands  # noqa: PLC0415 - once there is a project
        from poec_workflow.contrib.django import get_workflow  # noqa: PLC0415

        create = commands.CreateAction("A:1", title="[POEC] x", funder="OPCO", responsible="AFEC")
        get_workflow().execute(create, Actor(kind="platform"))
        assert Entry.objects.get(pk="action:A:1:1").reference == "A:1"
        assert Action.objects.using("poec").get().version == 1


WRITES: dict[str, Callable[[], Any]] = {
    "save": lambda: Application(reference="X").save(),
    "save of a row": lambda: Application.objects.get(pk="C-1").save(),
    "force_insert": lambda: Person(reference="X").save(force_insert=True),
    "create": lambda: Application.objects.create(reference="X"),
    "get_or_create": lambda: Application.objects.get_or_create(reference="X"),
    "update_or_create": lambda: Application.objects.update_or_create(reference="C-1"),
    "bulk_create": lambda: Application.objects.bulk_create([Application(reference="X")]),
    "bulk_update": lambda: Application.objects.bulk_update([Application.objects.get(pk="C-1")], ["state"]),
    "update": lambda: Application.objects.filter(pk="C-1").update(state="retained"),
    "update elsewhere": lambda: Application.objects.using("default").update(state="retained"),
    "delete of rows": lambda: Application.objects.all().delete(),
    "delete of a row": lambda: Application.objects.get(pk="C-1").delete(),
    "raw delete": lambda: Application.objects.all()._raw_delete("default"),
    "base manager": lambda: Application._base_manager.update(state="retained"),
    "default manager": lambda: Application._default_manager.all().delete(),
    "fixtures": lambda: next(
        iter(serializers.deserialize("json", '[{"model": "poec_workflow.person", "pk": "X", "fields": {"name": "x"}}]'))
    ).save(),
    "async": lambda: asyncio.run(Application.objects.acreate(reference="X")),
    "save of the base": lambda: models.Model.save_base(Application.objects.get(pk="C-1"), force_update=True),
}


@pytest.mark.parametrize("how", WRITES)
def test_nobody_writes(town: Workflow, how: str) -> None:
    """Whatever Django writes by raises, and nothing is changed."""
    before = list(Application.objects.values()), list(Person.objects.values())
    with pytest.raises(ReadOnlyError, match="execute"):
        WRITES[how]()
    assert (list(Application.objects.values()), list(Person.objects.values())) == before
    assert town.application("C-1").state == "convoked"


def test_flush_and_dumps_are_djangos_own(town: Workflow) -> None:
    """`flush` empties the tables of its models, and leaves what happened."""
    call_command("flush", interactive=False, verbosity=0)
    assert town.application("C-1").state == "convoked"
    assert Delivery.objects.count() == 0


def test_rows_are_read_where_the_workflow_is(project: Any, database_url: str) -> None:
    """On the configured alias, without a router."""
    del project
    with other_alias(database_url):
        call_command("migrate", database="poec", verbosity=0)
        assert Application.objects.all().db == "poec"
        assert Application.objects.using("default").db == "default"
        assert list(Application.objects.all()) == []
        assert connections["poec"].queries_log is not None

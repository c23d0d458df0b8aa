"""`manage.py migrate` makes and upgrades the workflow's tables, whatever was there, and only where they belong."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings

from django_project import TOWN, other_alias
from poec_workflow import SchemaOutdated
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.models import Application, Entry
from poec_workflow.contrib.django.revision_operation import Revision
from poec_workflow.serialization import journal_line
from poec_workflow.workflow import Workflow
from stores import as_before_revisions, say, shape

APP = "poec_workflow"
TESTS = Path(__file__).parents[1]


def tell_town(workflow: Workflow) -> None:
    """What happened in the town."""
    workflow.execute_many([journal_line(line) for line in TOWN.read_bytes().splitlines()], batch=100)


def revisions_of(migrations: dict[tuple[str, str], Any]) -> dict[str, list[str]]:
    """The revisions that each migration of the app brings."""
    ours = sorted(name for app, name in migrations if app == APP)
    operations = {name: migrations[APP, name].operations for name in ours}
    return {name: [each.revision for each in some if isinstance(each, Revision)] for name, some in operations.items()}


def test_each_revision_has_its_migration() -> None:
    """In the order of the revisions, each in the one whose name begins with its number, and none in two."""
    found = revisions_of(MigrationLoader(None).disk_migrations)
    brought = [(name[:4], revision) for name, revisions in found.items() for revision in revisions]
    assert brought == [(each, each) for each in REVISIONS.known], "a new revision needs a Django migration of its own"


def test_migrations_follow_one_another() -> None:
    """Each depends on the one before: there is one last migration."""
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(APP)) == 1
    assert loader.graph.leaf_nodes(APP)[0][1][:4] >= REVISIONS.head


def test_the_tables_are_those_that_the_package_makes(database_url: str, tmp_path: Path) -> None:
    """Column by column, index by index, on both databases."""
    with other_alias(database_url):
        call_command("migrate", database="poec", verbosity=0)
    found = {name: each for name, each in shape(database_url).items() if name.startswith("poec_")}
    del found["poec_workflow_membership"]
    other = f"sqlite:///{tmp_path / 'other.db'}"
    if database_url.startswith("sqlite"):
        with SqlStorage.open(other) as storage:
            storage.create()
        expected = {name: each for name, each in shape(other).items() if name.startswith("poec_")}
        assert found == expected
    assert {"poec_applications", "poec_history", "poec_messages"} <= set(found)


def test_a_store_that_is_there_is_taken_over(database_url: str) -> None:
    """What `poec-workflow store upgrade` made, with what happened in it."""
    with SqlStorage.open(database_url) as storage:
        tell_town(Workflow(storage))
    with other_alias(database_url):
        call_command("migrate", database="poec", verbosity=0)
        assert get_workflow().application("C-1").state == "convoked"
        assert Application.objects.count() == 2


def test_a_store_of_an_older_release_is_upgraded(database_url: str) -> None:
    """One from before there were revisions, with its history; the first migration brings it up to this release."""
    with SqlStorage.open(database_url) as storage:
        tell_town(Workflow(storage))
    as_before_revisions(database_url)
    with other_alias(database_url):
        assert not get_workflow().storage.schema().up_to_date  # type: ignore[attr-defined]
        call_command("migrate", APP, "0001", database="poec", verbosity=0)
        assert get_workflow().storage.schema().up_to_date  # type: ignore[attr-defined]
        call_command("migrate", database="poec", verbosity=0)
        assert len(get_workflow().history("application", "C-1")) == Entry.objects.filter(reference="C-1").count() == 2


def test_a_later_releases_tables_are_left_alone(database_url: str) -> None:
    """The migration fails, and says that this release is too old."""
    with SqlStorage.open(database_url) as storage:
        storage.create()
    say(database_url, "UPDATE poec_alembic_version SET version_num = '9999'")
    with other_alias(database_url), pytest.raises(SchemaOutdated, match="too old"):
        call_command("migrate", database="poec", verbosity=0)


def test_a_failing_migration_leaves_nothing(project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are made in the migration's transaction."""
    del project

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    url = f"sqlite:///{tmp_path / 'half.db'}"
    first = import_module("poec_workflow.contrib.django.migrations.0001_revision").Migration
    broken = (*first.operations, import_module("django.db.migrations").RunPython(fail))
    with other_alias(url):
        monkeypatch.setattr(first, "operations", broken)
        with pytest.raises(ZeroDivisionError):
            call_command("migrate", APP, database="poec", verbosity=0)
    assert not [name for name in shape(url) if name.startswith("poec_")]


def test_other_databases_have_none_of_them(project: Any, tmp_path: Path) -> None:
    """With the workflow on another alias, `migrate` of the default one makes the memberships alone."""
    del project
    with other_alias(f"sqlite:///{tmp_path / 'poec.db'}"):
        connections["default"].settings_dict["NAME"] = str(tmp_path / "users.db")
        connections["default"].close()
        call_command("migrate", verbosity=0)
        tables = connections["default"].introspection.table_names()
        assert [each for each in tables if each.startswith("poec_")] == ["poec_workflow_membership"]


class Elsewhere:
    """A router that keeps the workflow's rows from the default database, and the memberships there."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **_: object) -> bool | None:
        """Memberships beside users, rows on `poec`."""
        if app_label != APP:
            return None
        return (db == "default") == (model_name == "membership")


def test_a_router_says_where_they_are(tmp_path: Path) -> None:
    """Rows on one alias, memberships on another."""
    with (
        override_settings(DATABASE_ROUTERS=[Elsewhere()]),
        other_alias(f"sqlite:///{tmp_path / 'poec.db'}") as connection,
    ):
        call_command("migrate", database="poec", verbosity=0)
        tables = set(connection.introspection.table_names())
        assert "poec_applications" in tables
        assert "poec_workflow_membership" not in tables


def test_going_back_leaves_what_happened(town: Workflow) -> None:
    """`migrate poec_workflow zero` takes the memberships; forward again, all is there."""
    call_command("migrate", APP, "zero", verbosity=0)
    assert town.application("C-1").state == "convoked"
    assert "poec_workflow_membership" not in connections["default"].introspection.table_names()
    call_command("migrate", verbosity=0)
    assert town.application("C-1").state == "convoked"


def test_the_plan_says_what_is_done(project: Any) -> None:
    """`sqlmigrate` says that it is no SQL of Django's."""
    del project
    said = StringIO()
    call_command("sqlmigrate", APP, "0002", stdout=said)
    assert "Bring the workflow's tables up to revision 0002" in said.getvalue()


def test_makemigrations_finds_nothing(project: Any) -> None:
    """The models say what the migrations do."""
    del project
    call_command("makemigrations", APP, check_changes=True, dry_run=True, verbosity=0)


OTHER_PROJECT = """
from django_settings import SETTINGS
globals().update(SETTINGS)
DATABASES["default"]["NAME"] = ":memory:"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
LANGUAGE_CODE, USE_I18N = "en-us", False
AUTH_USER_MODEL = "people.User"
INSTALLED_APPS = [*INSTALLED_APPS, "people"]
"""


def test_makemigrations_finds_nothing_in_another_project(tmp_path: Path) -> None:
    """Nor with small keys, in English, with users of the project's own: in a process, where a warning is an error."""
    people = tmp_path / "people"
    people.mkdir()
    (people / "__init__.py").touch()
    (people / "models.py").write_text(
        "from django.contrib.auth.models import AbstractUser\nclass User(AbstractUser):\n    pass\n"
    )
    (tmp_path / "own.py").write_text(OTHER_PROJECT)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "makemigrations", APP, "--check", "--dry-run"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "own", "PYTHONPATH": f"{tmp_path}:{TESTS}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr

"""`manage.py check` says what is wrong with a project, each with its id and a hint; of one that is right nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.checks import CheckMessage, run_checks
from django.db import connections
from django.test import override_settings

from django_settings import SETTINGS
from poec_workflow.adapters.email import Recipient
from poec_workflow.contrib.django.configuration import Configuration
from stores import say

HERE = Path(__file__).parent
SOURCES = (HERE.parents[1] / "src" / "poec_workflow" / "contrib" / "django").glob("*_checks.py")
PAGE = HERE.parents[1] / "docs" / "how-to" / "django.md"


def ids(found: Sequence[CheckMessage]) -> set[str]:
    """The ids of ours."""
    return {str(each.id).partition(".")[2] for each in found if str(each.id).startswith("poec_workflow.")}


def asked(**changed: Any) -> set[str]:
    """What the checks say of a project whose settings are changed."""
    with override_settings(**changed):
        return ids(run_checks(include_deployment_checks=True))


def of_setting(**keys: Any) -> set[str]:
    """What they say of a setting."""
    return asked(POEC_WORKFLOW={"ADDRESSES": {}, **keys})


def not_callable() -> str:
    """Makes no channels."""
    return "no channel"


def failing() -> None:
    """Makes nothing."""
    raise ZeroDivisionError


def test_a_project_that_is_right_hears_nothing(project: Any) -> None:
    """Nor with every key said."""
    del project
    assert of_setting() == set()
    every = {
        "DATABASE": "default",
        "SETTINGS": "poec_workflow.policies.settings.default_settings",
        "ADDRESSES": {"AFEC": "afec@example.org"},
        "MAIL": {"reply_to": "help@example.org", "subject_prefix": "[TEST] "},
        "SITE_URL": "https://poec.example.org",
        "MESSAGE_DELAY": timedelta(hours=1),
    }
    assert of_setting(**{key: value for key, value in every.items() if key != "SETTINGS"}) == set()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"DATABSE": "default"}, "E001"),
        ({"SETTINGS": "nowhere.settings"}, "E001"),
        ({"SETTINGS": "poec_workflow.policies.settings.nothing"}, "E001"),
        ({"SETTINGS": {"grace_days": 3}}, "E001"),
        ({"LIFECYCLES": {}}, "E001"),
        ({"NOTICES": []}, "E001"),
        ({"CLOCK": "poec_workflow.ports.SystemClock"}, "E001"),
        ({"CLOCK": 3}, "E001"),
        ({"OBSERVE": 3}, "E001"),
        ({"ACTORS": []}, "E001"),
        ({"CHANNELS": {}}, "E001"),
        ({"ADDRESSES": {"AFEC": 3}}, "E001"),
        ({"ADDRESSES": 3}, "E001"),
        ({"ADDRESSES": {"AFEC": "AFEC"}}, "E001"),
        ({"ADDRESSES": {"AFEC": ""}}, "E001"),
        ({"ADDRESSES": {"AFEC": Recipient(email="a@example.org\nBcc: b@example.org")}}, "E001"),
        ({"MESSAGE_DELAY": timedelta(minutes=-30)}, "E001"),
        ({"SWEEP_DELAY": timedelta(days=-1)}, "E001"),
        ({"MAIL": []}, "E001"),
        ({"SITE_URL": None}, "E001"),
        ({"MESSAGE_DELAY": 30}, "E001"),
        ({"DATABASE": "elsewhere"}, "E002"),
        ({"CHANNELS": not_callable}, "E003"),
        ({"CHANNELS": failing}, "E003"),
        ({"MAIL": {"reply_to": "nobody"}}, "E003"),
        ({"MAIL": {"replyto": "help@example.org"}}, "E003"),
        ({"SITE_URL": "poec.example.org"}, "E004"),
        ({"SITE_URL": "https://"}, "E004"),
        ({"SITE_URL": "https://poec.example.org/?next=/"}, "E004"),
        ({"SITE_URL": "https://poec.example.org\n"}, "E004"),
        ({"SITE_URL": "https://poec example.org"}, "E004"),
        ({"ADDRESSES": None}, "I001"),
    ],
)
def test_a_wrong_key_is_named(project: Any, keys: dict[str, Any], expected: str) -> None:
    """One message for each, and no traceback."""
    del project
    assert of_setting(**keys) == {expected}


@pytest.mark.parametrize("given", ["nowhere.of.mine", "nodots", "poec_workflow.no_such_thing"])
def test_a_dotted_name_of_nothing_is_said_whole(given: str) -> None:
    """A project names several; which one was mistyped?"""
    with override_settings(POEC_WORKFLOW={"CLOCK": given}):
        assert any(f"'{given}' can't be imported" in each.msg for each in run_checks())


@pytest.mark.parametrize(
    "site", ["http://localhost:8000", "http://poec", "https://poec.example.org/poec/", "HTTPS://poec.example.org"]
)
def test_a_site_may_be_anywhere(project: Any, site: str) -> None:
    """On the machine itself, within a network, below a path."""
    del project
    assert of_setting(SITE_URL=site) == set()


def test_the_setting_is_a_dict() -> None:
    """Not a list, and not None."""
    assert asked(POEC_WORKFLOW=["DATABASE"]) == {"E001"}
    assert asked(POEC_WORKFLOW=None) == {"E001"}


def test_no_secret_is_said(project: Any) -> None:
    """A URL in an error of a project's own code keeps its password."""
    del project

    def connect() -> None:
        raise ValueError("amqp://user:hunter2@broker/ refused")

    with override_settings(POEC_WORKFLOW={"CHANNELS": connect}):
        found = run_checks()
    assert ids(found) == {"E003"}
    assert "hunter2" not in str(found)


def with_database(**changed: Any) -> set[str]:
    """What they say of a database that is set otherwise."""
    settings = connections["default"].settings_dict
    with mock.patch.dict(settings, changed):
        return of_setting()


def test_how_sqlite_is_joined(project: Any) -> None:
    """Transactions that begin as readers, autocommit off, a request that is a transaction."""
    del project
    assert with_database(OPTIONS={}) == {"W003"}
    assert with_database(OPTIONS={"transaction_mode": "DEFERRED"}) == {"W003"}
    assert with_database(OPTIONS={"transaction_mode": "exclusive"}) == set()
    assert with_database(AUTOCOMMIT=False) == {"W004"}
    assert with_database(ATOMIC_REQUESTS=True) == {"I004"}


def test_how_postgresql_is_joined() -> None:
    """A connection a request, and the driver that is not known."""
    from django.db.backends.postgresql.base import DatabaseWrapper  # noqa: PLC0415 - with a driver alone

    known = {**connections["default"].settings_dict, "ENGINE": "django.db.backends.postgresql", "OPTIONS": {}}
    for changed, expected in (
        ({}, {"I003"}),
        ({"CONN_MAX_AGE": 60}, set()),
        ({"CONN_MAX_AGE": None}, set()),
        ({"OPTIONS": {"pool": True}}, set()),
    ):
        with mock.patch.dict(connections.settings, poec={**known, **changed}):
            connections["poec"] = DatabaseWrapper({**known, **changed}, "poec")
            try:
                assert of_setting(DATABASE="poec") == expected
                with mock.patch("django.db.backends.postgresql.psycopg_any.is_psycopg3", new=False):
                    assert of_setting(DATABASE="poec") == {*expected, "E006"}
            finally:
                del connections["poec"]


def test_another_database_is_refused() -> None:
    """MySQL, Oracle and what a third party has."""
    from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: PLC0415

    other = type("Other", (BaseDatabaseWrapper,), {"vendor": "mysql", "display_name": "MySQL"})
    known = connections["default"].settings_dict
    with mock.patch.dict(connections.settings, poec=known):
        connections["poec"] = mock.Mock(
            spec=other,
            vendor="mysql",
            display_name="MySQL",
            alias="poec",
            settings_dict=known,
            validation=mock.MagicMock(),
            features=mock.MagicMock(),
        )
        try:
            assert "E005" in of_setting(DATABASE="poec")
        finally:
            del connections["poec"]


class Nowhere:
    """A router that lets no migration of ours run."""

    def allow_migrate(self, _db: str, app_label: str, **_: object) -> bool | None:
        """Not ours."""
        return False if app_label == "poec_workflow" else None


def test_where_no_tables_would_be_made(project: Any) -> None:
    """A router or `MIGRATION_MODULES` that leaves them out."""
    del project
    assert asked(POEC_WORKFLOW={"ADDRESSES": {}}, DATABASE_ROUTERS=[Nowhere()]) == {"W005"}
    assert asked(POEC_WORKFLOW={"ADDRESSES": {}}, MIGRATION_MODULES={"poec_workflow": None}) == {"W006"}


def test_languages(project: Any) -> None:
    """Those without texts, for the project or for a browser."""
    del project
    setting: dict[str, Any] = {"ADDRESSES": {}}
    assert asked(POEC_WORKFLOW=setting, LANGUAGE_CODE="de") == {"W001"}
    assert asked(POEC_WORKFLOW=setting, LANGUAGE_CODE="en-us", LANGUAGES=[("en-us", "English")]) == set()
    assert asked(POEC_WORKFLOW=setting, LANGUAGES=[("fr", "Français"), ("de", "Deutsch")]) == {"I002"}
    with override_settings(LANGUAGES=[("fr", "Français"), ("de", "Deutsch")]):
        assert ids(run_checks()) == set()


def test_a_deployment_needs_a_sender(project: Any) -> None:
    """`check --deploy` says so; hints are of it alone, for each command of `manage.py` prints what is found."""
    del project
    with override_settings(DEFAULT_FROM_EMAIL="webmaster@localhost"):
        assert ids(run_checks()) == set()
    assert asked(POEC_WORKFLOW={"ADDRESSES": {}}, DEFAULT_FROM_EMAIL="webmaster@localhost") == {"W002"}


def test_the_schema_is_looked_at_where_a_database_is_named(project: Any) -> None:
    """`check --database default`: tables that are missing, older or a later release's."""
    file = connections["default"].settings_dict["NAME"]

    def of_schema() -> set[str]:
        connections["default"].close()
        with override_settings(POEC_WORKFLOW={"ADDRESSES": {}}):
            assert ids(run_checks()) == set()
            return ids(run_checks(databases=["default"]))

    assert of_schema() == set()
    say(f"sqlite:///{file}", "UPDATE poec_alembic_version SET version_num = '0001'")
    assert of_schema() == {"W007"}
    say(f"sqlite:///{file}", "UPDATE poec_alembic_version SET version_num = '9999'")
    assert of_schema() == {"E008"}
    say(f"sqlite:///{file}", "DELETE FROM poec_alembic_version")
    assert of_schema() == {"E007"}
    connections["default"].settings_dict["NAME"] = f"{file}-empty"
    assert of_schema() == {"W007"}
    assert project.alias == "default"


SCREENS = "django_screen_urls"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"MIDDLEWARE": [each for each in SETTINGS["MIDDLEWARE"] if "sessions" not in each]}, {"E011"}),
        ({"MIDDLEWARE": [each for each in SETTINGS["MIDDLEWARE"] if "csrf" not in each]}, {"E011"}),
        ({"MIDDLEWARE": [each for each in SETTINGS["MIDDLEWARE"] if "auth" not in each]}, {"E011"}),
        ({"MIDDLEWARE": [*SETTINGS["MIDDLEWARE"], "nowhere.Middleware"]}, set()),
        ({"TEMPLATES": []}, {"E012"}),
        ({"TEMPLATES": [{**SETTINGS["TEMPLATES"][0], "APP_DIRS": False}]}, {"E013"}),
        ({"TEMPLATES": [{**SETTINGS["TEMPLATES"][0], "OPTIONS": {}}]}, {"E014"}),
        ({"LOGIN_URL": "/nowhere/"}, {"W010"}),
        ({"LOGIN_URL": "nowhere"}, {"W010"}),
        ({"LOGIN_URL": "https://sso.example.org/"}, set()),
    ],
)
def test_what_the_screens_need(project: Any, changed: dict[str, Any], expected: set[str]) -> None:
    """Where they are included; a project without them needs none of it."""
    del project
    common = {"POEC_WORKFLOW": {"ADDRESSES": {}}, "LOGIN_URL": "admin:login", **changed}
    assert asked(ROOT_URLCONF=SCREENS, **common) == expected
    assert asked(**common) == set()


def test_the_apps_of_the_screens(project: Any) -> None:
    """Sessions are an app."""
    del project
    with mock.patch("django.apps.apps.is_installed", lambda name: name != "django.contrib.sessions"):
        assert "E010" in asked(POEC_WORKFLOW={"ADDRESSES": {}}, ROOT_URLCONF=SCREENS, LOGIN_URL="admin:login")


def test_wrong_addresses_are_djangos_to_say(project: Any) -> None:
    """A URLconf that can't be imported breaks no check of ours."""
    del project
    from poec_workflow.contrib.django.screen_checks import check_screens  # noqa: PLC0415 - alone: Django's own raises

    with override_settings(ROOT_URLCONF="nowhere.urls"):
        assert check_screens() == []


def test_every_check_stands_on_the_page() -> None:
    """With its id; and the page has no other."""
    known = {each for file in SOURCES for each in re.findall(r"poec_workflow\.([EWI]\d{3})", file.read_text("utf-8"))}
    text = PAGE.read_text(encoding="utf-8")
    assert known == set(re.findall(r"^\| `([EWI]\d{3})`", text, re.MULTILINE))
    for name in Configuration.__attrs_attrs__:
        assert f"`{name.name.upper()}`" in text, name.name

"""Checks of what the screens need of a project that includes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.exceptions import TemplateDoesNotExist
from django.urls import get_resolver
from django.utils.module_loading import import_string

_APP = "poec"
_APPS = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.staticfiles")
_MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
_PAGE = "poec_workflow/base.html"


def check_screens(**_: Any) -> list[CheckMessage]:  # noqa: ANN401 - what Django gives its checks
    """Apps, middleware, templates, and where one signs in; nothing where the screens are not included."""
    return [*_apps(), *_middleware(), *_templates(), *_login()] if _included() else []


def _included() -> bool:
    if not getattr(settings, "ROOT_URLCONF", None):
        return False
    try:
        return _APP in get_resolver().app_dict
    except Exception:  # noqa: BLE001 - anybody's addresses: Django's own checks say what is wrong
        return False


def _apps() -> Iterator[CheckMessage]:
    for each in _APPS:
        if not apps.is_installed(each):
            yield Error(f"the screens need {each}", hint="Add it to INSTALLED_APPS.", id="poec_workflow.E010")


def _middleware() -> Iterator[CheckMessage]:
    known = [*map(_loaded, settings.MIDDLEWARE)]
    for each in _MIDDLEWARE:
        wanted = import_string(each)
        if not any(isinstance(one, type) and issubclass(one, wanted) for one in known):
            yield Error(f"the screens need {each}", hint="Add it to MIDDLEWARE.", id="poec_workflow.E011")


def _loaded(path: str) -> object:
    try:
        return import_string(path)
    except ImportError:
        return None


def _templates() -> Iterator[CheckMessage]:
    backend = next((each for each in engines.all() if isinstance(each, DjangoTemplates)), None)
    if backend is None:
        hint = "Add django.template.backends.django.DjangoTemplates to TEMPLATES."
        yield Error(
            "the screens are Django's templates, and TEMPLATES has no engine", hint=hint, id="poec_workflow.E012"
        )
        return
    try:
        backend.get_template(_PAGE)
    except TemplateDoesNotExist:
        hint = "Set APP_DIRS, or add the loader django.template.loaders.app_directories.Loader."
        yield Error("the templates of the screens are not found", hint=hint, id="poec_workflow.E013")
    if "django.template.context_processors.request" not in backend.engine.context_processors:
        hint = "Add django.template.context_processors.request to context_processors."
        yield Error("the templates of the screens need the request", hint=hint, id="poec_workflow.E014")


def _login() -> Iterator[CheckMessage]:
    from django.shortcuts import resolve_url  # noqa: PLC0415 - once apps are ready
    from django.urls import NoReverseMatch, Resolver404, resolve  # noqa: PLC0415

    try:
        address = resolve_url(settings.LOGIN_URL)
        if address.startswith("/"):
            resolve(address.partition("?")[0])
    except (NoReverseMatch, Resolver404):
        yield Caution(
            f"who is not signed in is sent to LOGIN_URL, {settings.LOGIN_URL!r}, where there is nothing",
            hint="Include django.contrib.auth.urls, or set LOGIN_URL.",
            id="poec_workflow.W010",
        )

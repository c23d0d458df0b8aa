"""The one Django configuration of a test process: settings can be configured once, whichever test comes first."""

from __future__ import annotations

from typing import Any

import django
from django.conf import settings

APP = "poec_workflow.contrib.django"


def mails_by(backend: str, **options: Any) -> dict[str, Any]:
    """The settings of a project that sends by one of Django's backends: `MAILERS`, or those that 6.1 deprecates."""
    name = f"django.core.mail.backends.{backend}.EmailBackend"
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": name, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": name} | {f"EMAIL_{key.upper()}": value for key, value in options.items()}


SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "for tests only",
    "ALLOWED_HOSTS": ["testserver"],
    "DATABASES": {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": "/nowhere/each-test-has-its-own.sqlite3",
            "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        }
    },
    "INSTALLED_APPS": [
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        APP,
    ],
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    **mails_by("locmem"),
    "DEFAULT_FROM_EMAIL": "poec@example.org",
    "ROOT_URLCONF": "django_urls",
    "STATIC_URL": "static/",
    "LANGUAGE_CODE": "fr",
    "LANGUAGES": [("fr", "Français"), ("en", "English")],
    "TIME_ZONE": "Europe/Paris",
    "USE_TZ": True,
}
"""As `startproject` writes them, with the app; a test points the database at a file of its own."""


def configure() -> None:
    """Configure Django, unless another test of the process did."""
    if not settings.configured:
        settings.configure(**SETTINGS)
        django.setup()

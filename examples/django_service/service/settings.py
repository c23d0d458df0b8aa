"""The smallest settings that serve three JSON views on one SQLite file."""

import os
from pathlib import Path

SECRET_KEY = os.environ.get("SECRET_KEY", "for the example only")
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "service.urls"
# The app's memberships stand beside users; this service has none of either: see `absences.views.caller`.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "poec_workflow.contrib.django",
    "absences",
]
MIDDLEWARE = ["poec_workflow.contrib.django.problem_middleware.ProblemMiddleware"]
USE_TZ = True

# The workflow's tables live here too, beside ours. IMMEDIATE: a transaction that reads first and writes later
# waits for its turn when it begins, instead of failing when it writes.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).parents[1] / "service.db",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What Accept-Language may choose from: the languages of the workflow's messages.
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]

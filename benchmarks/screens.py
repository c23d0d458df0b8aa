"""What each screen costs in a large store: median time, and queries a page; printed, held against nothing.

uv run python -m benchmarks.screens [--applications 100000] [--rounds 15] [--database sqlite postgresql]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import django
from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from benchmarks.filling import DATABASES, NOW, STORES, NoPostgreSQL
from poec_workflow import Actor, ActorKind
from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.ports import FixedClock

TARGET_MS = 200
TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="ORG-0000")
EVERYWHERE = Actor(kind=ActorKind.ORGANIZATION, organization="REGION")
ACTORS: Mapping[str, Actor] = {
    "trainer of ten sessions": TRAINER,
    "responsible for all": EVERYWHERE,
    "adviser of everybody": Actor(kind=ActorKind.ADVISER, organization="FT"),
    "funder of all": Actor(kind=ActorKind.FUNDER, organization="OPCO"),
    "candidate": Actor(kind=ActorKind.CANDIDATE, candidate="P-0000-001"),
    "platform": Actor(kind=ActorKind.PLATFORM, organization="CAP"),
}
"""Who looks, each with how much of the store is theirs."""


class User:
    """Somebody who is signed in."""

    is_authenticated = True
    pk = 1


def signed_in(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware: whoever asks is signed in; the header says as whom."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.user = User()  # type: ignore[assignment] - nothing more is asked of it
        return get_response(request)

    return answer


def actors(request: HttpRequest) -> Sequence[Actor]:
    """On whose behalf."""
    return [ACTORS[request.headers["X-As"]]]


def main() -> int:
    """Fill, look, print."""
    options = _options()
    try:
        with STORES.opened(options.database, options.postgresql):
            for kind in options.database:
                _configure(STORES.filled(kind, options.applications))
                print(f"\n{kind}, {options.applications:,} applications; target {TARGET_MS} ms")
                print(f"{'page':<44} {'as':<24} {'ms':>7} {'queries':>8}")
                for line in _lines(options.applications // 500, options.rounds):
                    print(line, flush=True)
                connection.close()
    except NoPostgreSQL as error:
        print(f"{error}; leave it out with --database sqlite", file=sys.stderr)
        return 2
    return 0


def _lines(sessions: int, rounds: int) -> Iterator[str]:
    # The names go by tens; the organisation's last session is current.
    session = f"{sessions - sessions // 10:05}"
    pages = {
        "/": tuple(ACTORS),
        "/actions/": tuple(ACTORS),
        "/sessions/": tuple(ACTORS),
        "/applications/": tuple(ACTORS),
        "/applications/?text=n0003x": ("trainer of ten sessions", "responsible for all", "platform"),
        "/applications/?format=csv": ("trainer of ten sessions",),
        "/work/": ("trainer of ten sessions", "responsible for all"),
        "/actions/A-0000/": ("platform", "responsible for all"),
        f"/sessions/S-{session}/": ("platform", "responsible for all"),
        f"/applications/C-{session}-001/": ("platform", "responsible for all", "adviser of everybody"),
        f"/sessions/S-{session}/register/": ("adviser of everybody",),
        "/candidates/P-0000-001/": ("platform",),
    }
    for page, looking in pages.items():
        for who in looking:
            status, taken, queries = _measured(page, who, rounds)
            slow = "  SLOW" if taken > TARGET_MS else ""
            wrong = f"  {status}" if status != 200 else ""  # noqa: PLR2004 - fine
            yield f"{page:<44} {who:<24} {taken:>7.0f} {queries:>8}{slow}{wrong}"


def _measured(page: str, who: str, rounds: int) -> tuple[int, float, int]:
    client = Client(headers={"x-as": who})
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        asked.append(sql)

    event.listen(Engine, "before_cursor_execute", count)
    taken = []
    for _ in range(rounds + 1):
        asked.clear()
        begun = perf_counter()
        answer = client.get(page)
        _ = answer.getvalue()
        taken.append(perf_counter() - begun)
    event.remove(Engine, "before_cursor_execute", count)
    return answer.status_code, median(taken[1:]) * 1e3, len(asked)


def _configure(url: str) -> None:
    database = _database(url)
    if settings.configured:
        connections.close_all()
        connections.databases["default"].update(database)
        del connections["default"]  # another engine needs another wrapper
        configuration.cache_clear()
        return
    settings.configure(
        SECRET_KEY="for figures only",  # noqa: S106 - nothing is kept
        ALLOWED_HOSTS=["testserver"],
        DATABASES={"default": database},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "poec_workflow.contrib.django",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "benchmarks.screens.signed_in",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        MESSAGE_STORAGE="django.contrib.messages.storage.cookie.CookieStorage",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        ROOT_URLCONF="benchmarks.screen_urls",
        STATIC_URL="static/",
        TIME_ZONE="Europe/Paris",
        USE_TZ=True,
        POEC_WORKFLOW={"ACTORS": "benchmarks.screens.actors", "CLOCK": FixedClock(NOW)},
    )
    django.setup()


def _database(url: str) -> dict[str, Any]:
    given = make_url(url)
    if given.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": given.database}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.database,
        "USER": given.username or "",
        "PASSWORD": given.password or "",
        "HOST": given.host or str(given.query.get("host", "")),
        "PORT": str(given.port or given.query.get("port", "")),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.screens", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--applications", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES[:1])
    parser.add_argument("--postgresql", metavar="URL", help="a server to make databases on, instead of one of our own")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

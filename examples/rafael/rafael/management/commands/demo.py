"""`manage.py demo`: a fresh database with a season around today, served on this machine alone until Ctrl-C."""

from __future__ import annotations

import secrets
import signal
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.db import connections

from poec_workflow import Refused, SubjectKind, Workflow
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.models import Membership
from poec_workflow.ports import FixedClock
from rafael.people import ROLES
from rafael.season import season

HOST = "127.0.0.1"
READY = {
    "fr": "Le site répond à {address} (Ctrl-C l'arrête).\nMot de passe de chacun\u00a0: {password}",
    "en": "The site answers at {address} (Ctrl-C stops it).\nEverybody's password: {password}",
}
TOLD = {
    "fr": "{many} candidatures, racontées autour du {today:%d/%m/%Y}.",
    "en": "{many} applications, told around {today:%Y-%m-%d}.",
}
KEPT = {"fr": "La base reste dans {file}.", "en": "The database stays in {file}."}


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in its base
        """Say nothing of each request; errors are logged by Django."""


class Command(BaseCommand):
    """Makes the database, loads the season, serves the site."""

    help = "Show the site: a fresh database with a season around today, served on this machine alone until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What it can be told."""
        parser.add_argument("--port", type=int, default=8000, help="the port; 0 is any that is free (default: 8000)")
        parser.add_argument(
            "--keep", type=Path, metavar="FILE", help="keep the database in a file; one that is there is shown as it is"
        )
        parser.add_argument("--lang", choices=sorted(READY), help="of what is printed, and of the site at first")
        parser.add_argument(
            "--today", type=_day, metavar="YYYY-MM-DD", help="tell the season around that day, and let it be today"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Make, load, serve."""
        lang = options["lang"] or "fr"
        settings.DEMO, settings.DEMO_LANGUAGE = True, options["lang"] or ""
        if options["today"]:
            instant = datetime.combine(options["today"], time(10), ZoneInfo(settings.TIME_ZONE))
            settings.POEC_WORKFLOW = {**settings.POEC_WORKFLOW, "CLOCK": FixedClock(instant)}
        with self._stoppable(), _place(options["keep"]) as file, _server(options["port"]) as server:
            connections.databases["default"]["NAME"] = str(file)
            password = self._prepare(lang)
            address = f"http://{HOST}:{server.server_port}/"
            self._say(READY[lang].format(address=address, password=password))
            for role in ROLES:
                self._say(f"  {role.username:<14} {role.fr if lang == 'fr' else role.en}")
            if options["keep"]:
                self._say(KEPT[lang].format(file=file))
            server.serve_forever()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # somebody may read it through a pipe

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """End cleanly on Ctrl-C, also where the shell that began it has it ignored, and when it is terminated."""
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.default_int_handler)
        try:
            yield
        except KeyboardInterrupt:
            with suppress(BrokenPipeError):  # who read what it says may be gone already
                self._say("")

    def _prepare(self, lang: str) -> str:
        """Make and fill what is not there yet; returns the password of everybody."""
        call_command("migrate", verbosity=0)
        workflow = get_workflow()
        today = workflow.clock.now().astimezone(workflow.settings.zone).date()
        if not workflow.sessions().items:
            answers = workflow.execute_many(season(today, workflow.settings), atomic=True)
            if refused := [each for each in answers if isinstance(each, Refused)]:
                raise CommandError(f"the season is refused: {refused[0].refusals}")
            self._say(TOLD[lang].format(many=_applications(workflow), today=today))
        return _users()


def _applications(workflow: Workflow) -> int:
    return len(dict(workflow.storage.queries.states(SubjectKind.APPLICATION)))


def _users() -> str:
    """Everybody with a new password, which it returns."""
    password = secrets.token_hex(4)
    hashed = make_password(password)
    for role in ROLES:
        first, last = role.name
        known = {"first_name": first, "last_name": last, "password": hashed}
        user, _ = get_user_model().objects.update_or_create(username=role.username, defaults=known)
        for actor in role.actors:
            Membership.objects.get_or_create(
                user=user, kind=actor.kind.value, organization=actor.organization or "", candidate=actor.candidate or ""
            )
    return password


@contextmanager
def _place(keep: Path | None) -> Iterator[Path]:
    """Where the database is: a file that stays, or one that goes with its folder."""
    if keep is not None:
        keep.parent.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with TemporaryDirectory(prefix="rafael-") as folder:
        try:
            yield Path(folder) / "rafael.db"
        finally:
            connections.close_all()


@contextmanager
def _server(port: int) -> Iterator[ThreadedWSGIServer]:
    try:
        server = ThreadedWSGIServer((HOST, port), _QuietHandler)
    except (OSError, OverflowError) as error:
        raise CommandError(f"port {port}: {error}; --port takes another one") from error
    with server:
        server.set_app(StaticFilesHandler(get_internal_wsgi_application()))
        yield server


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error

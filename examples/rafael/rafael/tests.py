"""What the site adds: signing in, the season, the command that shows it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from django.contrib.auth import get_user_model
from django.test import SimpleTestCase, TestCase, override_settings

from poec_workflow import Accepted, Settings, SubjectKind, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.model import ApplicationState
from poec_workflow.testing import SettableClock
from rafael.people import ROLES, TRAINER
from rafael.season import season

MANAGE = Path(__file__).parent.parent / "manage.py"
TODAY = date(2026, 3, 10)


class SeasonTest(SimpleTestCase):
    """The season is told in commands."""

    def test_no_command_is_refused(self) -> None:
        """Whatever the day: weekends, ends of months, leap days and the nights when clocks change are as good."""
        for today in (date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)):
            answers = Workflow(MemoryStorage()).execute_many(season(today, Settings()))
            self.assertTrue(all(isinstance(each, Accepted) for each in answers), today)

    def test_it_is_the_same_each_time(self) -> None:
        """To the last name."""
        self.assertEqual(season(TODAY, Settings()), season(TODAY, Settings()))

    def test_every_state_queue_and_alert_is_there(self) -> None:
        """So that each screen has something to show."""
        workflow = Workflow(MemoryStorage(), clock=SettableClock("2026-03-10T10:00:00+01:00"))
        workflow.execute_many(season(TODAY, Settings()))
        states = set(dict(workflow.storage.queries.states(SubjectKind.APPLICATION)).values())
        self.assertEqual(states, set(ApplicationState))
        queue = workflow.work_queue(TRAINER)
        self.assertTrue(queue.to_convoke and queue.attendance_to_record and queue.advice_to_give and queue.expiring)
        alerts = {alert for each in workflow.actions().items for alert in each.alerts}
        self.assertEqual(alerts, {"incomplete", "applications-expiring", "quota-unused"})


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class SigningInTest(TestCase):
    """By password, and in the demonstration by one click."""

    def setUp(self) -> None:
        """Somebody who may sign in, with a secret."""
        get_user_model().objects.create_user(ROLES[0].username, password="lots of it")  # noqa: S106 - a test's

    def test_a_click_signs_in_only_where_the_demonstration_runs(self) -> None:
        """Elsewhere there is no such page, and none offers it."""
        asked = {"username": ROLES[0].username}
        self.assertNotContains(self.client.get("/sign-in/"), "sign-in/as")
        self.assertEqual(self.client.post("/sign-in/as/", asked).status_code, 404)
        with override_settings(DEMO=True):
            self.assertContains(self.client.get("/sign-in/"), "sign-in/as")
            self.assertEqual(self.client.post("/sign-in/as/", {"username": "nobody"}).status_code, 404)
            self.assertRedirects(self.client.post("/sign-in/as/", asked), "/", fetch_redirect_response=False)

    @override_settings(DEMO=True)
    def test_nobody_is_sent_to_another_site(self) -> None:
        """Whatever the page that is asked for looks like."""
        for page in ("//evil.example", "https://evil.example/", "\\\\evil.example", "javascript:alert(1)", "/\\evil"):
            for address, asked in (
                ("/sign-in/as/", {"username": ROLES[0].username}),
                ("/sign-in/", {"username": ROLES[0].username, "password": "lots of it"}),
            ):
                self.client.logout()
                answer = self.client.post(address, {**asked, "next": page})
                self.assertEqual((answer.status_code, answer.headers["Location"]), (302, "/"), page)

    def test_who_signs_in_has_another_session_than_before(self) -> None:
        """So that nobody hands out a session beforehand; and after signing out it is worth nothing."""
        self.client.cookies["sessionid"] = "chosen-by-somebody-else"
        self.client.post("/sign-in/", {"username": ROLES[0].username, "password": "lots of it"})
        signed_in = self.client.cookies["sessionid"].value
        self.assertNotEqual(signed_in, "chosen-by-somebody-else")
        self.assertEqual(self.client.get("/sign-out/").status_code, 405)
        self.client.post("/sign-out/")
        self.client.cookies["sessionid"] = signed_in
        self.assertRedirects(self.client.get("/"), "/sign-in/?next=/", fetch_redirect_response=False)

    def test_pages_outside_of_the_screens_have_their_headers_too(self) -> None:
        """Signing in and out, what is not there, what the browser may not send."""
        with self.assertLogs("django.security.DisallowedHost"):
            elsewhere = self.client.get("/", headers={"host": "evil.example"})
        pages = [self.client.get(each) for each in ("/sign-in/", "/nothing/", "/sign-out/")]
        self.assertEqual([each.status_code for each in (*pages, elsewhere)], [200, 404, 405, 400])
        for answer in (*pages, elsewhere):
            self.assertIn("frame-ancestors 'none'", answer.headers["Content-Security-Policy"])
            self.assertIn("no-store", answer.headers["Cache-Control"])
            self.assertNotContains(answer, "evil.example", status_code=answer.status_code)


@frozen
class Shown:
    """A running demonstration."""

    process: subprocess.Popen[str]
    said: list[str]
    address: str

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C; how it ended, and what it said last."""
        self.process.send_signal(signal.SIGINT)
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors


class DemoTest(SimpleTestCase):
    """The command, in a process of its own."""

    @contextmanager
    def shown(self, *options: str) -> Iterator[Shown]:
        """A demonstration that answers."""
        command = [sys.executable, "-W", "error", str(MANAGE), "demo", "--port", "0", "--today", "2026-03-10", *options]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
        ) as process:
            try:
                said: list[str] = []
                for line in process.stdout or ():
                    said.append(line)
                    if found := re.search(r"http://\S+", line):
                        yield Shown(process, said, found[0])
                        return
                self.fail(f"it said {said}, {process.stderr and process.stderr.read()}")
            finally:
                process.kill()

    def test_it_answers_and_ends_cleanly_and_a_kept_database_is_shown_again(self) -> None:
        """As it is: the season is told once."""
        with TemporaryDirectory() as folder:
            for told in (["268 applications, told around 2026-03-10.\n"], []):
                with self.shown("--lang", "en", "--keep", f"{folder}/kept.db") as site:
                    with urllib.request.urlopen(site.address) as page:  # noqa: S310 - our own
                        text = page.read().decode()
                    self.assertIn("Enter the demonstration", text)
                    self.assertEqual(site.stop(), (0, ""))
                self.assertEqual(site.said[:-1], told)

    def test_a_port_that_is_taken_is_said(self) -> None:
        """In a line, with the option that helps."""
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = str(taken.getsockname()[1])
            done = subprocess.run(
                [sys.executable, str(MANAGE), "demo", "--port", port], capture_output=True, text=True, check=False
            )
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, rf"^CommandError: port {port}: .+; --port takes another one\n$")

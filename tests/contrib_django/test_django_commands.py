"""The app's commands do what the command line's do, by the project's workflow, and end with its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.test import override_settings

from django_project import TODAY, TOWN
from poec_workflow import Actor, commands
from poec_workflow.adapters.email import Recipient
from poec_workflow.contrib.django.models import Delivery, Message
from poec_workflow.ports import Undeliverable
from poec_workflow.testing import RecordingChannel, SettableClock
from poec_workflow.workflow import Workflow

TESTS = Path(__file__).parents[1]
LATER = TODAY + timedelta(days=200)
"""When the applications of the town are overdue."""


def run(*words: str, **options: Any) -> tuple[int, str, str]:
    """A command's exit code, and what it printed on both streams."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*words, stdout=out, stderr=err, no_color=True, **options)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def channel(clock: SettableClock) -> Iterator[RecordingChannel]:
    """The project's one channel, which keeps what it is given."""
    kept = RecordingChannel()
    with override_settings(POEC_WORKFLOW={"CLOCK": clock, "CHANNELS": lambda: kept}):
        yield kept


def test_sweep(town: Workflow, clock: SettableClock) -> None:
    """Says first, then does; a second time there is nothing."""
    clock.set(LATER)
    assert run("poec_sweep", "--dry-run") == (0, "C-1\nC-2\n", "2 candidatures passeraient en avis non transmis\n")
    assert town.application("C-1").state == "convoked"
    code, out, _ = run("poec_sweep", "--format", "json")
    assert (code, json.loads(out)["expired"]) == (0, ["C-1", "C-2"])
    assert town.application("C-1").state == "no-advice"
    assert run("poec_sweep")[:2] == (0, "")


def test_sweep_at_another_instant(town: Workflow) -> None:
    """A later one with --dry-run alone; what is none is wrong usage."""
    later = LATER.isoformat()
    assert run("poec_sweep", "--at", later, "--dry-run")[1] == "C-1\nC-2\n"
    assert run("poec_sweep", "--at", later)[0] == 2
    assert run("poec_sweep", "--at", "soon")[0] == 2
    assert run("poec_sweep", "--at", TODAY.isoformat())[0] == 0
    assert town.application("C-1").state == "convoked"


def test_retain_until(town: Workflow, clock: SettableClock) -> None:
    """Says first, then does; a second time there is nothing, and a later instant is for --dry-run alone."""
    clock.set(LATER)
    run("poec_sweep")
    later = (LATER + timedelta(days=800)).isoformat()
    said = "2 personnes seraient effacées\n0 dossier serait vidé\n"
    assert run("poec_retain_until", "--at", later, "--dry-run") == (0, "P-1\nP-2\n", said)
    assert run("poec_retain_until", "--at", later)[0] == 2
    assert run("poec_retain_until")[:2] == (0, "")
    clock.set(LATER + timedelta(days=800))
    code, out, _ = run("poec_retain_until", "--format", "json")
    assert (code, json.loads(out)["people"]) == (0, ["P-1", "P-2"])
    assert town.storage.queries.candidate("P-1") is None
    assert run("poec_retain_until")[:2] == (0, "")


def test_no_byte_of_the_projects_file_names_who_was_erased(town: Workflow, project: Any) -> None:
    """Once the transaction that erased them was committed."""
    file = Path(project.settings_dict["NAME"])

    def named() -> bool:
        data = b"".join(each.read_bytes() for each in file.parent.iterdir() if each.name.startswith(file.name))
        return any(each in data for each in ("Zoé Nabil".encode(), b"zoe nabil"))

    assert named()
    with transaction.atomic():
        town.erase_candidate("P-1")
    assert not named()
    assert town.application("C-1").state == "convoked"


def test_relay_sends_once(town: Workflow, channel: RecordingChannel) -> None:
    """All that waits, in one thread or in several; what a thread opened is closed."""
    assert run("poec_relay", "--workers", "3") == (
        0,
        "6 transmis, 0 devenu inutile, 0 à réessayer, 0 non distribuable\n",
        "",
    )
    assert len(channel.messages) == 6
    assert (Message.objects.count(), Delivery.objects.count()) == (0, 6)
    town.execute(commands.RecordAbsence("C-1", notified=True), Actor(kind="organization", organization="AFEC"))
    code, out, _ = run("poec_relay", "--workers", "1", "--format", "json")
    assert (code, json.loads(out)["delivered"]) == (0, 0)


def test_relay_shows_and_settles(town: Workflow, clock: SettableClock) -> None:
    """What waits, what is dead and why; what is retried or dropped, by its id."""

    class Nobody:
        def deliver(self, *_: object) -> None:
            raise Undeliverable("nobody is there")

    waiting = json.loads(run("poec_relay", "--list", "--format", "json")[1])
    assert [each["notice"] for each in waiting] == ["N1", "N1", "N2", "N2", "N1", "N1"]
    assert "en attente : 6" in run("poec_relay", "--status")[1].replace("\xa0", " ")
    with override_settings(POEC_WORKFLOW={"CLOCK": clock, "CHANNELS": lambda: {"candidate": Nobody()}}):
        assert run("poec_relay")[0] == 0
        assert "nobody is there" in run("poec_relay", "--dead")[1]
        [dead] = json.loads(run("poec_relay", "--dead", "--format", "json")[1])
        assert run("poec_relay", "--retry", dead["id"])[0] == 0
        assert run("poec_relay", "--drop", dead["id"])[0] == 2
        run("poec_relay")
        assert json.loads(run("poec_relay", "--drop", dead["id"], "--format", "json")[1]) == {dead["id"]: True}
    assert run("poec_relay", "--retry", "none")[0] == 2
    assert town.storage.outbox.figures().dead == 0


def test_relay_previews(town: Workflow, tmp_path: Path) -> None:
    """Files of what would be sent, and nothing is sent."""
    assert run("poec_relay", "--preview", str(tmp_path / "shown"))[0] == 0
    assert len([*(tmp_path / "shown").iterdir()]) == 1  # to the candidate: organisations have no channel
    assert town.storage.outbox.figures().waiting == 6


@pytest.mark.parametrize("words", [("--workers", "0"), ("--workers", "65"), ("--follow", "--list")])
def test_relay_is_used_wrongly(project: Any, words: tuple[str, ...]) -> None:
    """With exit code 2, as argparse has it."""
    del project
    assert run("poec_relay", *words)[0] in {1, 2}


def test_relay_follows_until_it_is_told_to_stop(town: Workflow, channel: RecordingChannel) -> None:
    """SIGTERM ends it when what was begun is sent; the handlers of before come back."""
    before = signal.getsignal(signal.SIGTERM)
    sent = threading.Event()

    class Telling:
        def deliver(self, message: Any, content: Any) -> None:
            channel.deliver(message, content)
            if len(channel.messages) == 6:
                sent.set()

    def stop() -> None:
        sent.wait(20)
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=stop)
    ending.start()
    with override_settings(POEC_WORKFLOW={"CLOCK": town.clock, "CHANNELS": Telling}):
        assert run("poec_relay", "--follow")[0] == 0
    ending.join(20)
    assert len(channel.messages) == 6
    assert signal.getsignal(signal.SIGTERM) is before


def test_channels_are_closed(project: Any) -> None:
    """Also after a failure."""
    del project
    channel = mock.Mock(spec=("deliver", "close"))
    with override_settings(POEC_WORKFLOW={"CHANNELS": lambda: channel}):
        run("poec_relay")
    channel.close.assert_called_once_with()


def test_mails_go_out_by_djangos_backend(town: Workflow, clock: SettableClock) -> None:
    """To organisations whose addresses the project knows, with a link to the screens; to candidates without one."""
    person = Recipient(email="clerk@afec.example", name="Zoé", language="en")

    def addresses(reference: str) -> Recipient | str | None:
        known: dict[str, Recipient | str] = {"AFEC": person, "FT-AGEN": "agen@ft.example"}
        return known.get(reference)

    setting: Mapping[str, Any] = {
        "CLOCK": clock,
        "ADDRESSES": addresses,
        "SITE_URL": "https://poec.example.org/",
        "MAIL": {"reply_to": "help@poec.example", "subject_prefix": "[TEST] "},
    }
    with override_settings(
        POEC_WORKFLOW=setting, DEFAULT_FROM_EMAIL="POEC <poec@poec.example>", ROOT_URLCONF="django_screen_urls"
    ):
        assert run("poec_relay")[0] == 0
    assert len(mail.outbox) == 5
    to_afec: Any = next(each.message() for each in mail.outbox if each.to == ["clerk@afec.example"])
    assert (to_afec["From"], to_afec["Reply-To"], to_afec["Content-Language"]) == (
        "POEC <poec@poec.example>",
        "help@poec.example",
        "en",
    )
    assert to_afec["Subject"].startswith("[TEST] ")
    for part in ("plain", "html"):
        text = to_afec.get_body((part,)).get_content()
        assert f"https://poec.example.org/applications/{'C-1' if 'C-1' in text else 'C-2'}/" in text
        assert "Open in the application" in text
    assert town.storage.outbox.figures().dead == 1  # the candidate has no address


def test_without_screens_there_is_no_link(town: Workflow, clock: SettableClock) -> None:
    """The mail goes out as it is."""
    setting = {"CLOCK": clock, "ADDRESSES": {"AFEC": "a@afec.example"}, "SITE_URL": "https://poec.example.org"}
    with override_settings(POEC_WORKFLOW=setting):
        run("poec_relay")
    assert len(mail.outbox) == 2
    assert all("https://" not in each.message().as_string() for each in mail.outbox)
    assert town.storage.outbox.figures().waiting == 0


def test_remind(town: Workflow, clock: SettableClock) -> None:
    """Once a day an organisation."""
    deadline = town.session("00301234").end + timedelta(days=21)
    clock.set(TODAY + (deadline - TODAY.date()) - timedelta(days=10))
    assert run("poec_remind") == (0, "AFEC\n", "1 rappel\n")
    assert json.loads(run("poec_remind", "--format", "json")[1])["organizations"] == []


def test_run_a_journal(workflow: Workflow, tmp_path: Path) -> None:
    """Each line at its own instant; refused lines end in 1, malformed ones in 2, and nothing else stops."""
    assert run("poec_run", str(TOWN), "--batch", "3")[0] == 0
    assert len(workflow.history("application", "C-1")) == 2
    code, out, err = run("poec_run", str(TOWN), "--refusals", str(tmp_path / "refused"), "--format", "json")
    assert (code, json.loads(out)["codes"]) == (1, {"duplicate-reference": 4, "no-transition": 2})
    assert "6 refusées" in err
    assert json.loads((tmp_path / "refused").read_text().splitlines()[0]) == {
        "line": 1,
        "codes": ["duplicate-reference"],
    }
    journal = tmp_path / "journal"
    journal.write_bytes(TOWN.read_bytes() + b"{}\n")
    code, out, err = run("poec_run", str(journal), "--from-line", "6")
    assert code == 2
    assert "ligne 7" in err
    assert "1 illisible" in out


def test_run_standard_input(workflow: Workflow) -> None:
    """As `-`."""
    with mock.patch("sys.stdin", TextIOWrapper(BytesIO(TOWN.read_bytes()))):
        assert run("poec_run", "-")[0] == 0
    assert workflow.application("C-2").state == "pending"


@pytest.mark.parametrize(
    "words", [("nowhere.jsonl",), (".",), (str(TOWN), "--batch", "0"), (str(TOWN), "--from-line", "0")]
)
def test_run_what_is_none(project: Any, words: tuple[str, ...]) -> None:
    """Wrong usage, in words."""
    del project
    code, _, err = run("poec_run", *words)
    assert code == 2
    assert err


def test_a_database_without_tables_ends_in_three(project: Any, tmp_path: Path) -> None:
    """As one that can't be reached."""
    del project
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = str(tmp_path / "empty.db")
    for name in ("poec_sweep", "poec_remind", "poec_relay"):
        code, _, err = run(name)
        assert (name, code) == (name, 3)
        assert err


OWN = """
from django_settings import SETTINGS
globals().update(SETTINGS)
DATABASES["default"]["NAME"] = {name!r}
LANGUAGE_CODE = "en"
"""


def test_a_process_ends_with_the_code(town: Workflow, tmp_path: Path) -> None:
    """As a shell sees it, and where a warning is an error; the command line is not loaded."""
    (tmp_path / "own.py").write_text(OWN.format(name=connections["default"].settings_dict["NAME"]))
    (tmp_path / "manage.py").write_text(
        "import sys\nfrom django.core.management import execute_from_command_line\n"
        "try:\n    execute_from_command_line(sys.argv)\n"
        "finally:\n    assert not {'poec_workflow.cli', 'rich', 'click'} & set(sys.modules)\n"
    )
    assert len(town.applications().items) == 2
    connections["default"].close()
    ran = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "poec_run", str(TOWN)],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "own", "PYTHONPATH": f"{tmp_path}:{TESTS}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout.startswith("0 accepted\n6 refused\n0 malformed\n")
    assert ran.stderr == "CommandError: 0 accepted, 6 refused, 0 malformed\n"

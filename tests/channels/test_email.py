"""Mails: what they say to whom, what they never say, how they are sent, and what can't be smuggled into them."""

from __future__ import annotations

import email
import email.policy
import os
import smtplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader
from samples import Sample, samples, the
from smtp_server import HOST, Answers, certificate, serving

from guarantees import NOW
from poec_workflow import Candidate, Undeliverable
from poec_workflow.adapters.email import Directory, EmailChannel, MailTexts, Recipient, SmtpBackend
from poec_workflow.adapters.email.email_channel import is_address
from poec_workflow.adapters.email.smtp_backend import NotSent
from poec_workflow.notices import NOTICES
from poec_workflow.testing import SettableClock

PERSON = Candidate(reference="P-1", name="Zoé Nabil", email="zoe@example.org")
FOUND = samples(PERSON)
PEOPLE = [each for each in FOUND if each[0].to.kind != "system"]


class Kept:
    """A backend that keeps mails."""

    def __init__(self) -> None:
        self.mails: list[tuple[EmailMessage, str]] = []

    def send(self, mail: EmailMessage, to: str) -> None:
        self.mails.append((mail, to))


def channel(backend: Any = None, language: Any = "fr", **more: Any) -> EmailChannel:
    """A channel that knows every organisation of the samples."""
    known = {
        name: Recipient(email=f"{name}@example.org", name=name, language=language)
        for name in ("POS", "FT", "TRAIN", "RESP")
    }
    options = {
        "from_address": "poec@example.org",
        "reply_to": "contact@example.org",
        "clock": SettableClock(NOW),
        **more,
    }
    return EmailChannel(backend=backend or Kept(), addresses=Directory(known), language=language, **options)


def read(sample: Sample, language: str = "fr", **more: Any) -> EmailMessage:
    """The mail of a sample, as a mail program reads it."""
    _, data = channel(language=language, **more).preview(*sample)
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_outcome_has_its_words(language: str) -> None:
    """Each event and addressee of the table, in each language: its own subject, the same words in text and page."""
    told = {each[1].entry.event.type for each in PEOPLE if each[1].entry}
    assert told == {event.type for row in NOTICES.rows for event in row.events}
    bodies = set()
    for sample in PEOPLE:
        mail = read(sample, language)
        text, page = text_of(mail), text_of(mail, "html")
        assert mail["Subject"]
        assert f'<html lang="{language}">' in page
        assert "{" not in text + page.partition("<body")[2].partition(">")[2]
        bodies.add((sample[1].entry.event.type if sample[1].entry else "digest", sample[0].to.kind, text))
        for line in filter(None, text.splitlines()):
            assert line.replace("'", "&#39;").replace('"', "&#34;") in page
    kinds = {(event, kind) for event, kind, _ in bodies}
    assert len({text.splitlines()[2] for _, _, text in bodies}) >= len(kinds) / 2


@pytest.mark.parametrize(("language", "word"), [("fr", "annul"), ("en", "cancel")])
def test_who_was_absent_is_never_told_cancelled(language: str, word: str) -> None:
    """Nor who was rejected or withdrew; who lost their session is."""
    for event in ("absent-without-notice", "absent-at-last-convocation", "rejected", "withdrawn", "expired"):
        for to in ("candidate", "organization"):
            mail = read(the(FOUND, event, to), language)
            assert word not in (mail["Subject"] + text_of(mail)).lower()
    for event in ("cancelled", "session-cancelled"):
        assert word in text_of(read(the(FOUND, event, "candidate"), language)).lower()


def test_reasons_are_told_in_words_and_comments_to_organisations_alone() -> None:
    """From the catalogue; what an adviser writes about a person is not for the person."""
    organisation, candidate = (text_of(read(the(FOUND, "rejected", to))) for to in ("organization", "candidate"))
    assert "Trop loin" in organisation
    assert "Trop loin" not in candidate
    reason = the(FOUND, "rejected", "candidate")[1].catalogue.label("fr", "other", "other")
    assert reason in candidate


def test_headers_are_stable_and_say_who_answers() -> None:
    """The same id at every attempt, no answer by machines, a reply to people, the language, a prefix where asked."""
    sample = the(FOUND, "retained", "candidate")
    mail, again = (read(sample, subject_prefix="[TEST] ") for _ in range(2))
    assert mail["Message-ID"] == again["Message-ID"] == f"<{sample[0].id}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "contact@example.org"
    assert mail["Subject"].startswith("[TEST] ")
    assert mail["Content-Language"] == "fr"
    assert mail["Date"].datetime == NOW
    assert str(mail["To"]) == "Zoé Nabil <zoe@example.org>"


def test_an_invitation_comes_twice_in_base64() -> None:
    """As an alternative and as a file; of the mails about appointments and their end alone."""
    mail = read(the(FOUND, "convoked", "candidate"))
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [(part["Content-Transfer-Encoding"], part.get_param("method"), part.get_filename()) for part in parts] == [
        ("base64", "REQUEST", None),
        ("base64", "REQUEST", "invitation.ics"),
    ]
    assert len({part.get_payload() for part in parts}) == 1
    assert mail["Content-Language"] == "fr"
    withdrawn = read(the(FOUND, "withdrawn", "candidate"))
    assert [part.get_param("method") for part in withdrawn.walk() if part.get_content_type() == "text/calendar"] == [
        "CANCEL",
        "CANCEL",
    ]
    for event, to in (("convoked", "organization"), ("retained", "candidate")):
        assert "text/calendar" not in {part.get_content_type() for part in read(the(FOUND, event, to)).walk()}


NASTY = st.text(st.sampled_from('é ü\r\n\t\0<>"&:;,@\u2028\u200b\u202eBcc[]'), min_size=1, max_size=30)


@settings(deadline=None)
@given(NASTY, NASTY, NASTY)
def test_nothing_is_smuggled_into_a_mail(name: str, title: str, comment: str) -> None:
    """Whatever names, titles and comments hold: no header more, no line of its own, no markup."""
    clean = str.maketrans("", "", "\0")
    for event, to in (("rejected", "organization"), ("convoked", "candidate")):
        message, content = the(FOUND, event, to)
        assert content.candidate
        assert content.action
        nasty = evolve(
            content,
            candidate=evolve(content.candidate, name=name.translate(clean)),
            action=evolve(content.action, title=title.translate(clean)),
        )
        if event == "rejected":
            assert content.entry
            said: Any = evolve(content.entry.event, comment="x" + comment.translate(clean))  # type: ignore[call-arg]
            nasty = evolve(nasty, entry=evolve(content.entry, event=said))
        plain, mail = read((message, content)), read((message, nasty))
        assert [*mail.keys()] == [*plain.keys()]
        assert [each.addr_spec for each in mail["To"].addresses] == [each.addr_spec for each in plain["To"].addresses]
        assert len(text_of(mail).splitlines()) == len(text_of(plain).splitlines())
        page = text_of(mail, "html")
        assert page.count("<") == text_of(plain, "html").count("<")
        assert "\u202e" not in page + mail["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zoe",
        "@example.org",
        "zoe@",
        "zoe@example.org, max@example.org",
        "zoe@example.org\r\nBcc: max@example.org",
        "zoe@example..org",
        "Zoé <zoe@example.org>",
        "zoe max@example.org",
        '"zoe"@example.org',
        "-oQ/tmp@example.org",
        f"{'z' * 250}@example.org",
    ],
)
def test_what_is_no_address_is_undeliverable(address: str) -> None:
    """And nothing is sent."""
    message, content = the(FOUND, "retained", "candidate")
    assert content.candidate
    backend = Kept()
    with pytest.raises(Undeliverable):
        channel(backend).deliver(message, evolve(content, candidate=evolve(content.candidate, email=address)))
    assert backend.mails == []
    assert not is_address(address)


def test_nobody_is_written_to_whose_address_is_not_known() -> None:
    """A candidate without an e-mail, an organisation that the book does not have."""
    message, content = the(FOUND, "retained", "candidate")
    assert content.candidate
    with pytest.raises(Undeliverable, match="no e-mail address"):
        channel().deliver(message, evolve(content, candidate=evolve(content.candidate, email=None)))
    stranger = the(FOUND, "retained", "organization")
    unknown = EmailChannel(backend=Kept(), addresses=Directory({}), from_address="a@b.fr", reply_to="a@b.fr")
    with pytest.raises(Undeliverable, match="no e-mail address"):
        unknown.deliver(*stranger)
    with pytest.raises(ValueError, match="not an e-mail address"):
        channel(reply_to="nobody")


def test_a_host_replaces_a_template() -> None:
    """One by one, in each language; a page of its own; what it misspells is an error, not an empty mail."""
    own = {
        "fr/retained.txt": "{% block subject %}Bravo{% endblock %}{% block body %}{{ person }} !{% endblock %}",
        "fr/retained.html": "<html lang='fr'><b>{{ person }}</b></html>",
        "fr/rejected.txt": "{% block subject %}x{% endblock %}{% block body %}{{ persn }}{% endblock %}",
    }
    texts = MailTexts(DictLoader(own))
    mail = read(the(FOUND, "retained", "candidate"), texts=texts)
    assert (mail["Subject"], text_of(mail).strip(), text_of(mail, "html").strip()) == (
        "Bravo",
        "Zoé Nabil !",
        "<html lang='fr'><b>Zoé Nabil</b></html>",
    )
    assert "Zoé Nabil" in text_of(read(the(FOUND, "convoked", "candidate"), texts=texts))
    with pytest.raises(Exception, match="persn"):
        read(the(FOUND, "rejected", "candidate"), texts=texts)


# On a server


def delivered(port: int, sample: Sample | None = None, **more: Any) -> None:
    """Send a mail through a server."""
    options: dict[str, Any] = {"security": "none", "timeout": 10.0, **more}
    channel(SmtpBackend(host=HOST, port=port, **options)).deliver(*(sample or the(FOUND, "retained", "candidate")))


def test_a_server_takes_the_mail() -> None:
    """With the envelope's one recipient."""
    answers = Answers()
    with serving(answers) as port:
        delivered(port)
    [envelope] = answers.taken
    assert envelope.rcpt_tos == ["zoe@example.org"]
    assert b"Message-ID: <" in (envelope.original_content or b"")


def test_tls_and_a_login(tmp_path: Path) -> None:
    """STARTTLS with a checked certificate; a wrong login is nobody's fault but the channel's; no trust, no mail."""
    answers = Answers()
    server, client = certificate(tmp_path)
    with serving(answers, context=server, login=True) as port:
        right: dict[str, Any] = {"security": "starttls", "username": "poec", "password": "secret"}
        delivered(port, context=client, **right)
        assert len(answers.taken) == 1
        with pytest.raises(NotSent):
            delivered(port, context=client, **{**right, "password": "wrong"})
        with pytest.raises(OSError, match="certificate"):
            delivered(port, **right)
        assert "secret" not in repr(SmtpBackend(host=HOST, **right))
    assert len(answers.taken) == 1


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        (Answers(recipient="550 no such user"), Undeliverable),
        (Answers(recipient="450 mailbox busy"), NotSent),
        (Answers(data="554 looks like spam"), Undeliverable),
        (Answers(data="452 no space"), NotSent),
        (Answers(recipient="530 log in first"), NotSent),
        (Answers(recipient="550 5.1.1 <zoe@example.org>: no such user"), Undeliverable),
        (Answers(recipient="554 5.7.1 <zoe@example.org>: Relay access denied"), NotSent),
        (Answers(recipient="550 5.1.8 <poec@example.org>: Sender address rejected"), NotSent),
    ],
)
def test_what_a_server_answers_decides(answers: Answers, error: type[Exception]) -> None:
    """5xx about the recipient or the mail is for good; 4xx, login and sender are not; no address reaches the answer."""
    with serving(answers) as port, pytest.raises(error) as raised:
        delivered(port)
    assert "zoe" not in str(raised.value)


def test_a_goodbye_that_fails_takes_no_mail_back() -> None:
    """A mail that was taken is not sent again, and an answer is not hidden, for what the server says to QUIT."""
    for answers in (Answers(goodbye="421 closing"), Answers(goodbye="554 what?")):
        with serving(answers) as port:
            delivered(port)
        assert len(answers.taken) == 1
    with serving(Answers(recipient="550 no such user", goodbye="421 closing")) as port, pytest.raises(Undeliverable):
        delivered(port)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    """Refused connections are the channel's own."""
    with serving(Answers()) as port:
        pass
    with pytest.raises(OSError, match=r".") as raised:
        delivered(port)
    assert not isinstance(raised.value, Undeliverable)


def test_addresses_that_are_not_ascii() -> None:
    """Are sent where the server takes them, and undeliverable where it does not."""
    message, content = the(FOUND, "retained", "candidate")
    assert content.candidate
    sample = (message, evolve(content, candidate=evolve(content.candidate, email="zoé@example.org")))
    answers = Answers()
    with serving(answers) as port:
        delivered(port, sample)
    assert answers.taken[0].rcpt_tos == ["zoé@example.org"]
    with serving(answers, utf8=False) as port, pytest.raises(Undeliverable, match="not ASCII"):
        delivered(port, sample)


DJANGO_HOST = """
from email.policy import SMTP

from django.conf import settings

import django_settings

settings.configure(**django_settings.mails_by("locmem"))
from django.core import mail

from poec_workflow.adapters.email.django_backend import DjangoBackend
from test_email import FOUND, channel, the

for backend in (DjangoBackend(), DjangoBackend(using="django.core.mail.backends.locmem.EmailBackend")):
    channel(backend).deliver(*the(FOUND, "retained", "candidate"))
first, second = mail.outbox
assert first.recipients() == ["zoe@example.org"]
assert first.message()["Message-ID"] == second.message()["Message-ID"]
first.sent_using = "default"  # as Django 6.1 notes on what it sent, and asks for bytes by a policy
assert b"\\n" not in first.message(policy=SMTP).as_bytes().replace(b"\\r\\n", b"")
assert (first.subject, first.from_email) == (str(first.message()["Subject"]), str(first.message()["From"]))
print("sent", len(mail.outbox))
"""


DJANGO_MAILERS = """
import contextlib
from unittest import mock

from django.conf import settings

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
settings.configure(MAILERS={"default": {"BACKEND": "no.such.Backend"}, "other": {"BACKEND": LOCMEM}})
from django.core import mail
from django.utils.module_loading import import_string

from poec_workflow.adapters.email.django_backend import DjangoBackend
from test_email import FOUND, channel, the


class Mailers(dict):
    def __getitem__(self, alias):
        return import_string(settings.MAILERS[alias]["BACKEND"])()

    def __contains__(self, alias):
        return alias in settings.MAILERS


stand_in = mock.patch.object(mail, "mailers", Mailers(), create=True)
with contextlib.nullcontext() if hasattr(mail, "mailers") else stand_in:
    for using in ("other", LOCMEM):
        channel(DjangoBackend(using=using)).deliver(*the(FOUND, "retained", "candidate"))
    try:
        channel(DjangoBackend()).deliver(*the(FOUND, "retained", "candidate"))
    except Exception as error:
        print("no.such" in str(error) or "'no'" in str(error))
print("sent", len(mail.outbox))
"""


def test_a_host_with_mailers_sends_by_one_of_them() -> None:
    """As Django 6.1 has them, where `get_connection` is deprecated and takes no backend; before 6.1, a stand-in."""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    command = [sys.executable, "-W", "error", "-c", DJANGO_MAILERS]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.stdout == "True\nsent 2\n", done.stderr


def test_a_django_host_sends_by_its_own_backend() -> None:
    """The same mails, through `django.core.mail`, in a process of the host's own settings."""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    command = [sys.executable, "-c", DJANGO_HOST]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.stdout == "sent 2\n", done.stderr


DJANGO_BY_SMTP = f"""
import sys

from django.conf import settings

import django_settings

settings.configure(**django_settings.mails_by("smtp", host="{HOST}", port=int(sys.argv[1])))
from poec_workflow import Undeliverable
from poec_workflow.adapters.email.django_backend import DjangoBackend
from test_email import FOUND, channel, the

try:
    channel(DjangoBackend()).deliver(*the(FOUND, "convoked", "candidate"))
except Exception as error:
    print(type(error).__name__)
else:
    print("sent")
"""


@pytest.mark.parametrize(
    ("recipient", "said"), [("250 OK", "sent"), ("550 no such user", "Undeliverable"), ("450 mailbox busy", "NotSent")]
)
def test_a_django_host_sends_by_smtp(recipient: str, said: str) -> None:
    """Django's own backend for it writes the mail as ours does, and a server's answers mean the same."""
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    answers, sample = Answers(recipient=recipient), the(FOUND, "convoked", "candidate")
    with serving(answers) as port:
        command = [sys.executable, "-c", DJANGO_BY_SMTP, str(port)]
        environment = {**os.environ, "PYTHONPATH": paths}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout == f"{said}\n", done.stderr
        if said == "sent":
            delivered(port, sample)
    for envelope in answers.taken:
        mail = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        assert (envelope.rcpt_tos, mail["Message-ID"]) == (["zoe@example.org"], f"<{sample[0].id}@example.org>")
        assert text_of(mail) == text_of(read(sample))
    assert len(answers.taken) == (2 if said == "sent" else 0)


def test_smtp_errors_are_ours() -> None:
    """What smtplib raises does not leave the backend."""
    assert not issubclass(NotSent, smtplib.SMTPException)

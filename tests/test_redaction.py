"""Passwords are taken out of texts that others wrote; the rest of a text stays."""

from __future__ import annotations

import pytest

from poec_workflow.redaction import redacted, scheme_of

HIDDEN = [
    "postgres://u:secret@h/d",
    "connecting to postgresql+psycopg://u:se@cret@h/d failed",
    "amqp://u:se/secret?#@h//",
    "postgres://u:secret",
    "postgres://u:secret/d",
    "redis://:secret@h:6379/0",
    "https://secret@h/hook",
    "/home/x/postgres:/u:secret@h/d",
    "connect(host=h password='very secret' port=1)",
    'password="very secret"',
    "https://h/d?password=secret&x=1",
    "https://h/d?api_key=secret",
    "{'host': 'h', 'password': 'very secret'}",
    '{"smtp_password": "very secret"}',
]
KEPT = [
    "http://h:8080/x",
    "http://h:8080.",
    "see (https://h:5432), please",
    "connection to [::1]:5432 refused",
    "https://example.org/a: not found",
    "there are sqlite:///FILE and postgresql://USER@HOST/DATABASE",
    "zoe@example.org has no password",
    "at 12:30 in C:\\poec.db",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_password_is_hidden(text: str) -> None:
    """Whatever form it has, and where two readers of a URL differ about its end."""
    assert "secret" not in redacted(text)
    assert "***" in redacted(text)


@pytest.mark.parametrize("text", KEPT)
def test_the_rest_stays(text: str) -> None:
    """A port, a mail address, a sentence are no password."""
    assert redacted(text) == text


def test_a_word_that_is_quoted() -> None:
    """A password with blanks is known by the word that it stands in, of which the scheme is left."""
    for word in ("postgres://u:a secret@h/d", "--store=postgres://u:a secret@h/d", "host=h password=a secret"):
        said = redacted(f"unexpected argument ({word})", ["actions", word])
        assert "secret" not in said
        assert said.startswith("unexpected argument (")
    assert redacted("no command postgres://u:p@h", ["postgres://u:p@h"]) == "no command postgres://***"


def test_the_scheme_of_a_url() -> None:
    """It is what stands before ://; without one anything may stand there."""
    assert scheme_of("Postgres://h") == "postgres"
    assert scheme_of("secret:word") is None

"""What needs an extra says so where it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("adapter", "library", "extra"),
    [
        ("sql", "sqlalchemy", "sql"),
        ("email", "jinja2", "email"),
        ("email", "icalendar", "email"),
        ("webhook", "httpcore2", "webhook"),
        ("broker_channel", "kombu", "broker"),
        ("opentelemetry_observer", "opentelemetry", "otel"),
    ],
)
def test_an_adapter_names_its_extra(adapter: str, library: str, extra: str) -> None:
    """In the traceback of the import that fails, behind the name of what is missing."""
    program = f"import sys; sys.modules[{library!r}] = None; import poec_workflow.adapters.{adapter}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    *_, missing, note = ran.stderr.strip().splitlines()
    assert library in missing
    assert note == f"This needs its extra: pip install 'poec-workflow[{extra}]'"

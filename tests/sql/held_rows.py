"""A row that somebody else holds, on PostgreSQL: it is waited for so long, and no longer."""

from __future__ import annotations

import psycopg
import pytest
import stamina

from guarantees import ADVISER, check, registering, workflow_with_session
from poec_workflow import Conflict
from poec_workflow.adapters.sql import SqlStorage
from postgres import raw_url


def assert_waited_for_so_long(url: str) -> None:
    """The lock timeout ends the waiting, the attempts end the command; nothing has changed."""
    with SqlStorage.open(url, busy_timeout=0.01, attempts=2) as storage:
        workflow = workflow_with_session(storage)
        with psycopg.connect(raw_url(url)) as other:
            other.execute("SELECT 1 FROM poec_sessions FOR UPDATE").close()
            with stamina.set_testing(True, attempts=1), pytest.raises(Conflict):
                workflow.execute(registering(1), ADVISER)
            assert workflow.session("S-1").version == 1
        workflow.execute(registering(1), ADVISER)
        check(storage)

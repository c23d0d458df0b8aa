"""The admin shows the workflow's tables, and changes nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from poec_workflow.workflow import Workflow

LISTS = ("application", "session", "action", "entry", "message", "delivery")


@pytest.mark.parametrize("name", LISTS)
def test_lists(town: Workflow, operator: Client, name: str) -> None:
    r = operator.get(f"/admin/poec_workflow/{name}/")
    assert r.status_code == 200


def test_page(town: Workflow, operator: Client) -> None:
    for p in ("application/C-1", "session/00301234", "action/20211102000"):
        r = operator.get(f"/admin/poec_workflow/{p}/change/")
        assert r.status_code == 200
        open("/tmp/page.html", "w").write(r.content.decode())

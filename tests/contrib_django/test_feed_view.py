"""The feed as other services read it from a Django project: for who may act for the platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.test.utils import override_settings

from poec_workflow import Actor, commands, to_dict
from poec_workflow.workflow import Workflow


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """A project with the view, without the middleware."""
    with override_settings(ROOT_URLCONF="django_feed_urls"):
        yield


def signed_in(kind: str) -> Client:
    """A browser of a user who may act as one."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - once Django is configured

    from poec_workflow.contrib.django.models import Membership  # noqa: PLC0415

    client, user = Client(), User.objects.create_user(f"of-{kind}")
    Membership.objects.create(user=user, kind=kind, organization="AFEC")
    client.force_login(user)
    return client


def test_the_platform_reads_it(town: Workflow) -> None:
    """Page by page, by link or by cursor; nothing new is not sent again."""
    whole = to_dict(town.feed())
    client = signed_in("platform")
    assert client.get("/feed/").json() == whole
    read, answer = [], client.get("/feed/?limit=3")
    while answer.json()["items"]:
        read += answer.json()["items"]
        following = answer.headers["Link"].removeprefix("<").partition(">")[0]
        answer = client.get(f"/feed/{following}")
    assert read == whole["items"]
    again = client.get(f"/feed/{following}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    town.execute(commands.CreateAction("A-L", title="[POEC] X", funder="F", responsible="R"), Actor(kind="platform"))
    new = client.get(f"/feed/{following}", headers={"If-None-Match": answer.headers["ETag"]}).json()
    assert [each["reference"] for each in new["items"]] == ["A-L"]


def test_nobody_else_does(town: Workflow) -> None:
    """It has everybody's entries."""
    assert town.feed().items
    for kind in ("organization", "adviser", "funder"):
        assert signed_in(kind).get("/feed/").status_code == 403
    assert Client().get("/feed/").status_code == 403
    assert signed_in("platform").post("/feed/").status_code == 405


@pytest.mark.parametrize(
    ("query", "place"),
    [("after=x", "after"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("before=x", "before"),
     ("after=a&after=b", "after"), ("after=%00", "after")],
)  # fmt: skip
def test_it_is_asked_strictly(town: Workflow, query: str, place: str) -> None:
    """What can't be read is a problem that says where."""
    assert town.feed().items
    answer = signed_in("platform").get(f"/feed/?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [each["place"] for each in answer.json()["faults"]] == [f"query.{place}"]

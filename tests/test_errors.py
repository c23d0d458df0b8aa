"""Refusals and exceptions: kinds, statuses, and the problem that an HTTP answer carries."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import (
    SYSTEM,
    Advisory,
    ApplicationState,
    CommandRefused,
    Conflict,
    Malformed,
    Refusal,
    SchemaOutdated,
    StorageUnavailable,
    Workflow,
    WorkflowError,
    commands,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.errors import Fault, RefusalKind, plain, refusal_to_dict
from poec_workflow.testing import SettableClock

_STATUSES = {
    "unknown-application": ("unknown", 404),
    "unknown-session": ("unknown", 404),
    "unknown-action": ("unknown", 404),
    "not-permitted": ("forbidden", 403),
    "stale-version": ("stale", 412),
    "no-transition": ("state", 409),
    "key-reused": ("conflict", 409),
    "duplicate-reference": ("conflict", 409),
    "quota-reached": ("rule", 422),
    "no-seat-left": ("rule", 422),
    "a-code-of-a-service": ("rule", 422),
}


@pytest.mark.parametrize("code", _STATUSES)
def test_kinds_and_statuses_of_codes(code: str) -> None:
    """Each code has the kind and the HTTP status that the surface says; every other one is a rule's."""
    refusal = Refusal(code)
    assert (refusal.kind, refusal.http_status) == _STATUSES[code]
    assert (refusal.kind.value, CommandRefused([refusal]).http_status) == _STATUSES[code]


def test_every_kind_has_its_status() -> None:
    """There are six kinds, each with one status."""
    assert {kind.value: kind.http_status for kind in RefusalKind} == {
        "unknown": 404,
        "forbidden": 403,
        "stale": 412,
        "state": 409,
        "conflict": 409,
        "rule": 422,
    }


@pytest.mark.parametrize(("lang", "title"), [("fr", "Refusé par les règles"), ("en", "Refused by the rules")])
def test_a_refused_command_is_a_problem_of_rfc_9457(lang: str, title: str) -> None:
    """`to_dict` has type, title, status and detail as the RFC names them, and each refusal as an extension."""
    deadline = Refusal("advice-deadline-passed", {"deadline": date(2022, 3, 25), "today": date(2022, 3, 26)})
    hours = Refusal("weekly-hours-out-of-range", {"weekly_hours": Decimal(49), "most": Decimal(48)})
    problem = CommandRefused([deadline, hours]).to_dict(lang)
    assert problem == {
        "type": "urn:poec-workflow:problem:rule",
        "title": title,
        "status": 422,
        "detail": f"{deadline.message(lang)} {hours.message(lang)}",
        "refusals": [
            {
                "code": "advice-deadline-passed",
                "message": deadline.message(lang),
                "details": {"deadline": "2022-03-25", "today": "2022-03-26"},
            },
            {
                "code": "weekly-hours-out-of-range",
                "message": hours.message(lang),
                "details": {"weekly_hours": "49", "most": "48"},
            },
        ],
    }
    assert json.loads(json.dumps(problem)) == problem


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(_STATUSES)), min_size=1, max_size=4), st.sampled_from(["fr", "en"]))
def test_codes_and_text_name_every_refusal(codes: list[str], lang: str) -> None:
    """The exception's codes, text and problem have every refusal, and the problem is JSON."""
    error = CommandRefused(map(Refusal, codes))
    assert error.codes == set(codes)
    assert all(code in str(error) for code in codes)
    assert [each["code"] for each in json.loads(json.dumps(error.to_dict(lang)))["refusals"]] == codes


def test_a_problem_is_french_by_default() -> None:
    """Without a language, messages and problems are French."""
    refusal = Refusal("no-pending-certification")
    assert refusal.message() == refusal.message("fr") == "Aucune certification n'attend de validation."
    assert CommandRefused([refusal]).to_dict() == CommandRefused([refusal]).to_dict("fr")
    assert Advisory("unusual-weekly-hours").message() == Advisory("unusual-weekly-hours").message("fr")


_PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.frozensets(st.integers(), max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(_PLAIN)
def test_details_become_plain_json(value: object) -> None:
    """Every detail becomes JSON that is read back as it is, and is left alone the second time."""
    made = plain(value)
    assert json.loads(json.dumps(made)) == made
    assert plain(made) == made


def test_details_keep_numbers_and_words() -> None:
    """Numbers, booleans and null stay what they are, members become their words, sequences arrays."""
    details = {"count": 3, "full": True, "none": None, "state": ApplicationState.NO_ADVICE, "days": (date(2022, 3, 4),)}
    assert refusal_to_dict(Refusal("x", details), "en")["details"] == {
        "count": 3,
        "full": True,
        "none": None,
        "state": "no-advice",
        "days": ["2022-03-04"],
    }


@pytest.mark.parametrize("error", [CommandRefused, Malformed, Conflict, StorageUnavailable, SchemaOutdated])
def test_every_exception_has_one_base(error: type[Exception]) -> None:
    """All exceptions of the package are a `WorkflowError`."""
    assert issubclass(error, WorkflowError)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Malformed.at("$.at", "required"), 400),
        (Conflict("again"), 409),
        (StorageUnavailable("away"), 503),
        (SchemaOutdated("old"), 503),
    ],
)
def test_every_exception_is_a_problem_of_rfc_9457(error: WorkflowError, status: int, lang: str) -> None:
    """What is no refusal has type, title, status and detail too, and malformed input its faults."""
    problem = error.to_dict(lang)
    assert problem["type"].startswith("urn:poec-workflow:problem:")
    assert problem["title"] not in ("", problem["type"].rpartition(":")[2])
    assert (problem["status"], error.http_status, problem["detail"]) == (status, status, str(error))
    if isinstance(error, Malformed):
        assert problem["faults"] == [{"place": "$.at", "problem": "required"}]


def test_malformed_input_is_a_value_error() -> None:
    """`Malformed` is a `ValueError` too, whose text has every fault with its place."""
    error = Malformed([Fault("$.at", "required"), Fault("$.key", "expected text")])
    assert isinstance(error, ValueError)
    assert str(error) == "$.at: required; $.key: expected text"
    assert Malformed.at("$", "no").faults == (Fault("$", "no"),)


def test_a_clock_that_is_set_knows_its_offset() -> None:
    """The settable clock takes aware instants alone, and says what it was last set to."""
    clock = SettableClock("2021-11-02T09:00:00+01:00")
    with pytest.raises(ValueError, match="aware"):
        clock.set("2021-11-02T09:00:00")
    clock.set(clock.now().replace(hour=10))
    assert clock.now().isoformat() == "2021-11-02T10:00:00+01:00"


def test_refusals_are_values() -> None:
    """Refusals with equal codes and details are equal, hash alike, and do not show their sentences."""
    one, other = Refusal("x", {"a": 1}, {"fr": "un"}), Refusal("x", {"a": 1})
    assert one == other
    assert hash(one) == hash(other)
    assert "un" not in repr(one)
    assert Advisory("x", {"a": 1}) != Advisory("x", {"a": 2})
    assert len({Advisory("x", {"a": 1}), Advisory("x", {"a": 1})}) == 1


def test_executing_raises_what_the_rules_refuse() -> None:
    """`execute` raises every reason as one `CommandRefused`."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
    with pytest.raises(CommandRefused) as caught:
        workflow.execute(commands.Expire("C-1"), SYSTEM)
    assert caught.value.codes == {"unknown-application"}
    assert str(caught.value) == "unknown-application: There is no application C-1."

"""Without a tool that checks the pictures a run in CI fails; elsewhere the test is passed over, with a note."""

from __future__ import annotations

import pytest

from browser import needs, npm


def test_in_ci_a_missing_tool_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the tool."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="dot is missing"):
        needs("dot", there=False)
    with pytest.raises(pytest.fail.Exception, match=r"nothing/here\.js \(npm install\)"):
        npm("nothing/here.js")


def test_elsewhere_it_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is used, CI or not."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="dot is missing"):
        needs("dot", there=False)
    needs("dot", there=True)

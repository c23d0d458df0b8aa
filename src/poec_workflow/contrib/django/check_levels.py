"""Which checks are asked when: hints with `check --deploy` alone, for each command prints what the others find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.core.checks import WARNING, CheckMessage, Tags, register

from poec_workflow.contrib.django.database_checks import check_database, check_schema
from poec_workflow.contrib.django.screen_checks import check_screens
from poec_workflow.contrib.django.setting_checks import check_deployment, check_setting

Check = Callable[..., Sequence[CheckMessage]]
_TAG = "poec_workflow"


def register_checks() -> None:
    """Tell Django of all of them."""
    for each in (check_setting, check_database, check_screens):
        register(_selected(each, serious=True), _TAG)
        register(_selected(each, serious=False), _TAG, deploy=True)
    register(check_deployment, _TAG, deploy=True)
    register(check_schema, Tags.database)


def _selected(check: Check, *, serious: bool) -> Check:
    """The same check, but for its hints, or its hints alone."""

    @wraps(check)
    def selected(**options: Any) -> list[CheckMessage]:  # noqa: ANN401 - what Django gives its checks
        return [each for each in check(**options) if (each.level >= WARNING) == serious]

    return selected

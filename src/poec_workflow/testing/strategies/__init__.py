"""Hypothesis strategies for all that the package takes, well formed and not; needs Hypothesis.

- `journals()` are lists of lines that come deep, `decisions()` and `facts()` what `decide` takes in such states.
- `commands()`, `requests()`, `events()`, `actors()` and `values(cls)` are well formed, and know nothing of each other.
- `settings()`, `permissions()`, `catalogues()`, `policies()` are rules of one's own.
- `malformed(cls)`, `malformed_lines()`, `malformed_settings()` can't be read, and say where.
"""

from poec_workflow.testing.strategies.drawn_journals import Decision, decisions, facts, journals
from poec_workflow.testing.strategies.drawn_requests import proposals, requests_to, steps, strays
from poec_workflow.testing.strategies.drawn_settings import (
    catalogues,
    malformed_settings,
    permissions,
    policies,
    refusals_of_ones_own,
    settings,
)
from poec_workflow.testing.strategies.malformed import Wrong, malformed, malformed_lines
from poec_workflow.testing.strategies.values import (
    actors,
    commands,
    days,
    events,
    hours,
    instants,
    references,
    requests,
    texts,
    times,
    values,
)

__all__ = [
    "Decision",
    "Wrong",
    "actors",
    "catalogues",
    "commands",
    "days",
    "decisions",
    "events",
    "facts",
    "hours",
    "instants",
    "journals",
    "malformed",
    "malformed_lines",
    "malformed_settings",
    "permissions",
    "policies",
    "proposals",
    "references",
    "refusals_of_ones_own",
    "requests",
    "requests_to",
    "settings",
    "steps",
    "strays",
    "texts",
    "times",
    "values",
]

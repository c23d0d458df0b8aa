"""Every screen of the site, with whose it is: for what is asked of each, and for pictures."""

from __future__ import annotations

from attrs import frozen
from season_now import path_of


@frozen
class Screen:
    """One screen.

    Attributes:
        name: of its picture.
        user: who looks at it.
        path: its address.
    """

    name: str
    user: str
    path: str


TRAINER, ADVISER, PLATFORM, FUNDER, CANDIDATE = "formatrice", "conseillere", "plateforme", "financeur", "candidate"
SCREENS = (
    Screen("sign-in", "", "/sign-in/"),
    Screen("not-found", "", "/nothing/"),
    Screen("home", TRAINER, "/"),
    Screen("structures", "plusieurs", "/structures/"),
    Screen("actions", TRAINER, "/actions/"),
    Screen("actions-alerts", TRAINER, "/actions/?tab=alert"),
    Screen("action", TRAINER, "/actions/20260102000/"),
    Screen("action-claimed", PLATFORM, "/actions/20260106100/"),
    Screen("sessions", TRAINER, "/sessions/"),
    Screen("session", TRAINER, "/sessions/00301402/"),
    Screen("session-full", TRAINER, "/sessions/00301350/"),
    Screen("session-positioner", "positionneur", "/sessions/00301402/"),
    Screen("applications", TRAINER, "/applications/"),
    Screen("work", TRAINER, "/work/"),
    Screen("application-pending", TRAINER, path_of("pending", 7)),
    Screen("application-convoked", TRAINER, path_of("convoked", 1)),
    Screen("application-present", TRAINER, path_of("present", 1)),
    Screen("application-absent", TRAINER, path_of("absent", 1)),
    Screen("application-retained", TRAINER, path_of("retained")),
    Screen("application-rejected", TRAINER, path_of("rejected")),
    Screen("application-no-advice", TRAINER, path_of("no-advice", session="00301180")),
    Screen("home-responsible", "responsable", "/"),
    Screen("home-adviser", ADVISER, "/"),
    Screen("applications-adviser", ADVISER, "/applications/"),
    Screen("register", ADVISER, "/sessions/00301402/register/"),
    Screen("application-adviser", ADVISER, path_of("present", 1, "00301402")),
    Screen("home-platform", PLATFORM, "/"),
    Screen("create-action", PLATFORM, "/create-action/"),
    Screen("create-session", PLATFORM, "/actions/20260102000/create-session/"),
    Screen("session-platform", PLATFORM, "/sessions/00301402/"),
    Screen("candidate", PLATFORM, "/candidates/P-0001/"),
    Screen("home-funder", FUNDER, "/"),
    Screen("session-funder", FUNDER, "/sessions/00301402/"),
    Screen("home-candidate", CANDIDATE, "/"),
    Screen("applications-candidate", CANDIDATE, "/applications/"),
)
"""No test of a clerk's day changes those of these applications that it shows in a state."""

"""Every screen of the site, with whose it is: for what is asked of each, and for pictures."""

from __future__ import annotations

from attrs import frozen


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
    Screen("application-pending", TRAINER, "{pending}"),
    Screen("application-convoked", TRAINER, "{convoked}"),
    Screen("application-present", TRAINER, "{present}"),
    Screen("application-absent", TRAINER, "{absent}"),
    Screen("application-retained", TRAINER, "{retained}"),
    Screen("application-rejected", TRAINER, "{rejected}"),
    Screen("application-no-advice", TRAINER, "{no-advice}"),
    Screen("home-responsible", "responsable", "/"),
    Screen("home-adviser", ADVISER, "/"),
    Screen("applications-adviser", ADVISER, "/applications/"),
    Screen("register", ADVISER, "/sessions/00301402/register/"),
    Screen("application-adviser", ADVISER, "{pending}"),
    Screen("home-platform", PLATFORM, "/"),
    Screen("create-action", PLATFORM, "/create-action/"),
    Screen("create-session", PLATFORM, "/actions/20260102000/create-session/"),
    Screen("session-platform", PLATFORM, "/sessions/00301402/"),
    Screen("candidate", PLATFORM, "/candidates/P-0001/"),
    Screen("home-funder", FUNDER, "/"),
    Screen("session-funder", FUNDER, "/sessions/00301402/"),
    Screen("home-candidate", CANDIDATE, "/"),
    Screen("application-candidate", CANDIDATE, "{retained}"),
)
"""`{state}`: the first application in that state that the user's list shows."""

"""Who may do what over HTTP: the matrix of the domain page, written down here, against every role and command.

Nothing is read off the tables: each row says the subject, the fields that a person fills in, and who may.
"""

from __future__ import annotations

import pytest
from site_world import USERS, SignedIn

from poec_workflow.commands import COMMANDS

ON_THE_SESSION = {"responsible", "positioner", "trainer", "several"}
TRAINER = {"trainer", "several"}
PLATFORM = {"platform"}
FUNDER = {"funder", "platform"}
ENRICHES = {"action-responsible", "trainer", "several", "platform"}
WITHDRAWS = ON_THE_SESSION | {"adviser", "candidate", "platform"}

DAYS = {
    "start": "2026-04-07",
    "end": "2026-06-26",
    "registration_deadline": "2026-04-03",
    "late_entry_deadline": "2026-04-17",
}
ADVICE = {"entry": "2026-04-06", "exit": "2026-06-26", "weekly_hours": "30,5"}
MATRIX: dict[str, tuple[str, dict[str, str], set[str]]] = {
    "convoke": ("applications/C-pending", {"on": "2026-03-17"}, ON_THE_SESSION),
    "move-convocation": ("applications/C-convoked", {"on": "2026-03-18"}, ON_THE_SESSION),
    "record-presence": ("applications/C-due", {}, ON_THE_SESSION),
    "record-absence": ("applications/C-due", {"notified": "false"}, ON_THE_SESSION),
    "correct-attendance": ("applications/C-present", {}, ON_THE_SESSION),
    "retain": ("applications/C-present", ADVICE, ON_THE_SESSION),
    "reject": ("applications/C-present", {"reason": '["profile", "prerequisites-not-met"]'}, ON_THE_SESSION),
    "withdraw": ("applications/C-pending", {"reason": "found-employment"}, WITHDRAWS),
    "expire": ("applications/C-pending", {}, set()),
    "refuse-session-full": ("applications/C-pending", {}, set()),
    "cancel": ("applications/C-pending", {}, set()),
    "set-registration-deadline": ("sessions/S-mine", {"on": "2026-04-02"}, TRAINER),
    "set-coefficient": ("sessions/S-mine", {"coefficient": "4"}, TRAINER),
    "set-information-dates": ("sessions/S-mine", {"dates.0": "2026-03-20"}, TRAINER),
    "declare-session-full": ("sessions/S-full", {}, ON_THE_SESSION | PLATFORM),
    "reopen-session": ("sessions/S-complete", {}, ON_THE_SESSION | PLATFORM),
    "reschedule-session": ("sessions/S-mine", DAYS, FUNDER),
    "reassign-session": ("sessions/S-mine", {"trainer": "GRETA"}, FUNDER),
    "correct-session": ("sessions/S-mine", {"place": "64 - PAU"}, FUNDER),
    "set-capacity": ("sessions/S-mine", {"capacity": "9"}, FUNDER),
    "cancel-session": ("sessions/S-mine", {"reason": "no seats"}, FUNDER),
    "enrich-action": ("actions/A-mine", {"changes.objective": "To work"}, ENRICHES),
    "approve-certification": ("actions/A-claim", {}, PLATFORM),
    "decline-certification": ("actions/A-claim", {}, PLATFORM),
    "publish-action": ("actions/A-draft", {}, PLATFORM),
    "archive-action": ("actions/A-empty", {}, PLATFORM),
    "restore-action": ("actions/A-archived", {}, PLATFORM),
    "delete-action": ("actions/A-draft", {}, PLATFORM),
    "correct-action": ("actions/A-mine", {"title": "[POEC] Other"}, PLATFORM),
}
"""Of each command: to which subject, what is filled in, which users may."""
CREATING = {"preregister", "create-session", "create-action"}
IMPORTING = {"import-application", "import-session", "import-action"}
"""Which no form gives."""


def acting(user: str, which: int = 0) -> str:
    """What a form says of on whose behalf it is sent."""
    actors = USERS[user]
    if not actors:
        return ""
    each = actors[which]
    return "/".join((each.kind.value, each.organization or "", each.candidate or ""))


def recorded() -> int:
    """How many entries all histories have."""
    from django.db import connection  # noqa: PLC0415 - once Django knows its settings

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM poec_history")
        return int(cursor.fetchone()[0])


def test_the_matrix_has_every_command() -> None:
    """A new one has to be thought of here."""
    assert set(MATRIX) | CREATING | IMPORTING == set(COMMANDS)


@pytest.mark.parametrize("user", USERS)
def test_who_may_does_and_who_may_not_does_not(user: str, signed_in: SignedIn) -> None:
    """Each command, confirmed at once: carried out, or refused (403) or not found (404) with nothing changed."""
    from django.db import transaction  # noqa: PLC0415 - once Django knows its settings

    client = signed_in(user)
    for command, (subject, fields, may) in MATRIX.items():
        with transaction.atomic():
            before = recorded()
            sent = {"acting": acting(user), "key": f"{user}-{command}", "confirmed": "yes", **fields}
            answer = client.post(f"/{subject}/{command}/", sent)
            if user in may:
                assert answer.status_code == 302, (command, answer.content.decode())
                assert answer.headers["Location"] == f"/{subject}/"
                assert recorded() > before, command
            else:
                assert answer.status_code in (403, 404), (command, answer.status_code, answer.content.decode())
                assert recorded() == before, command
            transaction.set_rollback(True)

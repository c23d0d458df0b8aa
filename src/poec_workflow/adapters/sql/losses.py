"""A connection that was lost: whether what it did can be begun again, and what is said where nobody knows."""

from __future__ import annotations

from poec_workflow.errors import StorageUnavailable


class LostBeforeCommit(StorageUnavailable):
    """Nothing was committed, and another connection may do better: the work is begun again, or ends unavailable."""


def unknown_outcome(error: BaseException) -> StorageUnavailable:
    """What is raised when a connection is lost in the midst of a commit, which is never sent twice by itself."""
    return StorageUnavailable(
        f"the connection was lost while the server committed, and nobody knows whether it did ({error}): send the "
        "command again with its key; without one, look first whether it was carried out"
    )

"""What every part of the suite has: a way to an empty storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

import pytest

from poec_workflow.ports import Storage


class Contract:
    """A part of the suite; the author's subclass says how a storage is made.

    Attributes:
        examples: how many data sets are drawn for the lists; where a storage is slow to make, fewer. None leaves it to
            the Hypothesis profile.
    """

    examples: ClassVar[int | None] = None

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        """A storage that holds nothing yet, for one test; the folder is empty, and is the test's own."""
        raise NotImplementedError("say how an empty storage is made")

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Storage]:
        """An empty storage."""
        with self.empty_storage(tmp_path) as storage:
            yield storage

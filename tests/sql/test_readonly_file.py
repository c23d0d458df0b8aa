"""A SQLite file that can't be written can be read, and a write names it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guarantees import ADVISER, registering, workflow_on, workflow_with_session
from poec_workflow import StorageUnavailable
from poec_workflow.adapters.sql import SqlStorage

NOBODY = 65_534


@pytest.fixture
def kept(file: Path) -> Path:
    """A file with a session, that nobody has open, and everybody may look at."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow_with_session(storage)
        # What is loaded on demand is loaded before: nobody may look into root's folders.
        assert workflow_on(storage).session("S-1").capacity == 2
        assert storage.schema().up_to_date
    for each in file.parents:
        if not each.stat().st_mode & 0o005:
            each.chmod(0o755)
    file.chmod(0o444)
    return file


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may write everything; so somebody else tries."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def folder_too(file: Path) -> str:
    file.parent.chmod(0o555)
    return f"sqlite:///{file}"


def file_alone(file: Path) -> str:
    file.parent.chmod(0o777)
    return f"sqlite:///{file}"


FORMS: dict[str, Callable[[Path], str]] = {
    "a folder that can't be written either": folder_too,
    "a file that can't be written": file_alone,
    "SQLite's URI": lambda file: f"sqlite:///file:{file}?mode=ro&uri=true",
    "SQLite's URI, and not said that it is one": lambda file: f"sqlite:///file:{file}?mode=ro",
    "the same with slashes": lambda file: f"sqlite:///file://{file}?mode=ro",
    "an option after a path": lambda file: f"sqlite:///{file}?mode=ro",
    "said to change never": lambda file: f"sqlite:///{file}?immutable=1",
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_read_and_a_write_names_it(form: str, kept: Path) -> None:
    """Again and again, by each way of reading."""
    url = FORMS[form](kept)
    with _as_nobody(), SqlStorage.open(url) as storage:
        for _ in range(2):
            assert workflow_on(storage).session("S-1").capacity == 2
            assert storage.schema().up_to_date
            with pytest.raises(StorageUnavailable, match=f"{kept}.*readonly"):
                workflow_on(storage).execute(registering(1), ADVISER)


def test_a_change_is_seen_by_who_reads_what_it_cannot_lock(kept: Path) -> None:
    """Somebody who may writes between two reads."""
    url = folder_too(kept)
    with SqlStorage.open(url) as writer, SqlStorage.open(url) as reader:
        with _as_nobody():
            assert workflow_on(reader).session("S-1").capacity == 2
        workflow_on(writer).execute(registering(1), ADVISER)
        writer.close()
        with _as_nobody():
            assert workflow_on(reader).application("C-1").candidate == "P-1"


def test_what_waits_in_a_log_is_not_left_out(kept: Path) -> None:
    """Where a writer left changes beside a file, and they can't be read, it is said: half a store is none."""
    url = folder_too(kept)
    with SqlStorage.open(url) as storage, _as_nobody():
        assert storage.schema().up_to_date
    kept.with_name(f"{kept.name}-wal").write_bytes(b"\0" * 4_096)
    kept.with_name(f"{kept.name}-wal").chmod(0)
    if os.geteuid() == 0:
        with _as_nobody(), SqlStorage.open(url) as storage, pytest.raises(StorageUnavailable, match=str(kept)):
            storage.queries.organizations()


@pytest.mark.parametrize("name", ["none/poec.db", "."])
def test_what_can_not_be_opened_is_named(name: str, tmp_path: Path) -> None:
    """A folder that is not there, and a folder in the place of a file."""
    with (
        SqlStorage.open(f"sqlite:///{tmp_path}/{name}") as storage,
        pytest.raises(StorageUnavailable, match=str(tmp_path)),
    ):
        workflow_with_session(storage)

"""Files for another system: whole or not there, and named safely."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import pytest
from attrs import evolve
from samples import samples, the

from poec_workflow import Message
from poec_workflow.adapters.message_document import message_document
from poec_workflow.adapters.message_folder import FolderChannel, file_name

FOUND = samples()


def test_a_file_a_message(tmp_path: Path) -> None:
    """With the neutral form; delivered again it is the same file."""
    channel = FolderChannel(tmp_path)
    for _ in range(2):
        for sample in FOUND:
            channel.deliver(*sample)
    files = {each.name: json.loads(each.read_text(encoding="utf-8")) for each in tmp_path.iterdir()}
    assert files == {file_name(message): message_document(message, content) for message, content in FOUND}
    assert len(files) == len(FOUND)
    assert {stat.S_IMODE(each.stat().st_mode) & 0o007 for each in tmp_path.iterdir()} == {0}


@pytest.mark.parametrize("stream", ["../../etc/passwd", "a/b\\c", "é" * 64, "con:1", ".", ".hidden", "-"])
def test_a_reference_is_no_path(stream: str, tmp_path: Path) -> None:
    """Whatever characters it has, the file is in the folder."""
    message, content = the(FOUND, "retained", "system")
    (tmp_path / "in").mkdir()
    FolderChannel(tmp_path / "in").deliver(evolve(message, stream=stream), content)
    [file] = (tmp_path / "in").iterdir()
    assert file.suffix == ".json"
    assert not file.name.startswith(".")
    assert len(file.name.encode()) < 255
    assert [*tmp_path.iterdir()] == [tmp_path / "in"]


def test_a_missing_folder_is_tried_again(tmp_path: Path) -> None:
    """It is the channel's trouble, not the message's."""
    channel = FolderChannel(tmp_path / "later")
    with pytest.raises(OSError, match="later"):
        channel.deliver(*FOUND[0])
    (tmp_path / "later").mkdir()
    channel.deliver(*FOUND[0])


POINTS = ("open", "fsync", "replace")


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_process_leaves_no_half_file(point: str, when: str, tmp_path: Path) -> None:
    """Killed around each system call, it leaves the whole file or none; the next delivery makes it whole."""
    message, content = the(FOUND, "retained", "system")
    child = os.fork()
    if child == 0:
        _die_at(point, when)
        FolderChannel(tmp_path).deliver(message, content)
        os._exit(70)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    for each in tmp_path.glob("*.json"):
        assert json.loads(each.read_text(encoding="utf-8")) == message_document(message, content)
    FolderChannel(tmp_path).deliver(message, content)
    assert [each.name for each in tmp_path.glob("*.json")] == [file_name(message)]


def _die_at(point: str, when: str) -> None:
    """Kill this process around a call."""
    owner: object = Path if point == "replace" else os
    real = getattr(owner, point)

    def dying(*given: object, **named: object) -> object:
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done: object = real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, point, dying)


def test_what_failed_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves no part of a file."""

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        FolderChannel(tmp_path).deliver(*FOUND[0])
    assert [*tmp_path.iterdir()] == []


def test_a_preview_is_the_file() -> None:
    """The same bytes."""
    message, content = FOUND[0]
    assert isinstance(message, Message)
    extension, data = FolderChannel(Path()).preview(message, content)
    assert (extension, json.loads(data)) == (".json", message_document(message, content))

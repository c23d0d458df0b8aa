"""JSON Lines ▸ commands of import: a command of the wire format a line, as `poec-workflow export` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from attrs import evolve

from poec_workflow.commands import Command, ImportAction, ImportApplication, ImportSession
from poec_workflow.errors import Malformed
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.read_options import ReadOptions
from poec_workflow.serialization import LONGEST_LINE, from_json

_MARK = b"\xef\xbb\xbf"


def read_json_lines(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportRow | RowFault]:
    """The commands of a file; a byte order mark and blank lines are read over, and count as lines."""
    for number, line in _lines(stream):
        if len(line) > LONGEST_LINE:
            yield RowFault(number, "$", f"longer than {LONGEST_LINE} bytes")
            continue
        try:
            command: Command = from_json(line, Command)
        except Malformed as error:
            yield from (RowFault.of(number, each) for each in error.faults)
            continue
        if not isinstance(command, ImportAction | ImportSession | ImportApplication):
            yield RowFault(number, "$.type", f"{command.type} imports nothing")
        elif options.kind not in {None, command.subject_kind}:
            yield RowFault(number, "$.type", f"{command.type} is none of the {options.kind}s that --of names")
        elif options.source is not None and command.source is None:
            yield ImportRow(number, evolve(command, source=options.source))
        else:
            yield ImportRow(number, command)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that say something, numbered from 1; of an endless one the beginning."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 2):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            pass
        line = line.removeprefix(_MARK) if number == 1 else line
        if line := line.strip():
            yield number, line

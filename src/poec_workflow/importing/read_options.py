"""How a file is read, and the readers by the name of their format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from attrs import field, frozen

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.mapping import ImportMapping
from poec_workflow.model import SubjectKind
from poec_workflow.policies.settings import Settings, default_settings


@frozen(kw_only=True)
class ReadOptions:
    """How a file is read.

    Attributes:
        kind: of which subjects; None: as the file says, by its header or its rows.
        mapping: what it calls its columns, and what it does not know.
        encoding: of its text; None: as the file shows, and refused where it does not.
        separator: between cells; None: as the header shows, and refused where it does not.
        header: the line of the headings.
        settings: which zone its times are of, and the catalogue of motives.
        source: where the rows came from: what is kept with each, unless the row says so itself.
    """

    kind: SubjectKind | None = None
    mapping: ImportMapping = field(factory=ImportMapping)
    encoding: str | None = None
    separator: str | None = None
    header: int | None = None
    settings: Settings = field(factory=default_settings)
    source: str | None = None


Read = Callable[[BinaryIO, ReadOptions], Iterator[ImportRow | RowFault]]
"""A reader of files: its rows one after the other, and what is wrong with those that are none."""

READERS: Mapping[str, str] = FrozenMap(
    {
        "csv": "poec_workflow.importing.csv_reader:read_csv",
        "jsonl": "poec_workflow.importing.json_lines:read_json_lines",
        "lheo": "poec_workflow.importing.lheo_reader:read_lheo",
    }
)
"""Format ▸ where its reader is; it is loaded when a file of that format is read."""

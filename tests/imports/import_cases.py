"""Files as such platforms write them, and what must come out of each: `tests/data/imports`, told in `cases.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from poec_workflow.importing import ImportMapping, ImportRow, ReadOptions, RowFault, read_mapping
from poec_workflow.importing.source_files import read_files
from poec_workflow.model import SubjectKind
from poec_workflow.serialization import to_dict

FILES = Path(__file__).parents[1] / "data" / "imports"


@frozen
class ImportCase:
    """One file, read in one way."""

    name: str
    file: str
    options: Mapping[str, Any] = field(factory=dict)
    mapping: str | None = None
    rows: tuple[Any, ...] = ()
    faults: tuple[Any, ...] = ()

    def read(self) -> list[ImportRow | RowFault]:
        """What the readers make of it."""
        given = {**self.options}
        kind = SubjectKind(given.pop("kind")) if "kind" in given else None
        mapping = read_mapping((FILES / self.mapping).read_bytes()) if self.mapping else ImportMapping()
        options = ReadOptions(kind=kind, mapping=mapping, **given)
        with (FILES / self.file).open("rb") as unused:
            return list(read_files([str(FILES / self.file)], options, None, unused))

    def as_data(self) -> dict[str, Any]:
        """The case as it stands in the file, of what is read now."""
        read = self.read()
        return {
            "name": self.name,
            "file": self.file,
            **({"options": {**self.options}} if self.options else {}),
            **({"mapping": self.mapping} if self.mapping else {}),
            "rows": [[each.line, _short(to_dict(each.command))] for each in read if isinstance(each, ImportRow)],
            "faults": [[each.line, each.place, each.message("en")] for each in read if isinstance(each, RowFault)],
        }


def _short(data: dict[str, Any]) -> dict[str, Any]:
    """Without what is absent, in objects within too, and the file's name."""
    kept = {name: each for name, each in data.items() if each not in (None, []) and name != "source"}
    for name in ("candidate", "prescriber"):
        if name in kept:
            kept[name] = _short(kept[name])
    if "convocations" in kept:
        kept["convocations"] = [_short(each) for each in kept["convocations"]]
    return kept


CASES = [ImportCase(**each) for each in json.loads((FILES / "cases.json").read_text())]

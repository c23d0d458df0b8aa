"""The LHEO documents under `data/imports/lheo`, each with its mapping file and what must come out of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from poec_workflow import to_dict
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.lheo_reader import read_lheo
from poec_workflow.importing.mapping import read_mapping
from poec_workflow.importing.read_options import ReadOptions

SAMPLES = Path(__file__).parents[1] / "data" / "imports" / "lheo"
NAMES = sorted(each.stem for each in SAMPLES.glob("*.xml"))


def read_sample(name: str) -> list[ImportRow | RowFault]:
    """What comes out of a sample, read with the mapping beside it."""
    options = ReadOptions(mapping=read_mapping((SAMPLES / f"{name}.toml").read_bytes()), source=f"{name}.xml")
    with (SAMPLES / f"{name}.xml").open("rb") as source:
        return list(read_lheo(source, options))


def as_json(rows: Iterable[ImportRow | RowFault]) -> list[dict[str, Any]]:
    """Rows and faults, as the files of what is expected have them."""
    return [
        {"line": each.line, "place": each.place, "problem": each.problem}
        if isinstance(each, RowFault)
        else {"line": each.line, **to_dict(each.command)}
        for each in rows
    ]


def expected(name: str) -> list[dict[str, Any]]:
    """What must come out of a sample."""
    found: list[dict[str, Any]] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return found

"""Import of what exists: rows of files ▸ commands of import, carried out in batches.

Readers yield `ImportRow`s and `RowFault`s; `Workflow.import_` takes both. It is loaded by who imports.
"""

from poec_workflow.importing.import_report import ImportProgress, ImportReport, RowAdvisory
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.mapping import ImportMapping, read_mapping
from poec_workflow.importing.read_options import READERS, ReadOptions

__all__ = [
    "READERS",
    "ImportMapping",
    "ImportProgress",
    "ImportReport",
    "ImportRow",
    "ReadOptions",
    "RowAdvisory",
    "RowFault",
    "read_mapping",
]

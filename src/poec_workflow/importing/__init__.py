"""Import of what exists: rows of files ▸ commands of import, carried out in batches.

Readers yield `ImportRow`s and `RowFault`s; `Workflow.import_` takes both. It is loaded by who imports.
"""

from poec_workflow.importing.import_rows import ImportRow, RowFault

__all__ = ["ImportRow", "RowFault"]

"""What an import says to people: of a fault the file, the line, the column and the reason."""

from __future__ import annotations

from poec_workflow import locales
from poec_workflow.importing import RowFault


def fault_text(fault: RowFault, lang: str) -> str:
    """A fault in one line of text."""
    told = fault.message(lang)
    if fault.code is not None:
        told = locales.labelled(fault.code, told, lang)
    if fault.place:
        told = locales.labelled(fault.place, told, lang)
    placed = locales.word("line", lang, line=fault.line, problem=told) if fault.line else told
    return f"{fault.file}, {placed}" if fault.file else placed

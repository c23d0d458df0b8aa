"""What `retain_until` erased, as operators read it."""

from __future__ import annotations

from collections.abc import Sequence

from poec_workflow import locales
from poec_workflow.views import RetentionReport


def retention_texts(report: RetentionReport, lang: str) -> Sequence[str]:
    """How many people and files were erased, or would be."""
    said = "would-be-erased" if report.dry_run else "erased"
    return [
        locales.word(f"people-{said}", lang, count=len(report.people)),
        locales.word(f"files-{said}", lang, count=len(report.files)),
    ]

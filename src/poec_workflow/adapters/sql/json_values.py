"""Values in a subject's JSON that no column holds, as each dialect reads them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class LastConvocation(GenericFunction[str]):
    """The day of an application's last convocation, as ISO text; null where it has none."""

    type = String()
    inherit_cache = True


@compiles(LastConvocation, "sqlite")
def _on_sqlite(element: LastConvocation, compiler: Any, **words: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return f"json_extract({compiler.process(element.clauses, **words)}, '$.convocations[#-1].on')"


@compiles(LastConvocation, "postgresql")
def _on_postgresql(element: LastConvocation, compiler: Any, **words: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return f"(CAST({compiler.process(element.clauses, **words)} AS json) -> 'convocations' -> -1 ->> 'on')"

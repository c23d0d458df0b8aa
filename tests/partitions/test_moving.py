"""A store moves to a partitioned one by the lines of the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from partitioned_stores import partitioned_database

from guarantees import ADVISER, check, everything, registering, workflow_on, workflow_with_session
from poec_workflow.adapters.sql import SqlStorage

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "grow.md"


def test_a_store_moves_to_a_partitioned_one(tmp_path: Path) -> None:
    """Everything is there, keys are known, references are taken, and the feed goes on after what was there."""
    source_url = f"sqlite:///{tmp_path}/poec.db"
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    [code] = [each for each in blocks if "partitioned_url" in each]
    here = re.sub(r"^(source|partitioned)_url = .*\n", "", code, flags=re.MULTILINE)
    with partitioned_database() as url, SqlStorage.open(source_url) as old, SqlStorage.open(url) as new:
        workflow_with_session(old).execute(registering(1), ADVISER, key="k")
        urls: dict[str, Any] = {"source_url": source_url, "partitioned_url": url}
        exec(compile(here, "grow.md", "exec"), urls)  # noqa: S102 - our own page
        for engine in ("source", "target"):
            urls[engine].dispose()
        new.create()
        assert everything(new) == everything(old)
        assert workflow_on(new).execute(registering(1), ADVISER, key="k").replayed
        workflow_on(new).execute(registering(2), ADVISER)
        check(new)
        assert [each.entry.event.reference for each in new.queries.feed(None, limit=None)][-2:] == ["C-1", "C-2"]

"""One partitioned database, which the tests' own are copied from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from partitioned_stores import template


@pytest.fixture(scope="session", autouse=True)
def partitioned_template(postgresql_server: None) -> Iterator[None]:
    """It is there as long as the tests run."""
    del postgresql_server
    with template():
        yield

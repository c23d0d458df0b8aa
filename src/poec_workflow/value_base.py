"""The base of the package's many frozen values: what attrs would compile for each of them stands here once."""

from __future__ import annotations

from typing import Any, cast

from attrs import fields


class Value:
    """Is shown as attrs shows a value. A class made with `repr=False` takes a third less of the import."""

    __slots__ = ()

    def __repr__(self) -> str:
        values = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(cast("Any", type(self))) if each.repr)
        return f"{type(self).__qualname__}({', '.join(values)})"

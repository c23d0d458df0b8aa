"""The table of components in the making: each schema under its name, made when something first refers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.notices import NOTICES, Notices
from poec_workflow.policies import Settings
from poec_workflow.schemas.schema_descriptions import Describe

Schema = dict[str, Any]
PREFIX = "#/components/schemas/"
"""What a reference to a component begins with, as in OpenAPI and AsyncAPI."""


class ComponentTable:
    """Schemas by name, for one language and the rules of one service."""

    def __init__(
        self, lang: str, settings: Settings | None, lifecycles: Lifecycles = LIFECYCLES, notices: Notices = NOTICES
    ) -> None:
        self.settings = Settings() if settings is None else settings
        self.lifecycles, self.notices = lifecycles, notices
        self.rules = tuple(rule for each in lifecycles.values() for rule in each.rules)
        self.describe = Describe(lang, self.settings)
        self.schemas: dict[str, Schema] = {}
        self._makers: dict[str, object] = {}

    def reference(self, name: str, maker: object, make: Callable[[], Mapping[str, Any]]) -> Schema:
        """A reference to a component; it is made unless it is there.

        Args:
            name: of the component.
            maker: what it is the schema of, so that two things of one name are noticed.
            make: makes it; it may refer to itself.

        Raises:
            ValueError: the name is another thing's.
        """
        if self._makers.setdefault(name, maker) != maker:
            raise ValueError(f"two components have the name {name}: {self._makers[name]!r}, {maker!r}")
        if name not in self.schemas:
            self.schemas[name] = {}
            self.schemas[name].update(make())
        return {"$ref": f"{PREFIX}{name}"}

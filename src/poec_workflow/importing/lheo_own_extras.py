"""The `extras` that a catalogue of this package has: what LHEO does not know, under the names of the wire format."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.importing.lheo_elements import Element
from poec_workflow.importing.lheo_values import Reading
from poec_workflow.importing.lheo_vocabulary import OWN

LISTED = "information_dates"
"""The one field that has several values: an `extra` each."""
_NUMBERS = frozenset({"coefficient", "capacity", "minimum_headcount"})
_ACTION = (
    "title",
    "funder",
    "responsible",
    "kind",
    "objective",
    "programme",
    "certification",
    "durations",
    "regulatory_conditions",
    "prerequisites",
)
_SESSION = (
    "place",
    "responsible",
    "positioner",
    "trainer",
    "capacity",
    "coefficient",
    "minimum_headcount",
    "late_entry_deadline",
    LISTED,
    "follow_on_ratio",
    "session_type",
    "market",
    "measure",
    "state",
)
FIELDS: Mapping[str, tuple[str, ...]] = {"action": _ACTION, "session": _SESSION}
"""Level ▸ the fields that its extras may have; what else they hold is for people, and passed over."""


def own_values(reading: Reading, level: str) -> dict[str, object]:
    """The fields that the extras of an element hold, to the letter, as the wire format has them."""
    values: dict[str, object] = {}
    for each in _own_extras(reading.element):
        name = each.attributes.get("info", "").replace("-", "_")
        if name not in FIELDS[level]:
            continue
        if each.doubt is not None:
            reading.wrong(each.doubt, f"extra[@info='{name}']")
        if name == LISTED:
            days = [*_days(values), each.text] if each.text else _days(values)
            values[name] = days
        else:
            values[name] = reading.number_of(each.text, f"extra[@info='{name}']") if name in _NUMBERS else each.text
    return values


@frozen(kw_only=True)
class Given:
    """What is known of a subject besides LHEO's own elements.

    Attributes:
        values: field ▸ what it is, whatever stands elsewhere: from its extras, or for this row from the mapping file.
        defaults: field ▸ what it is where nothing is said.
    """

    values: Mapping[str, object] = FrozenMap({})
    defaults: Mapping[str, object] = FrozenMap({})

    def supplies(self, name: str) -> bool:
        """Whether a field is known though LHEO may not say it."""
        return name in self.values or name in self.defaults

    def filled(self, said: Mapping[str, object | None]) -> dict[str, object]:
        """The fields that LHEO says, with what it does not say."""
        known = {name: value for name, value in said.items() if value is not None}
        return {**self.defaults, **known, **self.values}


def is_own(element: Element) -> bool:
    """Whether an element has them."""
    return any(True for _ in _own(element))


def extra_of(element: Element, info: str) -> Element | None:
    """The first `extra` below an element that says what it is by an attribute `info`."""
    return next((each for each in element.within("extra") if each.attributes.get("info") == info), None)


def _own(element: Element) -> list[Element]:
    return [each for each in element.named("extras") if each.attributes.get("info") == OWN]


def _own_extras(element: Element) -> list[Element]:
    return [extra for extras in _own(element) for extra in extras.named("extra")]


def _days(values: Mapping[str, object]) -> list[str]:
    known = values.get(LISTED)
    return known if isinstance(known, list) else []

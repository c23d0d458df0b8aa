"""The rejection catalogue: motives, and the reasons of each, as versioned data.

Codes are never removed, for old records keep theirs: a code out of use is *retired*, and new rejections may not
carry it. A *reserved* motive is given by rule only (L5, L6).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import field, frozen

from poec_workflow.errors import Malformed

ABSENCE = "absence"
WITHDRAWAL = "withdrawal"


@frozen(kw_only=True)
class Reason:
    """One reason of a motive, with its label by language."""

    code: str
    labels: Mapping[str, str] = field(factory=dict, hash=False)
    retired: bool = False


@frozen(kw_only=True)
class Motive:
    """One motive and its reasons."""

    code: str
    reasons: tuple[Reason, ...]
    labels: Mapping[str, str] = field(factory=dict, hash=False)
    reserved: bool = False
    retired: bool = False


@frozen(kw_only=True)
class Catalogue:
    """What a rejection may say.

    Raises:
        Malformed: a motive, or a reason within its motive, stands twice.
    """

    version: str
    motives: tuple[Motive, ...]

    def __attrs_post_init__(self) -> None:
        _once("$.motives", [motive.code for motive in self.motives])
        for motive in self.motives:
            _once(f"$.motives.{motive.code}", [reason.code for reason in motive.reasons])

    def motive(self, code: str) -> Motive | None:
        """The motive with this code, unless it is unknown or retired."""
        return next((each for each in self.motives if each.code == code and not each.retired), None)

    def has_reason(self, motive: str, reason: str) -> bool:
        """Whether a new rejection may carry this reason of this motive."""
        known = self.motive(motive)
        return known is not None and any(each.code == reason and not each.retired for each in known.reasons)

    def label(self, lang: str, motive: str, reason: str | None = None) -> str:
        """What people read for a code, retired ones included; the code itself where there is no label."""
        for each in self.motives:
            if each.code == motive:
                if reason is None:
                    return each.labels.get(lang, motive)
                found = next((one for one in each.reasons if one.code == reason), None)
                return found.labels.get(lang, reason) if found else reason
        return reason or motive

    @classmethod
    def of(cls, motives: Mapping[str, Sequence[str]], *, version: str = "custom") -> Catalogue:
        """A catalogue from motive ▸ reasons, without labels; `absence` is reserved to the system."""
        return cls(
            version=version,
            motives=tuple(
                Motive(code=code, reasons=tuple(Reason(code=each) for each in reasons), reserved=code == ABSENCE)
                for code, reasons in motives.items()
            ),
        )

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Catalogue:
        """A catalogue from the shape of the packaged `catalogue.json`."""
        return cls(
            version=data["version"],
            motives=tuple(
                Motive(**{**motive, "reasons": tuple(Reason(**reason) for reason in motive["reasons"])})
                for motive in data["motives"]
            ),
        )

    @classmethod
    @cache
    def default(cls) -> Catalogue:
        """The catalogue that comes with the package."""
        text = files("poec_workflow").joinpath("catalogue.json").read_text(encoding="utf-8")
        return cls.from_data(json.loads(text))


def _once(place: str, codes: list[str]) -> None:
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise Malformed.at(place, f"stands twice: {', '.join(twice)}")

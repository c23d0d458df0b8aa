"""The rejection catalogue: motives, and the reasons of each, as versioned data.

Codes are never removed, for old records keep theirs: a code out of use is *retired*, and new rejections may not
carry it. A *reserved* motive is given by rule only (L5, L6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pkgutil import get_data
from typing import Any

from attrs import field, frozen

from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import frozen_copy
from poec_workflow.locales import LANGUAGES

ABSENCE = "absence"
WITHDRAWAL = "withdrawal"


@frozen(kw_only=True)
class Reason:
    """One reason of a motive, with its label by language."""

    code: str
    labels: Mapping[str, str] = field(factory=dict, converter=frozen_copy, hash=False)
    retired: bool = False


@frozen(kw_only=True)
class Motive:
    """One motive and its reasons."""

    code: str
    reasons: tuple[Reason, ...]
    labels: Mapping[str, str] = field(factory=dict, converter=frozen_copy, hash=False)
    reserved: bool = False
    retired: bool = False


@frozen(kw_only=True)
class Catalogue:
    """What a rejection may say.

    Raises:
        Malformed: a code is no text, a motive or a reason within its motive stands twice, or a label is in an unknown
            language; all faults are named.
    """

    version: str
    motives: tuple[Motive, ...]

    def __attrs_post_init__(self) -> None:
        faults = [*_faults("$.motives", self.motives, Motive)]
        if not faults:
            for motive in self.motives:
                faults.extend(_faults(f"$.motives.{motive.code}", motive.reasons, Reason))
        if faults:
            raise Malformed(faults)

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
        """A catalogue from motive ▸ reasons, without labels; `absence` is reserved to the system.

        Raises:
            Malformed: the reasons of a motive are one text, or see `Catalogue`.
        """
        if texts := [code for code, reasons in motives.items() if isinstance(reasons, str)]:
            raise Malformed(Fault(f"$.motives.{code}", "expected a sequence of reasons") for code in texts)
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
        return cls.from_data(json.loads(get_data("poec_workflow", "catalogue.json") or b""))


def _faults(place: str, entries: object, kind: type[Motive | Reason]) -> Iterator[Fault]:
    """The faults of motives, or of the reasons of one."""
    if not isinstance(entries, tuple):
        yield Fault(place, f"expected a tuple of {kind.__name__}s")
        return
    codes: list[str] = []
    for each in entries:
        code: object = each.code if isinstance(each, kind) else None
        if not isinstance(each, kind) or not isinstance(code, str) or not code:
            yield Fault(place, f"expected a {kind.__name__} with a code, not {each!r:.80}")
            continue
        codes.append(code)
        labels: object = each.labels
        if not isinstance(labels, Mapping) or not set(labels) <= set(LANGUAGES):
            yield Fault(place, f"the labels of {code} are not by language ({', '.join(LANGUAGES)})")
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault(place, f"stands twice: {', '.join(twice)}")

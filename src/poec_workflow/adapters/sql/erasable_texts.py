"""Which stored texts have something to erase, seen without parsing them: each night most have nothing any more.

A text that `to_json` did not write, as of JSON edited by hand, is taken for one that has.
"""

from __future__ import annotations

import re

from poec_workflow.model import Origin

_NOBODY = re.compile(r'"candidate": (?:null|"(?:[^"\\]|\\.)*"), "reference": null, "name": null\}')
_FULL = ('"name": "', '"comment": "')
_ORIGIN, _SELF = '"prescriber": {"origin": "', f'"prescriber": {{"origin": "{Origin.SELF.value}"'


def may_name_sender(text: str) -> bool:
    """Whether an application, or the entry that made it, may have the name of who sent themself."""
    return _SELF in text or _ORIGIN not in text


def may_be_emptied(text: str) -> bool:
    """Whether an application may have a prescriber's name or a comment."""
    return '"name": null}' not in text or any(each in text for each in _FULL)


def entry_may_be_emptied(text: str) -> bool:
    """Whether an entry may say who acted, or have the name of a prescriber or a comment."""
    return _NOBODY.search(text) is None or any(each in text for each in _FULL)

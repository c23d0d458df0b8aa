"""The headers of a command: `Idempotency-Key`, and the version that it is for, by `If-Match` and `If-None-Match`.

An entity tag is a subject's version in quotes, `"3"` (RFC 9110, 8.8.3). `Idempotency-Key` is a string of RFC 9651 in
quotes, as the IETF's draft has it, or the bare text that many clients send.
"""

from __future__ import annotations

import re
from typing import Annotated

from attrs import frozen

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import Header, Request

from poec_workflow.errors import CommandRefused, Fault, Malformed, Refusal

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_VERSION = re.compile(r'"(0|[1-9][0-9]{0,8})"')
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_LONGEST_KEY = 200


@frozen
class Preconditions:
    """How a command is to be carried out; a dependency of these names gives it to `UnitOfWork.execute`.

    Attributes:
        key: makes sending the command again safe.
        expected_version: of the subject; 0: it does not exist yet.
    """

    key: str | None = None
    expected_version: int | None = None

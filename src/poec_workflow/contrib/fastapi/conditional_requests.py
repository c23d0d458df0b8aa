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

from poec_workflow.contrib.fastapi.wire_models import Documented
from poec_workflow.errors import Fault, Malformed
from poec_workflow.schemas.operations import KEY, NEW, VERSION

_VERSION = r'"([1-9][0-9]{0,8})"'
_MATCH_SHOWN = rf"^(\*|{_VERSION})$"
_QUOTED = r'"((?:[ !#-\[\]-~]|\\["\\])+)"'
_LONGEST_KEY = 10_000
_BARE = "[!#-~](?:[ -~]*[!-~])?"
_KEY_SHOWN = f"^({_QUOTED}|{_BARE})$"
_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@frozen
class Preconditions:
    """How a command is to be carried out.

    Attributes:
        key: makes sending the command again safe.
        expected_version: of the subject; 0: it does not exist yet.
    """

    key: str | None = None
    expected_version: int | None = None


def _header(description: str, pattern: str) -> Documented:
    return Documented(lambda: {"type": "string", "minLength": 1, "pattern": pattern, "description": description})


def preconditions(
    request: Request,
    idempotency_key: Annotated[
        str | None, _header("Makes sending the command again safe.", _KEY_SHOWN), Header(alias=KEY)
    ] = None,
    if_match: Annotated[
        str | None,
        _header("The version that the command is for, as an ETag says it.", _MATCH_SHOWN),
        Header(alias=VERSION),
    ] = None,
    if_none_match: Annotated[str | None, _header("The subject must not exist yet.", r"^\*$"), Header(alias=NEW)] = None,
) -> Preconditions:
    """The key and the expected version that the headers name, as a dependency.

    Raises:
        Malformed: a header stands twice, or says something else.
    """
    faults = [Fault(_place(each), "stands twice") for each in _repeated(request)]
    key, version = None, None
    try:
        key = None if idempotency_key is None else _key(idempotency_key)
    except ValueError as error:
        faults.append(Fault(_place(KEY), str(error)))
    try:
        version = _expected_version(if_match, if_none_match)
    except ValueError as error:
        faults.append(Fault(_place(VERSION if if_none_match is None else NEW), str(error)))
    if faults:
        raise Malformed(faults)
    return Preconditions(key, version)


def entity_tag(version: int) -> str:
    """The entity tag of a subject's version."""
    return f'"{version}"'


def is_unchanged(if_none_match: str | None, version: int) -> bool:
    """Whether a reader has this version already, so that 304 is the answer."""
    return matches(if_none_match, entity_tag(version))


def matches(if_none_match: str | None, tag: str) -> bool:
    """Whether an entity tag is one that a reader has already; tags are compared weakly (13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in _ENTITY_TAG.findall(if_none_match)


def _repeated(request: Request) -> list[str]:
    return [each for each in (KEY, VERSION, NEW) if len(request.headers.getlist(each)) > 1]


def _place(header: str) -> str:
    return f"header.{header}"


def _key(header: str) -> str:
    text = header.strip()
    if len(text) > _LONGEST_KEY:
        raise ValueError(f"expected {_LONGEST_KEY} characters at most")
    if re.fullmatch(_BARE, text):
        return text
    quoted = re.fullmatch(_QUOTED, text)
    if quoted is None:
        raise ValueError("expected a string in quotes, or bare text, in ASCII")
    return re.sub(r"\\(.)", r"\1", quoted[1])


def _expected_version(if_match: str | None, if_none_match: str | None) -> int | None:
    if if_none_match is not None:
        if if_match is not None or if_none_match.strip() != "*":
            raise ValueError("expected *, and no If-Match beside it")
        return 0
    if if_match is None or if_match.strip() == "*":
        return None
    version = re.fullmatch(_VERSION, if_match.strip())
    if version is None:
        raise ValueError('expected one version in quotes, as in "3"')
    return int(version[1])

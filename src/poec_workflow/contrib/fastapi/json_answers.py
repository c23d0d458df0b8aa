"""Answers of the ready routes: JSON as the wire format writes it, with the headers that readers and caches look at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from fastapi import Response

from poec_workflow.contrib.fastapi.conditional_requests import entity_tag, is_unchanged, matches
from poec_workflow.model import Page, Subject
from poec_workflow.serialization import to_json

RESPONSES: Mapping[int, Mapping[str, str]] = {
    400: {"description": "Malformed"},
    403: {"description": "Not permitted"},
    404: {"description": "Unknown"},
    409: {"description": "Not possible in this state, already used, or busy"},
    412: {"description": "Another version"},
    413: {"description": "Too long"},
    415: {"description": "Not JSON"},
    422: {"description": "Refused by the rules"},
    503: {"description": "The storage is unavailable"},
}
"""What the statuses of problems mean."""
_PRIVATE = {"Cache-Control": "private, no-cache"}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer besides success."""
    return {each: dict(RESPONSES[each]) for each in statuses}


def json_value(value: object) -> Response:
    """A value of the package's."""
    return _json(to_json(value), {})


def json_values(values: Iterable[object]) -> Response:
    """Several values, as an array."""
    return _json(f"[{','.join(map(to_json, values))}]", {})


def json_subject(subject: Subject, if_none_match: str | None = None) -> Response:
    """A subject with its version as the entity tag; 304 for who has it already."""
    headers = {"ETag": entity_tag(subject.version)}
    if is_unchanged(if_none_match, subject.version):
        return Response(status_code=304, headers={**_PRIVATE, **headers})
    return _json(to_json(subject), headers)


def json_page(page: Page[Any], following: str, if_none_match: str | None = None) -> Response:
    """A page of the feed with a link to the next; 304 for who has it already."""
    text = to_json(page)
    tag = f'"{blake2b(text.encode(), digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Link": f'<{following}>; rel="next"'}
    if matches(if_none_match, tag):
        return Response(status_code=304, headers={**_PRIVATE, **headers})
    return _json(text, headers)


def json_document(document: object, lang: str, headers: Mapping[str, str] | None = None) -> Response:
    """A document with messages in a language."""
    said = {"Content-Language": lang, "Vary": "Accept-Language"}
    return _json(json.dumps(document, ensure_ascii=False, separators=(",", ":")), {**said, **(headers or {})})


def _json(text: str, headers: Mapping[str, str]) -> Response:
    return Response(text, headers={**_PRIVATE, **headers}, media_type="application/json")

"""A view for other services: `path("feed/", feed)` in the project's addresses."""

from __future__ import annotations

import re
from hashlib import blake2b

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.problem_middleware import own_problem_pages, problem_response
from poec_workflow.errors import Fault, Malformed, WorkflowError
from poec_workflow.model import ActorKind
from poec_workflow.serialization import to_json

USUAL, MOST = 50, 200
"""Entries of a page, when nothing is said, and at most."""
_NAMES = ("after", "limit")
_LIMIT = re.compile("[0-9]{1,4}")


@require_safe
@own_problem_pages
def feed(request: HttpRequest) -> HttpResponse:
    """What happened to all, each entry once, in one order: for who may act for the platform; `next` is always there.

    `?after=CURSOR&limit=N`. Asked again with the last cursor, an answer that has nothing new is 304 by its ETag. What
    can't be read is answered as a problem of RFC 9457, with the middleware and without.
    """
    if not any(each.kind is ActorKind.PLATFORM for each in configuration().actors(request)):
        raise PermissionDenied
    try:
        after, limit = _asked(request.GET)
        page = get_workflow().feed(after, limit=limit)
    except Malformed as error:
        places = (Fault(each.place.replace("$", "query", 1), each.problem) for each in error.faults)
        return problem_response(request, Malformed(places))
    except WorkflowError as error:
        return problem_response(request, error)
    text = to_json(page)
    following = QueryDict(mutable=True)
    following.update({"after": page.next or "", "limit": str(limit)})
    answer = HttpResponse(text, content_type="application/json")
    answer.headers["ETag"] = f'"{blake2b(text.encode(), digest_size=16).hexdigest()}"'
    answer.headers["Link"] = f'<?{following.urlencode()}>; rel="next"'
    answer.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=answer.headers["ETag"], response=answer) or answer


def _asked(query: QueryDict) -> tuple[str | None, int]:
    """The cursor and the limit.

    Raises:
        Malformed: with every fault.
    """
    faults = [Fault(f"$.{name}", "unknown key") for name in query if name not in _NAMES]
    faults += [Fault(f"$.{name}", "stands twice") for name in _NAMES if len(query.getlist(name)) > 1]
    limit = query.get("limit", str(USUAL))
    if not _LIMIT.fullmatch(limit) or not 1 <= int(limit) <= MOST:
        faults.append(Fault("$.limit", f"expected 1 to {MOST}"))
    if faults:
        raise Malformed(faults)
    return query.get("after"), int(limit)

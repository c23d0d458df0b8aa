"""What the workflow raises, as problems of RFC 9457."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language_from_request

from poec_workflow import WorkflowError


class Problems:
    """Middleware: a refusal answers with its own status and reasons, malformed input with 400 and the places."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave what goes well alone."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> JsonResponse | None:
        """Answer what a view raised; None leaves it to Django."""
        if not isinstance(error, WorkflowError):
            return None
        problem = error.to_dict(get_language_from_request(request))
        return JsonResponse(problem, status=problem["status"], content_type="application/problem+json")

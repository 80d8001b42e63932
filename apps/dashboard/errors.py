"""What a request is answered that cannot be understood."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 in the words of ours that refused it; what Django refuses says nothing of itself."""
    if not isinstance(exception, BadRequest):
        return bad_request(request, exception)
    return render(request, "400.html", {"problem": str(exception)}, status=400)

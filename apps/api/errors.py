"""One shape for every error: ``{"error": {"code", "message", "details"}}``."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Invalid(exceptions.APIException):
    """400 with a code of ours; ``details`` says what to correct."""

    status_code = 400

    def __init__(self, code: str, message: str, details: Any = None) -> None:
        super().__init__(message, code)
        self.code, self.message, self.details = code, message, details


class Conflict(Invalid):
    status_code = 409


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, reshaped."""
    response = exception_handler(error, context)
    if response is None:
        return None
    code, message, details = _describe(error)
    response.data = {"error": {"code": code, "message": message, "details": details}}
    return response


def _describe(error: Exception) -> tuple[str, str, Any]:
    if isinstance(error, Invalid):
        return error.code, error.message, error.details
    if isinstance(error, exceptions.ValidationError):
        return "invalid", "The request does not fit; see details.", error.detail
    if isinstance(error, Http404):
        return "not_found", "There is nothing here that this key may see.", None
    if isinstance(error, PermissionDenied):
        return "permission_denied", "The role of this key does not allow that.", None
    if isinstance(error, exceptions.APIException):
        return str(error.default_code), str(error.detail), None
    return "error", str(error), None

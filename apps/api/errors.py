"""One shape for every error: ``{"error": {"code", "message", "details"}}``."""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from ocpp_platform.outages import RETRY_AFTER_S

logger = logging.getLogger(__name__)

_TAKEN = frozenset({"unique", "unique_together"})


class Invalid(exceptions.APIException):
    """400 with a code of ours; ``details`` says what to correct."""

    status_code = 400

    def __init__(self, code: str, message: str, details: Any = None) -> None:
        super().__init__(message, code)
        self.code, self.message, self.details = code, message, details


class Conflict(Invalid):
    status_code = 409


class Unavailable(Invalid):
    status_code = 503
    wait = RETRY_AFTER_S  # the framework tells it in Retry-After


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, reshaped, and what models and databases refuse besides."""
    known = _translated(error)
    response = exception_handler(known, context)
    if response is None:
        return None
    code, message, details = _describe(known)
    response.data = {"error": {"code": code, "message": message, "details": details}}
    return response


def _translated(error: Exception) -> Exception:
    match error:
        case ObjectDoesNotExist():
            return Http404()
        case ModelError():
            return _of_model(error)
        case ProtectedError():
            return Conflict("in_use", "Something else still needs this; it cannot be deleted.")
        case IntegrityError():
            return Conflict("conflict", "This contradicts something that is already there.")
        case OperationalError() | InterfaceError():
            logger.error("the database is away: %s", error)
            return Unavailable("unavailable", "The database cannot be reached; try again.")
        case DataError() | OverflowError():
            logger.warning("the database refused a value: %s", error)
            return Invalid("out_of_range", "A value is out of range.")
    return error


def _of_model(error: ModelError) -> Invalid:
    if not hasattr(error, "error_dict"):
        return Invalid("invalid", "The request does not fit; see details.", error.messages)
    codes = {one.code for found in error.error_dict.values() for one in found}
    details = {("detail" if k == "__all__" else k): v for k, v in error.message_dict.items()}
    if codes & _TAKEN:
        return Conflict("exists", "There is already one; see details.", details)
    return Invalid("invalid", "The request does not fit; see details.", details)


def _describe(error: Exception) -> tuple[str, str, Any]:
    if isinstance(error, Invalid):
        return error.code, error.message, error.details
    if isinstance(error, exceptions.ValidationError):
        return "invalid", "The request does not fit; see details.", error.detail
    if isinstance(error, Http404):
        message = str(error) or "There is nothing here that this key may see."
        return "not_found", message, None
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return "permission_denied", "The role of this key does not allow that.", None
    if isinstance(error, exceptions.APIException):
        return str(error.default_code), str(error.detail), None
    return "error", str(error), None

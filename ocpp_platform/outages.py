"""What people are told while the database is away: to come again, not that we are broken."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

OUTAGES = (OperationalError, InterfaceError)
RETRY_AFTER_S = 10

logger = logging.getLogger(__name__)


class OutagePage(MiddlewareMixin):
    """A page of its own, which asks the database nothing."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OUTAGES):
            return None
        logger.error("%s failed: %s", request.path, error)
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})

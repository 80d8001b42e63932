"""Pages and JSON leave compressed where the other end can read that; files leave as they are.

The framework's middleware adds a random length to each answer, so that the sizes of many of
them do not tell a secret beside what somebody else wrote (BREACH); the tokens of forms are
masked anew in each page besides.
"""

import re

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_REFUSES_GZIP = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


class Compression(GZipMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if isinstance(response, FileResponse):  # its length is told, and it is packed mostly
            return response
        if _REFUSES_GZIP.search(request.headers.get("Accept-Encoding", "")):
            return response
        return super().process_response(request, response)

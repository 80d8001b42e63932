"""Daphne's HTTP requests, cut where an answer that has begun cannot be finished.

Daphne would begin a second answer, fail at that, and leave the first one open for ever.
"""

from daphne.http_protocol import WebRequest


class Request(WebRequest):
    def handle_exception(self, exception: Exception) -> None:
        """A proper error where nothing has been sent; else the client sees the answer break off."""
        if not self._response_started:
            super().handle_exception(exception)
        elif not self.finished and self.channel is not None:
            self.channel.transport.abortConnection()

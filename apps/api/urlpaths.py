"""Absolute addresses of what the API has made."""

from rest_framework.request import Request
from rest_framework.reverse import reverse


def address_of(request: Request, name: str, **kwargs: object) -> str:
    """The URL of the route ``name``."""
    return reverse(f"api:{name}", request=request, kwargs=kwargs)

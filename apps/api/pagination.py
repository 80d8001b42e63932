"""Cursor pages: stable while rows arrive, constant cost at any depth."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """``{"results": […], "next": URL or null, "previous": …}``; ``?limit=`` up to 500."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 500
    ordering = "-id"

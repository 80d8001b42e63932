"""Organisations, the people and programs that act for them, and what each may do.

In: log-ins and API keys. Out: an ``Organisation`` to scope every query by, and permissions.
"""

"""Who may charge: id tokens, and every presentation of one with its verdict.

In: tokens from the faces, presentations from ``ingest``. Out: a verdict, and the list of
attempts that support searches.
"""

"""Every frame between us and the stations, and every coming and going of their sockets.

In: rows from ``ingest``. Out: what timelines and the message log read. Secrets never enter.
"""

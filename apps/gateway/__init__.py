"""The face to chargers: WebSockets in, frames through the protocol floor, answers out.

In: sockets and frames. Out: events into ``ingest``; calls from ``commands`` to stations.
"""

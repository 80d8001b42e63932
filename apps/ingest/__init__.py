"""The one door in: events of many sockets, applied in one database transaction.

In: events with their frames, from the gateway. Out: an answer for each, after the commit.
"""

"""Charging sessions: what happened, how much energy flowed, what it cost.

In: session events from ``ingest``, silence from the clock. Out: one correct, billable session
per transaction, whatever the order or number of the messages that told of it.
"""

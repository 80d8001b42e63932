"""Bringing stations into a wanted state: many, in their time, until each is there or will not be.

In: campaigns (what, whom, when, how many at once, when to stop), and what stations answer. Out:
commands through the outbox, one target a station, tried again as patiently as its kind says. What
a campaign is about is a ``Kind`` of the app that begins it; this room knows none of them.
"""

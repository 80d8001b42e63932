"""Local lists: whom each station lets charge while it cannot ask.

In: tokens as they are now, the stations' answers. Out: SendLocalList commands, one at a time,
until a station holds what it should. The plan is pure and knows no OCPP version.
"""

"""The words that the whole product shares: events, answers, commands, units.

Frozen dataclasses of the standard library and nothing else: no protocol version, no
database, no clock. What a station says comes in as an event, what we reply is an answer,
what we want from it is a command.
"""

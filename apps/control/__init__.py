"""What a person or a program wants of a station becomes a command in the outbox.

In: a command from a page or from the API, and who gives it. Out: a queued row and its line in
the audit log, or everything that keeps this station from doing it. The gateway is not asked: an
offline station gets the command when it returns.
"""

"""Attempts that came to nothing: what a driver tells of whom the list of sessions knows nothing.

In: presented tokens, cables plugged in, sessions and commands, each where it is kept. Out: one
list, newest first, in which support finds a card that did not work. Nothing is kept here: what
comes true later is no failed attempt any more.
"""

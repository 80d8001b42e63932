"""What a group commit carries: items in, and the parts of each app that gather, decide and write.

In: events with their frames. Out: one instance of each part for a batch. It knows no app: who
handles what, and what follows from it, are tables that the door gives it.
"""

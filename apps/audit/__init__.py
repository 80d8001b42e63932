"""Who did what to what: the facts that people, programs and the clock made, with what came of them.

In: facts, which nobody can change, and the commands that some of them are about. Out: entries, as
the page, the file and REST show them. Nothing is written here but that the file was taken.
"""

"""What people are told of a session: what happened, who stopped it, and what was unusual.

In: what was recorded about it and around it. Out: moments and findings, each with what it rests
on; pages, the support summary and REST all show the same ones. Nothing is written here.
"""

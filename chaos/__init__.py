"""The platform under fire: its processes, PostgreSQL and Redis are killed while stations charge.

Nothing that was acknowledged may be lost, and nothing may happen twice. ``make chaos`` plays it
on servers of its own, compares what stations and people were told with what the database holds,
and prints the figures.
"""

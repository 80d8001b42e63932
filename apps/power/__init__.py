"""Smart charging: which profiles limit a station, what they add up to, and pushing them in time.

In: accepted commands, what stations report of profiles, limits and cars. Out: our own composite
schedule, profiles for cars by ISO 15118, and limits planned for a time, all through the outbox.
"""

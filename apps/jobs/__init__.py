"""One order for many stations: a list that is frozen, reviewed, worked off, and never grows.

In: which stations, what shall be done, how many at once, until when. Out: a campaign, whose
targets are the stations of the list; commands through the outbox, or changes of the stations' own
rows. What was not on the list when it was reviewed is never touched.
"""

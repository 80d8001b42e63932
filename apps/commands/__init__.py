"""The one door out: what we want from stations, as rows that survive anything.

In: commands from the faces and from rules. Out: rows that the gateway claims, sends and
follows until the station shows the effect.
"""

"""Locations, stations, their EVSEs and connectors, presence, and the device model.

In: boots, statuses, reports and presence from ``ingest``; edits from the faces.
Out: who is connected where, what state each connector is in and since when.
"""

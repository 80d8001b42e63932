"""The face to programs: REST under /api/v1/ with bearer keys.

In: JSON. Out: JSON and CSV of what the key's organisation may see.
"""

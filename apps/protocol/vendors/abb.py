"""ABB Terra: writes "null" into descriptive fields, resends a start after an outage.

The common rules absorb both: the word is read as absent, the natural key stays the same. Some
firmware restarts or hangs up when all of its settings are read, so that is left to people.
"""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="abb", vendor=r"abb.*", is_read_on_boot=False)

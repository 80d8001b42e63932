"""ABB Terra: writes "null" into descriptive fields, resends a start after an outage.

The common rules absorb both: the word is read as absent, the natural key stays the same."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="abb", vendor=r"abb.*")

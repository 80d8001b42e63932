"""ABB Terra: writes "null" into descriptive fields, resends a start after an outage.

The common rules absorb both: the word is read as absent, the natural key stays the same. Some
firmware restarts or hangs up when all of its settings are read, so that is left to people. It
takes limits of the lowest stack level, and is in trouble after one of 0 A. The Terra AC comes
back only where it beats rarely.
"""

from dataclasses import replace

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="abb",
    vendor=r"abb.*",
    manner=Manner(refuses=frozenset({"level:above 0"}), least_a=6, is_read_on_boot=False),
)
TERRA_AC = replace(
    PROFILE, model=r"(tac|terra[ _]?ac).*", manner=replace(PROFILE.manner, heartbeat_s=3_600)
)

"""Wallbox: energy by phase and no total, stops of sessions that nobody started here.

It boots in a loop where it is asked anything before its boot is done with, and refuses absolute
profiles and all stack levels but the lowest.
"""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="wallbox",
    vendor=r"wall ?box.*",
    manner=Manner(refuses=frozenset({"kind:Absolute", "level:above 0"}), boot_quiet_s=30),
)

"""KEBA P30 groups: the serial number of the unit is appended to the card's number.

Answered "Invalid", the group's master would block the card, so the card alone is read. A group
takes limits for all of it only; the limit of its own counts milliamperes.
"""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="keba",
    vendor=r"keba.*",
    tag_cuts=(r"_\d{6,}$",),
    manner=Manner(refuses=frozenset({"scope:EVSE"}), key_units={"MaxAvailableCurrent": "mA"}),
)

"""NEcharge: takes limits in a few steps, and rounds others down without a word."""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="necharge",
    vendor=r"ne-?charge.*",
    manner=Manner(steps_a=(6, 8, 10, 13, 16)),
)

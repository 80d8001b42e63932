"""Entratek Power Dot: four settings a call at most, and no answer where all are asked for."""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="entratek",
    vendor=r"entratek.*",
    manner=Manner(is_read_on_boot=False, keys_per_call=4),
)

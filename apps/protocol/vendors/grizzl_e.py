"""Grizzl-E: null for an empty payload, over-long model, truncated answers.

After a boot it goes by its own switches again, whatever limit it was told before.
"""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="grizzl_e",
    vendor=r"(united chargers|grizzl-?e).*",
    manner=Manner(loses_limits=True),
)

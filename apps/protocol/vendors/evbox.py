"""EVBox: MeterValues of the Elvi name no transaction; they are read as the connector's.

The Livo hangs when it is asked for a full report soon after its boot.
"""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="evbox", vendor=r"ev-?box.*", is_read_on_boot=False)

"""EVBox: MeterValues of the Elvi name no transaction; they are read as the connector's.

The Livo hangs when it is asked for a full report soon after its boot. The Elvi hangs up under
many calls, tells no status when it is back, and is dead until its power is cut where a car
is unplugged under a limit of 0 A. Its own limit counts tenths of an ampere.
"""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="evbox",
    vendor=r"ev-?box.*",
    manner=Manner(
        least_a=6,
        is_read_on_boot=False,
        call_gap_s=1,
        is_silent_when_back=True,
        key_units={r"evb_\w*current": "dA"},
        file_schemes=("http://", "https://", "ftp://"),
    ),
)

"""Wallbox: energy by phase and no total, stops of sessions that nobody started here.

It boots in a loop where it is asked anything before its boot is done with.
"""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="wallbox", vendor=r"wall ?box.*", boot_quiet_s=30)

"""Wallbox: energy by phase and no total, stops of sessions that nobody started here."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="wallbox", vendor=r"wall ?box.*")

"""Zaptec Go: meterStart 2147483647 stands for "unknown" and becomes no sample."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="zaptec", vendor=r"zaptec.*")

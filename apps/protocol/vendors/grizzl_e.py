"""Grizzl-E: null for an empty payload, over-long model, truncated answers. No rule of its own."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="grizzl_e", vendor=r"(united chargers|grizzl-?e).*")

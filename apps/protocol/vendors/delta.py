"""Delta DC: stops and meters transaction 0; the common rules read that as "unknown"."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="delta", vendor=r"delta.*")

"""Growatt THOR: times without a zone (read as UTC) and reservation 0 (read as none)."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="growatt", vendor=r"growatt.*")

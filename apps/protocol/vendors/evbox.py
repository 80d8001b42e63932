"""EVBox Elvi: MeterValues name no transaction; they are read as the connector's."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(name="evbox", vendor=r"ev-?box.*")

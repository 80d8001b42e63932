"""ZJ Beny: a leading comma in arrays after a change of current, which is not JSON."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="beny",
    vendor=r"(zj ?)?beny.*",
    text_repairs=((r"\[\s*,", "["),),
)

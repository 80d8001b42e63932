"""AEFA Home: every MeterValues has an empty transactionId, which is not JSON."""

from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="aefa",
    vendor=r"aefa.*",
    text_repairs=((r'"transactionId"\s*:\s*,', ""),),
)

"""go-e: refuses a start that brings a limit, and triggers for readings that name a connector."""

from apps.protocol.vendors.manner import Manner
from apps.protocol.vendors.profile import Profile

PROFILE = Profile(
    name="goe",
    vendor=r"go-?e.*",
    manner=Manner(refuses=frozenset({"start:with its limit", "trigger:one"})),
)

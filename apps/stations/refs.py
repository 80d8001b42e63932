"""What the door needs to know of a station while its socket is open."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.stations.models import Station


@dataclass(frozen=True, slots=True)
class StationRef:
    id: int
    organisation_id: int
    location_id: int
    identity: str
    vendor: str = ""
    model: str = ""
    firmware: str = ""
    security_profile: int = 0
    password_digest: str = ""
    is_lenient: bool = False
    has_declared_topology: bool = False
    boot_status: str = ""
    serial_number: str = ""
    is_stranger: bool = False
    pending_digest: str = ""


_FIELDS = tuple(StationRef.__dataclass_fields__)


def find_refs(identities: Collection[str]) -> dict[str, StationRef]:
    """The registered stations among ``identities``, in one query."""
    rows = Station.objects.filter(identity__in=identities).values_list(*_FIELDS)
    refs = (StationRef(*row) for row in rows)
    return {ref.identity: ref for ref in refs}

"""What the door needs to know of a station while its socket is open."""

from dataclasses import dataclass


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
    reading: str = "tolerant"
    has_declared_topology: bool = False
    boot_status: str = ""
    serial_number: str = ""
    is_stranger: bool = False
    pending_digest: str = ""
    assumed_protocol: str = ""
